"""Which pods of a node ``kubectl drain`` may delete, and what it says of the others.

References
----------
``staging/src/k8s.io/kubectl/pkg/drain/filters.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from k8snb.api.pods import controller_of, is_terminal
from k8snb.api.resources import BY_CLASS
from k8snb.api.types.apps import DaemonSet
from k8snb.api.types.pod import Pod
from k8snb.errors import NotFound
from k8snb.kubectl.command import Session
from k8snb.kubectl.errors import KubectlError

MIRROR_POD = "kubernetes.io/config.mirror"


class Verdict(NamedTuple):
    """Whether a pod is deleted; with a warning, or an error, that says why or why not."""

    delete: bool
    warning: str = ""
    error: str = ""


_YES, _SKIP = Verdict(True), Verdict(False)


@dataclass(frozen=True)
class Filters:
    """What the line allows."""

    session: Session
    force: bool
    ignore_daemon_sets: bool
    delete_empty_dir_data: bool
    skip_deleted_seconds: int

    def verdict(self, pod: Pod) -> Verdict:
        """The first refusal; else what the last filter says."""
        verdict = _YES
        filters: Sequence[Callable[[Pod], Verdict]] = (
            self._deleted,
            self._of_daemon_set,
            self._mirror,
            self._local_storage,
            self._unmanaged,
        )
        for check in filters:
            verdict = check(pod)
            if not verdict.delete:
                break
        return verdict

    def is_deleted_for_long(self, pod: Pod) -> bool:
        """Whether a pod was to be gone so long ago that nobody waits for it."""
        due = pod.metadata.deletion_timestamp
        if self.skip_deleted_seconds <= 0 or due is None:
            return False
        return int((self.session.now_ms - due) / 1000) > self.skip_deleted_seconds

    def _deleted(self, pod: Pod) -> Verdict:
        return _SKIP if self.is_deleted_for_long(pod) else _YES

    def _of_daemon_set(self, pod: Pod) -> Verdict:
        reference = controller_of(pod)
        if reference is None or (reference.kind, reference.api_version) != ("DaemonSet", DaemonSet.api_version):
            return _YES
        if is_terminal(pod):
            return _YES
        try:
            self.session.server.get(BY_CLASS[DaemonSet], pod.metadata.namespace, reference.name)
        except NotFound as error:
            return Verdict(True, str(error)) if self.force else Verdict(False, error=str(error))
        if not self.ignore_daemon_sets:
            return Verdict(False, error="DaemonSet-managed Pods (use --ignore-daemonsets to ignore)")
        return Verdict(False, "ignoring DaemonSet-managed Pods")

    def _mirror(self, pod: Pod) -> Verdict:
        return _SKIP if MIRROR_POD in pod.metadata.annotations else _YES

    def _local_storage(self, pod: Pod) -> Verdict:
        if is_terminal(pod) or all(volume.empty_dir is None for volume in pod.spec.volumes):
            return _YES
        if not self.delete_empty_dir_data:
            return Verdict(False, error="Pods with local storage (use --delete-emptydir-data to override)")
        return Verdict(True, "deleting Pods with local storage")

    def _unmanaged(self, pod: Pod) -> Verdict:
        if is_terminal(pod) or controller_of(pod) is not None:
            return _YES
        if not self.force:
            return Verdict(False, error="Pods that declare no controller (use --force to override)")
        return Verdict(True, "deleting Pods that declare no controller")


class Selection:
    """The pods of a node with their verdicts."""

    def __init__(self, rows: Iterable[tuple[Pod, Verdict]]) -> None:
        self._rows = list(rows)

    @property
    def pods(self) -> list[Pod]:
        """Those to delete."""
        return [pod for pod, verdict in self._rows if verdict.delete]

    @property
    def warnings(self) -> str:
        """All warnings in one line, each with its pods."""
        return "; ".join(f"{text}: {names}" for text, names in self._grouped("warning").items())

    @property
    def errors(self) -> list[KubectlError]:
        """An error for each reason not to delete pods."""
        grouped = self._grouped("error")
        return [KubectlError(f"cannot delete {text}: {names}") for text, names in grouped.items()]

    def _grouped(self, field: str) -> dict[str, str]:
        names: dict[str, list[str]] = {}
        for pod, verdict in self._rows:
            text = getattr(verdict, field)
            if text:
                names.setdefault(text, []).append(f"{pod.metadata.namespace}/{pod.metadata.name}")
        return {text: ", ".join(found) for text, found in names.items()}
