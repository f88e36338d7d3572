"""Which pods a service's requests go to at a moment, from the endpoint slices."""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.services import SERVICE_NAME
from k8snb.api.types.pod import Pod
from k8snb.api.types.service import EndpointSlice, Service
from k8snb.picture.chronicle import Chronicle


class Served(NamedTuple):
    """A service at a moment, and the pods (``namespace/name``) that get its requests."""

    key: str
    service: Service
    ready: tuple[str, ...]

    @property
    def name(self) -> str:
        """The service's name."""
        return self.key.rpartition("/")[2]

    def selects(self, pod: Pod) -> bool:
        """Whether the service's selector chooses a pod."""
        meta = pod.metadata
        if meta.namespace != self.key.partition("/")[0]:
            return False
        return all(meta.labels.get(name) == value for name, value in self.service.spec.selector.items())

    @property
    def words(self) -> str:
        """What the service's label says."""
        return f"service {self.name} · {len(self.ready)} ready address{'' if len(self.ready) == 1 else 'es'}"


def services_at(chronicle: Chronicle, time_ms: int) -> list[Served]:
    """All services with their pods at a moment."""
    ready: dict[str, list[str]] = {}
    for key, obj in chronicle.objects_at("EndpointSlice", time_ms).items():
        assert isinstance(obj, EndpointSlice)
        namespace = key.partition("/")[0]
        service = f"{namespace}/{obj.metadata.labels.get(SERVICE_NAME, '')}"
        for endpoint in obj.endpoints:
            target = endpoint.target_ref
            if target is None or target.kind != "Pod":
                continue
            if endpoint.conditions.ready is not False:
                ready.setdefault(service, []).append(f"{namespace}/{target.name}")
    served = []
    for key, obj in chronicle.objects_at("Service", time_ms).items():
        assert isinstance(obj, Service)
        if obj.spec.selector:
            served.append(Served(key, obj, tuple(ready.get(key, ()))))
    return served
