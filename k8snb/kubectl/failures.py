"""Errors of a command, and the text that kubectl ends with.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go checkErr, StandardErrorMessage, MultipleErrors, AddSourceToErr``
and ``staging/src/k8s.io/apimachinery/pkg/util/errors/errors.go Aggregate @ v1.36``
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from k8snb.api.field_errors import go_quote
from k8snb.errors import ApiError, Invalid, K8snbError
from k8snb.kubectl.errors import KubectlError

_INVALID = re.compile(r'(?<!\S)(?P<kind>[A-Za-z]*)[^ "]* "(?P<name>[^"]*)" is invalid: ')


class Aggregate(K8snbError):
    """Several errors, one for each thing that failed."""

    def __init__(self, errors: Sequence[K8snbError]) -> None:
        self.errors = tuple(errors)
        texts = list(dict.fromkeys(map(str, self.errors)))
        super().__init__(texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]")


class Verbatim(KubectlError):
    """An error whose text is printed without ``error:`` before it."""


class SilentExit(KubectlError):
    """The command fails, and everything was said already."""

    def __init__(self) -> None:
        super().__init__("")


class RequestEntityTooLarge(ApiError):
    """The object is larger than the API server reads (413)."""

    reason: ClassVar[str] = "RequestEntityTooLarge"
    code: ClassVar[int] = 413


def raise_all(errors: Sequence[K8snbError]) -> None:
    """Raise the one error, or all together; nothing where there is none."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise Aggregate(errors)


def failure_text(error: K8snbError) -> str:
    """What kubectl writes to standard error before it exits with 1.

    Examples
    --------
    >>> from k8snb.errors import NotFound
    >>> failure_text(NotFound('pods "ghost" not found'))
    'Error from server (NotFound): pods "ghost" not found'
    >>> failure_text(Aggregate([KubectlError("one"), KubectlError("two")]))
    'one\\ntwo'
    """
    if isinstance(error, Aggregate):
        if len(error.errors) == 1:
            return failure_text(error.errors[0])
        return "\n".join(_message(e) for e in error.errors)
    if isinstance(error, Invalid):
        return _invalid_text(error)
    if isinstance(error, Verbatim | SilentExit):
        return str(error)
    if isinstance(error, ApiError):
        return _message(error)
    text = str(error)
    return text if text.startswith("error: ") else f"error: {text}"


def _message(error: K8snbError) -> str:
    """An error among others: those of the server say so, all others just their text."""
    if isinstance(error, ApiError):
        reason = f" ({error.reason})" if error.reason else ""
        return f"Error from server{reason}: {error.message}"
    return str(error)


def _invalid_text(error: Invalid) -> str:
    """A refusal for faulty fields: one fault on the line, several below it."""
    kind, name = error.details.get("kind", ""), error.details.get("name", "")
    if not error.details and (match := _INVALID.search(error.message)):
        kind, name = match["kind"], match["name"]
    if not kind and not name and not error.causes:
        return f"The request is invalid: {error.message}" if error.message else "The request is invalid"
    start = f"The {kind} {go_quote(name)} is invalid" if kind or name else "The request is invalid"
    faults = list(dict.fromkeys(f"{cause.field}: {cause.message}" for cause in error.causes))
    if not faults:
        return start
    return f"{start}: {faults[0]}" if len(faults) == 1 else "\n* ".join((f"{start}: ", *faults))


def with_source(verb: str, source: str, error: K8snbError) -> K8snbError:
    """An error that names what was done, and the file whose object it was done with."""
    if not source:
        return error
    text = f"error when {verb} {go_quote(source)}: {error}"
    if isinstance(error, ApiError):
        return type(error)(text, error.causes, error.details)
    return KubectlError(text)
