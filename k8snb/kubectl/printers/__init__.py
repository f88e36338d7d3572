"""Objects to text: tables, YAML, JSON, names, JSONPath, custom columns and Go templates."""

from __future__ import annotations

from k8snb.kubectl.printers.objects import print_objects, Printable
from k8snb.kubectl.printers.options import PrintOptions

__all__ = ["PrintOptions", "Printable", "print_objects"]
