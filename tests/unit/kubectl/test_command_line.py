"""From a line to a command and its flags: words, flags, and kubectl's complaints."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from kubectl_terminal import Terminal

from k8snb.kubectl import execute_at_once
from k8snb.kubectl.command_line import tokenize
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import array, duration, Flag, Flags, number, read_flags, slices, switch, text
from k8snb.kubectl.go_values import parse_bool, parse_decimal, parse_duration, parse_int, split_commas
from k8snb.kubectl.key_values import parse_pairs as _unused  # noqa: F401
