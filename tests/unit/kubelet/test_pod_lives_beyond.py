"""What kubelets do with pods, beyond what the recordings show. Nothing takes time here but what says so."""

from __future__ import annotations

import json
from typing import Any

import one_pod
import pytest
from one_pod import container

from k8snb.api.types.event import Event
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerStatus
from k8snb.cluster import Cluster
from k8snb.kubelet.program import Program


def pod(*containers: dict[str, Any], **spec: Any) -> Cluster:
    """A cluster with a pod ``p`` of these containers, which is given 5 s to stop."""
    return one_pod.pod(*containers, **{"terminationGracePeriodSeconds": 5, **spec})


def statuses(cluster: Cluster) -> dict[str, ContainerStatus]:
    status = cluster.get("pod", "p").status
    return {s.name: s for s in (*status.init_container_statuses, *status.container_statuses)}


def words(cluster: Cluster, *reasons: str) -> list[str]:
    """The messages of events of these reasons, in order of their first occurrence."""
    events = [e for e in cluster.server.store.tables["Event"].values() if isinstance(e, Event)]
    return [e.message for e in events if e.reason in reasons and e.source.component == "kubelet"]


def exits(cluster: Cluster) -> dict[str, list[tuple[float, int]]]:
    """When each container was first seen to have ended, in seconds, and with which code."""
    found: dict[str, list[tuple[float, int]]] = {}
    seen: dict[str, None] = {}
    for change in cluster.log.changes(0):
        if not isinstance(change.new, Pod):
            continue
        status = change.new.status
        for each in (*status.init_container_statuses, *status.container_statuses):
            for ended in (each.state.terminated, each.last_state.terminated):
                if ended is not None and ended.container_id not in seen:
                    seen[ended.container_id] = None
                    found.setdefault(each.name, []).append((change.time_ms / 1000, ended.exit_code))
    return found


EXEC = {"exec": {"command": ["false"]}}


def test_a_probe_may_have_a_grace_period_of_its_own() -> None:
    probe = {**EXEC, "periodSeconds": 1, "failureThreshold": 1, "terminationGracePeriodSeconds": 3}
    cluster = pod(container(script="term=never", livenessProbe=probe), terminationGracePeriodSeconds=20)
    cluster.run(6)
    (at, code) = exits(cluster)["c"][0]
    assert code == 137 and 3 < at < 5


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        ({"exec": {"command": ["sleep", "3"]}}, 'command timed out: "sleep 3" timed out after 1s'),
        ({"tcpSocket": {"port": 8080}}, None),
        ({"httpGet": {"path": "/healthz", "port": "web"}}, None),
    ],
)
def test_probes_succeed_where_nothing_says_otherwise_and_time_out(handler: dict[str, Any], message: str | None) -> None:
    ports = [{"name": "web", "containerPort": 80}]
    cluster = pod(container(ports=ports, readinessProbe={**handler, "periodSeconds": 2}))
    cluster.run(8)
    assert statuses(cluster)["c"].ready == (message is None)
    assert words(cluster, "Unhealthy") == ([] if message is None else [f"Readiness probe failed: {message}"])


def test_what_network_probes_find_is_said_by_the_image() -> None:
    cluster = Cluster(nodes=1, exact=True)
    cluster.images["app:1"] = lambda _start: Program(serve="fail-between 4 9")
    for name, handler in (("h", {"httpGet": {"port": 80}}), ("t", {"tcpSocket": {"port": 80}})):
        spec = {"containers": [container(readinessProbe={**handler, "periodSeconds": 1, "failureThreshold": 2})]}
        cluster.apply(json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}) + "\n")
    cluster.run(7)
    assert not any(cluster.get("pod", name).status.container_statuses[0].ready for name in "ht")
    address = cluster.get("pod", "t").status.pod_ip
    assert sorted(words(cluster, "Unhealthy")) == [
        "Readiness probe failed: HTTP probe failed with statuscode: 503",
        f"Readiness probe failed: dial tcp {address}:80: connect: connection refused",
    ]
    cluster.run(5)
    assert all(cluster.get("pod", name).status.container_statuses[0].ready for name in "ht")


def test_a_failed_hook_after_the_start_kills_and_one_before_the_stop_only_complains() -> None:
    hooks = {"postStart": EXEC, "preStop": EXEC}
    cluster = pod(container(lifecycle=hooks))
    cluster.run(3)
    waiting = statuses(cluster)["c"].state.waiting
    assert waiting is not None and waiting.reason == "PostStartHookError"
    assert words(cluster, "FailedPostStartHook", "Killing")[:2] == ["PostStartHook failed", "FailedPostStartHook"]
    assert words(cluster, "FailedPreStopHook") == ["PreStopHook failed"]


def test_a_rule_lets_one_exit_code_restart_where_the_policy_says_never() -> None:
    rule = {"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}
    cluster = pod(
        container(script="run=2 exit=42,7", restartPolicy="Never", restartPolicyRules=[rule]), restartPolicy="Never"
    )
    cluster.run(20)
    assert cluster.get("pod", "p").status.phase == "Failed"
    assert statuses(cluster)["c"].restart_count == 1


def test_a_rule_may_restart_all_containers() -> None:
    rule = {"action": "RestartAllContainers", "exitCodes": {"operator": "In", "values": [88]}}
    cluster = pod(
        container("a", "run=3,ever exit=88", restartPolicy="Never", restartPolicyRules=[rule]),
        container("b"),
        restartPolicy="Never",
        initContainers=[container("i", "run=1")],
    )
    cluster.run(30)
    found = statuses(cluster)
    assert [found[name].restart_count for name in ("i", "a", "b")] == [1, 1, 1]
    assert found["a"].state.running is not None and found["b"].state.running is not None


def test_configuration_has_to_be_there_unless_it_is_optional() -> None:
    source = {"configMapKeyRef": {"name": "conf", "key": "k"}}
    maybe = {"secretKeyRef": {"name": "none", "key": "k", "optional": True}}
    env = [{"name": "A", "valueFrom": source}, {"name": "B", "valueFrom": maybe}]
    cluster = pod(container(env=env))
    cluster.run(2)
    cluster.kubectl("create configmap conf --from-literal=other=1")
    cluster.run(16)
    cluster.kubectl("delete configmap conf")
    cluster.kubectl("create configmap conf --from-literal=k=1")
    cluster.run(16)
    assert words(cluster, "Failed") == [
        'Error: configmap "conf" not found',
        "Error: couldn't find key k in ConfigMap default/conf",
    ]
    assert cluster.get("pod", "p").status.phase == "Running"


def test_volumes_wait_for_what_they_show() -> None:
    volumes = [{"name": "v", "secret": {"secretName": "s"}}, {"name": "unused", "secret": {"secretName": "none"}}]
    cluster = pod(container(volumeMounts=[{"name": "v", "mountPath": "/v"}]), volumes=volumes)
    cluster.run(5)
    assert words(cluster, "FailedMount") == ['MountVolume.SetUp failed for volume "v" : secret "s" not found']
    assert statuses(cluster)["c"].state.waiting is not None
    cluster.kubectl("create secret generic s --from-literal=k=1")
    cluster.run(10)
    assert cluster.get("pod", "p").status.phase == "Running"


def test_another_image_restarts_the_container() -> None:
    cluster = pod(container())
    cluster.run(5)
    cluster.kubectl("set image pod/p c=app:2")
    cluster.run(3)
    status = statuses(cluster)["c"]
    assert (status.image, status.restart_count) == ("app:2", 1)
    assert words(cluster, "Killing") == ["Container c definition changed, will be restarted"]


def test_sidecars_stop_after_the_others_and_in_reverse() -> None:
    sidecars = [container(name, "term=2", restartPolicy="Always") for name in ("s1", "s2")]
    cluster = pod(container(script="term=2"), initContainers=sidecars, terminationGracePeriodSeconds=30)
    cluster.run(5)
    cluster.kubectl("delete pod p --wait=false")
    cluster.run(20)
    ends = {
        s.name: s.state.terminated.finished_at
        for change in cluster.log.changes(0)
        if isinstance(change.new, Pod) and change.new.status.phase == "Succeeded"
        for s in (*change.new.status.init_container_statuses, *change.new.status.container_statuses)
        if s.state.terminated is not None
    }
    assert ends["c"] is not None and ends["c"] + 2000 == ends["s2"] and ends["c"] + 4000 == ends["s1"]


def test_a_job_with_a_sidecar_ends_when_its_containers_do() -> None:
    cluster = pod(
        container(script="run=3"), initContainers=[container("s", restartPolicy="Always")], restartPolicy="Never"
    )
    cluster.run(15)
    assert cluster.get("pod", "p").status.phase == "Succeeded"


def test_back_off_grows_to_five_minutes_and_begins_anew_after_ten() -> None:
    cluster = pod(container(script="run=1,1,1,1,1,1,1,1,700,1,1 exit=1"))
    cluster.run(3600)
    restarts: dict[int, float] = {}
    for change in cluster.log.changes(0):
        if isinstance(change.new, Pod):
            for status in change.new.status.container_statuses:
                if status.state.running is not None:
                    restarts.setdefault(status.restart_count, change.time_ms / 1000)
    waits = [restarts[n + 1] - restarts[n] for n in range(10)]
    least = [0, 10, 20, 40, 80, 160, 300, 300, 700, 10]
    assert all(wanted <= wait <= wanted * 1.3 + 4 for wanted, wait in zip(least, waits, strict=True)), waits


def test_a_deadline_ends_the_pod() -> None:
    cluster = pod(container(script="term=1"), activeDeadlineSeconds=6)
    cluster.run(12)
    status = cluster.get("pod", "p").status
    assert (status.phase, status.reason) == ("Failed", "DeadlineExceeded")
    assert words(cluster, "DeadlineExceeded") == ["Pod was active on the node longer than the specified deadline"]


def test_a_pod_that_succeeds_just_before_its_deadline_fails_after_all() -> None:
    """Its end is looked at once more with the next listing, and the deadline is over by then: a real kubelet's way."""
    cluster = pod(container(script="run=3 exit=0"), activeDeadlineSeconds=5, restartPolicy="Never")
    cluster.run(12)
    ends = [(c.new.status.phase, c.new.status.reason) for c in cluster.log.changes() if isinstance(c.new, Pod)]
    assert list(dict.fromkeys(ends))[-2:] == [("Succeeded", ""), ("Failed", "DeadlineExceeded")]


def test_a_node_that_is_down_says_nothing_and_catches_up() -> None:
    cluster = pod(container(script="run=6 exit=3"), restartPolicy="Never")
    cluster.run(3)
    cluster.fault(node="node-1", state="down")
    cluster.run(10)
    assert cluster.get("pod", "p").status.phase == "Running"
    cluster.fault(node="node-1", state="up")
    cluster.run(5)
    assert cluster.get("pod", "p").status.phase == "Failed"
    assert exits(cluster)["c"][0][1] == 3


def test_a_pod_that_is_gone_by_force_stops_all_the_same() -> None:
    cluster = pod(container(script="term=1"))
    cluster.run(4)
    cluster.kubectl("delete pod p --force --grace-period=0")
    cluster.run(5)
    assert words(cluster, "Killing") == ["Stopping container c"]


def test_get_pods_names_the_states() -> None:
    init = [container("i", "run=2 exit=1,0"), container("s", restartPolicy="Always"), container("j", "run=8")]
    cluster = pod(container("a", "run=6"), container("b", "run=ever"), initContainers=init, restartPolicy="Never")
    seen: list[list[str]] = []
    for _ in range(40):
        cluster.run(1)
        row = cluster.kubectl("get pod p --no-headers").stdout.split()[1:3]
        if seen[-1:] != [row]:
            seen.append(row)
    assert seen == [["0/3", "Init:0/3"], ["0/3", "Init:Error"]]


def test_get_pods_counts_what_is_ready() -> None:
    init = [container("i", "run=3"), container("s", restartPolicy="Always"), container("j", "run=8")]
    cluster = pod(container("a", "run=6"), container("b", "run=12"), initContainers=init, restartPolicy="Never")
    seen: list[str] = []
    for _ in range(45):
        cluster.run(1)
        row = " ".join(cluster.kubectl("get pod p --no-headers").stdout.split()[1:3])
        if seen[-1:] != [row]:
            seen.append(row)
    assert seen == ["0/3 Init:0/3", "1/3 Init:2/3", "3/3 Running", "2/3 NotReady", "1/3 Completed", "0/3 Completed"]


def test_restarts_say_how_long_ago_the_last_was() -> None:
    cluster = pod(container(script="run=3,ever exit=1"))
    cluster.run(10)
    assert cluster.kubectl("get pod p --no-headers").stdout.split()[1:5] == ["1/1", "Running", "1", "(7s"]
