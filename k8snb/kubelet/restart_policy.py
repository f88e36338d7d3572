"""Whether a container that exited is to run again: its own rules first, then its policy, then its pod's.

References
----------
``pkg/api/v1/pod/util.go ContainerShouldRestart, FindMatchingContainerRestartRule`` and
``pkg/kubelet/container/helpers.go ShouldContainerBeRestarted, ShouldAllContainersRestart @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterator

from k8snb.api.types.containers import Container, ContainerRestartRule
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.kubelet.runtime import EXITED, PodView, RUNNING

RESTART, RESTART_ALL = "Restart", "RestartAllContainers"


def is_sidecar(container: Container) -> bool:
    """An init container that keeps running: it is restarted always."""
    return container.restart_policy == "Always"


def should_restart(container: Container, spec: PodSpec, code: int) -> bool:
    """Whether a container that exited with a code is to run again."""
    if container.restart_policy is not None:
        rule = matching_rule(container, code)
        if rule is not None and rule.action in (RESTART, RESTART_ALL):
            return True
    policy = container.restart_policy or spec.restart_policy
    return policy not in ("Never", "OnFailure") or (policy == "OnFailure" and code != 0)


def matching_rule(container: Container, code: int) -> ContainerRestartRule | None:
    """The first of the container's rules that speaks of an exit code."""
    for rule in container.restart_policy_rules:
        if rule.exit_codes is not None and (code in rule.exit_codes.values) == (rule.exit_codes.operator == "In"):
            return rule
    return None


def should_be_restarted(container: Container, pod: Pod, view: PodView) -> bool:
    """Whether the next sync is to start a container: it never ran, or ran and is to run again."""
    if pod.metadata.deletion_timestamp is not None:
        return False
    newest = view.newest(container.name)
    if newest is None:
        return True
    return newest.state != RUNNING and should_restart(container, pod.spec, newest.exit_code)


def is_restartable(container: Container, spec: PodSpec) -> bool:
    """Whether some exit of the container would let it run again."""
    return bool(container.restart_policy_rules) or (container.restart_policy or spec.restart_policy) != "Never"


def could_restart_all(spec: PodSpec) -> bool:
    """Whether some exit of some container would restart all of them."""
    return any(r.action == RESTART_ALL for c in _all_containers(spec) for r in c.restart_policy_rules)


def exits_restart_all(pod: Pod, view: PodView) -> bool:
    """Whether a container exited in a way that restarts all of them."""
    for container in _all_containers(pod.spec):
        newest = view.newest(container.name)
        if newest is not None and newest.state == EXITED and triggers_restart_all(container, newest.exit_code):
            return True
    return False


def triggers_restart_all(container: Container, code: int) -> bool:
    """Whether this exit of a container restarts all of them."""
    rule = matching_rule(container, code)
    return rule is not None and rule.action == RESTART_ALL


def _all_containers(spec: PodSpec) -> Iterator[Container]:
    yield from spec.init_containers
    yield from spec.containers
