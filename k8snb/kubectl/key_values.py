"""Keys and values from the command line and from files, for config maps and secrets, and the hash of them.

References
----------
``staging/src/k8s.io/kubectl/pkg/util/util.go ParseFileSource, ParseLiteralSource``,
``staging/src/k8s.io/kubectl/pkg/util/hash/hash.go`` and
``staging/src/k8s.io/kubectl/pkg/cmd/util/env_file.go @ v1.36``
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from k8snb.api.field_errors import go_quote
from k8snb.api.files import read_file
from k8snb.api.validation.formats import is_env_var_name
from k8snb.kubectl.command import Session
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import array, slices, switch
from k8snb.kubectl.go_format import marshal

DATA_FLAGS = (slices("from-file"), array("from-literal"), slices("from-env-file"), switch("append-hash"))
_HASH_LETTERS = str.maketrans("013ae", "ghkmt")

Add = Callable[[str, bytes], None]


def check_sources(session: Session) -> None:
    """Refuse files of variables beside other sources."""
    flags = session.flags
    if flags["from-env-file"] and (flags["from-file"] or flags["from-literal"]):
        raise KubectlError("from-env-file cannot be combined with from-file or from-literal")


def hash_of(value: Mapping[str, Any]) -> str:
    """Ten letters that change with the content, none of them a vowel."""
    return hashlib.sha256(marshal(value).encode()).hexdigest()[:10].translate(_HASH_LETTERS)


def add_all(
    literals: Sequence[str], files: Sequence[str], env_files: Sequence[str], add: Add, env_file_name: str
) -> None:
    """Hand every key and value to `add`.

    Parameters
    ----------
    literals
        ``key=value``.
    files
        ``path``, ``key=path`` or a folder, each file of which is taken under its name.
    env_files
        Files with lines ``KEY=value``.
    env_file_name
        What such a file is called where it turns out to be a folder.
    """
    for source in files:
        for key, path in _files_of(source):
            add(key, _read(path))
    for source in literals:
        add(*_literal(source))
    for source in env_files:
        if _existing(source).is_dir():
            raise KubectlError(f"{env_file_name} cannot be a directory")
        for key, value in _env_lines(source):
            add(key, value.encode())


def _literal(source: str) -> tuple[str, bytes]:
    key, equals, value = source.partition("=")
    if not key or not equals:
        raise KubectlError(f"invalid literal source {source}, expected key=value")
    return key, value.encode()


def _files_of(source: str) -> Iterator[tuple[str, Path]]:
    key, path = _split_file_source(source)
    found = _existing(path)
    if not found.is_dir():
        yield key, found
        return
    if "=" in source:
        raise KubectlError("cannot give a key name for a directory path")
    for child in sorted(found.iterdir(), key=lambda child: child.name):
        if child.is_file() and not child.is_symlink():
            yield child.name, child


def _split_file_source(source: str) -> tuple[str, str]:
    key, equals, path = source.partition("=")
    if not equals:
        return Path(source).name, source
    if "=" in path:
        raise KubectlError("key names or file paths cannot contain '='")
    if not key:
        raise KubectlError(f"key name for file path {path} missing")
    if not path:
        raise KubectlError(f"file path for key name {key} missing")
    return key, path


def _existing(path: str) -> Path:
    try:
        Path(path).stat()
    except (OSError, ValueError) as error:
        problem = (getattr(error, "strerror", None) or str(error)).lower()
        raise KubectlError(f"error reading {path}: {problem}") from None
    return Path(path)


def _read(path: Path) -> bytes:
    try:
        return read_file(path)
    except OSError as error:
        raise KubectlError(f"open {path}: {(error.strerror or str(error)).lower()}") from None


def _env_lines(path: str) -> Iterator[tuple[str, str]]:
    for number, raw in enumerate(_read(Path(path)).splitlines()):
        try:
            line = raw.decode("utf-8").lstrip("\ufeff" if number == 0 else "").lstrip()
        except UnicodeDecodeError:
            raise KubectlError(f"env file {path} contains invalid utf8 bytes at line {number + 1}") from None
        if not line or line.startswith("#"):
            continue
        key, _, value = line.partition("=")
        if problems := is_env_var_name(key):
            raise KubectlError(f"{go_quote(key)} is not a valid key name: {';'.join(problems)}")
        yield key, value
