"""A pod's probes and hooks in words: their numbers, what they found, and what comes next.

What the kubelet knows is told in the present; of the past, what the log has: the statuses and the events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from k8snb.api.go_duration import format_duration
from k8snb.api.types.containers import Container, LifecycleHandler
from k8snb.api.types.event import Event
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerStatus
from k8snb.kubectl.describe.containers import describe_probe
from k8snb.kubelet.probe_kinds import probes_of
from k8snb.kubelet.probe_report import BEFORE_STARTUP, DELAYED, NOT_RUNNING, ON_HOLD, PROBED, ProbeReport
from k8snb.kubelet.probe_results import FAILURE, READINESS, STARTUP, SUCCESS
from k8snb.machinery.server import EPOCH_MS
from k8snb.picture.axis import clock

NO_POD = "Select a pod to see its probes and hooks."
NONE = "This pod has no probes: a container that runs counts as ready, and only its exit is a reason to restart it."
UNHEALTHY = "Unhealthy"
WIDTH = 11  # of the names of probes and hooks
WAITS = {
    BEFORE_STARTUP: "waits until the startup probe has passed",
    NOT_RUNNING: "waits until the container runs",
}


def probe_text(pod: Pod, reports: Sequence[ProbeReport], events: Iterable[Event], *, live: bool) -> str:
    """All that is to say of a pod's probes and hooks.

    Parameters
    ----------
    reports
        What the kubelet knows now; empty when it executes none.
    events
        The events about the pod up to the moment shown.
    live
        Whether that moment is the present.
    """
    known = {(report.container, report.kind): report for report in reports}
    failures = [e for e in events if e.reason == UNHEALTHY]
    lines: list[str] = []
    for container in (*pod.spec.init_containers, *pod.spec.containers):
        told = list(_container(pod, container, known, failures, live))
        if told:
            lines += [f"container {container.name}: {_state(_status(pod, container.name))}", *told, ""]
    if not any(list(probes_of(c)) for c in (*pod.spec.init_containers, *pod.spec.containers)):
        lines[:0] = [NONE, ""]
    return "\n".join([*lines, *_grace(pod)])


def _container(
    pod: Pod,
    container: Container,
    known: dict[tuple[str, str], ProbeReport],
    failures: Sequence[Event],
    live: bool,
) -> Iterator[str]:
    for kind, probe in probes_of(container):
        yield f"  {kind.lower():{WIDTH}}{describe_probe(probe)}"
        report = known.get((container.name, kind)) if live else None
        if report is not None:
            yield f"  {'':{WIDTH}}{found(report)}"
            following = comes_next(report)
            if following:
                yield f"  {'':{WIDTH}}{following}"
        else:
            yield f"  {'':{WIDTH}}{_recorded(kind, _status(pod, container.name))}"
        yield from (f"  {'':{WIDTH}}{line}" for line in _failures(container, kind, failures))
    hooks = container.lifecycle
    for name, handler in (("postStart", hooks and hooks.post_start), ("preStop", hooks and hooks.pre_stop)):
        if handler:
            yield f"  {name:{WIDTH}}{_hook(handler)}"


# -- what a probe found


def found(report: ProbeReport) -> str:
    """What a probe found last, and what the kubelet goes by.

    Examples
    --------
    >>> from k8snb.api.types.containers import Probe
    >>> from k8snb.kubelet.probe_results import LIVENESS
    >>> probe = Probe(failure_threshold=3, success_threshold=1)
    >>> found(ProbeReport("web", LIVENESS, probe, PROBED, FAILURE, 2, 61_000, 66_000, SUCCESS))
    'failure at 01:01, 2 in a row'
    """
    if report.state in WAITS:
        return WAITS[report.state]
    if report.state == ON_HOLD:
        passed = report.kind == STARTUP and report.result == SUCCESS
        when = f" at {clock(report.last_ms)}" if report.last_ms is not None else ""
        return f"passed{when}" if passed else f"failed{when}"
    if report.state not in (PROBED, DELAYED):
        return "not asked any more: the pod is being stopped"
    if not report.last or report.last_ms is None:
        return "not asked yet"
    return f"{report.last} at {clock(report.last_ms)}, {report.run} in a row"


def comes_next(report: ProbeReport) -> str:
    """What will happen if the probe goes on finding the same, or turns.

    Examples
    --------
    >>> from k8snb.api.types.containers import Probe
    >>> from k8snb.kubelet.probe_results import LIVENESS
    >>> probe = Probe(failure_threshold=3, success_threshold=1)
    >>> comes_next(ProbeReport("web", LIVENESS, probe, PROBED, FAILURE, 1, 61_000, 66_000, SUCCESS))
    'the container is restarted after 2 more failures; asked next at 01:06'
    """
    if report.state == ON_HOLD:
        passed = report.kind == STARTUP and report.result == SUCCESS
        return "not asked again until the container is started anew" if passed else "the container is being restarted"
    if report.next_ms is None:
        return ""
    return f"{_consequence(report)}; asked next at {clock(report.next_ms)}"


def _consequence(report: ProbeReport) -> str:
    needed = max(report.probe.failure_threshold, 1)
    fails = report.last == FAILURE
    if report.kind == READINESS and report.result != SUCCESS:
        wanted = max(report.probe.success_threshold, 1)
        run = report.run if report.last == SUCCESS else 0
        return f"the container becomes ready after {_more(wanted - run, 'success', fails=run > 0)}"
    what = "the container becomes unready" if report.kind == READINESS else "the container is restarted"
    return f"{what} after {_more(needed - (report.run if fails else 0), 'failure', fails=fails)}"


def _more(count: int, what: str, *, fails: bool) -> str:
    """So many more of something, or so many in a row when it has not begun."""
    count = max(count, 1)
    words = what if count == 1 else f"{what}es" if what.endswith("s") else f"{what}s"
    if fails:
        return f"{count} more {words}"
    return f"{count} {words}" + (" in a row" if count > 1 else "")


# -- what the log knows


def _recorded(kind: str, status: ContainerStatus | None) -> str:
    if status is None or status.state.running is None:
        return WAITS[NOT_RUNNING]
    if kind == STARTUP:
        return "passed" if status.started else "has not passed yet"
    if not status.started:
        return WAITS[BEFORE_STARTUP]
    if kind == READINESS:
        return "the container is ready" if status.ready else "the container is not ready"
    return "the container runs on"


def _failures(container: Container, kind: str, events: Sequence[Event]) -> Iterator[str]:
    """What the events say of failed probes of one kind."""
    begin = f"{kind} probe failed: "
    for event in events:
        if event.message.startswith(begin) and event.involved_object.field_path.endswith(f"{{{container.name}}}"):
            last = event.last_timestamp
            when = f", last at {clock(last - EPOCH_MS)}" if last is not None else ""
            why = event.message.removeprefix(begin).strip()
            yield f"event: failed {_times(event.count)}{when}: {why}"


def _status(pod: Pod, name: str) -> ContainerStatus | None:
    statuses = (*pod.status.init_container_statuses, *pod.status.container_statuses)
    return next((status for status in statuses if status.name == name), None)


def _state(status: ContainerStatus | None) -> str:
    if status is None:
        return "not there yet"
    restarts = f", restarted {_times(status.restart_count)}" if status.restart_count else ""
    state = status.state
    if state.running is not None:
        since = clock((state.running.started_at or EPOCH_MS) - EPOCH_MS)
        return f"runs since {since}{restarts}"
    if state.terminated is not None:
        return f"terminated, {state.terminated.reason}, exit code {state.terminated.exit_code}{restarts}"
    return f"waiting, {state.waiting.reason if state.waiting is not None else ''}{restarts}"


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


# -- hooks


def _hook(handler: LifecycleHandler) -> str:
    if handler.exec is not None:
        return f"exec [{' '.join(handler.exec.command)}]"
    if handler.sleep is not None:
        return f"sleep {format_duration(handler.sleep.seconds * 1000)}"
    if handler.http_get is not None:
        return f"http-get {handler.http_get.path or '/'} on port {handler.http_get.port}"
    return "tcp-socket"


def _grace(pod: Pod) -> Iterator[str]:
    grace = pod.spec.termination_grace_period_seconds
    if grace is None:
        return
    has_hook = any(c.lifecycle and c.lifecycle.pre_stop for c in pod.spec.containers)
    order = "preStop, then SIGTERM" if has_hook else "SIGTERM"
    yield f"Grace period {grace} s: {order}; whatever still runs after {grace} s is killed (SIGKILL, exit code 137)."
    deleted = pod.metadata.deletion_timestamp
    if deleted is not None:
        yield f"It is being stopped; its time is over at {clock(deleted - EPOCH_MS)}."
