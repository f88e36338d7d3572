"""Warnings about pods and their templates: what is valid, but does not do what its writer may think.

References
----------
``pkg/api/pod/warnings.go``, ``pkg/api/node/util.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from k8snb.api.field_errors import go_quote
from k8snb.api.registry.value_warnings import address_warnings, claim_warnings, fraction_warnings
from k8snb.api.registry.volume_warnings import overlap_warnings
from k8snb.api.types.containers import Container, ContainerPort, EnvVar, EphemeralContainer
from k8snb.api.types.placement import NodeAffinity, NodeSelectorTerm, PodAffinityTerm
from k8snb.api.types.pod import Pod, PodSpec, PodTemplateSpec
from k8snb.api.validation.containers_of import containers_with_path
from k8snb.api.validation.formats import is_valid_label_value

_LABELS = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
    "app.kubernetes.io/created-by": "deprecated since v1.9",
    "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
    "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
}
_ANNOTATIONS = {
    "scheduler.alpha.kubernetes.io/critical-pod": 'non-functional in v1.16+; use the "priorityClassName" field instead',
    "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
    "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
}
_VOLUMES = (
    ("photon_persistent_disk", "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    ("git_repo", "gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"),
    ("scale_io", "scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    ("flocker", "flocker", "deprecated in v1.22, non-functional in v1.25+"),
    ("storageos", "storageOS", "deprecated in v1.22, non-functional in v1.25+"),
    ("quobyte", "quobyte", "deprecated in v1.22, non-functional in v1.25+"),
    ("glusterfs", "glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    ("ephemeral", "", ""),
    ("cephfs", "cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    ("rbd", "rbd", "deprecated in v1.28, non-functional in v1.31+"),
)
_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP = "container.seccomp.security.alpha.kubernetes.io/"
_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_NO_SELECTOR = "a null labelSelector results in matching no pod"
_BYTES = ("memory", "ephemeral-storage")

Annotations = Mapping[str, str]


def pod_warnings(pod: Pod) -> list[str]:
    """What the client that made a pod should know about it."""
    return list(_warnings(pod.spec, pod.metadata.annotations, "", template=False))


def template_warnings(template: PodTemplateSpec, path: str) -> list[str]:
    """What the client that wrote a template should know about its pods."""
    return list(_warnings(template.spec, template.metadata.annotations, f"{path}.", template=True))


def _warnings(spec: PodSpec, annotations: Annotations, prefix: str, *, template: bool) -> Iterator[str]:
    path, notes = f"{prefix}spec", f"{prefix}metadata.annotations"
    yield from _placement(spec, path)
    yield from (f"{notes}[{key}]: {why}" for key, why in _ANNOTATIONS.items() if key in annotations)
    yield from _volumes(spec, f"{path}.volumes")
    yield from overlap_warnings(spec.volumes)
    yield from _repeated([a.ip for a in spec.host_aliases], f"{path}.hostAliases", "ip")
    secrets = [s.name for s in spec.image_pull_secrets]
    yield from _repeated(secrets, f"{path}.imagePullSecrets", "name")
    for index, name in enumerate(secrets):
        if not name:
            yield f'{path}.imagePullSecrets[{index}].name: invalid empty name ""'
    yield from fraction_warnings(spec.overhead, _BYTES, f"{path}.overhead")
    if _SECCOMP_POD in annotations and (spec.security_context is None or not spec.security_context.seccomp_profile):
        yield _without_seccomp(f"{notes}[{_SECCOMP_POD}]")
    for container, place in containers_with_path(spec, path):
        yield from _container(container, place, annotations, notes, template and not _has_app_armor(spec))
    yield from _ports(spec, path)
    yield from _port_names(spec, path)
    if (spec.termination_grace_period_seconds or 0) < 0:
        yield (
            f"{path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1"
        )
    yield from _pod_affinity(spec, f"{path}.affinity")
    for index, server in enumerate(spec.dns_config.nameservers if spec.dns_config else ()):
        yield from address_warnings(server, f"{path}.dnsConfig.nameservers[{index}]")
    for index, alias in enumerate(spec.host_aliases):
        yield from address_warnings(alias.ip, f"{path}.hostAliases[{index}].ip")


def _placement(spec: PodSpec, path: str) -> Iterator[str]:
    """Labels of nodes that go out of use."""
    for key in sorted(spec.node_selector):
        if key in _LABELS:
            yield f"{path}.nodeSelector[{key}]: {_LABELS[key]}"
    if spec.affinity is not None and spec.affinity.node_affinity is not None:
        yield from _node_affinity(spec.affinity.node_affinity, f"{path}.affinity.nodeAffinity")
    for index, constraint in enumerate(spec.topology_spread_constraints):
        place = f"{path}.topologySpreadConstraints[{index}]"
        key = constraint.topology_key
        if key in _LABELS:
            yield f"{place}.topologyKey: {key} is {_LABELS[key]}"
        if constraint.label_selector is None:
            yield f"{place}.labelSelector: {_NO_SELECTOR}"


def _node_affinity(affinity: NodeAffinity, path: str) -> Iterator[str]:
    required = affinity.required_during_scheduling_ignored_during_execution
    for index, term in enumerate(required.node_selector_terms if required else ()):
        place = f"{path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[{index}]"
        yield from _node_term(term, place, check_values=False)
    for index, weighted in enumerate(affinity.preferred_during_scheduling_ignored_during_execution):
        place = f"{path}.preferredDuringSchedulingIgnoredDuringExecution[{index}].preference"
        yield from _node_term(weighted.preference, place, check_values=True)


def _node_term(term: NodeSelectorTerm, path: str, *, check_values: bool) -> Iterator[str]:
    for index, expression in enumerate(term.match_expressions):
        place = f"{path}.matchExpressions[{index}]"
        if expression.key in _LABELS:
            yield f"{place}.key: {expression.key} is {_LABELS[expression.key]}"
        for position, value in enumerate(expression.values if check_values else ()):
            for complaint in is_valid_label_value(value):
                yield f"{place}.values[{position}]: {value} is invalid, {complaint}"


def _volumes(spec: PodSpec, path: str) -> Iterator[str]:
    for index, volume in enumerate(spec.volumes):
        for attribute, name, why in _VOLUMES:
            if getattr(volume, attribute) is None:
                continue
            if why:
                yield f"{path}[{index}].{name}: {why}"
            elif volume.ephemeral and volume.ephemeral.volume_claim_template:
                claim = volume.ephemeral.volume_claim_template.spec
                yield from claim_warnings(claim, f"{path}[{index}].ephemeral.volumeClaimTemplate.spec")


def _repeated(names: Sequence[str], path: str, field: str) -> Iterator[str]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield f"{path}[{index}].{field}: duplicate {field} {go_quote(name)}"


def _without_seccomp(path: str) -> str:
    return f'{path}: non-functional in v1.27+; use the "seccompProfile" field instead'


def _has_app_armor(spec: PodSpec) -> bool:
    """Whether the pod says it for all its containers; annotations of the same meaning are not told from others."""
    return spec.security_context is not None and spec.security_context.app_armor_profile is not None


def _container(
    container: Container | EphemeralContainer, path: str, annotations: Annotations, notes: str, app_armor: bool
) -> Iterator[str]:
    context, name = container.security_context, container.name
    if _SECCOMP + name in annotations and (context is None or context.seccomp_profile is None):
        yield _without_seccomp(f"{notes}[{_SECCOMP}{name}]")
    if app_armor and _APP_ARMOR + name in annotations and (context is None or context.app_armor_profile is None):
        yield f'{notes}[{_APP_ARMOR}{name}]: deprecated since v1.30; use the "appArmorProfile" field instead'
    for size in _BYTES:
        yield from fraction_warnings(container.resources.limits, [size], f"{path}.resources.limits")
        yield from fraction_warnings(container.resources.requests, [size], f"{path}.resources.requests")
    yield from _environment(container.env, f"{path}.env")


def _environment(variables: Sequence[EnvVar], path: str) -> Iterator[str]:
    """Variables that hide one of the same name, unless they build on it."""
    seen = set()
    for index, variable in enumerate(variables):
        name, reference = variable.name, f"$({variable.name})"
        builds_on = reference in variable.value and variable.value != reference and variable.value_from is None
        if name in seen and not builds_on:
            yield (
                f"{path}[{index}]: hides previous definition of {go_quote(name)}, which may be dropped when using apply"
            )
        seen.add(name)


def _ports(spec: PodSpec, path: str) -> Iterator[str]:
    """Ports that may mean the same."""
    taken: dict[tuple[int, str], list[tuple[str, ContainerPort]]] = {}
    for container, place in containers_with_path(spec, path):
        for index, port in enumerate(container.ports):
            here = f"{place}.ports[{index}]"
            if port.host_ip and not port.host_port:
                shown = (
                    f"{{Name:{port.name} HostPort:{port.host_port} ContainerPort:{port.container_port} "
                    f"Protocol:{port.protocol} HostIP:{port.host_ip}}}"
                )
                yield f"{here}: hostIP set without hostPort: {shown}"
            others = taken.setdefault((port.container_port, port.protocol), [])
            for there, other in others:
                if how := _overlap(port, other):
                    yield f"{here}: {how} port definition with {there}"
            others.append((here, port))


def _overlap(port: ContainerPort, other: ContainerPort) -> str:
    if (port.host_ip, port.host_port) == (other.host_ip, other.host_port):
        return "duplicate"
    if not port.host_port or not other.host_port:
        return "overlapping"
    if port.host_port == other.host_port and bool(port.host_ip) != bool(other.host_ip):
        return "dangerously ambiguous"
    return ""


def _port_names(spec: PodSpec, path: str) -> Iterator[str]:
    taken: dict[str, str] = {}
    for container, place in containers_with_path(spec, path):
        for index, port in enumerate(container.ports):
            first = taken.setdefault(port.name, f"{place}.ports[{index}]") if port.name else ""
            if first and first != f"{place}.ports[{index}]":
                yield (
                    f"{place}.ports[{index}]: duplicate port name {go_quote(port.name)} with {first}, services and "
                    f"probes that select ports by name will use {first}"
                )


def _pod_affinity(spec: PodSpec, path: str) -> Iterator[str]:
    if spec.affinity is None:
        return
    for name, affinity in (
        ("podAffinity", spec.affinity.pod_affinity),
        ("podAntiAffinity", spec.affinity.pod_anti_affinity),
    ):
        if affinity is None:
            continue
        required = affinity.required_during_scheduling_ignored_during_execution
        preferred = [w.pod_affinity_term for w in affinity.preferred_during_scheduling_ignored_during_execution]
        where = f"{path}.{name}.{{}}DuringSchedulingIgnoredDuringExecution".format
        yield from _terms(required, where("required"), "labelSelector")
        yield from _terms(preferred, where("preferred"), "podAffinityTerm.labelSelector")


def _terms(terms: Sequence[PodAffinityTerm], path: str, field: str) -> list[str]:
    return [f"{path}[{i}].{field}: {_NO_SELECTOR}" for i, term in enumerate(terms) if term.label_selector is None]
