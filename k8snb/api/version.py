"""The version of Kubernetes that all this simulates, as its components name it."""

from __future__ import annotations

VERSION = "v1.36.0"
