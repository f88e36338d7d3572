"""What the registry decides for a kind of object: the base of all strategies.

References
----------
``staging/src/k8s.io/apiserver/pkg/registry/rest/create.go RESTCreateStrategy``,
``update.go RESTUpdateStrategy @ v1.36``
"""

# ruff: noqa: ARG002  (what the base decides does not depend on the object)

from __future__ import annotations

from typing import Any, Generic, TypeVar

from msgspec.structs import replace

from k8snb.api.field_errors import FieldError
from k8snb.api.schema import KubernetesObject

T = TypeVar("T", bound=KubernetesObject)


class Strategy(Generic[T]):
    """How objects of a kind are prepared and validated before they are stored.

    ``prepare_*`` clear or keep what the request may not decide, ``validate_*`` list the faults, ``warnings_*`` what the
    client should know. A subresource (``status``) has its own pair.
    """

    allow_unconditional_update = True  # an update may come without a resource version

    def prepare_create(self, obj: T) -> T:
        """A new object as it is stored."""
        return obj

    def validate_create(self, obj: T) -> list[FieldError]:
        """The faults of a new object."""
        return []

    def prepare_update(self, new: T, old: T) -> T:
        """The next version of an object as it is stored."""
        return new

    def validate_update(self, new: T, old: T) -> list[FieldError]:
        """The faults of the next version of an object."""
        return []

    def canonicalize(self, obj: T) -> T:
        """A valid object as every reader will find it."""
        return obj

    def prepare_status_update(self, new: T, old: T) -> T:
        """The next version of an object when only its status is to be written."""
        return with_spec_of(new, old)

    def validate_status_update(self, new: T, old: T) -> list[FieldError]:
        """The faults of the next version's status."""
        return []

    def warnings_on_create(self, obj: T) -> list[str]:
        """What the client should know about its new object."""
        return []

    def warnings_on_update(self, new: T, old: T) -> list[str]:
        """What the client should know about its changed object."""
        return []


class SpecStrategy(Strategy[T]):
    """A kind whose requests write the spec and whose status is written apart; the generation counts changed specs."""

    def prepare_create(self, obj: T) -> T:
        return with_generation(without_status(obj), 1)

    def prepare_update(self, new: T, old: T) -> T:
        new = with_status_of(new, old)
        return with_generation(new, old.metadata.generation + 1) if self.changes_generation(new, old) else new

    def changes_generation(self, new: T, old: T) -> bool:
        """Whether the next version is a new generation."""
        return bool(spec_of(new) != spec_of(old))


def spec_of(obj: KubernetesObject) -> Any:
    """The object's spec."""
    return obj.spec  # type: ignore[attr-defined]


def without_status(obj: T) -> T:
    """An object whose status is empty."""
    return replace(obj, status=type(obj.status)())  # type: ignore[attr-defined]


def with_status_of(new: T, old: T) -> T:
    """The next version with the status that is stored."""
    return replace(new, status=old.status)  # type: ignore[attr-defined]


def with_spec_of(new: T, old: T) -> T:
    """The next version with the spec that is stored."""
    return replace(new, spec=old.spec)  # type: ignore[attr-defined]


def is_next(new: KubernetesObject, old: KubernetesObject) -> bool:
    """Whether an update is a new generation."""
    return new.metadata.generation != old.metadata.generation


def with_generation(obj: T, generation: int) -> T:
    """An object of this generation."""
    return replace(obj, metadata=replace(obj.metadata, generation=generation))
