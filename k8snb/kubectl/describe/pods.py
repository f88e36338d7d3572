"""A pod.

References
----------
``staging/src/k8s.io/kubectl/pkg/describe/describe.go describePod @ v1.36``
``staging/src/k8s.io/kubectl/pkg/util/qos/qos.go ComputePodQOS @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping

from k8snb.api.quantity import number_of
from k8snb.api.types.containers import EnvVar
from k8snb.api.types.pod import Pod
from k8snb.kubectl.ages import rfc1123z, since
from k8snb.kubectl.describe.containers import describe_containers, describe_resources
from k8snb.kubectl.describe.context import Context
from k8snb.kubectl.describe.events import describe_events
from k8snb.kubectl.describe.metadata import (
    controlled_by,
    label_lines,
    labels_and_annotations,
    name_and_namespace,
    tolerations,
)
from k8snb.kubectl.describe.pod_template import describe_scheduling_group, describe_spread
from k8snb.kubectl.describe.volumes import describe_volumes
from k8snb.kubectl.describe.writer import Writer

_MIRROR = "kubernetes.io/config.mirror"


def describe_pod(w: Writer, context: Context, pod: Pod) -> None:
    """Write everything about a pod."""
    name_and_namespace(w, pod.metadata)
    _placement(w, pod)
    labels_and_annotations(w, pod.metadata)
    _status(w, pod, context.now_ms)
    _addresses(w, pod)
    controlled_by(w, pod.metadata)
    if pod.status.nominated_node_name:
        w.field(0, "NominatedNodeName", pod.status.nominated_node_name)
    if pod.spec.resources is not None:
        w.write(0, "Resources:\n")
        describe_resources(w, pod.spec.resources, 1)
    _containers(w, pod)
    _conditions(w, pod)
    describe_volumes(w, pod.spec.volumes)
    w.field(0, "QoS Class", pod.status.qos_class or qos_class(pod))
    label_lines(w, "Node-Selectors", pod.spec.node_selector)
    tolerations(w, "Tolerations", pod.spec.tolerations)
    describe_spread(w, pod.spec.topology_spread_constraints)
    describe_scheduling_group(w, pod.spec.scheduling_group)
    describe_events(w, context, "", pod.metadata, pod.metadata.annotations.get(_MIRROR))


def _placement(w: Writer, pod: Pod) -> None:
    spec = pod.spec
    if spec.priority is not None:
        w.field(0, "Priority", spec.priority)
    if spec.priority_class_name:
        w.field(0, "Priority Class Name", spec.priority_class_name)
    if spec.runtime_class_name:
        w.field(0, "Runtime Class Name", spec.runtime_class_name)
    if spec.service_account_name:
        w.field(0, "Service Account", spec.service_account_name)
    w.field(0, "Node", f"{spec.node_name}/{pod.status.host_ip}" if spec.node_name else "<none>")
    if pod.status.start_time is not None:
        w.field(0, "Start Time", rfc1123z(pod.status.start_time))


def _status(w: Writer, pod: Pod, now_ms: int) -> None:
    deleted = pod.metadata.deletion_timestamp
    if deleted is not None and pod.status.phase not in ("Failed", "Succeeded"):
        w.field(0, "Status", f"Terminating (lasts {since(deleted, now_ms)})")
        w.field(0, "Termination Grace Period", f"{pod.metadata.deletion_grace_period_seconds or 0}s")
    else:
        w.field(0, "Status", pod.status.phase)
    if pod.status.reason:
        w.field(0, "Reason", pod.status.reason)
    if pod.status.message:
        w.field(0, "Message", pod.status.message)
    security = pod.spec.security_context
    if security is not None and security.seccomp_profile is not None:
        w.field(0, "SeccompProfile", security.seccomp_profile.type)
        if security.seccomp_profile.type == "Localhost":
            w.field(0, "LocalhostProfile", security.seccomp_profile.localhost_profile)


def _addresses(w: Writer, pod: Pod) -> None:
    w.field(0, "IP", pod.status.pod_ip)
    if not pod.status.pod_ips:
        w.write(0, "IPs:\t<none>\n")
        return
    w.write(0, "IPs:\n")
    for address in pod.status.pod_ips:
        w.field(1, "IP", address.ip)


def _containers(w: Writer, pod: Pod) -> None:
    spec, status = pod.spec, pod.status

    def resolver(variable: EnvVar) -> str:
        return field_of(pod, variable)

    if spec.init_containers:
        describe_containers(w, "Init Containers", spec.init_containers, status.init_container_statuses, resolver)
    describe_containers(w, "Containers", spec.containers, status.container_statuses, resolver)
    if spec.ephemeral_containers:
        describe_containers(
            w, "Ephemeral Containers", spec.ephemeral_containers, status.ephemeral_container_statuses, resolver
        )


def field_of(pod: Pod, variable: EnvVar) -> str:
    """The field of a pod that a variable shows; empty for those that kubectl does not look up.

    References
    ----------
    ``staging/src/k8s.io/kubectl/pkg/describe/describe.go EnvValueRetriever`` and
    ``staging/src/k8s.io/apimachinery/pkg/runtime/conversion.go DefaultMetaV1FieldSelectorConversion @ v1.36``
    """
    reference = variable.value_from.field_ref if variable.value_from else None
    known = {"metadata.name": pod.metadata.name, "metadata.namespace": pod.metadata.namespace}
    return known.get(reference.field_path, "") if reference else ""


def _conditions(w: Writer, pod: Pod) -> None:
    statuses = {c.type: c.status for c in reversed(pod.status.conditions)}
    if pod.spec.readiness_gates:
        w.write(0, "Readiness Gates:\n  Type\tStatus\n")
        for gate in pod.spec.readiness_gates:
            w.write(1, f"{gate.condition_type} \t{statuses.get(gate.condition_type, '<none>')} \n")
    if pod.status.conditions:
        w.write(0, "Conditions:\n  Type\tStatus\n")
        for condition in pod.status.conditions:
            w.write(1, f"{condition.type} \t{condition.status} \n")


def qos_class(pod: Pod) -> str:
    """The quality of service that a pod's requests and limits give it."""
    everything = [pod.spec.resources] if pod.spec.resources else []
    if not everything:
        everything = [c.resources for c in (*pod.spec.containers, *pod.spec.init_containers)]
    requests, limits = (
        (
            [_counted(amounts) for amounts in which]
            for which in zip(*((r.requests, r.limits) for r in everything), strict=True)
        )
        if everything
        else ([], [])
    )
    if not any(requests) and not any(limits):
        return "BestEffort"
    if all(len(limit) == 2 for limit in limits) and _totals(requests) == _totals(limits):
        return "Guaranteed"
    return "Burstable"


def _counted(amounts: Mapping[str, str]) -> Mapping[str, str]:
    return {k: v for k, v in amounts.items() if k in ("cpu", "memory") and number_of(v) > 0}


def _totals(amounts: list[Mapping[str, str]]) -> Mapping[str, object]:
    return {
        k: sum(number_of(a[k]) for a in amounts if k in a) for k in ("cpu", "memory") if any(k in a for a in amounts)
    }
