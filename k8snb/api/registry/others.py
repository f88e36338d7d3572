"""Strategies of disruption budgets, claims, volumes, storage classes and endpoint slices.

References
----------
``pkg/registry/policy/poddisruptionbudget``, ``pkg/registry/core/{persistentvolumeclaim,persistentvolume}``,
``pkg/registry/storage/storageclass``, ``pkg/registry/discovery/endpointslice: strategy.go @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.claims import BETA_CLASS, PENDING
from k8snb.api.field_errors import FieldError
from k8snb.api.registry.strategy import SpecStrategy, Strategy, with_generation, with_status_of
from k8snb.api.registry.value_warnings import claim_warnings
from k8snb.api.types.claims import (
    PersistentVolumeClaim,
    PersistentVolumeClaimSpec,
    PersistentVolumeClaimStatus,
    StorageClass,
    TypedLocalObjectReference,
    TypedObjectReference,
)
from k8snb.api.types.node import Lease
from k8snb.api.types.persistent_volume import PersistentVolume, PersistentVolumeStatus
from k8snb.api.types.policy import PodDisruptionBudget
from k8snb.api.types.service import EndpointSlice
from k8snb.api.validation import policy, storage, storage_class

_SNAPSHOT = ("snapshot.storage.k8s.io", "VolumeSnapshot")


class PodDisruptionBudgetStrategy(SpecStrategy[PodDisruptionBudget]):
    """An update must name the version that it starts from."""

    allow_unconditional_update = False

    def validate_create(self, obj: PodDisruptionBudget) -> list[FieldError]:
        return policy.validate_budget(obj)

    def validate_update(self, new: PodDisruptionBudget, old: PodDisruptionBudget) -> list[FieldError]:
        return policy.validate_budget_update(new, old)

    def validate_status_update(
        self,
        new: PodDisruptionBudget,
        old: PodDisruptionBudget,  # noqa: ARG002
    ) -> list[FieldError]:
        return policy.validate_budget_status(new)


class LeaseStrategy(Strategy[Lease]):
    """An update must name the version that it starts from."""

    allow_unconditional_update = False


class PersistentVolumeClaimStrategy(Strategy[PersistentVolumeClaim]):
    """The two ways of naming a data source say the same."""

    def prepare_create(self, obj: PersistentVolumeClaim) -> PersistentVolumeClaim:
        status = PersistentVolumeClaimStatus(phase=PENDING)
        return replace(obj, spec=_with_sources(obj.spec, None), status=status)

    def validate_create(self, obj: PersistentVolumeClaim) -> list[FieldError]:
        return storage.validate_claim(obj)

    def prepare_update(self, new: PersistentVolumeClaim, old: PersistentVolumeClaim) -> PersistentVolumeClaim:
        return with_status_of(replace(new, spec=_with_sources(new.spec, old.spec)), old)

    def validate_update(self, new: PersistentVolumeClaim, old: PersistentVolumeClaim) -> list[FieldError]:
        return storage.validate_claim_update(new, old)

    def warnings_on_create(self, obj: PersistentVolumeClaim) -> list[str]:
        warnings = claim_warnings(obj.spec, "spec")
        if BETA_CLASS not in obj.metadata.annotations:
            return warnings
        why = 'deprecated since v1.8; use "storageClassName" attribute instead'
        return [f"metadata.annotations[{BETA_CLASS}]: {why}", *warnings]

    def warnings_on_update(self, new: PersistentVolumeClaim, old: PersistentVolumeClaim) -> list[str]:  # noqa: ARG002
        return self.warnings_on_create(new)


def _with_sources(spec: PersistentVolumeClaimSpec, old: PersistentVolumeClaimSpec | None) -> PersistentVolumeClaimSpec:
    source, reference = spec.data_source, spec.data_source_ref
    if reference is not None and reference.namespace and not (old and old.data_source_ref):
        reference = None
    kept = old is not None and (old.data_source or old.data_source_ref)
    if source is not None and reference is None and not kept and not _is_volume_source(source):
        source = None  # anything else was always left out in silence
    if source is not None and reference is None:
        reference = TypedObjectReference(api_group=source.api_group, kind=source.kind, name=source.name)
    elif reference is not None and source is None and not reference.namespace:
        source = TypedLocalObjectReference(api_group=reference.api_group, kind=reference.kind, name=reference.name)
    if (source, reference) == (spec.data_source, spec.data_source_ref):
        return spec
    return replace(spec, data_source=source, data_source_ref=reference)


def _is_volume_source(source: TypedLocalObjectReference) -> bool:
    return (source.api_group or "", source.kind) in (("", "PersistentVolumeClaim"), _SNAPSHOT)


class PersistentVolumeStrategy(Strategy[PersistentVolume]):
    """A new volume is pending."""

    def prepare_create(self, obj: PersistentVolume) -> PersistentVolume:
        return replace(obj, status=PersistentVolumeStatus(phase="Pending"))

    def prepare_update(self, new: PersistentVolume, old: PersistentVolume) -> PersistentVolume:
        return with_status_of(new, old)


class EndpointSliceStrategy(Strategy[EndpointSlice]):
    """Changed endpoints or ports are a new generation."""

    def prepare_create(self, obj: EndpointSlice) -> EndpointSlice:
        return with_generation(obj, 1)

    def prepare_update(self, new: EndpointSlice, old: EndpointSlice) -> EndpointSlice:
        same = (new.address_type, new.endpoints, new.ports) == (old.address_type, old.endpoints, old.ports)
        labels = new.metadata.labels == old.metadata.labels
        return new if same and labels else with_generation(new, old.metadata.generation + 1)


class StorageClassStrategy(Strategy[StorageClass]):
    """Only its metadata, and which volumes may grow, can be changed."""

    def validate_create(self, obj: StorageClass) -> list[FieldError]:
        return storage_class.validate_storage_class(obj)

    def validate_update(self, new: StorageClass, old: StorageClass) -> list[FieldError]:
        return storage_class.validate_storage_class_update(new, old)
