"""Strategies of the workloads that keep pods running.

References
----------
``pkg/registry/apps/{deployment,replicaset,statefulset,daemonset,controllerrevision}/strategy.go``,
``pkg/registry/core/replicationcontroller/strategy.go @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.field_errors import FieldError
from k8snb.api.integers import integer
from k8snb.api.registry.pod_warnings import template_warnings
from k8snb.api.registry.strategy import is_next, SpecStrategy, Strategy
from k8snb.api.registry.value_warnings import claim_warnings
from k8snb.api.types.apps import (
    ControllerRevision,
    DaemonSet,
    Deployment,
    ReplicaSet,
    ReplicationController,
    StatefulSet,
)
from k8snb.api.validation import apps, daemonset, statefulset
from k8snb.api.validation.formats import is_dns1123_label

TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"


def name_warnings(name: str, use: str = "Pod names and hostnames") -> list[str]:
    """A name that makes no host name is taken, with a warning."""
    complaints = is_dns1123_label(name)
    if not complaints:
        return []
    return [
        f"metadata.name: this is used in {use}, which can result in surprising behavior; "
        f"a DNS label is recommended: [{' '.join(complaints)}]"
    ]


class DeploymentStrategy(SpecStrategy[Deployment]):
    """Changed annotations are a new generation too, for they are copied to the replica sets."""

    def validate_create(self, obj: Deployment) -> list[FieldError]:
        return apps.validate_deployment(obj)

    def changes_generation(self, new: Deployment, old: Deployment) -> bool:
        return new.spec != old.spec or new.metadata.annotations != old.metadata.annotations

    def validate_update(self, new: Deployment, old: Deployment) -> list[FieldError]:
        return apps.validate_deployment_update(new, old)

    def prepare_status_update(self, new: Deployment, old: Deployment) -> Deployment:
        return replace(new, spec=old.spec, metadata=replace(new.metadata, labels=old.metadata.labels))

    def validate_status_update(self, new: Deployment, old: Deployment) -> list[FieldError]:
        return apps.validate_deployment_status_update(new, old)

    def warnings_on_create(self, obj: Deployment) -> list[str]:
        return name_warnings(obj.metadata.name) + template_warnings(obj.spec.template, "spec.template")

    def warnings_on_update(self, new: Deployment, old: Deployment) -> list[str]:
        return template_warnings(new.spec.template, "spec.template") if is_next(new, old) else []


class ReplicaSetStrategy(SpecStrategy[ReplicaSet]):
    """A changed spec is a new generation."""

    def validate_create(self, obj: ReplicaSet) -> list[FieldError]:
        return apps.validate_replica_set(obj)

    def validate_update(self, new: ReplicaSet, old: ReplicaSet) -> list[FieldError]:
        return apps.validate_replica_set_update(new, old)

    def validate_status_update(self, new: ReplicaSet, old: ReplicaSet) -> list[FieldError]:
        return apps.validate_replica_set_status_update(new, old)

    def warnings_on_create(self, obj: ReplicaSet) -> list[str]:
        return name_warnings(obj.metadata.name) + template_warnings(obj.spec.template, "spec.template")

    def warnings_on_update(self, new: ReplicaSet, old: ReplicaSet) -> list[str]:
        return template_warnings(new.spec.template, "spec.template") if is_next(new, old) else []


class ReplicationControllerStrategy(SpecStrategy[ReplicationController]):
    """A changed spec is a new generation."""

    def validate_create(self, obj: ReplicationController) -> list[FieldError]:
        return apps.validate_replication_controller(obj)

    def validate_update(self, new: ReplicationController, old: ReplicationController) -> list[FieldError]:
        return apps.validate_replication_controller_update(new, old)

    def validate_status_update(self, new: ReplicationController, old: ReplicationController) -> list[FieldError]:
        return apps.validate_replication_controller_status_update(new, old)

    def warnings_on_create(self, obj: ReplicationController) -> list[str]:
        return name_warnings(obj.metadata.name) + _controller_warnings(obj)

    def warnings_on_update(self, new: ReplicationController, old: ReplicationController) -> list[str]:
        return _controller_warnings(old) if is_next(new, old) else []  # upstream, too, looks at the old template


def _controller_warnings(controller: ReplicationController) -> list[str]:
    template = controller.spec.template
    return [] if template is None else template_warnings(template, "spec.template")


class StatefulSetStrategy(SpecStrategy[StatefulSet]):
    """A changed spec is a new generation; maxUnavailable is left out, for its feature gate is off by default."""

    def prepare_create(self, obj: StatefulSet) -> StatefulSet:
        return super().prepare_create(_without_max_unavailable(obj))

    def prepare_update(self, new: StatefulSet, old: StatefulSet) -> StatefulSet:
        return super().prepare_update(_without_max_unavailable(new), old)

    def validate_create(self, obj: StatefulSet) -> list[FieldError]:
        return statefulset.validate_stateful_set(obj)

    def validate_update(self, new: StatefulSet, old: StatefulSet) -> list[FieldError]:
        return statefulset.validate_stateful_set_update(new, old)

    def validate_status_update(self, new: StatefulSet, old: StatefulSet) -> list[FieldError]:
        return statefulset.validate_stateful_set_status_update(new, old)

    def warnings_on_create(self, obj: StatefulSet) -> list[str]:
        return template_warnings(obj.spec.template, "spec.template") + _set_warnings(obj, "")

    def warnings_on_update(self, new: StatefulSet, old: StatefulSet) -> list[str]:
        warnings = template_warnings(new.spec.template, "spec.template") if is_next(new, old) else []
        return warnings + _set_warnings(new, ".Spec")


def _set_warnings(obj: StatefulSet, suffix: str) -> list[str]:
    warnings = [
        warning
        for index, claim in enumerate(obj.spec.volume_claim_templates)
        for warning in claim_warnings(claim.spec, f"spec.volumeClaimTemplates[{index}]{suffix}")
    ]
    if (obj.spec.revision_history_limit or 0) >= 0:
        return warnings
    text = "a negative value retains all historical revisions; a value >= 0 is recommended"
    return [*warnings, f"spec.revisionHistoryLimit: {text}"]


def _without_max_unavailable(obj: StatefulSet) -> StatefulSet:
    strategy = obj.spec.update_strategy
    if strategy.rolling_update is None or strategy.rolling_update.max_unavailable is None:
        return obj
    strategy = replace(strategy, rolling_update=replace(strategy.rolling_update, max_unavailable=None))
    return replace(obj, spec=replace(obj.spec, update_strategy=strategy))


class DaemonSetStrategy(SpecStrategy[DaemonSet]):
    """The generation of the template is kept in an annotation."""

    def prepare_create(self, obj: DaemonSet) -> DaemonSet:
        return _with_template_generation(super().prepare_create(obj), max(_template_generation(obj), 1))

    def validate_create(self, obj: DaemonSet) -> list[FieldError]:
        return daemonset.validate_daemon_set(obj)

    def prepare_update(self, new: DaemonSet, old: DaemonSet) -> DaemonSet:
        changed = new.spec.template != old.spec.template
        return _with_template_generation(super().prepare_update(new, old), _template_generation(old) + changed)

    def validate_update(self, new: DaemonSet, old: DaemonSet) -> list[FieldError]:
        return daemonset.validate_daemon_set_update(new, old)

    def validate_status_update(self, new: DaemonSet, old: DaemonSet) -> list[FieldError]:
        return daemonset.validate_daemon_set_status_update(new, old)

    def warnings_on_create(self, obj: DaemonSet) -> list[str]:
        return template_warnings(obj.spec.template, "spec.template")

    def warnings_on_update(self, new: DaemonSet, old: DaemonSet) -> list[str]:
        return self.warnings_on_create(new) if _template_generation(new) != _template_generation(old) else []


def _template_generation(daemon_set: DaemonSet) -> int:
    text = daemon_set.metadata.annotations.get(TEMPLATE_GENERATION, "")
    return max(integer(text) or 0, 0)


def _with_template_generation(daemon_set: DaemonSet, generation: int) -> DaemonSet:
    meta = daemon_set.metadata
    annotations = {**meta.annotations, TEMPLATE_GENERATION: str(generation)}
    return replace(daemon_set, metadata=replace(meta, annotations=annotations))


class ControllerRevisionStrategy(Strategy[ControllerRevision]):
    """Revisions are stored as they come."""

    def validate_create(self, obj: ControllerRevision) -> list[FieldError]:
        return apps.validate_controller_revision(obj)

    def validate_update(self, new: ControllerRevision, old: ControllerRevision) -> list[FieldError]:
        return apps.validate_controller_revision_update(new, old)
