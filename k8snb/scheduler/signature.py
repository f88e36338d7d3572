"""What scheduling sees of a pod. Pods of one template look alike, so they share one `Signature`.

References
----------
``pkg/scheduler/framework/types.go PodInfo @ v1.36``
``staging/src/k8s.io/kube-scheduler/framework/types.go AffinityTerm @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from k8snb.api.pods import controller_of
from k8snb.api.selectors import Selector
from k8snb.api.types.containers import ContainerPort
from k8snb.api.types.placement import Affinity, NodeSelectorTerm, PodAffinityTerm, Toleration
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.types.volumes import Volume
from k8snb.scheduler.labels import selector_of, selects
from k8snb.scheduler.resources import Demand, demand_of

_SEEN_FIELDS = (
    "containers",
    "affinity",
    "tolerations",
    "priority",
    "preemption_policy",
    "node_selector",
    "topology_spread_constraints",
    "init_containers",
    "volumes",
    "overhead",
    "resources",
)
_DEMAND_FIELDS = ("containers", "init_containers", "overhead", "resources")
_KEPT_PER_OWNER = 8
_KEPT_OWNERS = 4096


class AffinityTerm(NamedTuple):
    """A term of a pod's (anti-)affinity to other pods; ``weight`` counts for preferred terms only."""

    namespaces: frozenset[str]
    selector: Selector | None
    topology_key: str
    namespace_selector: Selector | None
    weight: int = 0

    def matches(self, namespace: str, labels: Mapping[str, str], namespace_labels: Mapping[str, str] | None) -> bool:
        """Whether the term means a pod of these labels; its namespace's labels only count where they are given."""
        if namespace in self.namespaces or selects(self.namespace_selector, namespace_labels or {}):
            return selects(self.selector, labels)
        return False


class Peers:
    """Pods of one namespace, owner and set of labels: no selector tells one of them from another."""

    __slots__ = ("labels", "namespace")

    def __init__(self, namespace: str, labels: Mapping[str, str]) -> None:
        self.namespace = namespace
        self.labels = labels


class Signature:
    """The parts of a pod that decide where it may go, and what it does to others.

    Two pods with the same signature are interchangeable for the scheduler, but for claims that are made for each pod
    (``has_ephemeral_volumes``) and for the node that a pod may be nominated to. Signatures equal only themselves.

    ``claims`` are the claims, as ``namespace/name``, that the pods mount by name. ``uncommon`` says that they take more
    than CPU, memory and a place: host ports, claims, extended resources, or affinity. ``simple`` says that of all other
    pods only their number and requests matter to them. ``kin`` is the first signature of the owner that differs from
    this one in labels only, as those of a stateful set's pods do; ``peers`` are the pods of the owner that have the
    same labels, whatever else they differ in, as those of a daemon set do.
    """

    __slots__ = (
        "affinity",
        "anti_affinity",
        "claims",
        "demand",
        "has_affinity",
        "has_ephemeral_volumes",
        "host_ports",
        "kin",
        "labels",
        "namespace",
        "owner",
        "peers",
        "preferred_affinity",
        "preferred_anti_affinity",
        "priority",
        "simple",
        "spec",
        "tolerations",
        "uncommon",
    )

    def __init__(self, pod: Pod, demand: Demand, peers: Peers, kin: Signature | None = None) -> None:
        spec = pod.spec
        self.kin: Signature = self if kin is None else kin
        self.peers = peers
        self.namespace = peers.namespace
        self.labels = peers.labels
        self.owner = controller_of(pod)
        self.spec: PodSpec = spec
        self.demand = demand
        self.priority = spec.priority or 0
        self.tolerations: tuple[Toleration, ...] = spec.tolerations
        self.host_ports = _host_ports(spec)
        named = (v.persistent_volume_claim for v in spec.volumes)
        self.claims = tuple(f"{self.namespace}/{source.claim_name}" for source in named if source is not None)
        self.has_ephemeral_volumes = any(volume.ephemeral is not None for volume in spec.volumes)
        self._set_affinity(spec.affinity)
        self.uncommon = bool(self.host_ports or self.has_affinity or self.claims or demand.requests.scalars)
        self.simple = not (
            self.host_ports or self.has_affinity or self.names_nodes or any(map(_is_bound, spec.volumes))
        )

    def _set_affinity(self, affinity: Affinity | None) -> None:
        near = affinity.pod_affinity if affinity is not None else None
        far = affinity.pod_anti_affinity if affinity is not None else None
        self.has_affinity = near is not None or far is not None
        self.affinity: tuple[AffinityTerm, ...] = ()
        self.anti_affinity: tuple[AffinityTerm, ...] = ()
        self.preferred_affinity: tuple[AffinityTerm, ...] = ()
        self.preferred_anti_affinity: tuple[AffinityTerm, ...] = ()
        if near is not None:
            self.affinity = self._terms(near.required_during_scheduling_ignored_during_execution)
            preferred = near.preferred_during_scheduling_ignored_during_execution
            self.preferred_affinity = tuple(self._term(w.pod_affinity_term, w.weight) for w in preferred)
        if far is not None:
            self.anti_affinity = self._terms(far.required_during_scheduling_ignored_during_execution)
            preferred = far.preferred_during_scheduling_ignored_during_execution
            self.preferred_anti_affinity = tuple(self._term(w.pod_affinity_term, w.weight) for w in preferred)

    def _terms(self, terms: tuple[PodAffinityTerm, ...]) -> tuple[AffinityTerm, ...]:
        return tuple(self._term(term, 0) for term in terms)

    def _term(self, term: PodAffinityTerm, weight: int) -> AffinityTerm:
        """A term that names no namespace means the pod's own."""
        own = not term.namespaces and term.namespace_selector is None
        namespaces = frozenset((self.namespace,) if own else term.namespaces)
        namespace_selector = selector_of(term.namespace_selector)
        return AffinityTerm(namespaces, selector_of(term.label_selector), term.topology_key, namespace_selector, weight)

    @property
    def required_node_terms(self) -> tuple[NodeSelectorTerm, ...] | None:
        """The terms of the required node affinity; None when there is none."""
        affinity = self.spec.affinity
        if affinity is None or affinity.node_affinity is None:
            return None
        required = affinity.node_affinity.required_during_scheduling_ignored_during_execution
        return required.node_selector_terms if required is not None else None

    @property
    def names_nodes(self) -> bool:
        """Whether the pods ask for nodes by name, as a daemon set's do."""
        return any(term.match_fields for term in self.required_node_terms or ())

    def covers(self, pod: Pod) -> bool:
        """Whether a pod of this namespace and owner has this signature."""
        labels = pod.metadata.labels
        return (labels is self.labels or labels == self.labels) and self.is_kin_of(pod)

    def is_kin_of(self, pod: Pod) -> bool:
        """Whether a pod of this namespace and owner differs in nothing that scheduling sees, but perhaps in labels."""
        spec, mine = pod.spec, self.spec
        if spec is not mine:
            for name in _SEEN_FIELDS:
                theirs, ours = getattr(spec, name), getattr(mine, name)
                if theirs is not ours and theirs != ours:
                    return False
        return True


class PodInfo:
    """A pod, as queues and nodes hold it.

    ``pod`` is its latest version; ``node_name`` the node that it is bound, or assumed to be bound, to.
    """

    __slots__ = ("key", "node_name", "pod", "signature", "terminating")

    def __init__(self, pod: Pod, signature: Signature) -> None:
        self.key = pod_key(pod)
        self.pod = pod
        self.signature = signature
        self.node_name = pod.spec.node_name
        self.terminating = pod.metadata.deletion_timestamp is not None


class Signatures:
    """Finds the signature of a pod, made once for the pods of an owner that look alike."""

    def __init__(self) -> None:
        self._by_owner: dict[tuple[str, str], list[Signature]] = {}

    def pod_info(self, pod: Pod) -> PodInfo:
        """What queues and nodes hold of a pod."""
        return PodInfo(pod, self.of(pod))

    def of(self, pod: Pod) -> Signature:
        """The signature of a pod."""
        owner = controller_of(pod)
        key = (pod.metadata.namespace, owner.uid if owner is not None else "")
        known = self._by_owner.get(key)
        if known is None:
            known = self._by_owner[key] = []
            if len(self._by_owner) > _KEPT_OWNERS:
                del self._by_owner[next(iter(self._by_owner))]
        for signature in reversed(known):
            if signature.covers(pod):
                return signature
        kin = next((signature.kin for signature in reversed(known) if signature.is_kin_of(pod)), None)
        signature = Signature(pod, _shared_demand(known, pod.spec), _peers(known, pod), kin)
        known.append(signature)
        del known[: -1 if signature.names_nodes else -_KEPT_PER_OWNER]  # another pod will name another node
        return signature


def pod_key(pod: Pod) -> str:
    """What tells a pod from every other, also from a later one of the same name."""
    meta = pod.metadata
    return meta.uid or f"{meta.namespace}/{meta.name}"


def is_restricted(volume: Volume) -> bool:
    """Whether a volume is a disk of a sort that pods cannot share freely."""
    disks = (volume.gce_persistent_disk, volume.aws_elastic_block_store, volume.rbd, volume.iscsi)
    return any(disk is not None for disk in disks)


def _is_bound(volume: Volume) -> bool:
    """Whether a volume may bind its pod to some nodes."""
    return volume.persistent_volume_claim is not None or volume.ephemeral is not None or is_restricted(volume)


def _shared_demand(known: list[Signature], spec: PodSpec) -> Demand:
    """Pods of one owner ask for the same even where their labels or volumes differ, as a stateful set's do."""
    for signature in known:
        if all(getattr(signature.spec, name) is getattr(spec, name) for name in _DEMAND_FIELDS):
            return signature.demand
    return demand_of(spec)


def _peers(known: list[Signature], pod: Pod) -> Peers:
    meta = pod.metadata
    for signature in reversed(known):
        if signature.labels is meta.labels or signature.labels == meta.labels:
            return signature.peers
    return Peers(meta.namespace, meta.labels)


def _host_ports(spec: PodSpec) -> tuple[ContainerPort, ...]:
    """The ports on the node that containers which run all the pod's life take.

    References
    ----------
    ``pkg/scheduler/util/utils.go GetHostPorts @ v1.36``
    """
    containers = (*(c for c in spec.init_containers if c.restart_policy == "Always"), *spec.containers)
    return tuple(port for c in containers for port in c.ports if port.host_port > 0)
