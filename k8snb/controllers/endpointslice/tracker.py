"""What the controller remembers of each service: its slices as it last wrote them, and the pods that changed since.

With it a pod's change touches one slice, however many pods the service has.

References
----------
``staging/src/k8s.io/endpointslice/util/endpointslice_tracker.go, trigger_time_tracker.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from k8snb.api.pods import condition_of
from k8snb.api.types.pod import Pod
from k8snb.api.types.service import EndpointSlice, Service
from k8snb.controllers.endpointslice.endpoints import belongs_in_endpoints, PortResolver
from k8snb.controllers.endpointslice.reconcile import Members, Present, uid_of


class ServiceState:
    """What is known of one service.

    ``changed`` holds, by UID, the pods that changed since the last sync, as last seen. ``complete`` asks for a look at
    all pods, ``stale`` for a look at the stored slices, because somebody else changed them.
    """

    def __init__(self) -> None:
        self.service: Service | None = None
        self.ports = PortResolver(Service())
        self.slices: dict[str, dict[str, EndpointSlice]] = {}
        self.changed: dict[str, Pod] = {}
        self.complete = True
        self.stale = True
        self.retries = 0
        self.next_sync_ms = 0
        self._members: dict[str, Members] = {}
        self._located: dict[str, dict[str, str]] = {}
        self._pod_times: dict[str, int] = {}
        self._service_time: int | None = None

    def follow(self, service: Service) -> None:
        """Take note of the service's newest version."""
        if self.service is not service:
            self.service, self.ports, self.complete = service, PortResolver(service), True

    def load(self, slices: Iterable[EndpointSlice]) -> None:
        """Begin anew with the slices that are stored."""
        self.slices, self._members, self._located = {}, {}, {}
        self.stale, self.complete = False, True
        for slice_ in slices:
            self.put(slice_)

    def put(self, slice_: EndpointSlice, members: Members | None = None) -> None:
        """A slice was written, or is there; `members` are its endpoints."""
        if members is None:
            members = {uid_of(endpoint): endpoint for endpoint in slice_.endpoints}
        name, address_type = slice_.metadata.name, slice_.address_type
        self.slices.setdefault(address_type, {})[name] = slice_
        self._members[name] = members
        self._located.setdefault(address_type, {}).update(dict.fromkeys(members, name))

    def remove(self, slice_: EndpointSlice) -> None:
        """A slice was deleted."""
        del self.slices[slice_.address_type][slice_.metadata.name]
        del self._members[slice_.metadata.name]

    def present(self, address_type: str, uids: Iterable[str]) -> Present:
        """The slices of a type, and where in them the pods of these UIDs are."""
        slices = self.slices.setdefault(address_type, {})
        located = self._located.get(address_type, {})
        touched: dict[str, list[str]] = {}
        for uid in uids:
            name = located.get(uid)
            if name is not None and uid in self._members.get(name, ()):
                touched.setdefault(name, []).append(uid)
        return Present(slices, self._members, touched)

    def is_own_write(self, slice_: EndpointSlice) -> bool:
        """The version of a slice is one that this controller wrote, or older than that."""
        meta = slice_.metadata
        known = self.slices.get(slice_.address_type, {}).get(meta.name)
        return known is not None and int(meta.resource_version) <= int(known.metadata.resource_version)

    def knows(self, slice_: EndpointSlice) -> bool:
        """The slice should be there."""
        known = self.slices.get(slice_.address_type, {}).get(slice_.metadata.name)
        return known is not None and known.metadata.uid == slice_.metadata.uid

    def trigger_time(self, service: Service, pods: Iterable[Pod]) -> int | None:
        """The earliest moment of a change that this sync answers; None when nothing changed that has a time.

        Parameters
        ----------
        pods
            The changed pods as last seen, those that are gone too.
        """
        first = self._service_time is None
        self._service_time = created = service.metadata.creation_timestamp or 0
        moments = []
        for pod in pods:
            uid = pod.metadata.uid
            ready = condition_of(pod, "Ready")
            since = ready.last_transition_time if ready is not None else None
            if since is None:
                self._pod_times.pop(uid, None)
            elif since > self._pod_times.get(uid, -1):
                moments.append(since)
                self._pod_times[uid] = since
        return created if first else min(moments, default=None)

    def forget_pods(self, pods: Mapping[str, Pod | None]) -> None:
        """Of these pods, by UID, those that are gone (None) or have ended are in no slice any more."""
        for uid, pod in pods.items():
            if pod is None:
                self._pod_times.pop(uid, None)
            if pod is None or not belongs_in_endpoints(pod):
                for located in self._located.values():
                    located.pop(uid, None)
