"""Writes to a workload's scale: read as a scale, changed as a scale, kept as the workload's number of replicas.

References
----------
``pkg/registry/apps/deployment/storage/storage.go scaleUpdatedObjectInfo`` and
``pkg/apis/autoscaling/validation/validation.go ValidateScale @ v1.36``
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from k8snb.api.field_errors import invalid
from k8snb.api.patch import patch_object
from k8snb.api.resources import Resource
from k8snb.api.scales import Scale, scale_of
from k8snb.machinery import requests

_SCALE = Resource(Scale, "scales")


def patched_scale(workload: Any, patch_type: str, patch: Any, unknown: list[str] | None) -> Any:
    """A workload after a patch of its scale; raises as a patch does.

    Raises
    ------
    Conflict
        When the patch names another version than the stored one.
    Invalid
        When there would be fewer than no replicas.
    """
    meta, old = workload.metadata, scale_of(workload)
    scale = requests.for_update(patch_object(old, patch_type, patch, unknown), _SCALE, meta.namespace, meta.name)
    requests.check_resource_version(_SCALE, scale, old)
    if scale.spec.replicas < 0:
        fault = invalid("spec.replicas", scale.spec.replicas, "must be greater than or equal to 0")
        requests.refuse_invalid(_SCALE, meta.name, [fault])
    return replace(workload, spec=replace(workload.spec, replicas=scale.spec.replicas))
