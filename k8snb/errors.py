"""The errors that k8snb raises: one root, and the API server's refusals with Kubernetes' own reasons and codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple


class K8snbError(Exception):
    """Root of every error that k8snb raises for the user's input or the state of a cluster."""


class Cause(NamedTuple):
    """One fault of an object: the ``causes`` entry of a Kubernetes ``Status``.

    ``reason`` is Kubernetes' ``CauseType`` (``FieldValueInvalid``, ``FieldValueRequired`` …), ``field`` the path.
    """

    reason: str
    message: str
    field: str


class ApiError(K8snbError):
    """A request that the API server refuses.

    Parameters
    ----------
    message
        What Kubernetes says, word for word.
    causes
        The faulty fields, for ``Invalid``.
    """

    reason: ClassVar[str] = "InternalError"
    code: ClassVar[int] = 500

    def __init__(self, message: str, causes: Sequence[Cause] = (), details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.causes = tuple(causes)
        self.details = details or {}


class Unclassified(ApiError):
    """The request failed in a way that the API server has no reason for (500)."""

    reason = ""
    code = 500


class BadRequest(ApiError):
    """The request cannot be read as an object of its kind (400)."""

    reason = "BadRequest"
    code = 400


class Forbidden(ApiError):
    """Admission refuses the request (403)."""

    reason = "Forbidden"
    code = 403


class NotFound(ApiError):
    """No such object (404)."""

    reason = "NotFound"
    code = 404


class MethodNotAllowed(ApiError):
    """A kind that is not asked for in this way (405)."""

    reason: ClassVar[str] = "MethodNotAllowed"
    code: ClassVar[int] = 405


class AlreadyExists(ApiError):
    """An object of that name exists (409)."""

    reason = "AlreadyExists"
    code = 409


class Conflict(ApiError):
    """The object changed since it was read, or a precondition does not hold (409)."""

    reason = "Conflict"
    code = 409


class RequestEntityTooLarge(ApiError):
    """The request holds more than the API server takes (413)."""

    reason = "RequestEntityTooLarge"
    code = 413


class Invalid(ApiError):
    """The object breaks a rule of its kind (422)."""

    reason = "Invalid"
    code = 422


class TooManyRequests(ApiError):
    """A disruption budget refuses an eviction (429)."""

    reason = "TooManyRequests"
    code = 429


class SimulationError(K8snbError):
    """The simulation cannot go on: a step limit was passed or a wait timed out."""
