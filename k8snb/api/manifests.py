"""Manifests: YAML or JSON text, files, folders and Python values to documents, one for each object.

References
----------
``staging/src/k8s.io/cli-runtime/pkg/resource/visitor.go StreamVisitor, ExpandPathsToFileVisitors, FlattenListVisitor``
and ``staging/src/k8s.io/apimachinery/pkg/util/yaml/decoder.go @ v1.36``
"""

from __future__ import annotations

import glob
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any, NamedTuple

from k8snb.api.encode import to_dict
from k8snb.api.field_errors import go_quote
from k8snb.api.files import read_file
from k8snb.api.json_reader import JsonError, MAX_DEPTH, parse_stream, whole
from k8snb.api.schema import KubernetesObject
from k8snb.api.yaml_reader import key_text, parse_yaml, YamlError
from k8snb.errors import K8snbError

STDIN = "STDIN"
FILE_EXTENSIONS = (".json", ".yaml", ".yml")
IGNORE_HINT = "if you choose to ignore these errors, turn validation off with --validate=false"

_MISSING = (
    ("kind", "Object 'Kind' is missing in 'object has no kind field '"),
    ("apiVersion", "Object 'apiVersion' is missing in 'object has no apiVersion field'"),
)
_SEPARATOR = re.compile(r"^---(.*)$", re.MULTILINE)


class ManifestError(K8snbError):
    """A manifest that cannot be read; the message is kubectl's, and names the source."""


class Document(NamedTuple):
    """One object of a manifest: its JSON value and where it came from."""

    body: dict[str, Any]
    source: str = STDIN


Manifest = str | Path | Mapping[str, Any] | KubernetesObject | Sequence[Any]


def read_manifest(manifest: Manifest) -> list[Document]:
    """The documents of whatever a user passes as a manifest.

    Parameters
    ----------
    manifest
        YAML or JSON text; the path of a file or folder (a `Path`, or a text of one line that names one); an object as
        a dictionary, or a typed one; or a list of these.

    Returns
    -------
    list of Document
        Lists (``kind: List``) are taken apart; empty documents are left out.

    Raises
    ------
    ManifestError
        When something cannot be read.

    Examples
    --------
    >>> [d.body["kind"] for d in read_manifest("{apiVersion: v1, kind: Pod}\\n---\\n{apiVersion: v1, kind: Node}")]
    ['Pod', 'Node']
    """
    return _read_value(manifest, 0)


def _read_value(manifest: Any, depth: int) -> list[Document]:
    if depth > MAX_DEPTH:
        raise _deep()
    if isinstance(manifest, Path):
        return read_path(str(manifest))
    if isinstance(manifest, str):
        return read_path(manifest) if _names_path(manifest) else parse_documents(manifest)
    if isinstance(manifest, KubernetesObject):
        return [Document(to_dict(manifest))]
    if isinstance(manifest, Mapping):
        return _flatten(_plain(manifest, depth), STDIN)
    if isinstance(manifest, Sequence) and not isinstance(manifest, bytes | bytearray | memoryview):
        return [document for item in manifest for document in _read_value(item, depth + 1)]
    raise ManifestError(f"a manifest is a text, a path, a dictionary or a list of these, not {type_name(manifest)}")


def _deep() -> ManifestError:
    return ManifestError(f"error parsing {STDIN}: json: exceeded max depth of {MAX_DEPTH}")


def type_name(value: Any) -> str:
    """What a Python value is, for messages to people who write Python."""
    return "None" if value is None else type(value).__name__


def parse_documents(text: str, source: str = STDIN) -> list[Document]:
    """The documents of a YAML or JSON text; raises `ManifestError`."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    values = _json_values(text) if text.lstrip().startswith("{") else None
    try:
        values = _yaml_values(text) if values is None else values
    except (YamlError, ManifestError) as error:
        raise ManifestError(f"error parsing {source}: {error}") from None
    return [document for value in values if value is not None for document in _flatten(value, source)]


def _yaml_values(text: str) -> list[Any]:
    """The documents between lines that begin with three dashes."""
    values, start, line = [], 0, 1
    for separator in _SEPARATOR.finditer(text):
        rest = separator[1].strip()
        values.append(_yaml_or_json_value(text, start, separator.start(), line))
        line += text.count("\n", start, separator.end())
        start = separator.end()
        if rest and not rest.startswith("#"):
            raise ManifestError(f"invalid Yaml document separator: {rest} (line {line})")
    values.append(_yaml_or_json_value(text, start, len(text), line))
    return values


def _yaml_or_json_value(text: str, start: int, end: int, line: int) -> Any:
    """A document. If the first of a text looks like JSON but is neither, it is the JSON that has the fault."""
    try:
        return _yaml_value(text[start:end], line)
    except YamlError as error:
        raise ManifestError((_json_problem(text) if start == 0 else "") or str(error)) from None


def _yaml_value(text: str, line: int) -> Any:
    if not text.strip():
        return None
    try:
        return parse_yaml(text, line)
    except YamlError as error:
        raise YamlError(f"error converting YAML to JSON: {error}") from None


def _json_values(text: str) -> list[Any] | None:
    """The objects of a JSON stream, or None when it is none, for YAML may look like JSON at first."""
    try:
        return [_plain(value) for value in parse_stream(text)]
    except JsonError:
        return None


def _json_problem(text: str) -> str:
    """What is wrong with a text that looks like JSON, with line and column."""
    if not text.lstrip().startswith("{"):
        return ""
    try:
        list(parse_stream(text))
    except JsonError as error:
        message = str(error).removeprefix("json: ")
        return f"json: line {error.line}: {message} (column {error.column})" if error.line else f"json: {message}"
    return ""


def read_path(path: str, *, recursive: bool = False) -> list[Document]:
    """The documents of a file, of the manifests in a folder, or of all that a pattern matches.

    Parameters
    ----------
    path
        A file of any name, a folder, whose ``.json``, ``.yaml`` and ``.yml`` files are taken in order of their names,
        or a pattern such as ``dep/*.yaml``.
    recursive
        Also go into the folders of the folder.
    """
    documents: list[Document] = []
    for match in _matches(path):
        files = _files_of(match, recursive=recursive)
        if not files:
            extensions = " ".join(FILE_EXTENSIONS)
            raise ManifestError(f"error reading [{match}]: recognized file extensions are [{extensions}]")
        for file in files:
            documents += parse_documents(_read(file), str(file))
    return documents


def _matches(pattern: str) -> list[Path]:
    if _exists(pattern):
        return [Path(pattern)]
    found = sorted(glob.glob(pattern)) if "\0" not in pattern else []  # noqa: PTH207 - patterns may be absolute
    if not found:
        raise ManifestError(f"the path {go_quote(pattern)} does not exist")
    return [Path(match) for match in found]


def _files_of(path: Path, *, recursive: bool) -> list[Path]:
    if not path.is_dir():
        return [path]
    files: list[Path] = []
    for child in _children(path):
        if child.is_dir() and not child.is_symlink():
            files += _files_of(child, recursive=True) if recursive else []
        elif child.suffix in FILE_EXTENSIONS:
            files.append(child)
    return files


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir(), key=lambda child: child.name)
    except OSError as error:
        raise _inaccessible(folder, error) from None


def _read(path: Path) -> str:
    try:
        return read_file(path).decode("utf-8")
    except UnicodeDecodeError:
        raise ManifestError(f"error parsing {path}: error converting YAML to JSON: yaml: invalid UTF-8") from None
    except OSError as error:
        raise _inaccessible(path, error) from None


def _inaccessible(path: Path, error: OSError) -> ManifestError:
    return ManifestError(f"the path {go_quote(str(path))} cannot be accessed: {error.strerror}")


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # too long, or with a null byte: no path at all
        return False


def _names_path(text: str) -> bool:
    """A text of one line that is no YAML mapping and names a file, a folder or a pattern."""
    line = text.strip()
    if not line or "\n" in line or line.startswith("{"):
        return False
    return _exists(line) or line.endswith(FILE_EXTENSIONS)


def _flatten(value: Any, source: str) -> list[Document]:
    """The objects of a value that is an object or a list of objects.

    An item of a ``PodList`` needs neither kind nor version: both follow from those of the list.
    """
    return _items_of(_checked(value, source), source)


def _items_of(body: dict[str, Any], source: str) -> list[Document]:
    if "items" not in body:
        return [Document(body, source)]
    items = [] if body["items"] is None else body["items"]
    if not isinstance(items, list):
        raise _undecodable(source, items, "Go struct field decodeList.items of type []json.RawMessage")
    kind, documents = str(body["kind"]).removesuffix("List"), []
    for item in items:
        if not isinstance(item, dict):
            raise _undecodable(source, item, "Go value of type map[string]interface {}")
        if not _text(item, "kind") and not _text(item, "apiVersion"):
            item = {**item, "apiVersion": body["apiVersion"], "kind": kind}
        for field, missing in _MISSING:
            if not _text(item, field):
                raise ManifestError(f'unable to get type info from the object "*unstructured.Unstructured": {missing}')
        documents += _items_of(item, source)
    return documents


def _text(body: Mapping[str, Any], field: str) -> str:
    value = body.get(field)
    return value if isinstance(value, str) else ""


def _undecodable(source: str, value: Any, target: str) -> ManifestError:
    named = {bool: "bool", str: "string", list: "array", dict: "object", type(None): "null"}
    kind = named.get(type(value), "number")
    return ManifestError(f'unable to decode "{source}": json: cannot unmarshal {kind} into {target}')


def _checked(value: Any, source: str) -> dict[str, Any]:
    """Refuse what is no object, or does not say of which kind and version it is."""
    if not isinstance(value, dict):
        raise _invalid(source, ["invalid object to validate"])
    problems = []
    for field in ("apiVersion", "kind"):
        if value.get(field) is None:
            problems.append(f"{field} not set")
        elif not isinstance(value[field], str):
            problems.append(f"{field} isn't string type")
    if problems:
        raise _invalid(source, problems)
    if not value["kind"]:
        raise ManifestError(f"unable to decode \"{source}\": Object 'Kind' is missing in '{json.dumps(value)}'")
    return value


def _invalid(source: str, problems: Iterable[str]) -> ManifestError:
    listed = list(problems)
    text = f"[{', '.join(listed)}]" if len(listed) > 1 else listed[0]
    return ManifestError(f'error validating "{source}": error validating data: {text}; {IGNORE_HINT}')


def _plain(value: Any, depth: int = 0) -> Any:
    """A Python value with JSON's own types only, as its JSON text would be read again."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Mapping | list | tuple):
        if depth > MAX_DEPTH:
            raise _deep()
        if isinstance(value, Mapping):
            return {_plain_key(key): _plain(item, depth + 1) for key, item in value.items()}
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, Real):
        return _plain_number(int(value) if isinstance(value, Integral) else float(value))
    raise ManifestError(f"error parsing {STDIN}: json: unsupported type: {type_name(value)}")


def _plain_number(value: int | float) -> int | float:
    if isinstance(value, int) and -(2**63) <= value < 2**64:
        return value
    try:
        number = float(value)
    except OverflowError:
        number = math.inf if value > 0 else -math.inf
    if not math.isfinite(number):
        shown = "NaN" if math.isnan(number) else f"{'+' if number > 0 else '-'}Inf"
        raise ManifestError(f"error parsing {STDIN}: json: unsupported value: {shown}")
    return whole(number)


def _plain_key(key: Any) -> str:
    text = key_text(key)
    if text is None:
        raise ManifestError(f"error parsing {STDIN}: json: unsupported type of a map key: {type_name(key)}")
    return text
