"""The base of all controllers: a work queue of keys, and a `sync` that compares and writes.

References
----------
the shape shared by ``pkg/controller/*: Run, processNextWorkItem @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from msgspec.structs import replace

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.pod import Pod
from k8snb.errors import ApiError, Conflict
from k8snb.machinery.consistency import Deferred
from k8snb.machinery.events import Recorder
from k8snb.machinery.heartbeats import Heartbeats
from k8snb.machinery.informer import Informers
from k8snb.machinery.owned_pods import PodOwnership
from k8snb.machinery.server import ApiServer
from k8snb.machinery.workqueue import BASE_DELAY_MS, MAX_DELAY_MS, WorkQueue
from k8snb.sim.streams import Streams

T = TypeVar("T", bound=KubernetesObject)


class Environment:
    """What a component is given: the API server, shared informers, random streams, pods by owner, nodes' heartbeats."""

    def __init__(self, server: ApiServer, streams: Streams) -> None:
        self.server = server
        self.streams = streams
        self.informers = Informers(server.store)
        self.ownership = PodOwnership(self.informers.of(Pod))
        self.heartbeats = Heartbeats(server)


def key_of(obj: KubernetesObject) -> str:
    """``namespace/name``; for cluster-scoped objects ``name``."""
    meta = obj.metadata
    return f"{meta.namespace}/{meta.name}" if meta.namespace else meta.name


class Controller:
    """A component that brings the cluster towards what an object asks for, one key at a time.

    A subclass registers informer handlers that call `enqueue`, and overrides `sync`. A `sync` that an `ApiError`
    ends is tried again later, after a delay that doubles.
    """

    name: ClassVar[str] = "controller"
    base_delay_ms: ClassVar[int] = BASE_DELAY_MS  # after the first failure, and then twice as long each time
    max_delay_ms: ClassVar[int] = MAX_DELAY_MS

    def __init__(self, environment: Environment) -> None:
        self.server = environment.server
        self.loop = environment.server.loop
        self.informers = environment.informers
        self.ownership = environment.ownership
        self.streams = environment.streams
        self.recorder = Recorder(self.server, self.name)
        self.queue = self.queue_for(self.sync)

    @property
    def now_ms(self) -> int:
        """Simulated milliseconds since the cluster's start."""
        return self.loop.now_ms

    def enqueue(self, obj: KubernetesObject) -> None:
        """Look at an object soon."""
        self.queue.add(key_of(obj))

    def write_status(self, obj: T) -> T | None:
        """Write an object's status; once more on the newest version, if that one is newer than the cache.

        Returns
        -------
        KubernetesObject or None
            What is stored now; None when that is more than what the cache has.
        """
        try:
            return self.server.update_status(obj)
        except Conflict:
            fresh: Any = self.server.find(type(obj), obj.metadata.namespace, obj.metadata.name)
            if fresh is not None:
                self.server.update_status(replace(fresh, status=obj.status))  # type: ignore[attr-defined]
            return None

    def sync(self, key: str) -> None:
        """Compare what the object of `key` asks for with what there is, and write the difference."""
        raise NotImplementedError

    def queue_for(self, sync: Callable[[str], None]) -> WorkQueue:
        """A queue of keys that `sync` looks at in this controller's name; again later, where an `ApiError` ends it.

        A `sync` that is `Deferred` goes on after its delay; what the queue knows of failures before it stays as it is.
        """

        def process(key: str) -> None:
            self.server.store.actor = self.name
            try:
                sync(key)
            except Deferred as wait:
                queue.resume_after(key, wait.delay_ms)
            except ApiError as error:
                if self.gives_up(key, error):
                    queue.forget(key)
                else:
                    queue.add_rate_limited(key)
            else:
                queue.forget(key)

        queue = WorkQueue(self.server.store, process, 0, self.base_delay_ms, self.max_delay_ms)
        return queue

    def gives_up(self, _key: str, _error: ApiError, /) -> bool:
        """Whether a key whose `sync` ended in an error waits until something else brings it up."""
        return False
