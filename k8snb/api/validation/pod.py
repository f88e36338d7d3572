"""Rules for pods: when they are made, and what of them may change afterwards.

References
----------
``pkg/apis/core/validation/validation.go ValidatePodCreate, ValidatePodUpdate, ValidatePodStatusUpdate @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.field_errors import FieldError, forbidden, invalid, required, typed
from k8snb.api.types.containers import Container
from k8snb.api.types.placement import Affinity, NodeAffinity, NodeSelectorTerm, Toleration
from k8snb.api.types.pod import Pod, PodSchedulingGate, PodSpec
from k8snb.api.types.pod_status import ContainerStatus
from k8snb.api.validation.containers import validate_image_spaces
from k8snb.api.validation.equality import same
from k8snb.api.validation.formats import is_in_range, is_qualified_name
from k8snb.api.validation.internal_form import internal_diff, internal_value
from k8snb.api.validation.metadata import (
    IMMUTABLE,
    name_is_dns_subdomain,
    validate_object_meta,
    validate_object_meta_update,
)
from k8snb.api.validation.pod_annotations import (
    MIRROR_KEY,
    validate_annotation_updates,
    validate_pod_annotations,
    validate_profiles_match,
)
from k8snb.api.validation.pod_spec import LARGEST_SECONDS, validate_pod_spec
from k8snb.api.validation.scheduling import validate_tolerations

_MAY_CHANGE = (
    "`spec.containers[*].image`",
    "`spec.initContainers[*].image`",
    "`spec.activeDeadlineSeconds`",
    "`spec.tolerations` (only additions to existing tolerations)",
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
)
_TERMS = "requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"


def validate_pod_create(pod: Pod) -> list[FieldError]:
    """The faults of a new pod, after defaulting and admission."""
    errors = _validate_pod(pod)
    if pod.spec.ephemeral_containers:
        errors.append(forbidden("spec.ephemeralContainers", "cannot be set on create"))
    if pod.spec.node_name and pod.spec.scheduling_gates:
        errors.append(forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"))
    return errors + validate_profiles_match(pod.metadata.annotations, pod.spec, "spec")


def _validate_pod(pod: Pod) -> list[FieldError]:
    """What holds for a pod at any time."""
    spec = pod.spec
    errors = validate_object_meta(pod.metadata, name_is_dns_subdomain, namespaced=True)
    errors += validate_pod_annotations(pod.metadata.annotations, spec, "metadata.annotations")
    errors += validate_pod_spec(spec, pod.metadata, "spec")
    errors += _validate_tokens(spec)
    for index, container in enumerate(spec.containers):
        errors += validate_image_spaces(container, f"spec.containers[{index}]")
    for index, container in enumerate(spec.init_containers):
        errors += validate_image_spaces(container, f"spec.initContainers[{index}]")
    return errors


def _validate_tokens(spec: PodSpec) -> list[FieldError]:
    """A pod without an account cannot have a token of its account."""
    errors = []
    for index, volume in enumerate(spec.volumes if not spec.service_account_name else ()):
        for number, source in enumerate(volume.projected.sources if volume.projected else ()):
            if source.service_account_token is not None:
                place = f"spec.volumes[{index}].projected.sources[{number}].serviceAccountToken"
                errors.append(forbidden(place, "must not be specified when serviceAccountName is not set"))
    return errors


def validate_pod_update(new: Pod, old: Pod) -> list[FieldError]:
    """The faults of a changed pod: of its spec little more than the images may change."""
    errors = validate_object_meta_update(new.metadata, old.metadata)
    errors += _validate_pod(new)
    errors += validate_annotation_updates(new, old, "metadata.annotations")
    for name, before, after in (
        ("containers", old.spec.containers, new.spec.containers),
        ("initContainers", old.spec.init_containers, new.spec.init_containers),
    ):
        if len(before) != len(after):
            return [*errors, forbidden(f"spec.{name}", "pod updates may not add or remove containers")]
        errors += _validate_images(after, f"spec.{name}")
    faults, stop = _validate_deadline_change(new.spec.active_deadline_seconds, old.spec.active_deadline_seconds)
    errors += faults
    if stop:
        return errors
    errors += _validate_added_tolerations(new.spec.tolerations, old.spec.tolerations)
    errors += _validate_deleted_gates(new.spec.scheduling_gates, old.spec.scheduling_gates)
    return errors if same(new.spec, old.spec) else errors + _validate_fixed_fields(new.spec, old.spec)


def _validate_images(containers: tuple[Container, ...], path: str) -> list[FieldError]:
    errors = []
    for index, container in enumerate(containers):
        if not container.image:
            errors.append(required(f"{path}[{index}].image"))
        errors += validate_image_spaces(container, f"{path}[{index}]")
    return errors


def _validate_deadline_change(new: int | None, old: int | None) -> tuple[list[FieldError], bool]:
    """The faults of a changed deadline, which may come and shrink, and whether upstream then stops looking."""
    path = "spec.activeDeadlineSeconds"
    if new is None:
        if old is None:
            return [], False
        return [invalid(path, None, "must not update from a positive integer to nil value")], False
    if complaints := is_in_range(new, 0, LARGEST_SECONDS):
        return [invalid(path, new, c) for c in complaints], True
    if old is not None and old < new:
        return [invalid(path, new, "must be less than or equal to previous value")], True
    return [], False


def _validate_added_tolerations(new: tuple[Toleration, ...], old: tuple[Toleration, ...]) -> list[FieldError]:
    path = "spec.tolerations"
    for toleration in old:
        if not any(replace(toleration, toleration_seconds=t.toleration_seconds) == t for t in new):
            return [forbidden(path, "existing toleration can not be modified except its tolerationSeconds")]
    return validate_tolerations(new, path)


def _validate_deleted_gates(new: tuple[PodSchedulingGate, ...], old: tuple[PodSchedulingGate, ...]) -> list[FieldError]:
    before = [gate.name for gate in old]
    added = {gate.name: index for index, gate in enumerate(new) if gate.name not in before}
    return [
        forbidden(
            f"spec.schedulingGates[{index}].name",
            f"only deletion is allowed, but found new scheduling gate '{name}'",
        )
        for name, index in added.items()
    ]


def _with_images(containers: tuple[Container, ...], like: tuple[Container, ...]) -> tuple[Container, ...]:
    return tuple(replace(new, image=old.image) for new, old in zip(containers, like, strict=True))


def _validate_fixed_fields(new: PodSpec, old: PodSpec) -> list[FieldError]:
    """The faults of a changed spec once what may change is put aside."""
    munged = replace(
        new,
        containers=_with_images(new.containers, old.containers),
        init_containers=_with_images(new.init_containers, old.init_containers),
        active_deadline_seconds=old.active_deadline_seconds,
        scheduling_gates=old.scheduling_gates,
        tolerations=old.tolerations,
    )
    before = old.termination_grace_period_seconds
    if before is not None and before < 0 and munged.termination_grace_period_seconds == 1:
        munged = replace(munged, termination_grace_period_seconds=before)
    errors = []
    if old.scheduling_gates:
        errors += _validate_gated(munged, old)
        munged = replace(munged, node_selector=old.node_selector, affinity=_with_node_affinity(munged, old))
    if not same(munged, old):
        detail = f"pod updates may not change fields other than {','.join(_MAY_CHANGE)}\n{internal_diff(old, munged)}"
        errors.append(forbidden("spec", detail))
    return errors


def _validate_gated(new: PodSpec, old: PodSpec) -> list[FieldError]:
    """A pod that is not yet for scheduling may be bound to fewer nodes, never to more."""
    errors = []
    if any(new.node_selector.get(key) != value for key, value in old.node_selector.items()):
        detail = "only additions to spec.nodeSelector are allowed (no mutations or deletions)"
        errors.append(invalid("spec.nodeSelector", new.node_selector, detail))
    affinities = (new.affinity, old.affinity)
    after, before = (_terms(affinity.node_affinity if affinity else None) for affinity in affinities)
    path = f"spec.affinity.nodeAffinity.{_TERMS}"
    if before and len(before) != len(after):
        detail = "no additions/deletions to non-empty NodeSelectorTerms list are allowed"
        return [*errors, invalid(path, internal_value(after), detail)]
    for index, (term, previous) in enumerate(zip(after, before, strict=False)):
        if not _has_only_additions(term, previous):
            detail = "only additions are allowed (no mutations or deletions)"
            errors.append(invalid(f"{path}[{index}]", internal_value(term), detail))
    return errors


def _terms(affinity: NodeAffinity | None) -> tuple[NodeSelectorTerm, ...]:
    needed = affinity.required_during_scheduling_ignored_during_execution if affinity else None
    return needed.node_selector_terms if needed else ()


def _has_only_additions(new: NodeSelectorTerm, old: NodeSelectorTerm) -> bool:
    if not old.match_expressions and not old.match_fields:
        return not new.match_expressions and not new.match_fields
    return (
        new.match_expressions[: len(old.match_expressions)] == old.match_expressions
        and new.match_fields[: len(old.match_fields)] == old.match_fields
    )


def _with_node_affinity(new: PodSpec, old: PodSpec) -> Affinity | None:
    """The new affinity with the old one to nodes; what is then empty counts as none."""
    node = old.affinity.node_affinity if old.affinity else None
    if new.affinity is None:
        return None if node is None else Affinity(node_affinity=node)
    if new.affinity.node_affinity == node:
        return new.affinity
    affinity = replace(new.affinity, node_affinity=node)
    return None if old.affinity is None and affinity == Affinity() else affinity


def validate_pod_status_update(new: Pod, old: Pod) -> list[FieldError]:
    """The faults of a status that a user, or a kubelet, writes."""
    errors = validate_object_meta_update(new.metadata, old.metadata)
    errors += validate_annotation_updates(new, old, "metadata.annotations")
    for index, condition in enumerate(new.status.conditions):
        if condition.type not in ("PodScheduled", "Ready", "Initialized"):
            place = f"status.conditions[{index}].Type"
            errors += [invalid(place, condition.type, c) for c in is_qualified_name(condition.type)]
    if new.spec.node_name != old.spec.node_name:
        errors.append(forbidden("status.nodeName", "may not be changed directly"))
    if new.status.qos_class != old.status.qos_class:
        errors.append(invalid("status.qosClass", typed(new.status.qos_class), IMMUTABLE))
    for name, after, before in (
        ("containerStatuses", new.status.container_statuses, old.status.container_statuses),
        ("initContainerStatuses", new.status.init_container_statuses, old.status.init_container_statuses),
    ):
        errors += _validate_transitions(after, before, old.spec, f"status.{name}")
    return errors


def _validate_transitions(
    new: tuple[ContainerStatus, ...], old: tuple[ContainerStatus, ...], spec: PodSpec, path: str
) -> list[FieldError]:
    """A container that ended for good does not come back."""
    errors = []
    after = {status.name: status for status in new}
    for index, status in enumerate(old):
        ended, now = status.state.terminated, after.get(status.name)
        if ended is None or now is None or now.state.terminated is not None:
            continue
        if not _may_restart(status.name, ended.exit_code, spec):
            detail = "may not be transitioned to non-terminated state"
            errors.append(forbidden(f"{path}[{index}].state", detail))
    return errors


def _may_restart(name: str, exit_code: int, spec: PodSpec) -> bool:
    for container in (*spec.containers, *spec.init_containers):
        if container.name == name:
            policy = container.restart_policy or spec.restart_policy
            if container.restart_policy_rules:
                return True
            return policy == "Always" or (policy == "OnFailure" and exit_code != 0)
    return spec.restart_policy == "Always"


def validate_ephemeral_containers_update(new: Pod, old: Pod) -> list[FieldError]:
    """The faults of added ephemeral containers: those that are there stay as they are."""
    errors = validate_object_meta_update(new.metadata, old.metadata)
    errors += _validate_pod(new)
    errors += validate_annotation_updates(new, old, "metadata.annotations")
    if MIRROR_KEY in old.metadata.annotations:
        return [forbidden("", "static pods do not support ephemeral containers")]
    after = {container.name: container for container in new.spec.ephemeral_containers}
    for container in old.spec.ephemeral_containers:
        now = after.get(container.name)
        if now is None:
            detail = f'existing ephemeral containers "{container.name}" may not be removed\n'
            errors.append(forbidden("spec.ephemeralContainers", detail))
        elif not same(now, container):
            change = internal_diff(container, now)
            detail = f'existing ephemeral containers "{container.name}" may not be changed\n{change}'
            errors.append(forbidden("spec.ephemeralContainers", detail))
    return errors
