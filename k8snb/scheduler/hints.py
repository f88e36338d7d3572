"""Which events are worth another try of a pod that waits, by the plugin that refused it.

References
----------
``pkg/scheduler/framework/plugins/*: EventsToRegister and the queueing hints that it names`` and
``pkg/scheduler/scheduler.go buildQueueingHintMap @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from k8snb.api.claims import claim_name_of
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.containers import ContainerPort
from k8snb.api.types.node import Node
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.scheduler.events import Action, Event, NodeEvent, PodEvent, StorageEvent
from k8snb.scheduler.labels import selects, tolerates, untolerated_taint
from k8snb.scheduler.listers import key_of
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.plugins.inter_pod_affinity.filtering import matches_all
from k8snb.scheduler.plugins.node_affinity import required_affinity_matches
from k8snb.scheduler.plugins.node_resources_fit import insufficient
from k8snb.scheduler.plugins.node_unschedulable import UNSCHEDULABLE_TAINT
from k8snb.scheduler.plugins.pod_topology_spread.constraints import Constraint, hard_constraints, has_all_labels
from k8snb.scheduler.plugins.volume_restrictions import disks_conflict
from k8snb.scheduler.resources import Amounts, amounts_of
from k8snb.scheduler.signature import PodInfo, Signature

Hint = Callable[[PodInfo, Event], bool]


def is_worth_a_try(waiting: PodInfo, rejectors: Iterable[str], event: Event) -> bool:
    """Whether an event may have removed what a pod was refused for.

    Parameters
    ----------
    waiting
        The pod.
    rejectors
        The plugins that refused it.
    event
        What happened.
    """
    if isinstance(event, NodeEvent) and event.action is Action.TAINT and not _TRIED_AFTER_TAINTS.isdisjoint(rejectors):
        return True
    return any(_HINTS[plugin](waiting, event) for plugin in rejectors if plugin in _HINTS)


def _node_unschedulable(waiting: PodInfo, event: Event) -> bool:
    if isinstance(event, NodeEvent) and event.new is not None and event.action in (Action.ADD, Action.TAINT):
        was_cordoned = event.old is None or event.old.spec.unschedulable
        return was_cordoned and not event.new.spec.unschedulable
    if _is_own(waiting, event, Action.TOLERATION):
        return tolerates(waiting.signature.tolerations, UNSCHEDULABLE_TAINT)
    return False


def _node_added(waiting: PodInfo, event: Event) -> bool:
    del waiting
    return isinstance(event, NodeEvent) and event.action is Action.ADD


def _taint_toleration(waiting: PodInfo, event: Event) -> bool:
    if isinstance(event, NodeEvent) and event.new is not None and event.action in (Action.ADD, Action.TAINT):
        was_kept_off = event.old is None or _is_kept_off(waiting, event.old)
        return was_kept_off and not _is_kept_off(waiting, event.new)
    return _is_own(waiting, event, Action.TOLERATION)


def _is_kept_off(waiting: PodInfo, node: Node) -> bool:
    return untolerated_taint(node.spec.taints, waiting.signature.tolerations) is not None


def _node_affinity(waiting: PodInfo, event: Event) -> bool:
    if not isinstance(event, NodeEvent) or event.new is None or event.action not in (Action.ADD, Action.LABEL):
        return False
    did_match = event.old is not None and required_affinity_matches(waiting.signature, event.old)
    return not did_match and required_affinity_matches(waiting.signature, event.new)


def _node_ports(waiting: PodInfo, event: Event) -> bool:
    if isinstance(event, PodEvent) and event.action is Action.DELETE and event.old is not None:
        return event.assigned and _ports_conflict(waiting.signature.host_ports, event.old)
    return _node_added(waiting, event)


def _ports_conflict(ports: Sequence[ContainerPort], gone: Signature) -> bool:
    if not gone.host_ports:
        return False
    node = NodeInfo("", 0)
    node.take_ports(gone)
    return any(node.port_conflicts(port) for port in ports)


def _node_resources_fit(waiting: PodInfo, event: Event) -> bool:
    if isinstance(event, PodEvent):
        if event.action is Action.DELETE:
            return event.assigned
        if event.action is not Action.SCALE_DOWN:
            return False
        return event.key == waiting.key or (event.assigned and _frees_requested(waiting.signature, event))
    if not isinstance(event, NodeEvent) or event.new is None or event.action not in (Action.ADD, Action.ALLOCATABLE):
        return False
    requests = waiting.signature.demand.requests
    empty = NodeInfo(event.new.metadata.name, 0)
    empty.set_node(event.new)
    if insufficient(requests, empty) is not None:
        return False
    return event.old is None or _has_more(requests, amounts_of(event.old.status.allocatable), empty.allocatable)


def _frees_requested(waiting: Signature, event: PodEvent) -> bool:
    if event.old is None or event.new is None:
        return False
    wanted = waiting.demand.requests._replace(pods=0)
    return _has_more(wanted, event.new.demand.requests, event.old.demand.requests)


def _has_more(wanted: Amounts, before: Amounts, after: Amounts) -> bool:
    """Whether there is more of something that is wanted, or room for more pods."""
    had, has = dict(before.scalars), dict(after.scalars)
    return (
        after.pods > before.pods
        or (wanted.milli_cpu > 0 and after.milli_cpu > before.milli_cpu)
        or (wanted.memory > 0 and after.memory > before.memory)
        or (wanted.ephemeral_storage > 0 and after.ephemeral_storage > before.ephemeral_storage)
        or any(amount > 0 and has.get(name, 0) > had.get(name, 0) for name, amount in wanted.scalars)
    )


def _volume_restrictions(waiting: PodInfo, event: Event) -> bool:
    if isinstance(event, PodEvent) and event.action is Action.DELETE and event.old is not None:
        return _shared_volumes(waiting.signature, event.old)
    if isinstance(event, StorageEvent):
        return event.action is Action.ADD and key_of(event.new) in waiting.signature.claims
    return _node_added(waiting, event)


def _shared_volumes(waiting: Signature, gone: Signature) -> bool:
    """Whether a pod that is gone had a claim or a disk of one that waits."""
    if waiting.namespace != gone.namespace:
        return False
    return any(claim in gone.claims for claim in waiting.claims) or any(
        disks_conflict(one, other) for one in waiting.spec.volumes for other in gone.spec.volumes
    )


def _volumes(waiting: PodInfo, event: Event) -> bool:
    """``VolumeBinding`` and ``VolumeZone``."""
    if isinstance(event, NodeEvent):
        return event.action in (Action.ADD, Action.LABEL)
    if not isinstance(event, StorageEvent):
        return False
    if isinstance(event.new, StorageClass):
        topologies = event.old.allowed_topologies if isinstance(event.old, StorageClass) else None
        return topologies != event.new.allowed_topologies
    return isinstance(event.new, PersistentVolume) or _is_my_claim(waiting, event)


def _is_my_claim(waiting: PodInfo, event: StorageEvent) -> bool:
    claim, meta = event.new, waiting.pod.metadata
    if not isinstance(claim, PersistentVolumeClaim) or claim.metadata.namespace != meta.namespace:
        return False
    name = claim.metadata.name
    return any(name == claim_name_of(meta.name, volume) for volume in waiting.pod.spec.volumes)


def _pod_topology_spread(waiting: PodInfo, event: Event) -> bool:
    constraints = hard_constraints(waiting.signature)
    if isinstance(event, PodEvent):
        return _spreads_differently(waiting, constraints, event)
    return isinstance(event, NodeEvent) and _divides_differently(constraints, event)


def _spreads_differently(waiting: PodInfo, constraints: Sequence[Constraint], event: PodEvent) -> bool:
    own = event.key == waiting.key
    signature = event.new or event.old
    if signature is None or not (own or (event.assigned and signature.namespace == waiting.signature.namespace)):
        return False
    if event.action is Action.TOLERATION:
        return own and any(constraint.honors_taints for constraint in constraints)
    if event.old is None or event.new is None:
        return any(selects(constraint.selector, signature.labels) for constraint in constraints)
    before, after = event.old.labels, event.new.labels
    return event.action is Action.LABEL and any(
        selects(constraint.selector, before) != selects(constraint.selector, after) for constraint in constraints
    )


def _divides_differently(constraints: Sequence[Constraint], event: NodeEvent) -> bool:
    old, new = event.old, event.new
    did = old is not None and has_all_labels(old.metadata.labels, constraints)
    does = new is not None and has_all_labels(new.metadata.labels, constraints)
    if old is None or new is None:
        return did or does
    if event.action not in (Action.LABEL, Action.TAINT):
        return False
    before, after = old.metadata.labels, new.metadata.labels
    moved = any(before.get(c.topology_key) != after.get(c.topology_key) for c in constraints)
    return did != does or (does and (moved or old.spec.taints != new.spec.taints))


def _inter_pod_affinity(waiting: PodInfo, event: Event) -> bool:
    if isinstance(event, NodeEvent):
        return event.action in (Action.ADD, Action.LABEL) and _moves_topologies(waiting.signature, event)
    if not isinstance(event, PodEvent):
        return False
    if event.key == waiting.key:
        return event.action is Action.LABEL
    mine, old, new = waiting.signature, event.old, event.new
    if not event.assigned:
        return False
    if event.action is Action.ADD and new is not None:
        return matches_all(mine.affinity, new)
    if event.action is Action.DELETE and old is not None:
        return matches_all(mine.anti_affinity, old) or matches_all(old.anti_affinity, mine)
    if event.action is not Action.LABEL or old is None or new is None:
        return False
    comes_near = not matches_all(mine.affinity, old) and matches_all(mine.affinity, new)
    return comes_near or (matches_all(mine.anti_affinity, old) and not matches_all(mine.anti_affinity, new))


def _moves_topologies(waiting: Signature, event: NodeEvent) -> bool:
    if event.new is None:
        return False
    after = event.new.metadata.labels
    if event.old is None:
        return bool(waiting.anti_affinity) or any(term.topology_key in after for term in waiting.affinity)
    before = event.old.metadata.labels
    gains = any(
        t.topology_key in after and before.get(t.topology_key) != after[t.topology_key] for t in waiting.affinity
    )
    return gains or any(
        t.topology_key in before and before[t.topology_key] != after.get(t.topology_key) for t in waiting.anti_affinity
    )


def _is_own(waiting: PodInfo, event: Event, action: Action) -> bool:
    return isinstance(event, PodEvent) and event.key == waiting.key and event.action is action


_HINTS: dict[str, Hint] = {
    "NodeUnschedulable": _node_unschedulable,
    "NodeName": _node_added,
    "TaintToleration": _taint_toleration,
    "NodeAffinity": _node_affinity,
    "NodePorts": _node_ports,
    "NodeResourcesFit": _node_resources_fit,
    "VolumeRestrictions": _volume_restrictions,
    "VolumeBinding": _volumes,
    "VolumeZone": _volumes,
    "PodTopologySpread": _pod_topology_spread,
    "InterPodAffinity": _inter_pod_affinity,
}
# New nodes interest these plugins, and taints do not. Their pods are tried again whenever a node's taints change, so
# that none misses a node which was new while it was tainted.
_TRIED_AFTER_TAINTS = _HINTS.keys() - {"NodeUnschedulable", "TaintToleration", "PodTopologySpread"}
