"""``-o custom-columns=NAME:.metadata.name,…``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/get/customcolumn.go NewCustomColumnsPrinterFromSpec @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from k8snb.api.files import read_file
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.go_format import sprint
from k8snb.kubectl.jsonpath import JSONPath, JSONPathError
from k8snb.kubectl.printers.sorting import relaxed_json_path
from k8snb.kubectl.printers.table import escape_terminal
from k8snb.kubectl.printers.tabwriter import align

_EXPECTED = "Expected format is one line of space separated headers, one line of space separated column specs."


def print_custom_columns(bodies: Sequence[dict[str, Any]], spec: str, no_headers: bool) -> str:
    """A table whose columns a user chose.

    Parameters
    ----------
    bodies
        The objects' JSON forms.
    spec
        ``HEADER:path`` pairs with commas between them.
    no_headers
        Leave the header out.

    Raises
    ------
    KubectlError
        When the columns cannot be read.
    """
    pairs = []
    for part in spec.split(","):
        header, colon, path = part.partition(":")
        if not colon:
            raise KubectlError(f"unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>")
        pairs.append((header, relaxed_json_path(path)))
    return _print(bodies, pairs, no_headers)


def print_custom_columns_file(bodies: Sequence[dict[str, Any]], path: str) -> str:
    """A table whose columns a file names: a line of headers, a line of paths."""
    try:
        lines = read_file(Path(path)).decode("utf-8", "replace").splitlines()
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise KubectlError(f"error reading template {path}, open {path}: {problem}\n") from None
    for i, line in enumerate(("header", "spec")):
        if i >= len(lines):
            raise KubectlError(f"invalid template, missing {line} line. {_EXPECTED}")
    headers, specs = lines[0].split(), lines[1].split()
    if len(headers) != len(specs):
        counts = f"({len(headers)}) and field specifications ({len(specs)})"
        raise KubectlError(f"number of headers {counts} don't match")
    return _print(bodies, [(h, relaxed_json_path(s)) for h, s in zip(headers, specs, strict=True)], no_headers=False)


def _print(bodies: Sequence[dict[str, Any]], pairs: Sequence[tuple[str, str]], no_headers: bool) -> str:
    lines = [] if no_headers else ["\t".join(header for header, _ in pairs)]
    try:
        templates = [JSONPath(path) for _, path in pairs]
        lines += ["\t".join(_cell(template, body) for template in templates) for body in bodies]
    except JSONPathError as error:
        raise KubectlError(str(error), stdout=align("".join(f"{line}\n" for line in lines))) from None
    return align("".join(f"{line}\n" for line in lines))


def _cell(template: JSONPath, body: dict[str, Any]) -> str:
    found = template.find(body)
    missing = [] if found and found[0] else ["<none>"]
    return ",".join([*missing, *(escape_terminal(sprint(value)) for results in found for value in results)])
