"""``kubectl drain``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/drain/drain.go`` and ``staging/src/k8s.io/kubectl/pkg/drain/drain.go @ v1.36``

Notes
-----
Without ``--timeout`` kubectl waits for ever, until somebody interrupts it. Here it waits for an hour.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from k8snb.api.field_errors import go_quote
from k8snb.api.go_duration import format_duration
from k8snb.api.resources import BY_CLASS
from k8snb.api.selectors import parse_selector, Selector, SelectorError
from k8snb.api.types.pod import Pod
from k8snb.errors import ApiError, Forbidden, K8snbError, NotFound, TooManyRequests
from k8snb.kubectl.command import CommandSpec, Session, Wait, Waiting
from k8snb.kubectl.commands.cordon import find_nodes, set_unschedulable
from k8snb.kubectl.common_flags import CHUNK_SIZE, DRY_RUN, SELECTOR
from k8snb.kubectl.drain_filters import Filters, Selection
from k8snb.kubectl.dry_run import dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import Aggregate, raise_all, Verbatim
from k8snb.kubectl.flags import duration, number, switch, text

RETRY_MS = 5_000  # after a refused eviction
PATIENCE_MS = 3_600_000  # the timeout where the line gives none
POLL_MS = 1_000  # from one look whether a pod is gone to the next

_DEADLINE = "context deadline exceeded"
_PODS = BY_CLASS[Pod]

Eviction = Generator[int, None, K8snbError | None]  # yields the moments to go on at; returns what went wrong


def _drain(session: Session) -> Waiting:
    flags = session.flags
    given = session.args or flags.changed("selector")
    dry_run = dry_run_of(session) if given else DryRun.NONE
    selector = _pod_selector(session)
    nodes = find_nodes(session, "drain")
    set_unschedulable(session, nodes, dry_run, wanted=True)
    filters = Filters(
        session,
        flags["force"],
        flags["ignore-daemonsets"],
        flags["delete-emptydir-data"],
        flags["skip-wait-for-delete-timeout"],
    )
    drainer = _Drainer(session, dry_run, selector, filters, flags["timeout"] or PATIENCE_MS, flags["grace-period"])
    failed: dict[str, K8snbError] = {}
    for info in nodes:
        try:
            yield from drainer.empty(info.name)
        except _Interrupted:
            raise
        except K8snbError as error:
            said = f"error: unable to drain node {go_quote(info.name)} due to error: {error}, continuing command..."
            session.complain(said)
            failed[info.name] = error
        else:
            session.say(f"node/{info.name} drained{dry_run.value}")
    if failed:
        session.complain("There are pending nodes to be drained:")
        for name in failed:
            session.complain(f" {name}")
        _fail(list(failed.values()))


def _fail(errors: Sequence[K8snbError]) -> None:
    """Of one node all errors, each on its line; of several nodes one line each."""
    if len(errors) == 1 and isinstance(errors[0], Aggregate):
        raise Verbatim("\n".join(map(str, errors[0].errors)))
    raise_all(errors)


def _pod_selector(session: Session) -> Selector:
    try:
        return parse_selector(session.flags["pod-selector"])
    except SelectorError:
        raise KubectlError("--pod-selector=<pod_selector> must be a valid label selector") from None


class _Interrupted(KubectlError):
    """Time stopped before the command could go on."""


@dataclass
class _Drainer:
    """Evicts or deletes the pods of nodes; a negative `grace` is the pod's own."""

    session: Session
    dry_run: DryRun
    selector: Selector
    filters: Filters
    timeout_ms: int
    grace: int

    def empty(self, node: str) -> Waiting:
        """Delete a node's pods, and wait until they are gone."""
        selection = self._select(node)
        if selection.errors:
            raise Aggregate(selection.errors)
        if selection.warnings:
            self.session.warn(selection.warnings)
        pods = selection.pods
        if self.dry_run is DryRun.CLIENT:
            for pod in pods:
                self.session.say(f"evicting pod {_place(pod)} (dry run)")
            return
        try:
            if self.session.flags["disable-eviction"]:
                yield from self._delete_all(pods)
            else:
                yield from self._evict_all(pods)
        except _Interrupted:
            raise
        except K8snbError as error:
            self._tell_pending(node, error)
            raise

    def _select(self, node: str) -> Selection:
        here = [p for p in self.session.server.pods_on(node) if self.selector.matches(p.metadata.labels)]
        return Selection((pod, self.filters.verdict(pod)) for pod in here)

    def _tell_pending(self, node: str, error: K8snbError) -> None:
        session, selection = self.session, self._select(node)
        if selection.pods:
            session.complain(f"There are pending pods in node {go_quote(node)} when an error occurred: {error}")
            for pod in selection.pods:
                session.complain(f"pod/{pod.metadata.name}")
        if selection.errors:
            session.err.append(
                f"Following errors occurred while getting the list of pods to delete:\n{Aggregate(selection.errors)}"
            )

    # -- eviction

    def _evict_all(self, pods: Sequence[Pod]) -> Waiting:
        """Evict all pods side by side; each tries on by itself."""
        deadline = self._deadline()
        running = [(self.session.server.now_ms, self._evict(pod, deadline)) for pod in pods]
        errors: list[K8snbError] = []
        while running:
            now, later = self.session.server.now_ms, []
            for due, eviction in running:
                if due > now:
                    later.append((due, eviction))
                    continue
                try:
                    later.append((next(eviction), eviction))
                except StopIteration as end:
                    if end.value is not None:
                        errors.append(end.value)
            running = later
            if running:
                yield from self._sleep_until(min(due for due, _ in running))
        if errors:
            raise Aggregate(errors)

    def _evict(self, pod: Pod, deadline: int) -> Eviction:
        """Evict one pod, again and again while its budget refuses."""
        session, server = self.session, self.session.server
        meta = pod.metadata
        where = f"pods/{go_quote(meta.name)} -n {go_quote(meta.namespace)}"
        pretends = self.dry_run is DryRun.SERVER
        while True:
            session.say(f"evicting pod {_place(pod)}{self.dry_run.value}")
            if server.now_ms >= deadline:
                shown = format_duration(self.timeout_ms)
                return KubectlError(f"error when evicting {where}: global timeout reached: {shown}")
            grace = self.grace if self.grace >= 0 else None
            try:
                server.evict(meta.namespace, meta.name, grace_period_seconds=grace, dry_run=pretends)
                break
            except NotFound:
                return None
            except TooManyRequests as error:
                session.complain(f"error when evicting {where} (will retry after {_RETRY}): {error}")
            except ApiError as error:
                if not _is_namespace_terminating(error):
                    return KubectlError(f"error when evicting {where}: {error}")
                if pod.metadata.deletion_timestamp is not None:
                    break
                session.complain(
                    f"error when evicting pod {go_quote(meta.name)} from terminating namespace "
                    f"{go_quote(meta.namespace)} (will retry after {_RETRY}): {error}"
                )
            yield server.now_ms + RETRY_MS
            pod = self._current(pod) or pod
        return None if pretends else (yield from self._await_end(pod, deadline))

    def _await_end(self, pod: Pod, deadline: int) -> Eviction:
        """Look every second whether a pod is gone."""
        server, meta = self.session.server, pod.metadata
        while not self._is_done(pod, "evicted"):
            due = server.now_ms + POLL_MS
            yield min(due, deadline)
            if server.now_ms >= deadline:
                return KubectlError(
                    f"error when waiting for pod {go_quote(meta.name)} in namespace {go_quote(meta.namespace)} "
                    f"to terminate: {_DEADLINE}"
                )
        return None

    # -- deletion

    def _delete_all(self, pods: Sequence[Pod]) -> Waiting:
        server, deadline = self.session.server, self._deadline()
        for pod in pods:
            meta, grace = pod.metadata, self.grace if self.grace >= 0 else None
            try:
                server.delete(
                    _PODS,
                    meta.namespace,
                    meta.name,
                    grace_period_seconds=grace,
                    dry_run=self.dry_run is DryRun.SERVER,
                )
            except NotFound:
                continue
        pending = [pod for pod in pods if not self._is_done(pod, "deleted")]
        while pending:
            due = server.now_ms + POLL_MS
            yield from self._sleep_until(min(due, deadline))
            if server.now_ms >= deadline:
                raise KubectlError(_DEADLINE)
            pending = [pod for pod in pending if not self._is_done(pod, "deleted")]

    # -- waiting

    def _deadline(self) -> int:
        return self.session.server.now_ms + self.timeout_ms

    def _sleep_until(self, due: int) -> Waiting:
        server = self.session.server
        yield Wait(lambda: server.now_ms >= due, max(due - server.now_ms, 0))
        if server.now_ms < due:
            raise _Interrupted("interrupted")

    def _current(self, pod: Pod) -> Pod | None:
        try:
            found = self.session.server.get(_PODS, pod.metadata.namespace, pod.metadata.name)
        except NotFound:
            return None
        assert isinstance(found, Pod)
        return found

    def _is_done(self, pod: Pod, verb: str) -> bool:
        """Whether nobody needs to wait for a pod any more; says so."""
        current = self._current(pod)
        if current is None or current.metadata.uid != pod.metadata.uid:
            self.session.say(f"pod/{pod.metadata.name} {verb}{self.dry_run.value}")
            return True
        if not self.filters.is_deleted_for_long(current):
            return False
        seconds = self.filters.skip_deleted_seconds
        name = go_quote(pod.metadata.name)
        self.session.say(f"pod {name} has DeletionTimestamp older than {seconds} seconds, skipping")
        return True


_RETRY = format_duration(RETRY_MS)


def _place(pod: Pod) -> str:
    return f"{pod.metadata.namespace}/{pod.metadata.name}"


def _is_namespace_terminating(error: ApiError) -> bool:
    return isinstance(error, Forbidden) and any(cause.reason == "NamespaceTerminating" for cause in error.causes)


COMMAND = CommandSpec(
    "drain",
    "Drain node in preparation for maintenance",
    _drain,
    (
        CHUNK_SIZE,
        DRY_RUN,
        SELECTOR,
        switch("delete-emptydir-data"),
        switch("disable-eviction"),
        switch("force"),
        number("grace-period", -1),
        switch("ignore-daemonsets"),
        text("pod-selector"),
        number("skip-wait-for-delete-timeout"),
        duration("timeout"),
    ),
    usage="NODE",
)
