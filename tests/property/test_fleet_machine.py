"""A state machine over a fleet of all kinds: what users and faults do to it, and what must hold whatever they do."""

from __future__ import annotations

from fleet_at_rest import BY_LABEL, check_fleet
from fleet_checker import FleetChecker
from fleet_manifests import BOUNDS, DAEMON_UPDATES, Drawn, fleet, LIMITS, QUOTA, RETENTIONS
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, RuleBasedStateMachine

from k8snb import Cluster
from k8snb.api.pods import is_active, is_ready
from k8snb.api.resources import BY_CLASS
from k8snb.api.types.pod import Pod

NODES = tuple(f"node-{number}" for number in range(1, 5))
ROLLED = st.sampled_from(["deployment/web", "statefulset/db", "daemonset/agent"])
SIZED = st.sampled_from(["deployment/web", "statefulset/db", "rs/bare", "rc/old"])
WORKLOADS = st.sampled_from(
    ["deployment/web", "statefulset/db", "daemonset/agent", "job/task", "rs/bare", "rc/old", "cronjob/tick"]
)
LOST = "lost"  # the label of pods that nobody selects
A_NODE = st.sampled_from(NODES)


class FleetMachine(RuleBasedStateMachine):
    """All kinds of workloads on four nodes; every operation is a kubectl line or a fault."""

    def __init__(self) -> None:
        super().__init__()
        self.cluster = Cluster([{"name": name, "zone": f"z{number % 2}"} for number, name in enumerate(NODES)], seed=1)
        self.checker = FleetChecker(self.cluster)
        self.down: dict[str, None] = {}
        self.added = 0
        self.fleet = ""

    @initialize(
        drawn=st.builds(
            Drawn,
            web=st.integers(0, 5),
            db=st.integers(0, 4),
            parallelism=st.integers(0, 3),
            bare=st.integers(0, 2),
            old=st.integers(0, 2),
            run=st.sampled_from(["{}", "{k8snb.dev/run: '3'}"]),
            policy=st.sampled_from(["OrderedReady", "Parallel"]),
            db_update=st.sampled_from(["RollingUpdate", "RollingUpdate", "OnDelete"]),
            start=st.sampled_from([0, 0, 2]),
            retention=st.sampled_from(RETENTIONS),
            of_class=st.sampled_from(["standard", "late"]),
            daemon_update=st.sampled_from(DAEMON_UPDATES),
            completion_mode=st.sampled_from(["NonIndexed", "Indexed"]),
            tick=st.sampled_from([3, 100]),
            concurrency=st.sampled_from(["Allow", "Forbid", "Replace"]),
            bounds=st.tuples(st.sampled_from(BOUNDS), st.sampled_from(BOUNDS)),
        )
    )
    def create(self, drawn: Drawn) -> None:
        self.fleet = fleet(drawn)
        assert self.cluster.apply(self.fleet).exit == 0
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

    @rule(what=WORKLOADS, cascade=st.sampled_from(["background", "foreground", "orphan"]))
    def delete(self, what: str, cascade: str) -> None:
        self.do(f"delete {what} --cascade={cascade} --wait=false")

    @rule()
    def apply_all_again(self) -> None:
        assert self.cluster.apply(self.fleet).exit in (0, 1)

    @rule(suspend=st.sampled_from(["false", "true"]))
    def suspend_the_cron_job(self, suspend: str) -> None:
        self.do(f"""patch cronjob tick -p '{{"spec":{{"suspend":{suspend}}}}}'""")

    @rule(pods=st.sampled_from([0, 6, 12, 30]))
    def set_quota(self, pods: int) -> None:
        assert self.cluster.apply(QUOTA % pods).exit == 0

    @rule(what=st.sampled_from(["quota few", "limitrange some"]))
    def lift(self, what: str) -> None:
        self.do(f"delete {what}")

    @rule()
    def set_limits(self) -> None:
        assert self.cluster.apply(LIMITS).exit == 0

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

    @precondition(lambda self: bool(self.selected()))
    @rule(data=st.data())
    def relabel_a_pod(self, data: st.DataObject) -> None:
        """Take a pod from its owner, or let it be found again."""
        pod = data.draw(st.sampled_from(self.selected()), "pod")
        name = pod.metadata.name
        app = name.partition("-")[0] if pod.metadata.labels["app"] == LOST else LOST
        self.do(f"label pod {name} app={app} --overwrite")

    @precondition(lambda self: bool(self.active("task")))
    @rule(data=st.data(), code=st.sampled_from([0, 0, 1]))
    def end_a_task(self, data: st.DataObject, code: int) -> None:
        pod = data.draw(st.sampled_from(self.active("task")), "pod")
        self.cluster.fault(pod=pod.metadata.name, state="exit", code=code)

    @precondition(lambda self: bool(self.pods()))
    @rule(data=st.data(), state=st.sampled_from(["unready", "ready", "exit"]), code=st.integers(0, 1))
    def pod_fault(self, data: st.DataObject, state: str, code: int) -> None:
        pod = data.draw(st.sampled_from(self.pods()), "pod")
        self.cluster.fault(pod=pod.metadata.name, state=state, code=code)

    @precondition(lambda self: bool(self.probed()))
    @rule(
        data=st.data(), probe=st.sampled_from(["liveness", "readiness"]), state=st.sampled_from(["failing", "passing"])
    )
    def probe_fault(self, data: st.DataObject, probe: str, state: str) -> None:
        pod = data.draw(st.sampled_from(self.probed()), "pod")
        self.cluster.fault(pod=pod.metadata.name, state=state, probe=probe)

    @rule(images=st.sampled_from(["*", "app:2"]), state=st.sampled_from(["down", "slow", "up"]))
    def registry_fault(self, images: str, state: str) -> None:
        self.cluster.fault(registry=images, state=state, seconds=7)

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
        if not self.fleet:
            return
        self.mend()
        self.cluster.run_until_settled(timeout=8000)
        self.checker.check()
        check_fleet(self.cluster)

    def mend(self) -> None:
        """Heal what is broken, bring back what was deleted, take good images, and replace what crashed or waits."""
        for node in self.down:
            self.cluster.fault(node=node, state="up")
        for images in ("*", "app:2"):
            self.cluster.fault(registry=images, state="up")
        for node in NODES:
            for line in (f"uncordon {node}", f"taint node {node} x-", f"label node {node} retired-"):
                self.do(line)
        self.do("delete quota few")
        self.cluster.run(60)  # what was being deleted is gone
        assert self.cluster.apply(self.fleet).exit == 0
        self.do("rollout resume deployment/web")
        for what in ("deployment/web", "statefulset/db", "daemonset/agent"):
            self.do(f"set image {what} main=app:9")
        self.do("""patch job task -p '{"spec":{"suspend":false}}'""")
        self.do("""patch cronjob tick -p '{"spec":{"suspend":true}}'""")
        self.cluster.run(60)
        for pod in self.pods():
            lost = pod.metadata.labels["app"] == LOST
            if lost or not is_ready(pod) or any(c.restart_count for c in pod.status.container_statuses):
                self.do(f"delete pod {pod.metadata.name} --wait=false")

    # -- looking

    def pods(self) -> list[Pod]:
        return [p for p in self.cluster.server.list(BY_CLASS[Pod], "default") if isinstance(p, Pod)]

    def active(self, app: str) -> list[Pod]:
        return [pod for pod in self.pods() if pod.metadata.labels.get("app") == app and is_active(pod)]

    def selected(self) -> list[Pod]:
        """The pods that their owners know by their label."""
        return [pod for pod in self.pods() if pod.metadata.labels["app"] in (*BY_LABEL, LOST)]

    def probed(self) -> list[Pod]:
        return [pod for pod in self.pods() if pod.spec.containers[0].liveness_probe is not None]


EXAMPLES = 50 if settings.default is None or settings.default.derandomize else settings.default.max_examples

TestFleet = FleetMachine.TestCase
TestFleet.settings = settings(max_examples=EXAMPLES, stateful_step_count=25, deadline=None)
