"""Controllers: what their queues do with keys, in whose name, and after errors."""

from __future__ import annotations

from typing import ClassVar

from k8snb.api.types.config import ConfigMap
from k8snb.api.types.meta import ObjectMeta
from k8snb.errors import ApiError
from k8snb.machinery.consistency import Deferred
from k8snb.machinery.controller import Controller, Environment
from k8snb.machinery.server import ApiServer
from k8snb.sim.loop import Loop, USER
from k8snb.sim.streams import Streams


class Stubborn(Controller):
    """Fails twice for each key of its second queue, then writes an object of that name."""

    name: ClassVar[str] = "stubborn"
    base_delay_ms: ClassVar[int] = 100
    max_delay_ms: ClassVar[int] = 150

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.second_queue = self.queue_for(self.sync_second)
        self.tried: list[tuple[int, str]] = []

    def sync(self, key: str) -> None:
        """Fail for ever."""
        self.tried.append((self.now_ms, key))
        raise ApiError(f"no {key}")

    def sync_second(self, key: str) -> None:
        """Fail twice."""
        self.tried.append((self.now_ms, key))
        if len(self.tried) < 3:
            raise ApiError(f"no {key}")
        self.server.store.write("ConfigMap", key, ConfigMap(metadata=ObjectMeta(name=key)))

    def gives_up(self, _key: str, _error: ApiError, /) -> bool:
        """After two failures."""
        return len(self.tried) >= 2 and self.tried[0][1] == "hopeless"


def stubborn() -> Stubborn:
    streams = Streams(1)
    return Stubborn(Environment(ApiServer(Loop(), streams), streams))


def test_each_queue_tries_again_after_errors_with_the_delays_of_its_controller() -> None:
    controller = stubborn()
    controller.second_queue.add("a")
    controller.loop.run_until(1_000)
    assert controller.tried == [(0, "a"), (100, "a"), (250, "a")]
    assert controller.second_queue.failures("a") == 0


def test_what_any_queue_writes_is_its_controllers() -> None:
    controller = stubborn()
    controller.second_queue.add("a")
    controller.loop.run_until(1_000)
    written = [(c.actor, c.key) for c in controller.server.store.log.changes(0) if c.resource == "ConfigMap"]
    assert written == [("stubborn", "a")]


def test_a_key_that_is_given_up_is_tried_no_more() -> None:
    controller = stubborn()
    controller.queue.add("hopeless")
    controller.loop.run_until(10_000)
    assert controller.tried == [(0, "hopeless"), (100, "hopeless")]
    assert controller.queue.failures("hopeless") == 0


class Waiting(Stubborn):
    """Fails, has to wait, and succeeds."""

    def sync(self, key: str) -> None:
        """Fail first, then wait once."""
        self.tried.append((self.now_ms, key))
        if len(self.tried) == 1:
            raise ApiError(f"no {key}")
        if len(self.tried) == 2:
            raise Deferred(7)


def test_a_sync_that_is_deferred_has_not_succeeded_yet() -> None:
    streams = Streams(1)
    controller = Waiting(Environment(ApiServer(Loop(), streams), streams))
    controller.queue.add("a")
    controller.loop.run_until(106)
    assert controller.tried == [(0, "a"), (100, "a")]
    assert controller.queue.failures("a") == 1
    controller.loop.run_until(1_000)
    assert controller.tried == [(0, "a"), (100, "a"), (107, "a")]
    assert controller.queue.failures("a") == 0


def test_a_deferred_sync_leaves_the_moment_of_the_next_attempt_where_it_is() -> None:
    streams = Streams(1)
    controller = Waiting(Environment(ApiServer(Loop(), streams), streams))
    controller.queue.add("a")
    controller.loop.call_at(50, controller.queue.add, "a", priority=USER)
    controller.loop.run_until(1_000)
    assert controller.tried == [(0, "a"), (50, "a"), (57, "a"), (100, "a")]
