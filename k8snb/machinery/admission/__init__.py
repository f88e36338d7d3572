"""Admission: what a request must pass before, and after, its object is validated.

References
----------
``staging/src/k8s.io/apiserver/pkg/admission`` and the plugins that a 1.36 API server runs by default
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast, Protocol, TypeVar

from msgspec.structs import replace

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.config import Namespace, PriorityClass
from k8snb.api.types.node import Node
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.pod import Pod
from k8snb.api.types.quota import LimitRange
from k8snb.api.types.service import Service
from k8snb.machinery.admission.lifecycle import check_create, check_delete
from k8snb.machinery.admission.limits import check_limits, with_default_resources
from k8snb.machinery.admission.nodes import with_not_ready_taint
from k8snb.machinery.admission.pod_security import check_policy
from k8snb.machinery.admission.pods import admit_pod, admit_pod_update, check_pod, with_topology_labels
from k8snb.machinery.admission.quota import QuotaLedger
from k8snb.machinery.admission.storage import admit_claim, admit_volume, check_expansion
from k8snb.machinery.service_ips import ServiceAllocator
from k8snb.machinery.store import Store

T = TypeVar("T", bound=KubernetesObject)


class Server(Protocol):
    """What admission needs of the API server."""

    store: Store

    def update_status(self, obj: T) -> T:
        """Store an object's status."""


class Admission:
    """The API server's admission plugins, in the order in which it runs them."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.services = ServiceAllocator(server.store)
        self.quotas = QuotaLedger(server)

    def create(self, obj: T) -> T:
        """A new object as the mutating plugins leave it.

        Raises
        ------
        Forbidden
            When one refuses it.
        NotFound
            When its namespace is not there.
        """
        check_create(self.server.store, obj)
        return cast("T", self._mutated(obj))

    def _mutated(self, obj: KubernetesObject) -> KubernetesObject:
        tables = self.server.store.tables
        if isinstance(obj, Node):
            return with_not_ready_taint(obj)
        if isinstance(obj, PersistentVolumeClaim):
            return admit_claim(obj, cast("Iterable[StorageClass]", tables["StorageClass"].values()))
        if isinstance(obj, PersistentVolume):
            return admit_volume(obj)
        if isinstance(obj, Pod):
            obj = with_default_resources(obj, self._limit_ranges(obj.metadata.namespace))
            obj = admit_pod(obj, cast("Mapping[str, PriorityClass]", tables["PriorityClass"]))
            if obj.spec.node_name:
                node = tables["Node"].get(obj.spec.node_name)
                return replace(obj, metadata=with_topology_labels(obj.metadata, node))
            return obj
        return obj

    def update(self, new: T, old: T) -> T:
        """The next version of an object as the mutating plugins leave it; raises as `create`."""
        if isinstance(new, Pod):
            assert isinstance(old, Pod)
            return cast("T", admit_pod_update(new, old))
        return new

    def delete(self, obj: KubernetesObject) -> None:
        """Refuse to delete what must stay; raises Forbidden."""
        check_delete(obj)

    def allocate(self, obj: T, old: T | None = None, dry_run: bool = False) -> T:
        """An object with what the registry hands out, a service's addresses and ports; `old` is what it replaces."""
        if isinstance(obj, Service):
            assert old is None or isinstance(old, Service)
            return cast("T", self.services.allocate(obj, old, dry_run))
        return obj

    def check_create(self, obj: KubernetesObject) -> None:
        """Ask the validating plugins about a new, valid object; raises Forbidden or Invalid."""
        if isinstance(obj, Namespace):
            check_policy(obj)
        check_limits(obj, self._limit_ranges(obj.metadata.namespace))
        if isinstance(obj, Pod):
            check_pod(obj)
        self.quotas.check_create(obj)

    def check_update(self, new: KubernetesObject, old: KubernetesObject) -> None:
        """Ask the validating plugins about the next, valid version of an object; raises Forbidden or Invalid."""
        if isinstance(new, Namespace) and isinstance(old, Namespace):
            check_policy(new, old)
        if not isinstance(new, Pod) and old.metadata.deletion_timestamp is None:  # what a pod asks for stays
            check_limits(new, self._limit_ranges(new.metadata.namespace))
        if isinstance(new, PersistentVolumeClaim) and isinstance(old, PersistentVolumeClaim):
            check_expansion(new, old, cast("Mapping[str, StorageClass]", self.server.store.tables["StorageClass"]))
        self.quotas.check_update(new, old)

    def _limit_ranges(self, namespace: str) -> list[LimitRange]:
        table = self.server.store.tables["LimitRange"]
        if not table or not namespace:
            return []
        return [cast("LimitRange", table[key]) for key in sorted(table) if key.startswith(f"{namespace}/")]
