"""Defaults of a pod's spec, in a pod or in a template.

Fields whose feature gate is off by default are dropped on this occasion: scheduling groups, stop signals, and volumes
made of trust bundles or pod certificates.

References
----------
``pkg/apis/core/v1/defaults.go SetDefaults_PodSpec``, ``conversion.go Convert_v1_PodSpec_To_core_PodSpec`` and
``pkg/api/pod/util.go dropDisabledFields @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping

from k8snb.api.defaults.containers import default_container
from k8snb.api.defaults.quantities import default_requirements, default_resource_list
from k8snb.api.defaults.sharing import each, given, revised
from k8snb.api.defaults.volumes import default_volume
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import PodSecurityContext, PodSpec, PodTemplateSpec

GRACE_PERIOD_SECONDS = 30
SCHEDULER = "default-scheduler"
_OLD_INIT_CONTAINERS = tuple(
    f"pod.{stage}.kubernetes.io/init-container{what}" for stage in ("alpha", "beta") for what in ("s", "-statuses")
)
_NO_SECURITY_CONTEXT = PodSecurityContext()


def default_pod_spec(spec: PodSpec) -> PodSpec:
    """A pod's spec with its defaults; its two names of the service account are made to agree."""
    grace = spec.termination_grace_period_seconds
    account = spec.service_account_name or spec.service_account
    return revised(
        spec,
        volumes=each(spec.volumes, default_volume),
        init_containers=each(spec.init_containers, default_container),
        containers=each(spec.containers, default_container),
        ephemeral_containers=each(spec.ephemeral_containers, default_container),
        dns_policy=spec.dns_policy or "ClusterFirst",
        restart_policy=spec.restart_policy or "Always",
        security_context=_NO_SECURITY_CONTEXT if spec.security_context is None else spec.security_context,
        termination_grace_period_seconds=GRACE_PERIOD_SECONDS if grace is None else grace,
        scheduler_name=spec.scheduler_name or SCHEDULER,
        service_account_name=account,
        service_account=account,
        overhead=default_resource_list(spec.overhead),
        resources=given(spec.resources, default_requirements),
        scheduling_group=None,
    )


def default_template(template: PodTemplateSpec) -> PodTemplateSpec:
    """A pod template with its defaults."""
    return revised(template, metadata=without_old_annotations(template.metadata), spec=default_pod_spec(template.spec))


def without_old_annotations(meta: ObjectMeta) -> ObjectMeta:
    """Metadata without the annotations that once stood for init containers."""
    return revised(meta, annotations=_kept(meta.annotations))


def _kept(annotations: Mapping[str, str]) -> Mapping[str, str]:
    if not any(key in annotations for key in _OLD_INIT_CONTAINERS):
        return annotations
    return {key: value for key, value in annotations.items() if key not in _OLD_INIT_CONTAINERS}
