"""The annotation in which ``apply`` remembers what it applied.

References
----------
``staging/src/k8s.io/kubectl/pkg/util/apply.go GetModifiedConfiguration, CreateApplyAnnotation @ v1.36``
"""

from __future__ import annotations

import json
from typing import Any

from k8snb.api.json_reader import JsonError, parse_json
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import RequestEntityTooLarge
from k8snb.kubectl.go_format import marshal

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_BAD_DOCUMENT = "invalid JSON document"
REQUEST_LIMIT = 3 * 1024 * 1024

Body = dict[str, Any]


def with_last_applied(body: Body, *, typed: bool = False) -> Body:
    """A document that remembers itself.

    Parameters
    ----------
    body
        The document; what it remembers already is forgotten.
    typed
        It was made by a command, whose encoder writes fields in the API's order and leaves out empty maps.
    """
    metadata = dict(body.get("metadata") or {})
    given = metadata.get("annotations")
    annotations = {k: v for k, v in given.items() if k != LAST_APPLIED} if isinstance(given, dict) else {}
    metadata["annotations"] = annotations
    plain = {**body, "metadata": metadata}
    if typed and not annotations:
        plain["metadata"] = {k: v for k, v in metadata.items() if k != "annotations"}
    remembered = marshal(_kind_first(plain) if typed else plain, sort=not typed) + "\n"
    return {**body, "metadata": {**metadata, "annotations": {**annotations, LAST_APPLIED: remembered}}}


def _kind_first(body: Body) -> Body:
    return {key: body[key] for key in ("kind", "apiVersion") if key in body} | body


def original_of(body: Body) -> Body:
    """What was applied last, as a live object remembers it; empty where it does not.

    Raises
    ------
    KubectlError
        When somebody wrote something else there.
    """
    annotations = (body.get("metadata") or {}).get("annotations") or {}
    text = annotations.get(LAST_APPLIED)
    if not text:
        return {}
    try:
        original = parse_json(text)
    except JsonError:
        raise KubectlError(_BAD_DOCUMENT) from None
    if original is not None and not isinstance(original, dict):
        raise KubectlError(_BAD_DOCUMENT)
    return original or {}


def check_size(body: Any) -> None:
    """Refuse what an API server would not read.

    Raises
    ------
    RequestEntityTooLarge
        When the JSON form has more than 3 MiB.
    """
    size = 0
    for piece in json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).iterencode(body):
        size += len(piece.encode())
        if size > REQUEST_LIMIT:
            raise RequestEntityTooLarge(f"Request entity too large: limit is {REQUEST_LIMIT}")
