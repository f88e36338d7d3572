"""A state machine over a fleet of all kinds: what users and faults do to it, and what must hold whatever they do."""

from __future__ import annotations

from typing import Any

from fleet_checker import FleetChecker
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, RuleBasedStateMachine

from k8snb import Cluster
from k8snb.api.pods import controller_of, is_active, is_ready
from k8snb.api.resources import BY_CLASS
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod

TEMPLATE = """
  template:
    metadata: {labels: {app: NAME}}
    spec:
      containers: [{name: main, image: 'app:1'}]
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms: [{matchExpressions: [{key: retired, operator: DoesNotExist}]}]
"""
WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %d
  selector: {matchLabels: {app: web}}"""
DB = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: %d
  serviceName: db
  podManagementPolicy: %s
  selector: {matchLabels: {app: db}}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {storageClassName: %s, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}"""
LATE = """
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: late}
provisioner: k8snb.dev/sim
volumeBindingMode: WaitForFirstConsumer"""
AGENT = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  updateStrategy: {rollingUpdate: %s}
  selector: {matchLabels: {app: agent}}"""
TASK = """
apiVersion: batch/v1
kind: Job
metadata: {name: task}
spec:
  completions: 5
  parallelism: %d
  backoffLimit: 4"""
BUDGET = """
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: %s}
spec: {%s, selector: {matchLabels: {app: %s}}}
"""
MOUNT = "volumeMounts: [{name: data, mountPath: /data}]"
SURGES = ("{maxSurge: 1, maxUnavailable: 0}", "{maxUnavailable: 1}", "{maxUnavailable: 50%}")
BOUNDS = ("minAvailable: 2", "maxUnavailable: 1", "maxUnavailable: 50%", "minAvailable: 100%")
NODES = tuple(f"node-{number}" for number in range(1, 5))
ROLLED = st.sampled_from(["deployment/web", "statefulset/db", "daemonset/agent"])
SIZED = st.sampled_from(["deployment/web", "statefulset/db"])
A_NODE = st.sampled_from(NODES)


class FleetMachine(RuleBasedStateMachine):
    """All kinds of workloads on four nodes; every operation is a kubectl line or a fault."""

    def __init__(self) -> None:
        super().__init__()
        self.cluster = Cluster([{"name": name, "zone": f"z{number % 2}"} for number, name in enumerate(NODES)], seed=1)
        self.checker = FleetChecker(self.cluster)
        self.down: dict[str, None] = {}
        self.added = 0

    @initialize(
        sizes=st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(0, 3)),
        runs=st.sampled_from(["{}", "{k8snb.dev/run: '3'}"]),
        policy=st.sampled_from(["OrderedReady", "Parallel"]),
        surge=st.sampled_from(SURGES),
        bounds=st.tuples(st.sampled_from(BOUNDS), st.sampled_from(BOUNDS)),
        of_class=st.sampled_from(["standard", "late"]),
    )
    def create(
        self, sizes: tuple[int, int, int], runs: str, policy: str, surge: str, bounds: tuple[str, str], of_class: str
    ) -> None:
        web, db, agent, task = (TEMPLATE.replace("NAME", name) for name in ("web", "db", "agent", "task"))
        web, db = WEB % sizes[0] + web, DB % (sizes[1], policy, of_class) + db.replace("'app:1'", f"'app:1', {MOUNT}")
        agent = AGENT % surge + agent
        task = TASK % sizes[2] + task.replace("{app: task}", f"{{app: task}}, annotations: {runs}").replace(
            "spec:", "spec:\n      restartPolicy: Never"
        )
        budgets = [BUDGET % (name, bound, name) for name, bound in zip(("web", "db"), bounds, strict=True)]
        text = "\n---\n".join([LATE, web, db, agent, task, *budgets])
        assert self.cluster.apply(text).exit == 0
        self.cluster.run(3)

    # -- what is done

    def do(self, line: str) -> None:
        """A kubectl line; it may be refused, but never end in a crash."""
        assert self.cluster.kubectl(line).exit in (0, 1)

    @rule(seconds=st.sampled_from([0.0, 0.01, 0.5, 2, 6, 60, 400]))
    def wait(self, seconds: float) -> None:
        self.cluster.run(seconds)

    @rule(what=SIZED, size=st.integers(0, 6))
    def scale(self, what: str, size: int) -> None:
        self.do(f"scale {what} --replicas={size}")

    @rule(parallelism=st.integers(0, 4), suspend=st.sampled_from(["false", "false", "true"]))
    def change_the_job(self, parallelism: int, suspend: str) -> None:
        self.do(f"""patch job task -p '{{"spec":{{"parallelism":{parallelism},"suspend":{suspend}}}}}'""")

    @rule(what=ROLLED, image=st.sampled_from(["app:1", "app:2", "app:3", "app:broken"]))
    def set_image(self, what: str, image: str) -> None:
        self.do(f"set image {what} main={image}")

    @rule(what=ROLLED, verb=st.sampled_from(["restart", "undo", "pause", "resume"]))
    def rollout(self, what: str, verb: str) -> None:
        self.do(f"rollout {verb} {what}")

    @rule(partition=st.integers(0, 3))
    def set_partition(self, partition: int) -> None:
        self.do(
            f"""patch sts db -p '{{"spec":{{"updateStrategy":{{"rollingUpdate":{{"partition":{partition}}}}}}}}}'"""
        )

    @precondition(lambda self: bool(self.pods()))
    @rule(data=st.data(), how=st.sampled_from(["", "", " --grace-period=0 --force"]))
    def delete_a_pod(self, data: st.DataObject, how: str) -> None:
        pod = data.draw(st.sampled_from(self.pods()), "pod")
        self.do(f"delete pod {pod.metadata.name} --wait=false{how}")

    @precondition(lambda self: bool(self.active("Job")))
    @rule(data=st.data(), code=st.sampled_from([0, 0, 1]))
    def end_a_task(self, data: st.DataObject, code: int) -> None:
        pod = data.draw(st.sampled_from(self.active("Job")), "pod")
        self.cluster.fault(pod=pod.metadata.name, state="exit", code=code)

    @precondition(lambda self: bool(self.pods()))
    @rule(data=st.data(), state=st.sampled_from(["unready", "ready", "exit"]), code=st.integers(0, 1))
    def pod_fault(self, data: st.DataObject, state: str, code: int) -> None:
        pod = data.draw(st.sampled_from(self.pods()), "pod")
        self.cluster.fault(pod=pod.metadata.name, state=state, code=code)

    @rule(verb=st.sampled_from(["cordon", "uncordon"]), node=A_NODE)
    def cordon(self, verb: str, node: str) -> None:
        self.do(f"{verb} {node}")

    @rule(node=A_NODE, selector=st.sampled_from(["", " --pod-selector=app=web", " --pod-selector=app=db"]))
    def drain(self, node: str, selector: str) -> None:
        self.do(f"drain {node} --ignore-daemonsets --force --timeout=8s{selector}")

    @rule(node=A_NODE, taint=st.sampled_from(["x=y:NoSchedule", "x=y:NoExecute", "x-"]))
    def taint(self, node: str, taint: str) -> None:
        self.do(f"taint node {node} {taint}")

    @rule(node=A_NODE, label=st.sampled_from(["retired=yes", "retired-"]))
    def label(self, node: str, label: str) -> None:
        self.do(f"label node {node} {label} --overwrite")

    @rule(node=A_NODE)
    def node_down_or_up(self, node: str) -> None:
        if node in self.down:
            del self.down[node]
            self.cluster.fault(node=node, state="up")
        else:
            self.down[node] = None
            self.cluster.fault(node=node, state="down")

    @precondition(lambda self: self.added < 2)
    @rule()
    def add_a_node(self) -> None:
        self.added += 1
        self.cluster.fault(node=f"new-{self.added}", state="add")

    # -- what must hold

    @invariant()
    def every_write_kept_the_rules(self) -> None:
        self.checker.check()

    def teardown(self) -> None:
        """However it went: once all is mended it comes to rest, has what was asked for, and the status adds up."""
        self.mend()
        self.cluster.run_until_settled(timeout=8000)
        self.checker.check()
        self.check_deployment()
        self.check_stateful_set()
        self.check_daemon_set()
        self.check_job()

    def mend(self) -> None:
        """Heal the nodes, take good images, and replace what crashed or waits for an image that is not there."""
        for node in self.down:
            self.cluster.fault(node=node, state="up")
        for node in NODES:
            for line in (f"uncordon {node}", f"taint node {node} x-", f"label node {node} retired-"):
                self.do(line)
        self.do("rollout resume deployment/web")
        for what in ("deployment/web", "statefulset/db", "daemonset/agent"):
            self.do(f"set image {what} main=app:9")
        self.do("""patch job task -p '{"spec":{"suspend":false}}'""")
        self.cluster.run(60)
        for pod in self.pods():
            if not is_ready(pod) or any(c.restart_count for c in pod.status.container_statuses):
                self.do(f"delete pod {pod.metadata.name} --wait=false")

    def check_deployment(self) -> None:
        web, pods = self.cluster.get("deployment", "web"), self.active("ReplicaSet")
        desired, status = web.spec.replicas, web.status
        assert len(pods) == sum(map(is_ready, pods)) == desired
        assert (status.replicas, status.ready_replicas, status.available_replicas, status.updated_replicas) == (
            (desired,) * 4
        )
        assert (status.unavailable_replicas, status.observed_generation) == (0, web.metadata.generation)

    def check_stateful_set(self) -> None:
        db, pods = self.cluster.get("sts", "db"), self.active("StatefulSet")
        desired, status = db.spec.replicas, db.status
        assert [pod.metadata.name for pod in pods] == [f"db-{number}" for number in range(desired)]
        assert all(map(is_ready, pods))
        assert (status.replicas, status.ready_replicas, status.available_replicas) == ((desired,) * 3)
        hashes = [pod.metadata.labels["controller-revision-hash"] for pod in pods]
        partition = db.spec.update_strategy.rolling_update.partition or 0
        assert hashes[partition:] == [status.update_revision] * max(desired - partition, 0)
        assert status.updated_replicas == hashes.count(status.update_revision)
        assert status.observed_generation == db.metadata.generation

    def check_daemon_set(self) -> None:
        agent, pods = self.cluster.get("ds", "agent"), self.active("DaemonSet")
        nodes = sorted(node.metadata.name for node in self.cluster.server.list(BY_CLASS[Node]))
        assert sorted(pod.spec.node_name for pod in pods) == nodes
        status, count = agent.status, len(nodes)
        numbers = (
            status.desired_number_scheduled, status.current_number_scheduled, status.number_ready,
            status.number_available, status.updated_number_scheduled,
        )  # fmt: skip
        assert numbers == (count,) * 5
        assert (status.number_misscheduled, status.number_unavailable) == (0, 0)

    def check_job(self) -> None:
        task, pods = self.cluster.get("job", "task"), self.active("Job")
        finished = [c.type for c in task.status.conditions if c.type in ("Complete", "Failed") and c.status == "True"]
        assert len(finished) <= 1
        assert task.status.active == len(pods)
        if finished:
            assert not pods
            assert (task.status.succeeded == 5) == (finished == ["Complete"])
        else:
            assert len(pods) == min(task.spec.parallelism, 5 - task.status.succeeded)

    # -- looking

    def pods(self) -> list[Pod]:
        return [p for p in self.cluster.server.list(BY_CLASS[Pod], "default") if isinstance(p, Pod)]

    def active(self, kind: str) -> list[Pod]:
        owned: list[tuple[Pod, Any]] = [(pod, controller_of(pod)) for pod in self.pods()]
        return [pod for pod, owner in owned if owner is not None and owner.kind == kind and is_active(pod)]


EXAMPLES = 40 if settings.default is None or settings.default.derandomize else settings.default.max_examples

TestFleet = FleetMachine.TestCase
TestFleet.settings = settings(max_examples=EXAMPLES, stateful_step_count=25, deadline=None)
