"""What holds an object up at this moment, in sentences: the pod that waits, the bound that a rollout keeps to.

Each kind has a function that yields pairs of a sentence and the object (``pod/web-x``) that it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil
from typing import Any

from k8snb.api.claims import BOUND, PENDING
from k8snb.api.pods import condition_of, controller_of, is_active, is_ready, is_terminal
from k8snb.api.resources import BY_CLASS
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import DaemonSet, Deployment, ReplicaSet, StatefulSet
from k8snb.api.types.batch import Job
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.containers import Container
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerStatus
from k8snb.controllers.deployment.sizes import max_surge, max_unavailable, ROLLING_UPDATE
from k8snb.controllers.job.backoff import BackoffRecord
from k8snb.controllers.statefulset.identity import ordinal_of, pod_name, revision_of, start_ordinal
from k8snb.kubelet.annotated_timing import is_annotated
from k8snb.kubelet.program import script_of
from k8snb.kubelet.restart_policy import is_sidecar
from k8snb.machinery.server import EPOCH_MS, Reader

Sentences = Iterator[tuple[str, str]]

_FOR_EVER = "runs for ever, unless cluster.images has a function for its image: it has no script (variable SIM)"


def standing_still(reader: Reader, obj: KubernetesObject | None) -> Sentences:
    """What holds the object up; nothing when nothing does."""
    told = _BY_KIND.get(type(obj)) if obj is not None else None
    if told is not None:
        yield from told(reader, obj)


def waiting_sentence(pod: Pod) -> str:
    """What a pod waits for; empty when it waits for nothing."""
    name = f"pod/{pod.metadata.name}"
    if pod.metadata.deletion_timestamp is not None:
        held = ", ".join(pod.metadata.finalizers)
        return f"{name} is terminating" + (f"; finalizers hold it: {held}" if held else "")
    if not pod.spec.node_name:
        return f"{name} {_waiting_for_node(pod)}"
    if is_terminal(pod):
        return ""
    current = _current_init_container(pod)
    for container in (current,) if current is not None else pod.status.container_statuses:
        waiting = container.state.waiting
        if waiting is not None and waiting.reason:
            return f"{name} waits: {waiting.reason} ({container.image})"
    if current is not None:
        return f"{name} waits for its init container {current.name} ({current.image}){_endless_init(pod, current)}"
    if pod.status.phase == "Pending":
        return f"{name} is starting on {pod.spec.node_name}"
    if pod.status.phase == "Running" and not is_ready(pod):
        return f"{name} runs but is not ready"
    return ""


def _current_init_container(pod: Pod) -> ContainerStatus | None:
    """The init container that has its turn: the first that has not done its part."""
    sidecars = {container.name for container in pod.spec.init_containers if is_sidecar(container)}
    for status in pod.status.init_container_statuses:
        end = status.state.terminated
        if not (status.started if status.name in sidecars else end is not None and end.exit_code == 0):
            return status
    return None


def _endless_init(pod: Pod, status: ContainerStatus) -> str:
    """That an init container which runs may never end."""
    if status.state.running is None:
        return ""
    return next((f", which {_FOR_EVER}" for container in _unscripted(pod) if container.name == status.name), "")


def endless_sentence(pod: Pod) -> str:
    """That a job's pod may never end; empty when all its containers have scripts, or when it does not run."""
    owner = controller_of(pod)
    if owner is None or owner.kind != "Job" or pod.status.phase != "Running" or not is_active(pod):
        return ""
    running = {status.name for status in pod.status.container_statuses if status.state.running is not None}
    names = [container.name for container in _unscripted(pod) if container.name in running]
    return f"pod/{pod.metadata.name} is not complete: its container {names[0]} {_FOR_EVER}" if names else ""


def _unscripted(pod: Pod) -> Iterator[Container]:
    """The containers that are to end and that nothing in the pod says an end of."""
    if not is_annotated(pod):
        for container in (*pod.spec.init_containers, *pod.spec.containers):
            if script_of(container) is None and not is_sidecar(container):
                yield container


def _waiting_for_node(pod: Pod) -> str:
    """What keeps a pod from its node: the scheduler's refusal, or volumes, once a node is chosen."""
    scheduled = condition_of(pod, "PodScheduled")
    chosen = pod.status.nominated_node_name
    if chosen and (scheduled is None or scheduled.reason != "Unschedulable"):
        return f"is going to {chosen}, and waits for its volumes"
    told = scheduled is not None and scheduled.message
    return f"is not scheduled: {told}" if told else "waits for the scheduler"


# -- workloads


def _deployment(reader: Reader, deployment: Deployment) -> Sentences:
    status, spec, desired = deployment.status, deployment.spec, deployment.spec.replicas or 0
    reference = f"deployment/{deployment.metadata.name}"
    if spec.paused:
        yield f"{reference} is paused", reference
    if status.updated_replicas == status.replicas == status.available_replicas == desired:
        return
    counts = f"{status.available_replicas} of {desired} available, {status.updated_replicas} updated"
    yield f"{reference} is not complete: {counts}", reference
    if spec.strategy.type == ROLLING_UPDATE and status.updated_replicas < status.replicas:
        yield _fences(deployment, desired), reference
    yield from _troubled_conditions(reference, status.conditions)
    owners = {s.metadata.uid for s in _owned(reader, ReplicaSet, deployment)}
    yield from _newest_waiting(pod for pod in _pods(reader, deployment) if _owner_uid(pod) in owners)


def _fences(deployment: Deployment, desired: int) -> str:
    """How many old pods must stay, and how many new ones may come."""
    rolling = deployment.spec.strategy.rolling_update
    given = (rolling.max_unavailable, rolling.max_surge) if rolling is not None else (None, None)
    floor, ceiling = desired - max_unavailable(deployment), desired + max_surge(deployment)
    return (
        f"at least {floor} have to stay available (maxUnavailable {given[0]}) and at most {ceiling} may be there "
        f"(maxSurge {given[1]}) until new ones are ready"
    )


def _replica_set(reader: Reader, set_: ReplicaSet) -> Sentences:
    reference, desired = f"replicaset/{set_.metadata.name}", set_.spec.replicas or 0
    if set_.status.replicas == set_.status.available_replicas == desired:
        return
    yield f"{reference} has {set_.status.available_replicas} of {desired} available", reference
    yield from _troubled_conditions(reference, set_.status.conditions)
    yield from _newest_waiting(_owned(reader, Pod, set_))


def _stateful_set(reader: Reader, set_: StatefulSet) -> Sentences:
    reference, status, desired = f"statefulset/{set_.metadata.name}", set_.status, set_.spec.replicas or 0
    pods = sorted(_owned(reader, Pod, set_), key=ordinal_of)
    old = [pod for pod in pods if revision_of(pod) != status.update_revision]
    if not old and status.replicas == status.available_replicas == desired:
        return
    counts = f"{status.available_replicas} of {desired} available, {status.updated_replicas} updated"
    yield f"{reference} is not complete: {counts}", reference
    if old:
        yield from _kept_pods(set_, reference, old)
    waiting = next((pod for pod in pods if waiting_sentence(pod)), None)
    if waiting is None:
        return
    if set_.spec.pod_management_policy != "Parallel":
        yield f"{reference} goes on only when {waiting.metadata.name} is ready (OrderedReady)", reference
    yield waiting_sentence(waiting), f"pod/{waiting.metadata.name}"


def _kept_pods(set_: StatefulSet, reference: str, old: Sequence[Pod]) -> Sentences:
    """Why pods stay at another revision than the one that is wanted."""
    strategy = set_.spec.update_strategy
    if strategy.type == "OnDelete":
        yield f"{reference} leaves {_names(old)} at the old revision until they are deleted (OnDelete)", reference
        return
    partition = strategy.rolling_update.partition if strategy.rolling_update is not None else 0
    kept = [pod for pod in old if ordinal_of(pod) < start_ordinal(set_) + (partition or 0)]
    if partition and kept:
        words = f"partition {partition} holds all up to {pod_name(set_, start_ordinal(set_) + partition - 1)}"
        yield f"{reference} keeps {_names(kept)} at the old revision: {words}", reference


def _daemon_set(reader: Reader, set_: DaemonSet) -> Sentences:
    reference, status = f"daemonset/{set_.metadata.name}", set_.status
    desired = status.desired_number_scheduled
    if status.number_misscheduled:
        yield f"{reference} runs on {status.number_misscheduled} nodes where it should not", reference
    if status.number_available == status.updated_number_scheduled == desired:
        return
    counts = f"{status.number_available} of {desired} available, {status.updated_number_scheduled} updated"
    yield f"{reference} is not complete: {counts}", reference
    strategy = set_.spec.update_strategy
    if status.updated_number_scheduled < desired:
        if strategy.type == "OnDelete":
            yield f"{reference} replaces pods only when they are deleted (OnDelete)", reference
        elif strategy.rolling_update is not None:
            bounds = strategy.rolling_update
            words = f"maxUnavailable {bounds.max_unavailable}, maxSurge {bounds.max_surge}"
            yield f"{reference} replaces only so many pods at once: {words}", reference
    yield from _newest_waiting(_owned(reader, Pod, set_))


def _job(reader: Reader, job: Job) -> Sentences:
    reference, status, spec = f"job/{job.metadata.name}", job.status, job.spec
    for condition in status.conditions:
        if condition.status == "True" and condition.type in ("Failed", "Complete", "Suspended", "FailureTarget"):
            said = ": ".join(word for word in (condition.reason, condition.message) if word)
            yield f"{reference} is {condition.type}: {said}", reference
            if condition.type != "FailureTarget":
                return
    wanted = "" if spec.completions is None else f" of {spec.completions}"
    counts = f"{status.succeeded}{wanted} succeeded, {status.active} active, {status.failed} failed"
    yield f"{reference} is not complete: {counts}", reference
    if status.failed:
        limit = spec.backoff_limit_per_index if spec.backoff_limit_per_index is not None else spec.backoff_limit
        words = f"makes a new pod for a failed one, later each time, up to back-off limit {limit}"
        yield f"{reference} {words}{_next_try(reader, job)}", reference
    yield from _newest_waiting(_owned(reader, Pod, job))
    endless = next((pod for pod in _owned(reader, Pod, job) if endless_sentence(pod)), None)
    if endless is not None:
        yield endless_sentence(endless), f"pod/{endless.metadata.name}"


def _next_try(reader: Reader, job: Job) -> str:
    """When the job is due to replace a pod that failed; empty where it waits for none, and where each index waits."""
    spec, status = job.spec, job.status
    wanted = spec.parallelism or 0
    if spec.completions is not None:
        wanted = min(wanted, spec.completions - status.succeeded)
    if spec.backoff_limit_per_index is not None or status.active >= wanted:
        return ""
    pods = list(_owned(reader, Pod, job))
    succeeded, failed = ([pod for pod in pods if pod.status.phase == phase] for phase in ("Succeeded", "Failed"))
    left_ms = BackoffRecord().after(succeeded, failed).remaining_ms(EPOCH_MS + reader.now_ms)
    return f"; the next in {ceil(left_ms / 1000)} s" if left_ms else ""


# -- the rest


def _pod(_reader: Reader, pod: Pod) -> Sentences:
    for sentence in (waiting_sentence(pod), endless_sentence(pod)):
        if sentence:
            yield sentence, f"pod/{pod.metadata.name}"


def _node(_reader: Reader, node: Node) -> Sentences:
    reference = f"node/{node.metadata.name}"
    for condition in node.status.conditions:
        if condition.type == "Ready" and condition.status != "True":
            yield f"{reference} is not ready: {condition.reason}: {condition.message}", reference
    if node.spec.unschedulable:
        yield f"{reference} takes no new pods: it is cordoned", reference
    for taint in node.spec.taints:
        yield f"{reference} is tainted: {taint.key}:{taint.effect}", reference


def _claim(_reader: Reader, claim: PersistentVolumeClaim) -> Sentences:
    reference = f"persistentvolumeclaim/{claim.metadata.name}"
    if claim.metadata.deletion_timestamp is not None:
        yield f"{reference} is terminating; finalizers hold it: {', '.join(claim.metadata.finalizers)}", reference
    elif claim.status.phase != BOUND:
        yield f"{reference} is {claim.status.phase or PENDING}: no volume is bound to it yet", reference


_BY_KIND: dict[type[Any], Callable[[Reader, Any], Sentences]] = {
    Pod: _pod,
    Deployment: _deployment,
    ReplicaSet: _replica_set,
    StatefulSet: _stateful_set,
    DaemonSet: _daemon_set,
    Job: _job,
    Node: _node,
    PersistentVolumeClaim: _claim,
}


def _troubled_conditions(reference: str, conditions: Sequence[Any]) -> Sentences:
    for condition in conditions:
        if (condition.status != "True" and condition.type != "Available") or condition.type == "ReplicaFailure":
            yield f"{reference}: {condition.reason}: {condition.message}", reference


def _newest_waiting(pods: Iterator[Pod]) -> Sentences:
    """The newest of the pods that wait for something and are not on their way out."""
    waiting = [pod for pod in pods if pod.metadata.deletion_timestamp is None and waiting_sentence(pod)]
    if waiting:
        pod = max(waiting, key=lambda p: p.metadata.creation_timestamp or 0)
        yield waiting_sentence(pod), f"pod/{pod.metadata.name}"


def _owned(reader: Reader, kind: type[Any], owner: KubernetesObject) -> Iterator[Any]:
    """The objects of a kind that an object controls."""
    for obj in reader.list(BY_CLASS[kind], owner.metadata.namespace):
        if _owner_uid(obj) == owner.metadata.uid:
            yield obj


def _owner_uid(obj: KubernetesObject) -> str:
    owner = controller_of(obj)
    return owner.uid if owner is not None else ""


def _pods(reader: Reader, beside: KubernetesObject) -> Iterator[Pod]:
    """All pods of an object's namespace."""
    for obj in reader.list(BY_CLASS[Pod], beside.metadata.namespace):
        assert isinstance(obj, Pod)
        yield obj


def _names(pods: Sequence[Pod]) -> str:
    return ", ".join(pod.metadata.name for pod in pods)
