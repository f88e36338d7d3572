"""How pods look that are assigned to a node: what pods of one template have alike is made once."""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.types.pod import PodSpec
from k8snb.api.types.pod_status import PodCondition, PodStatus


class BoundPods:
    """Remembers what became of specs and statuses.

    Pods of one template on one node share their spec, and pods of one status that are bound in one second their next
    status.
    """

    def __init__(self) -> None:
        self._specs: dict[tuple[int, str], tuple[PodSpec, PodSpec]] = {}
        self._statuses: dict[int, tuple[PodStatus, PodStatus]] = {}
        self._second = 0

    def spec(self, spec: PodSpec, node_name: str) -> PodSpec:
        """The spec of a pod on a node."""
        place = id(spec), node_name
        known = self._specs.get(place)
        if known is None or known[0] is not spec:
            known = self._specs[place] = spec, replace(spec, node_name=node_name)
        return known[1]

    def status(self, status: PodStatus, now: int) -> PodStatus:
        """The status of a pod that is bound at `now`, in milliseconds since the epoch, in whole seconds."""
        if self._second != now:
            self._second = now
            self._statuses.clear()
        known = self._statuses.get(id(status))
        if known is None:
            scheduled = PodCondition(type="PodScheduled", status="True", last_transition_time=now)
            others = (condition for condition in status.conditions if condition.type != scheduled.type)
            bound = replace(status, conditions=(*others, scheduled), nominated_node_name="")
            known = self._statuses[id(status)] = status, bound
        return known[1]
