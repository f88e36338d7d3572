"""When things happen to a pod that lives by annotations: moments in simulated milliseconds; None: never."""

from __future__ import annotations

from k8snb.api.integers import integer
from k8snb.api.types.pod import Pod

PREFIX = "k8snb.dev/"
RUN = "k8snb.dev/run"
NEVER = "never"

# Within a second of a scenario, containers exit, then pods start, become ready, and go.
EXIT_SLOT, START_SLOT, READY_SLOT, STOP_SLOT = 0, 130, 270, 400
BASE_MS, MAX_MS = 10_000, 300_000


class AnnotatedTiming:
    """Whole seconds, given by the pod's ``k8snb.dev/`` annotations, each thing in its slot of the second."""

    def start(self, pod: Pod, bound_ms: int) -> int:
        return _slot(bound_ms, _seconds(pod, "start", 2), START_SLOT)

    def ready(self, pod: Pod, started_ms: int) -> int | None:
        if pod.metadata.annotations.get(PREFIX + "ready") == NEVER:
            return None
        seconds = _seconds(pod, "ready", 1)
        return started_ms if seconds == 0 else _slot(started_ms, seconds, READY_SLOT)

    def exit(self, pod: Pod, started_ms: int) -> int | None:
        if RUN not in pod.metadata.annotations:
            return None
        return _slot(started_ms, _seconds(pod, "run", 0), EXIT_SLOT)

    def restart(self, pod: Pod, due_ms: int) -> int:  # noqa: ARG002
        return _slot(due_ms, 0, START_SLOT)

    def stop(self, pod: Pod, seen_ms: int) -> int:
        return _slot(seen_ms, _seconds(pod, "stop", 1), STOP_SLOT)

    def probe(self, now_ms: int) -> int:
        """A fault of its readiness is noticed."""
        return next_slot(now_ms, READY_SLOT)

    def crash(self, now_ms: int) -> int:
        """A fault of its containers ends them."""
        return next_slot(now_ms, EXIT_SLOT)


def back_off_ms(restarts: int) -> int:
    """How long a container that was restarted so often waits after its next exit: 0, 10 s, 20 s, 40 s … 300 s."""
    return 0 if restarts == 0 else min(BASE_MS << min(restarts - 1, 10), MAX_MS)


def is_annotated(pod: Pod) -> bool:
    """The pod's annotations say how long things take."""
    annotations = pod.metadata.annotations
    return bool(annotations) and any(key.startswith(PREFIX) for key in annotations)


def is_ready_at_once(pod: Pod) -> bool:
    """The pod is ready in the same write as it runs."""
    return _seconds(pod, "ready", 1) == 0


def _seconds(pod: Pod, name: str, default: int) -> int:
    text = pod.metadata.annotations.get(PREFIX + name, "")
    seconds = integer(text)
    return seconds if seconds is not None and seconds >= 0 else default


def _slot(since_ms: int, seconds: int, slot: int) -> int:
    return (since_ms // 1000 + seconds) * 1000 + slot


def next_slot(now_ms: int, slot: int) -> int:
    """The next time that a slot comes."""
    return _slot(now_ms - slot, 1, slot)
