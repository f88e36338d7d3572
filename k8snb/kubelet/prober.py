"""The probes of a pod: a worker for each, as long as its container may run.

References
----------
``pkg/kubelet/prober/prober_manager.go AddPod, RemovePod, StopLivenessAndStartup @ v1.36``
"""

from __future__ import annotations

from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod
from k8snb.kubelet.probe_kinds import probed_containers, probes_of
from k8snb.kubelet.probe_report import ProbeReport
from k8snb.kubelet.probe_results import READINESS
from k8snb.kubelet.probe_worker import find_status, Probed, ProbeWorker
from k8snb.kubelet.restart_policy import should_restart


class Prober:
    """The probe workers of a pod."""

    def __init__(self, probed: Probed) -> None:
        self._probed = probed
        self._workers: dict[tuple[str, str], ProbeWorker] = {}

    def add_pod(self, pod: Pod) -> bool:
        """Make the workers that are missing, up to the first that is there.

        Returns
        -------
        bool
            A worker was missing because its container has ended for good. The kubelet makes another one every time; it
            finds out the same, and that is news, so that the pod is synced again with the next listing.
        """
        ended = False
        for container in probed_containers(pod):
            for kind, probe in probes_of(container):
                if self.find(container.name, kind) is not None:
                    return ended
                if self._has_ended(pod, container):
                    ended = True
                else:
                    self._workers[container.name, kind] = ProbeWorker(self._probed, kind, container, probe)
        return ended

    def _has_ended(self, pod: Pod, container: Container) -> bool:
        found = find_status(self._probed.status(), container.name)
        end = None if found is None else found.state.terminated
        return end is not None and not should_restart(container, pod.spec, end.exit_code)

    def find(self, name: str, kind: str) -> ProbeWorker | None:
        """The worker of a container's probe, while it works."""
        worker = self._workers.get((name, kind))
        return None if worker is None or worker.stopped else worker

    def look_again(self, kind: str) -> None:
        """What the probes of a kind would find has changed."""
        for worker in self._workers.values():
            if worker.kind == kind:
                worker.look_again()

    def reports(self) -> list[ProbeReport]:
        """What each probe found lately."""
        return [worker.report() for worker in self._workers.values()]

    def status_changed(self) -> None:
        """The pod has another status."""
        for worker in self._workers.values():
            worker.status_changed()

    def stop_liveness_and_startup(self, pod: Pod) -> None:
        """The pod is being stopped: its containers proper are only asked for their readiness."""
        names = [c.name for c in pod.spec.containers]
        for (name, kind), worker in self._workers.items():
            if name in names and kind != READINESS:
                worker.stop()

    def stop(self) -> None:
        """Nothing is probed any more."""
        for worker in self._workers.values():
            worker.stop()
