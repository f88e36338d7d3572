"""The scale of a workload, as ``get --subresource=scale`` shows it.

References
----------
``pkg/registry/apps/deployment/storage/storage.go scaleFromDeployment @ v1.36``
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from k8snb.api.schema import ALWAYS, Int32, KubernetesObject, Struct
from k8snb.api.selectors import as_selector
from k8snb.api.types.meta import LabelSelector, ObjectMeta


class ScaleSpec(Struct):
    """How many there shall be."""

    replicas: Int32 = 0


class ScaleStatus(Struct):
    """How many there are, and which pods count."""

    replicas: Annotated[Int32, ALWAYS] = 0
    selector: str = ""


class Scale(KubernetesObject):
    """The size of a workload, apart from everything else about it."""

    api_version: ClassVar[str] = "autoscaling/v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: ScaleSpec = ScaleSpec()
    status: ScaleStatus = ScaleStatus()


def scale_of(workload: Any) -> Scale:
    """The scale of a workload that has one."""
    meta, selector = workload.metadata, workload.spec.selector
    if selector is not None and not isinstance(selector, LabelSelector):
        selector = LabelSelector(match_labels=selector)
    return Scale(
        metadata=ObjectMeta(
            name=meta.name,
            namespace=meta.namespace,
            uid=meta.uid,
            resource_version=meta.resource_version,
            creation_timestamp=meta.creation_timestamp,
        ),
        spec=ScaleSpec(replicas=workload.spec.replicas or 0),
        status=ScaleStatus(replicas=workload.status.replicas, selector=str(as_selector(selector)) if selector else ""),
    )
