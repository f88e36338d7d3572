"""No file names what belongs to one machine or one moment: paths, registries, who asked for what."""

from __future__ import annotations

import re

from project_files import project_files, ROOT, shown

_TEXT = (".py", ".js", ".css", ".md", ".toml", ".yml", ".yaml", ".ipynb", ".svg", ".html", ".txt", ".cfg", "")
_FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:work|root|home|Users)/\w|/tmp/(?:venv|up|bash)"),
    "a package registry or CDN": re.compile(
        r"pypi\.org|pythonhosted|npmjs|deb\.debian|conda\.anaconda|unpkg\.com|jsdelivr|cdnjs|esm\.sh|googleapis", re.I
    ),
    "a number of the tracker": re.compile(r"\b(?:issue|ticket|PR)s? #?\d+", re.I),
}


def test_no_file_names_a_machine_a_registry_or_the_tracker() -> None:
    found = [
        f"{shown(path)}:{number} {what}: {match[0]}"
        for path in project_files()
        if path.suffix in _TEXT and path != ROOT / "tests" / "style" / "test_words.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for what, pattern in _FORBIDDEN.items()
        if (match := pattern.search(line))
    ]
    assert found == []
