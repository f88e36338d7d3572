"""Why an object is there, waits or stands still: the sentences of each kind."""

from __future__ import annotations

import pytest

from k8snb import Cluster
from k8snb.errors import K8snbError, NotFound, SimulationError

SET = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 3
  serviceName: db
  selector: {matchLabels: {app: db}}
  updateStrategy: %s
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: main, image: "db:1"}]
"""
AGENT = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  updateStrategy: %s
  template:
    metadata: {labels: {app: agent}}
    spec:
      containers: [{name: main, image: "agent:1"}]
"""
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  storageClassName: none-such
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
"""


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(nodes=3, seed=0)


def run(cluster: Cluster, *lines: str, seconds: float = 40) -> None:
    for line in lines:
        assert cluster.kubectl(line).exit == 0
    cluster.run(seconds)


def sentences(cluster: Cluster, reference: str) -> list[str]:
    return [link.sentence for link in cluster.why(reference).links]


def test_a_blocked_rollout_names_its_fences_the_waiting_pod_and_the_input(cluster: Cluster) -> None:
    run(cluster, "create deployment web --image=nginx:1 --replicas=6")
    run(cluster, "set image deployment/web nginx=nginx:broken")
    said = sentences(cluster, "deployment/web")
    assert said[0] == "deployment/web is not complete: 5 of 6 available, 3 updated"
    assert said[1].startswith("at least 5 have to stay available (maxUnavailable 25%) and at most 8 may be there")
    assert said[2].endswith("ErrImagePull (nginx:broken)") or said[2].endswith("ImagePullBackOff (nginx:broken)")
    assert said[-2:] == [
        "deployment/web got a new template from user (image nginx:broken)",
        "you: kubectl set image deployment/web nginx=nginx:broken",
    ]


def test_what_is_complete_stands_still_for_no_reason(cluster: Cluster) -> None:
    cluster.apply(SET % "{type: RollingUpdate}")
    run(cluster, "create deployment web --image=nginx:1 --replicas=2")
    for reference in ("deployment/web", "statefulset/db"):
        assert [link for link in cluster.why(reference).links if link.seq < 0] == []


def test_a_partition_and_an_ordered_set_say_what_they_hold_back(cluster: Cluster) -> None:
    cluster.apply(SET % "{type: RollingUpdate, rollingUpdate: {partition: 1}}")
    run(cluster, "scale statefulset/db --replicas=3")
    run(cluster, "set image statefulset/db main=db:broken")
    said = sentences(cluster, "statefulset/db")
    assert "statefulset/db keeps db-0 at the old revision: partition 1 holds all up to db-0" in said
    assert "statefulset/db goes on only when db-2 is ready (OrderedReady)" in said


def test_pods_replaced_on_delete_only(cluster: Cluster) -> None:
    cluster.apply(SET % "{type: OnDelete}")
    cluster.apply(AGENT % "{type: OnDelete}")
    cluster.run(40)
    run(cluster, "set image statefulset/db main=db:2", "set image daemonset/agent main=agent:2")
    assert "statefulset/db leaves db-0, db-1, db-2 at the old revision until they are deleted (OnDelete)" in sentences(
        cluster, "statefulset/db"
    )
    assert "daemonset/agent replaces pods only when they are deleted (OnDelete)" in sentences(
        cluster, "daemonset/agent"
    )


def test_a_daemon_set_names_its_bounds(cluster: Cluster) -> None:
    cluster.apply(AGENT % "{type: RollingUpdate}")
    cluster.run(40)
    run(cluster, "set image daemonset/agent main=agent:broken")
    assert "daemonset/agent replaces only so many pods at once: maxUnavailable 1, maxSurge 0" in sentences(
        cluster, "daemonset/agent"
    )


def test_jobs_that_are_suspended_and_at_work(cluster: Cluster) -> None:
    run(cluster, "create job pi --image=pi", seconds=5)
    assert sentences(cluster, "job/pi")[0] == "job/pi is not complete: 0 of 1 succeeded, 1 active, 0 failed"
    run(cluster, """patch job pi -p '{"spec":{"suspend":true}}'""", seconds=5)
    said = sentences(cluster, "job/pi")
    assert said[0].startswith("job/pi is Suspended: JobSuspended")
    assert "job/pi was suspended by user" in said


def test_nodes_that_are_down_cordoned_or_tainted(cluster: Cluster) -> None:
    cluster.fault(node="node-1", state="down")
    run(cluster, "cordon node-2", "taint nodes node-3 a=b:NoSchedule", seconds=120)
    assert "node/node-1 is not ready: NodeStatusUnknown: Kubelet stopped posting node status." in sentences(
        cluster, "node/node-1"
    )
    assert sentences(cluster, "node/node-2")[0] == "node/node-2 takes no new pods: it is cordoned"
    assert "node/node-3 was tainted a:NoSchedule by user" in sentences(cluster, "node/node-3")


def test_a_claim_without_a_volume(cluster: Cluster) -> None:
    cluster.apply(CLAIM)
    cluster.run(5)
    assert sentences(cluster, "pvc/data")[0].startswith("persistentvolumeclaim/data is Pending")


def test_a_pod_that_no_node_takes_and_one_that_finalizers_hold(cluster: Cluster) -> None:
    overrides = '{"spec":{"nodeSelector":{"disk":"ssd"}}}'
    run(cluster, f"run big --image=a --overrides='{overrides}'", seconds=2)
    assert "didn't match Pod's node affinity/selector" in sentences(cluster, "pod/big")[0]
    run(cluster, """patch pod big -p '{"metadata":{"finalizers":["example.com/x"]}}'""", "delete pod big --wait=false")
    assert sentences(cluster, "pod/big")[0] == "pod/big is terminating; finalizers hold it: example.com/x"


FAILING = """\
apiVersion: batch/v1
kind: Job
metadata: {name: work}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "work:1", env: [{name: SIM, value: "run=2 exit=3"}]}]
"""


def test_a_pod_that_failed_tells_its_exit_code_and_the_job_when_it_tries_again(cluster: Cluster) -> None:
    cluster.apply(FAILING)
    cluster.run_until(lambda: cluster.get("job", "work").status.failed, timeout=60)
    failed = cluster.kubectl("get pods -o name").stdout.strip()
    assert sentences(cluster, failed)[0] == f"{failed} ended: Failed, main exited with 3"
    waits = sentences(cluster, "job/work")[1]
    due, before = cluster.now + int(waits.rpartition(" the next in ")[2].removesuffix(" s")), cluster.now
    cluster.run_until(lambda: cluster.get("job", "work").status.active > 0, timeout=60)
    assert due - 1 <= cluster.now <= due + 0.1
    assert cluster.now > before + 5
    newest = cluster.kubectl("get pods -o name --sort-by=.metadata.creationTimestamp").stdout.splitlines()[-1]
    assert f"{failed} ended: Failed, main exited with 3" in sentences(cluster, newest)


def test_a_pod_that_was_deleted_tells_who_did_it_though_it_ended_later(cluster: Cluster) -> None:
    run(cluster, "create deployment web --image=nginx:1", seconds=10)
    name = cluster.kubectl("get pods -o name").stdout.strip()
    run(cluster, f"delete {name}", seconds=10)
    assert sentences(cluster, name)[0] == f"{name} was deleted by user"


def test_what_does_not_settle_is_named(cluster: Cluster) -> None:
    cluster.kubectl("create deployment web --image=nginx:1 --replicas=2")
    with pytest.raises(SimulationError) as unsettled:
        cluster.run_until_settled(timeout=0.5)
    assert str(unsettled.value).startswith(
        "not settled after 0.5 s: deployment/web is not complete: 0 of 2 available, 2 updated; replicaset/web-"
    )
    cluster.kubectl("delete deployment web")
    cluster.run_until_settled()
    cluster.kubectl("run crash --image=a --env=SIM='run=1 exit=1'")
    with pytest.raises(SimulationError, match=r"^not settled after 600 s: pod/crash waits: CrashLoopBackOff \(a\)$"):
        cluster.run_until_settled(timeout=600)


INIT = """\
apiVersion: v1
kind: Pod
metadata: {name: x}
spec:
  initContainers:
  - {name: log, image: "log:1", restartPolicy: Always}
  - {name: first, image: "busybox:1", env: [{name: SIM, value: "run=5"}]}
  - {name: setup, image: "busybox:2"}
  - {name: last, image: "busybox:3"}
  containers: [{name: main, image: "app:1"}]
"""
FOR_EVER = "runs for ever, unless cluster.images has a function for its image: it has no script (variable SIM)"


def test_the_init_container_that_has_its_turn_is_named(cluster: Cluster) -> None:
    cluster.apply(INIT)
    first, setup = (f"pod/x waits for its init container {name}" for name in ("first (busybox:1)", "setup (busybox:2)"))
    cluster.run_until(lambda: sentences(cluster, "pod/x")[0] == first, timeout=20)
    cluster.run(20)
    assert sentences(cluster, "pod/x")[0] == f"{setup}, which {FOR_EVER}"


def test_the_image_of_an_init_container_that_cannot_be_pulled_is_named(cluster: Cluster) -> None:
    cluster.apply(INIT.replace("busybox:2", "busybox:broken"))
    cluster.run(40)
    waits = [f"pod/x waits: {reason} (busybox:broken)" for reason in ("ErrImagePull", "ImagePullBackOff")]
    assert sentences(cluster, "pod/x")[0] in waits


def test_an_init_container_that_ends_holds_nothing_up(cluster: Cluster) -> None:
    cluster.images["busybox:2"] = cluster.images["busybox:3"] = lambda _start: "run=1"
    cluster.apply(INIT)
    cluster.run(40)
    assert [link for link in cluster.why("pod/x").links if link.seq < 0] == []


def test_a_job_whose_pod_has_no_script_says_that_it_runs_for_ever(cluster: Cluster) -> None:
    run(cluster, "create job pi --image=pi:1", seconds=10)
    pod = cluster.kubectl("get pods -o name").stdout.strip()
    expected = f"{pod} is not complete: its container pi {FOR_EVER}"
    assert sentences(cluster, "job/pi")[1] == expected
    assert sentences(cluster, pod)[0] == expected


def test_pods_with_scripts_and_pods_of_no_job_are_not_called_endless(cluster: Cluster) -> None:
    cluster.apply(FAILING.replace("run=2", "run=90"))
    run(cluster, "run web --image=nginx:1", seconds=10)
    job_pod = cluster.kubectl("get pods -l job-name=work -o name").stdout.strip()
    for reference in ("job/work", job_pod, "pod/web"):
        assert not [said for said in sentences(cluster, reference) if "for ever" in said]


def test_objects_of_another_namespace(cluster: Cluster) -> None:
    run(cluster, "create namespace shop", "create deployment web --image=nginx:1 -n shop", seconds=5)
    said = sentences(cluster, "shop:deployment/web")
    assert said[-1] == "you: kubectl create deployment web --image=nginx:1 -n shop"
    assert [link.sentence for link in cluster.why("deployment/web", namespace="shop").links] == said
    assert cluster.why("node/node-1", namespace="shop") == cluster.why("node/node-1")
    with pytest.raises(NotFound, match=r'deployments\.apps "web" not found'):
        cluster.why("deployment/web")
    with pytest.raises(K8snbError, match="write pod/NAME or deployment/NAME, and namespace=NAMESPACE"):
        cluster.why("web")


def test_a_pod_tells_nothing_of_those_that_had_its_name_before(cluster: Cluster) -> None:
    cluster.apply(SET % "{type: RollingUpdate}")
    cluster.run(40)
    run(cluster, "delete pod db-1")
    assert sentences(cluster, "pod/db-1")[0] == "pod/db-1 was created by statefulset-controller for statefulset/db"
