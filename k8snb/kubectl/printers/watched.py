"""Objects as a watch prints them: one table with one header, whose columns keep their widths, or one text each.

References
----------
``staging/src/k8s.io/cli-runtime/pkg/printers/tableprinter.go PrintObj, formatEventType`` and
``{yaml,json}.go PrintObj @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from k8snb.api.encode import to_dict
from k8snb.api.schema import KubernetesObject
from k8snb.kubectl.go_format import marshal
from k8snb.kubectl.printers.objects import check_format, print_objects, table_lines_of
from k8snb.kubectl.printers.options import PrintOptions
from k8snb.kubectl.printers.sorting import sort_by
from k8snb.kubectl.printers.tabwriter import align
from k8snb.kubectl.watching import Event

_EVENT_WIDTH = 8


class WatchPrinter:
    """Prints the objects of one watch, one after the other.

    Parameters
    ----------
    options
        As for printing once.
    events
        The kind of each change is printed too.
    """

    def __init__(self, options: PrintOptions, *, events: bool) -> None:
        self._options = replace(options, single=True)
        self._events = events
        self._printed = 0
        self._widths: list[int] = []
        self._tables = options.output in ("", "wide") and not options.template
        if not self._tables:
            check_format(self._options)

    def first(self, objects: Sequence[KubernetesObject]) -> str:
        """What is there when the watch begins. Only a table is sorted."""
        if not self._tables:
            return "".join(self._other("ADDED", obj) for obj in objects)
        if self._options.sort_by and len(objects) > 1:
            objects = sort_by(objects, self._options.sort_by, to_dict)
        return self._rows("ADDED", objects)

    def later(self, event: Event) -> str:
        """A change, at the moment at which it came."""
        self._options = replace(self._options, now_ms=event.time_ms)
        return self._rows(event.type, [event.obj]) if self._tables else self._other(event.type, event.obj)

    def _rows(self, kind: str, objects: Sequence[KubernetesObject]) -> str:
        if not objects:
            return ""
        headless = replace(self._options, no_headers=self._options.no_headers or self._printed > 0)
        lines = table_lines_of(type(objects[0]), objects, headless)
        if self._events:
            header = [] if headless.no_headers else [f"EVENT\t{lines.pop(0)}"]
            lines = header + [f"{kind.ljust(_EVENT_WIDTH)}\t{line}" for line in lines]
        self._printed += len(objects)
        return align("".join(f"{line}\n" for line in lines), remembered=self._widths)

    def _other(self, kind: str, obj: KubernetesObject) -> str:
        output = self._options.output.lower()
        self._printed += 1
        before = "---\n" if self._printed > 1 and output in ("yaml", "kyaml") else ""
        columns = self._options.output.startswith("custom-columns") and self._printed > 1
        options = replace(self._options, no_headers=self._options.no_headers or columns, sort_by="")
        if not self._events or output == "name":
            return before + print_objects([obj], options)
        if output == "json":
            return f'{{"type":"{kind}","object":{marshal(to_dict(obj))}}}\n'
        return before + print_objects([{"type": kind, "object": to_dict(obj)}], options)
