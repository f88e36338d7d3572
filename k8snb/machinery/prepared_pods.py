"""What defaults and admission make of the pods of a template: the same for all of them, so worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.types.pod_status import PodStatus


class Prepared(NamedTuple):
    """How a pod of ``given`` is stored: with this spec and status, and these annotations besides its own.

    ``labels`` are those of the pod, where they matter; None where pods of any labels are prepared so.
    """

    given: PodSpec
    labels: Mapping[str, str] | None
    spec: PodSpec
    status: PodStatus
    annotations: Mapping[str, str]

    def annotated(self, pod: Pod) -> Pod:
        """A pod of this spec with the annotations that admission gives it."""
        if not self.annotations:
            return pod
        meta = pod.metadata
        return replace(pod, metadata=replace(meta, annotations={**meta.annotations, **self.annotations}))


class PreparedPods:
    """Remembers how pods were prepared, by the spec that they came with.

    The pods of a daemon set and of a stateful set differ in the node that they are meant for, and in their host names.
    Neither matters to defaults or admission, so one such pod stands for all the others.
    """

    def __init__(self) -> None:
        self._by_spec: dict[tuple[int, str], Prepared] = {}
        self._by_containers: dict[tuple[int, str], tuple[PodSpec, Prepared]] = {}

    def clear(self) -> None:
        """Something changed that admission depends on."""
        self._by_spec.clear()
        self._by_containers.clear()

    def find(self, pod: Pod) -> Prepared | None:
        """How to store a pod, if one like it was stored."""
        spec, namespace = pod.spec, pod.metadata.namespace
        known = self._by_spec.get((id(spec), namespace))
        if known is not None and known.given is spec and known.labels in (None, pod.metadata.labels):
            return known
        kin = self._by_containers.get((id(spec.containers), namespace))
        if kin is None or _means_other_pods(spec) or _bare(spec) != kin[0]:
            return None
        full = replace(kin[1].spec, affinity=spec.affinity, hostname=spec.hostname)
        return kin[1]._replace(given=spec, spec=full)

    def remember(self, pod: Pod, full: Pod) -> Prepared:
        """Note what became of a pod."""
        spec, meta = pod.spec, pod.metadata
        added = {name: text for name, text in full.metadata.annotations.items() if meta.annotations.get(name) != text}
        labels = meta.labels if _means_other_pods(spec) else None
        prepared = self._by_spec[id(spec), meta.namespace] = Prepared(spec, labels, full.spec, full.status, added)
        if labels is None:
            self._by_containers[id(spec.containers), meta.namespace] = _bare(spec), prepared
        return prepared


def _means_other_pods(spec: PodSpec) -> bool:
    """Whether the spec speaks of other pods: there, admission adds the pod's own labels."""
    affinity = spec.affinity
    near_or_far = affinity is not None and (affinity.pod_affinity or affinity.pod_anti_affinity) is not None
    return near_or_far or bool(spec.topology_spread_constraints)


def _bare(spec: PodSpec) -> PodSpec:
    return replace(spec, affinity=None, hostname="")
