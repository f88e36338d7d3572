"""The registry: what becomes of an object on its way into the store, by kind.

References
----------
``staging/src/k8s.io/apiserver/pkg/registry/rest/create.go BeforeCreate``, ``update.go BeforeUpdate @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from msgspec.structs import replace

from k8snb.api.field_errors import FieldError
from k8snb.api.registry.kinds import STRATEGIES
from k8snb.api.registry.strategy import Strategy
from k8snb.api.resources import BY_CLASS
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.validation.formats import is_path_segment_name
from k8snb.api.validation.metadata import validate_generic_meta, validate_generic_meta_update

T = TypeVar("T", bound=KubernetesObject)
_STRATEGIES: Mapping[type[KubernetesObject], Strategy[Any]] = STRATEGIES
_PLAIN: Strategy[Any] = Strategy()


def strategy_for(cls: type[T]) -> Strategy[T]:
    """How objects of a kind are prepared and validated."""
    return _STRATEGIES.get(cls, _PLAIN)


def allows_unconditional_update(cls: type[KubernetesObject]) -> bool:
    """Whether a request may replace an object of this kind without naming the version that it read."""
    return strategy_for(cls).allow_unconditional_update


def prepare_create(obj: T) -> T:
    """A new object as the registry stores it: without a status, of generation 1, normalised.

    Parameters
    ----------
    obj
        A defaulted object that has its name, UID and time of creation.
    """
    return strategy_for(type(obj)).prepare_create(obj)


def validate_create(obj: KubernetesObject) -> list[FieldError]:
    """The faults of a new object: those of its kind, or else those that its metadata would have in any kind."""
    errors = strategy_for(type(obj)).validate_create(obj)
    return errors or _common_faults(obj)


def prepare_update(new: T, old: T, subresource: str = "") -> T:
    """The next version of an object as the registry stores it.

    Parameters
    ----------
    new
        The defaulted object of the request.
    old
        The stored version.
    subresource
        What the request writes: empty for all but the status, or ``status``.
    """
    new = replace(new, metadata=replace(new.metadata, generation=old.metadata.generation))
    strategy = strategy_for(type(new))
    prepare = strategy.prepare_status_update if subresource else strategy.prepare_update
    new = prepare(new, old)
    return replace(new, metadata=_kept_identity(new.metadata, old.metadata))


def validate_update(new: KubernetesObject, old: KubernetesObject, subresource: str = "") -> list[FieldError]:
    """The faults of the next version of an object, in any kind and in its own."""
    strategy = strategy_for(type(new))
    validate = strategy.validate_status_update if subresource else strategy.validate_update
    return [
        *_common_faults(new),
        *validate_generic_meta_update(new.metadata, old.metadata),
        *validate(new, old),
    ]


def canonicalize(obj: T) -> T:
    """A valid object as every reader will find it."""
    return strategy_for(type(obj)).canonicalize(obj)


def warnings_on_create(obj: KubernetesObject) -> list[str]:
    """What the client that made an object should know about it."""
    return strategy_for(type(obj)).warnings_on_create(obj)


def warnings_on_update(new: KubernetesObject, old: KubernetesObject) -> list[str]:
    """What the client that changed an object should know about it."""
    return strategy_for(type(new)).warnings_on_update(new, old)


def _path_segment(name: str, prefix: bool) -> list[str]:
    return is_path_segment_name(f"{name}-" if prefix else name)


def _common_faults(obj: KubernetesObject) -> list[FieldError]:
    return validate_generic_meta(obj.metadata, _path_segment, BY_CLASS[type(obj)].namespaced)


def _kept_identity(new: ObjectMeta, old: ObjectMeta) -> ObjectMeta:
    """The metadata of the next version: identity, age and deletion are not the request's to change."""
    grace = new.deletion_grace_period_seconds
    return replace(
        new,
        uid=new.uid or old.uid,
        resource_version=new.resource_version or old.resource_version,
        creation_timestamp=old.creation_timestamp or new.creation_timestamp,
        deletion_timestamp=new.deletion_timestamp if old.deletion_timestamp is None else old.deletion_timestamp,
        deletion_grace_period_seconds=old.deletion_grace_period_seconds if grace is None else grace,
    )
