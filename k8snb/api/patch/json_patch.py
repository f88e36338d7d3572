"""JSON patch (RFC 6902).

Indexes may be negative and count from the end, as in the library that the API server uses. As there, a map that an
operation had to look into comes out with its keys sorted, while all others keep their order; a decoder that reports the
first fault it meets finds the faults in that order.

References
----------
``gopkg.in/evanphx/json-patch.v4 Patch.Apply`` as Kubernetes 1.36 vendors it
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

from k8snb.api.json_reader import MAX_DEPTH, too_deep

Operation = dict[str, Any]
_INTEGER = re.compile(r"[+-]?[0-9]+")
_MISSING = "missing value"
_NOTHING = object()
_LONGEST_INDEX = 20
COPY_LIMIT = 3 * 1024 * 1024  # bytes that the copies of one patch may add


class JsonPatchError(Exception):
    """An operation that does not apply to the document; the message is the library's."""


class _Opened(dict[str, Any]):
    """A map that an operation looked into."""


def json_patch(document: Any, operations: list[Operation]) -> Any:
    """A document after the operations of a JSON patch, one after the other.

    Parameters
    ----------
    document
        A JSON value, which stays as it is.
    operations
        Maps with ``op``, ``path`` and, as the operation needs, ``from`` and ``value``.

    Raises
    ------
    JsonPatchError
        When one of them does not apply.

    Examples
    --------
    >>> json_patch({"a": [1, 3]}, [{"op": "add", "path": "/a/1", "value": 2}, {"op": "remove", "path": "/a/-1"}])
    {'a': [1, 2]}
    """
    document, copied = _opened(deepcopy(document)), 0
    for operation in operations:
        name = (operation or {}).get("op")
        if name not in _OPERATIONS:
            raise JsonPatchError(f"Unexpected kind: {name or 'unknown'}")
        if name == "copy":
            copied += _size(_source(document, operation))
            if copied > COPY_LIMIT:
                raise JsonPatchError(
                    f"Unable to complete the copy, the accumulated size increase of copy is {copied}, exceeding the "
                    f"limit {COPY_LIMIT}"
                )
        document = _OPERATIONS[name](document, operation)
    return _written(document)


def _opened(value: Any) -> Any:
    return _Opened(value) if type(value) is dict else value


def _opened_throughout(value: Any) -> Any:
    if isinstance(value, dict):
        return _Opened((name, _opened_throughout(item)) for name, item in value.items())
    return [_opened_throughout(item) for item in value] if isinstance(value, list) else value


def _written(value: Any) -> Any:
    """A value with the opened maps in it sorted."""
    if isinstance(value, _Opened):
        return {name: _written(value[name]) for name in sorted(value)}
    return [_written(item) for item in value] if isinstance(value, list) else value


def _path(operation: Operation, name: str) -> str:
    path = operation.get("path")
    if not isinstance(path, str):
        raise JsonPatchError(f"{name} operation failed to decode path: {_MISSING}")
    return path


def _from(operation: Operation, name: str) -> str:
    path = operation.get("from")
    if not isinstance(path, str):
        raise JsonPatchError(f"{name} operation failed to decode from: operation, missing from field: {_MISSING}")
    return path


def _find(document: Any, path: str) -> tuple[Any, str] | None:
    """The map or list that holds the last part of a path, and that part; None where there is none."""
    parts = [p.replace("~1", "/").replace("~0", "~") for p in path.split("/")]
    if not 2 <= len(parts) <= MAX_DEPTH:
        return None
    for part in parts[1:-1]:
        container = document
        try:
            document = _opened(_get(container, part))
        except JsonPatchError:
            return None
        if not isinstance(document, dict | list):
            return None
        _put(container, part, document)
    return document, parts[-1]


def _put(container: Any, key: str, value: Any) -> None:
    """Set an item of a container that has it."""
    if isinstance(container, list):
        container[_position(key, len(container))] = value
    else:
        container[key] = value


def _position(key: str, size: int) -> int:
    """An index into a list that has, or will have, so many items."""
    if not _INTEGER.fullmatch(key):
        raise JsonPatchError(f'strconv.Atoi: parsing "{key}": invalid syntax')
    index = int(key) if len(key) < _LONGEST_INDEX else size
    if not -size <= index < size:
        raise JsonPatchError(f"Unable to access invalid index: {index}: invalid index referenced")
    return index + size if index < 0 else index


def _get(container: Any, key: str) -> Any:
    if isinstance(container, list):
        return container[_position(key, len(container))]
    return container.get(key)


def _add_to(container: Any, key: str, value: Any) -> None:
    if isinstance(container, dict):
        container[key] = value
    elif key == "-":
        container.append(value)
    else:
        container.insert(_position(key, len(container) + 1), value)


def _remove_from(container: Any, key: str) -> None:
    if isinstance(container, list):
        del container[_position(key, len(container))]
    elif key in container:
        del container[key]
    else:
        raise JsonPatchError(f"Unable to remove nonexistent key: {key}: {_MISSING}")


def _add(document: Any, operation: Operation) -> Any:
    path = _path(operation, "add")
    found = _find(document, path)
    if found is None:
        raise JsonPatchError(f'add operation does not apply: doc is missing path: "{path}": {_MISSING}')
    try:
        _add_to(*found, deepcopy(operation.get("value")))
    except JsonPatchError as error:
        raise JsonPatchError(f"error in add for path: '{path}': {error}") from None
    return document


def _remove(document: Any, operation: Operation) -> Any:
    path = _path(operation, "remove")
    found = _find(document, path)
    if found is None:
        raise JsonPatchError(f'remove operation does not apply: doc is missing path: "{path}": {_MISSING}')
    try:
        _remove_from(*found)
    except JsonPatchError as error:
        raise JsonPatchError(f"error in remove for path: '{path}': {error}") from None
    return document


def _replace(document: Any, operation: Operation) -> Any:
    path = _path(operation, "replace")
    value = deepcopy(operation.get("value"))
    if not path:
        if not isinstance(value, dict | list):
            raise JsonPatchError("replace operation value must be object or array: %!w(<nil>)")
        return _opened(value)
    found = _find(document, path)
    if found is None:
        raise JsonPatchError(f"replace operation does not apply: doc is missing path: {path}: {_MISSING}")
    container, key = found
    try:
        _get(container, key)
    except JsonPatchError:
        raise JsonPatchError(f"replace operation does not apply: doc is missing key: {path}: {_MISSING}") from None
    _put(container, key, value)
    return document


def _move(document: Any, operation: Operation) -> Any:
    source = _from(operation, "move")
    found = _find(document, source)
    if found is None:
        raise JsonPatchError(f"move operation does not apply: doc is missing from path: {source}: {_MISSING}")
    container, key = found
    try:
        value = _get(container, key)
        _remove_from(container, key)
    except JsonPatchError as error:
        raise JsonPatchError(f"error in move for path: '{key}': {error}") from None
    return _place(document, _path(operation, "move"), value, "move")


def _copy(document: Any, operation: Operation) -> Any:
    _source(document, operation)
    _find(document, _path(operation, "copy"))  # which opens maps that may be part of what is copied
    value = _written(deepcopy(_source(document, operation)))
    return _place(document, _path(operation, "copy"), value, "copy")


def _source(document: Any, operation: Operation) -> Any:
    """What a copy copies."""
    source = _from(operation, "copy")
    found = _find(document, source)
    if found is None:
        raise JsonPatchError(f"copy operation does not apply: doc is missing from path: {source}: {_MISSING}")
    try:
        return _get(*found)
    except JsonPatchError as error:
        raise JsonPatchError(f"error in copy for from: '{source}': {error}") from None


def _size(value: Any) -> int:
    return len(json.dumps(value, separators=(",", ":")))


def _place(document: Any, path: str, value: Any, name: str) -> Any:
    found = _find(document, path)
    if found is None or too_deep(value):
        raise JsonPatchError(f"{name} operation does not apply: doc is missing destination path: {path}: {_MISSING}")
    try:
        _add_to(*found, value)
    except JsonPatchError as error:
        raise JsonPatchError(f"error in {name} for path: '{path}': {error}") from None
    return document


def _test(document: Any, operation: Operation) -> Any:
    path = _path(operation, "test")
    have = document
    if path:
        found = _find(document, path)
        if found is None:
            raise JsonPatchError(f"test operation does not apply: is missing path: {path}: {_MISSING}")
        try:
            have = _opened_throughout(_get(*found))
        except JsonPatchError as error:
            raise JsonPatchError(f"error in test for path: '{path}': {error}") from None
        if have is not None:  # a map without the key is tested like one with a null, and stays without it
            _put(*found, have)
    if not _equal(have, operation.get("value")):
        raise JsonPatchError(f"testing value {path} failed: test failed")
    return document


def _equal(left: Any, right: Any) -> bool:
    """Whether two JSON values are the same; true is not 1, 1 is not 1.0."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_equal(left[k], right[k]) for k in left)
    if type(left) is not type(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_equal, left, right))
    return bool(left == right)


_OPERATIONS = {"add": _add, "remove": _remove, "replace": _replace, "move": _move, "copy": _copy, "test": _test}
