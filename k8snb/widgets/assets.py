"""The JavaScript and CSS that the parts send to the browser.

The files are plain modules that import each other. A widget takes one module, so that a part's files are joined in
order, without their imports and exports between them, their comments and their indentation, for every instance sends
all of it. Nothing is fetched from anywhere else.
"""

from __future__ import annotations

import re
from importlib.resources import files

_IMPORT = re.compile(r'^import [^;]*? from "\./[a-z_]+\.js";\n', re.MULTILINE)
# No text of these files goes over several lines, and none has a comment's slashes.
_FOR_READERS = re.compile(r"^[ ]*//.*\n|^[ ]+|^\n|[ ]+// .*$", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def _read(name: str) -> str:
    return files("k8snb.widgets").joinpath("static", name).read_text(encoding="utf-8")


def module(*names: str) -> str:
    """One JavaScript module made of several files; the last one has the default export."""
    return "".join(_FOR_READERS.sub("", _EXPORT.sub("", _IMPORT.sub("", _read(f"{name}.js")))) for name in names)


def styles(*names: str) -> str:
    """Style sheets, joined."""
    return "\n".join(_read(f"{name}.css") for name in ("base", *names))
