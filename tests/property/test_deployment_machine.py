"""A state machine over what users and faults do to deployments, and what must hold whatever they do."""

from __future__ import annotations

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, RuleBasedStateMachine

from k8snb import Cluster
from k8snb.api.pods import controller_of, is_active, is_ready
from k8snb.api.resources import BY_CLASS
from k8snb.api.types.apps import Deployment, ReplicaSet
from k8snb.api.types.pod import Pod, PodTemplateSpec
from k8snb.controllers.deployment.revisions import DESIRED_REPLICAS, POD_TEMPLATE_HASH
from k8snb.controllers.deployment.sizes import max_surge, max_unavailable

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %d
  selector: {matchLabels: {app: web}}
  strategy: {type: %s}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: 'nginx:1'}]}
"""

SIZES = st.integers(0, 9)
AMOUNTS = st.one_of(st.integers(0, 4), st.sampled_from(["10%", "25%", "50%", "100%"]))
IMAGES = st.sampled_from(["nginx:1", "nginx:2", "nginx:3", "nginx:broken"])


class DeploymentMachine(RuleBasedStateMachine):
    """One deployment on four nodes; every operation is a kubectl line or a fault."""

    def __init__(self) -> None:
        super().__init__()
        self.cluster = Cluster(4, seed=1)
        self.seen = 0
        self.node_failed = False

    @initialize(size=SIZES, strategy=st.sampled_from(["RollingUpdate", "RollingUpdate", "Recreate"]))
    def create(self, size: int, strategy: str) -> None:
        assert self.cluster.apply(MANIFEST % (size, strategy)).exit == 0

    # -- what is done

    @rule(seconds=st.sampled_from([0.0, 0.01, 0.3, 1, 2.5, 8]))
    def wait(self, seconds: float) -> None:
        self.cluster.run(seconds)

    @rule(size=SIZES)
    def scale(self, size: int) -> None:
        self.cluster.kubectl(f"scale deployment/web --replicas={size}")

    @rule(image=IMAGES)
    def set_image(self, image: str) -> None:
        self.cluster.kubectl(f"set image deployment/web nginx={image}")

    @rule(surge=AMOUNTS, unavailable=AMOUNTS)
    def set_fences(self, surge: int | str, unavailable: int | str) -> None:
        shown = [f'"{a}"' if isinstance(a, str) else a for a in (surge, unavailable)]
        rolling = f'{{"maxSurge":{shown[0]},"maxUnavailable":{shown[1]}}}'
        self.cluster.kubectl(f'patch deployment web -p \'{{"spec":{{"strategy":{{"rollingUpdate":{rolling}}}}}}}\'')

    @rule(seconds=st.integers(0, 5))
    def set_min_ready(self, seconds: int) -> None:
        self.cluster.kubectl(f'patch deployment web -p \'{{"spec":{{"minReadySeconds":{seconds}}}}}\'')

    @rule(verb=st.sampled_from(["pause", "resume", "restart", "undo"]))
    def rollout(self, verb: str) -> None:
        self.cluster.kubectl(f"rollout {verb} deployment/web")

    @precondition(lambda self: bool(self.pods()))
    @rule(data=st.data())
    def kill_a_pod(self, data: st.DataObject) -> None:
        pod = data.draw(st.sampled_from(self.pods()), "pod")
        self.cluster.kubectl(f"delete pod {pod.metadata.name} --wait=false")

    @precondition(lambda self: bool(self.pods()))
    @rule(data=st.data(), state=st.sampled_from(["unready", "ready", "exit"]))
    def fault(self, data: st.DataObject, state: str) -> None:
        pod = data.draw(st.sampled_from(self.pods()), "pod")
        self.cluster.fault(pod=pod.metadata.name, state=state)

    # -- what must hold

    @invariant()
    def every_step_kept_the_fences(self) -> None:
        """The controller never asks for more than desired plus surge, nor for fewer available than the floor."""
        for change in self.cluster.log.changes(self.seen):
            old, new = change.old, change.new
            if change.actor != "deployment-controller" or not isinstance(new, ReplicaSet):
                continue
            deployment, sets = self.deployment_at(change.seq), self.replica_sets_at(change.seq)
            before = old.spec.replicas or 0 if isinstance(old, ReplicaSet) else 0
            after, desired = new.spec.replicas or 0, deployment.spec.replicas or 0
            if after > before:
                assert sum(rs.spec.replicas or 0 for rs in sets) <= desired + max_surge(deployment)
            elif after < before and rolls(deployment, old):
                left = sum(min(rs.status.available_replicas, rs.spec.replicas or 0) for rs in sets)
                lost = min(new.status.available_replicas, before) - min(new.status.available_replicas, after)
                assert lost == 0 or left >= desired - max_unavailable(deployment)
        self.seen = len(self.cluster.log)

    @invariant()
    def one_controller_an_object(self) -> None:
        for pod in self.pods():
            assert sum(bool(r.controller) for r in pod.metadata.owner_references) <= 1

    @invariant()
    def names_and_keys_agree(self) -> None:
        for key, pod in self.cluster.server.store.tables["Pod"].items():
            assert key == f"{pod.metadata.namespace}/{pod.metadata.name}"

    def teardown(self) -> None:
        """However it went, it comes to rest, adds up, can be undone, and leaves nothing behind."""
        self.check_rest()
        self.check_undo()
        self.check_garbage()

    def settle(self) -> None:
        """Crash loops and broken images never rest; so pods that restart are replaced, and time is limited."""
        for pod in self.pods():
            if any(c.restart_count for c in pod.status.container_statuses):
                self.cluster.kubectl(f"delete pod {pod.metadata.name} --wait=false")
        self.cluster.run_until_settled(timeout=4000)

    def check_rest(self) -> None:
        self.cluster.kubectl("rollout resume deployment/web")
        self.settle()
        deployment, active = self.deployment(), [p for p in self.pods() if is_active(p)]
        status, desired = deployment.status, deployment.spec.replicas or 0
        ready = [p for p in active if is_ready(p)]
        assert status.observed_generation == deployment.metadata.generation
        assert status.replicas == len(active)
        assert status.ready_replicas == len(ready)
        assert (
            status.unavailable_replicas
            == sum(rs.spec.replicas or 0 for rs in self.replica_sets()) - status.available_replicas
        )
        assert len(active) <= max((d.spec.replicas or 0) + max_surge(d) for d in self.versions())
        unready = self.cluster._plane.kubelets.has_unready
        if not unready:
            assert status.available_replicas >= desired - max_unavailable(deployment) or self.never_was_available()
        owners = Counter(controller_of(p).name for p in active)  # type: ignore[union-attr]
        for rs in self.replica_sets():
            assert rs.status.replicas == owners[rs.metadata.name] == (rs.spec.replicas or 0)

    def never_was_available(self) -> bool:
        """With broken images alone there is nothing that could be available."""
        return any(c.image.endswith("broken") for p in self.pods() for c in p.spec.containers)

    def check_undo(self) -> None:
        """Undo brings back the template before the last one."""
        before = self.revisions()
        result = self.cluster.kubectl("rollout undo deployment/web")
        if len(before) < 2:
            assert result.exit == 1
            return
        wanted = before[sorted(before)[-2]]
        if result.exit == 0 and "skipped" not in result.stdout:
            assert without_hash(self.deployment().spec.template) == without_hash(wanted)

    def check_garbage(self) -> None:
        self.cluster.kubectl("delete deployment web --wait=false")
        self.cluster.run_until_settled(timeout=4000)
        assert self.pods() == []
        assert self.replica_sets() == []

    # -- looking

    def deployment(self) -> Deployment:
        found: Deployment = self.cluster.get("deployment", "web")
        return found

    def versions(self) -> list[Deployment]:
        """All that the deployment ever asked for: a fence that is lowered takes no pod away by itself."""
        return [c.new for c in self.cluster.log.changes() if isinstance(c.new, Deployment)]

    def pods(self) -> list[Pod]:
        return [p for p in self.cluster.server.list(BY_CLASS[Pod], "default") if isinstance(p, Pod)]

    def replica_sets(self) -> list[ReplicaSet]:
        found = self.cluster.server.list(BY_CLASS[ReplicaSet], "default")
        return [rs for rs in found if isinstance(rs, ReplicaSet)]

    def revisions(self) -> dict[int, PodTemplateSpec]:
        key = "deployment.kubernetes.io/revision"
        return {int(rs.metadata.annotations[key]): rs.spec.template for rs in self.replica_sets()}

    def deployment_at(self, seq: int) -> Deployment:
        """The deployment as the controller's cache may have had it: the newest before the change."""
        latest = None
        for change in self.cluster.log.changes():
            if change.seq > seq:
                break
            if isinstance(change.new, Deployment):
                latest = change.new
        assert latest is not None
        return latest

    def replica_sets_at(self, seq: int) -> list[ReplicaSet]:
        found: dict[str, ReplicaSet] = {}
        for change in self.cluster.log.changes():
            if change.seq > seq:
                break
            if isinstance(change.new, ReplicaSet):
                found[change.key] = change.new
            elif change.resource == "ReplicaSet":
                found.pop(change.key, None)
        return list(found.values())


def rolls(deployment: Deployment, rs: object) -> bool:
    """The change is a step of a rolling update; a change of size may go below the floor, which moves with it."""
    assert isinstance(rs, ReplicaSet)
    same_size = rs.metadata.annotations[DESIRED_REPLICAS] == str(deployment.spec.replicas)
    return same_size and deployment.spec.strategy.type == "RollingUpdate" and not deployment.spec.paused


def without_hash(template: PodTemplateSpec) -> tuple[object, object]:
    """What a template says, but for the label that its ReplicaSet adds."""
    labels = {k: v for k, v in template.metadata.labels.items() if k != POD_TEMPLATE_HASH}
    return labels, template.spec


TestDeployment = DeploymentMachine.TestCase
TestDeployment.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
