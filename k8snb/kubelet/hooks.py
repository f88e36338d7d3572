"""The hooks of containers: what runs after the start and before the stop.

References
----------
``pkg/kubelet/lifecycle/handlers.go Run`` and ``kuberuntime/kuberuntime_container.go executePreStopHook @ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import go_quote
from k8snb.api.types.containers import Container, LifecycleHandler
from k8snb.api.types.pod import Pod
from k8snb.kubelet.commands import command_of, Execution, OUTPUT_OF_FAILURE
from k8snb.kubelet.runtime import RunningContainer


def execute_hook(handler: LifecycleHandler, container: RunningContainer | None) -> Execution:
    """What comes of a hook that is run now, in a container or, when that has ended already, in none.

    To sleep is the kubelet's own affair; everything else needs somebody who does it.
    """
    if handler.sleep is not None:
        return Execution(True, handler.sleep.seconds * 1000)
    if container is None:
        return Execution(False)
    words = handler.exec.command if handler.exec is not None else tuple(container.program.serve.split())
    return command_of(words).execute(container.age_ms)


def post_start_message(pod: Pod, container: Container, handler: LifecycleHandler) -> str:
    """Why a hook after the start failed, as the waiting container says it."""
    where = f'for Container "{container.name}" in Pod "{full_name(pod)}" failed - error:'
    if handler.exec is not None:
        words = " ".join(handler.exec.command)
        return f"Exec lifecycle hook ([{words}]) {where} command '{words}' exited with 1: , message: " + go_quote(
            OUTPUT_OF_FAILURE
        )
    path = handler.http_get.path if handler.http_get is not None else ""
    return f"HTTP lifecycle hook ({path}) {where} HTTP request failed"


def full_name(pod: Pod) -> str:
    """``name_namespace(uid)``, as the kubelet names pods in messages."""
    return f"{pod.metadata.name}_{pod.metadata.namespace}({pod.metadata.uid})"
