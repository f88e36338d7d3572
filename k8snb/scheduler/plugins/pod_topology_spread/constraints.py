"""The constraints that spread a pod's like over topologies: its own, or those that every owned pod has by default.

References
----------
``pkg/scheduler/framework/plugins/podtopologyspread/common.go, plugin.go @ v1.36``
``pkg/scheduler/framework/plugins/helper/spread.go DefaultSelector, GetPodServices @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from k8snb.api.selectors import matches_labels, Selector
from k8snb.api.topology import HOSTNAME, ZONE
from k8snb.api.types.apps import ReplicaSet, ReplicationController, StatefulSet
from k8snb.api.types.node import Node
from k8snb.api.types.placement import TopologySpreadConstraint
from k8snb.api.types.service import Service
from k8snb.scheduler.labels import both, selector_of, selector_of_set, selects, untolerated_taint
from k8snb.scheduler.listers import Listers
from k8snb.scheduler.plugins.node_affinity import required_affinity_matches
from k8snb.scheduler.signature import Signature

DO_NOT_SCHEDULE = "DoNotSchedule"
SCHEDULE_ANYWAY = "ScheduleAnyway"
HONOR = "Honor"

# What spreads the pods of a service or workload that says nothing of it.
SYSTEM_DEFAULT_CONSTRAINTS = (
    TopologySpreadConstraint(topology_key=HOSTNAME, when_unsatisfiable=SCHEDULE_ANYWAY, max_skew=3),
    TopologySpreadConstraint(topology_key=ZONE, when_unsatisfiable=SCHEDULE_ANYWAY, max_skew=5),
)


class Constraint(NamedTuple):
    """A spread constraint, its selector made ready."""

    max_skew: int
    topology_key: str
    selector: Selector | None
    min_domains: int
    honors_affinity: bool
    honors_taints: bool

    @property
    def is_by_host(self) -> bool:
        """Whether every node is a topology of its own."""
        return self.topology_key == HOSTNAME

    def includes(self, node: Node, signature: Signature) -> bool:
        """Whether the pods on a node count: a constraint may leave out nodes that the pod cannot go to anyway."""
        if self.honors_affinity and not required_affinity_matches(signature, node):
            return False
        taints = node.spec.taints
        return not (self.honors_taints and taints and untolerated_taint(taints, signature.tolerations) is not None)


def hard_constraints(signature: Signature) -> tuple[Constraint, ...]:
    """The constraints that filter. There are none by default."""
    return _constraints(signature.spec.topology_spread_constraints, signature.labels, DO_NOT_SCHEDULE)


def soft_constraints(signature: Signature, listers: Listers) -> tuple[Constraint, ...]:
    """The constraints that score: the pod's own, or the default ones if anything owns or serves the pod."""
    own = signature.spec.topology_spread_constraints
    if own:
        return _constraints(own, signature.labels, SCHEDULE_ANYWAY)
    selector = default_selector(signature, listers)
    if not selector.requirements:
        return ()
    defaults = _constraints(SYSTEM_DEFAULT_CONSTRAINTS, signature.labels, SCHEDULE_ANYWAY)
    return tuple(constraint._replace(selector=selector) for constraint in defaults)


def selects_itself(signature: Signature, constraints: Iterable[Constraint]) -> tuple[bool, ...]:
    """Of each constraint, whether the pods themselves are among those that it counts."""
    return tuple(selects(c.selector, signature.labels) for c in constraints)


def has_all_labels(labels: Mapping[str, str], constraints: Iterable[Constraint]) -> bool:
    """Whether a node belongs to a topology of every constraint."""
    return all(constraint.topology_key in labels for constraint in constraints)


def default_selector(signature: Signature, listers: Listers) -> Selector:
    """What selects the pods that a pod belongs together with: its services' and its controller's selector."""
    wanted: dict[str, str] = {}
    for service in listers.of(Service).values():
        of_service = service.spec.selector
        if service.metadata.namespace == signature.namespace and of_service:
            wanted.update(of_service if matches_labels(of_service, signature.labels) else {})
    owner = signature.owner
    if owner is None:
        return selector_of_set(wanted)
    key = f"{signature.namespace}/{owner.name}"
    if owner.kind == ReplicationController.__name__ and owner.api_version == ReplicationController.api_version:
        controller = listers.of(ReplicationController).get(key)
        return selector_of_set(wanted if controller is None else {**wanted, **controller.spec.selector})
    merged = both(selector_of_set(wanted), _owner_selector(owner.kind, owner.api_version, key, listers))
    return merged if merged is not None else selector_of_set(wanted)


def _owner_selector(kind: str, api_version: str, key: str, listers: Listers) -> Selector | None:
    owner: ReplicaSet | StatefulSet | None = None
    if kind == ReplicaSet.__name__ and api_version == ReplicaSet.api_version:
        owner = listers.of(ReplicaSet).get(key)
    elif kind == StatefulSet.__name__ and api_version == StatefulSet.api_version:
        owner = listers.of(StatefulSet).get(key)
    return selector_of(owner.spec.selector) if owner is not None else None


def _constraints(
    constraints: Iterable[TopologySpreadConstraint], labels: Mapping[str, str], action: str
) -> tuple[Constraint, ...]:
    return tuple(_constraint(c, labels) for c in constraints if c.when_unsatisfiable == action)


def _constraint(constraint: TopologySpreadConstraint, labels: Mapping[str, str]) -> Constraint:
    selector = selector_of(constraint.label_selector)
    own = {key: labels[key] for key in constraint.match_label_keys if key in labels}
    return Constraint(
        max_skew=constraint.max_skew,
        topology_key=constraint.topology_key,
        selector=both(selector_of_set(own), selector) if own else selector,
        min_domains=1 if constraint.min_domains is None else constraint.min_domains,
        honors_affinity=constraint.node_affinity_policy in (None, HONOR),
        honors_taints=constraint.node_taints_policy == HONOR,
    )
