"""Which files the style tests look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "k8snb"
# Kept as they came, and judged by nobody: the recordings and the programs that came with them.
_RECORDINGS = ROOT / "tests" / "conformance"
_AS_THEY_CAME = ("README.md", "compare.py", "compare_pods.py", "compare_requests.py")
_MADE = (".git", ".venv", "__pycache__", "build", "dist", "node_modules")


def project_files(*suffixes: str) -> Iterator[Path]:
    """Our own files of these suffixes (of any, if none are given), in order."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if not path.is_file() or (suffixes and path.suffix not in suffixes):
            continue
        if any(part in _MADE or part.endswith(("_cache", ".egg-info")) for part in parts) or parts[0] == ".hypothesis":
            continue
        if path.is_relative_to(_RECORDINGS) and (path.parent != _RECORDINGS or path.name in _AS_THEY_CAME):
            continue
        if ".ipynb_checkpoints" not in parts:
            yield path


def shown(path: Path) -> str:
    """A file's name from the root on."""
    return str(path.relative_to(ROOT))
