"""Manifests in the shapes that public demos have, from 2015 on: what applies as it stands, and what a cluster refuses.

Refused are, in Kubernetes' own words: a manifest with a generated name by ``kubectl apply`` (``create`` takes it), a
pod over the quota, and what kubectl and the API no longer have: ``rolling-update``, and, without conversion, the
versions that are gone.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from k8snb import Cluster
from k8snb.kubelet.program import Start

DAEMON = """
apiVersion: extensions/v1beta1
kind: DaemonSet
metadata: {namespace: shop, name: NAME}
spec:
  template:
    metadata: {labels: {part: NAME}}
    spec:
      SELECTOR
      containers: [{name: agent, image: 'example/agent:v0.1'}]
"""
CONTROLLER = """
apiVersion: v1
kind: ReplicationController
metadata: {namespace: shop, name: page-VERSION}
spec:
  replicas: 3
  selector: {part: page, version: VERSION}
  template:
    metadata: {labels: {part: page, version: VERSION}}
    spec:
      containers:
      - name: writer
        image: example/shell
        command: [sh, -c, 'while true; do echo "$(hostname) VERSION" > /data/index.html; sleep 60; done']
        volumeMounts: [{name: content, mountPath: /data}]
      - {name: web, image: example/web, volumeMounts: [{name: content, mountPath: /www, readOnly: true}]}
      volumes: [{name: content}]
"""
SHAPES = {
    "namespace": "apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n",
    "pod with a shell command": """
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop}
spec: {containers: [{name: client, image: example/shell, command: [sh, -c, 'while true; do sleep 3600; done']}]}
""",
    "pod that is slow to stop": """
apiVersion: v1
kind: Pod
metadata: {name: slow, namespace: shop, labels: {demo: slow-stop}}
spec:
  terminationGracePeriodSeconds: 15
  containers:
  - name: main
    image: example/shell
    command: [sh, -c, "trap \\"while true; do echo bye; sleep 1; done\\" SIGTERM; while true; do date; sleep 1; done"]
""",
    "init containers": """
apiVersion: v1
kind: Pod
metadata: {name: staged, namespace: shop}
spec:
  volumes: [{name: data, emptyDir: {}}]
  dnsPolicy: Default
  initContainers:
  - {name: one, image: example/shell, command: [sh, -c, 'echo 1 >> /d/f'], volumeMounts: [{name: data, mountPath: /d}]}
  - {name: two, image: example/shell, command: [sh, -c, 'echo 2 >> /d/f'], volumeMounts: [{name: data, mountPath: /d}]}
  containers:
  - {name: web, image: example/web, ports: [{containerPort: 80}], volumeMounts: [{name: data, mountPath: /d}]}
""",
    "service without a selector": """
kind: Service
apiVersion: v1
metadata: {name: db, namespace: shop}
spec: {ports: [{protocol: TCP, port: 80, targetPort: 9377}]}
""",
    "secret of a type in small letters": """
apiVersion: v1
kind: Secret
metadata: {namespace: shop, name: password}
type: opaque
data: {username: Z3Vlc3QK, password: c2VzYW1lCg==}
""",
    "claim with an alpha annotation": """
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  namespace: shop
  name: disk
  annotations: {volume.alpha.kubernetes.io/storage-class: anything}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
""",
    "old ReplicaSet": """
apiVersion: extensions/v1beta1
kind: ReplicaSet
metadata: {name: names, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {run: names}}
  template: {metadata: {labels: {run: names}}, spec: {containers: [{name: c, image: 'example/names:1.1'}]}}
""",
    "old Job with a selector": """
apiVersion: extensions/v1beta1
kind: Job
metadata: {name: batch, namespace: shop}
spec:
  selector: {matchLabels: {demo: batch}}
  parallelism: 2
  completions: 4
  template:
    metadata: {labels: {demo: batch}}
    spec: {containers: [{name: c, image: example/task}], restartPolicy: Never}
""",
    "old DaemonSet": DAEMON.replace("NAME", "agent").replace("SELECTOR", ""),
    "ReplicationController": CONTROLLER.replace("VERSION", "v1"),
}
LEGACY = [name for name in SHAPES if name.startswith("old")]
QUOTA = """
apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: shop}
spec: {limits: [{type: Container, defaultRequest: {cpu: 100m, memory: 256Mi}}]}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota, namespace: shop}
spec: {hard: {cpu: 4, memory: 4Gi}}
"""
POD = """
apiVersion: v1
kind: Pod
metadata: {namespace: shop, name: NAME}
spec: {containers: [{name: c, image: 'example/names:1.1', resources: RESOURCES}]}
"""
ENSEMBLE = """
apiVersion: v1
kind: Service
metadata: {namespace: shop, name: ring}
spec: {clusterIP: None, ports: [{port: 2888, name: server}, {port: 3888, name: election}], selector: {app: ring}}
---
apiVersion: v1
kind: ConfigMap
metadata: {namespace: shop, name: ring}
data: {members: "ring-0;ring-1;ring-2", heap: "2G"}
---
apiVersion: apps/v1beta1
kind: StatefulSet
metadata: {namespace: shop, name: ring}
spec:
  serviceName: ring
  replicas: 3
  updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1}}
  podManagementPolicy: Parallel
  template:
    metadata: {labels: {app: ring}}
    spec:
      securityContext: {runAsUser: 1000, fsGroup: 1000}
      containers:
      - name: member
        image: example/ring:v1
        imagePullPolicy: Always
        resources: {requests: {memory: 1Gi, cpu: "1"}}
        env: [{name: MEMBERS, valueFrom: {configMapKeyRef: {name: ring, key: members}}}]
        volumeMounts: [{name: data, mountPath: /var/lib/ring}]
  volumeClaimTemplates:
  - metadata: {name: data, annotations: {volume.alpha.kubernetes.io/storage-class: anything}}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 20Gi}}}
"""
TASK = """
apiVersion: batch/v1
kind: Job
metadata: {name: task, namespace: shop}
spec:
  parallelism: 3
  completions: 10
  template:
    metadata: {labels: {demo: task}}
    spec: {containers: [{name: c, image: example/task}], restartPolicy: Never}
"""


@pytest.fixture
def cluster() -> Cluster:
    made = Cluster(3)
    made.kubectl("create namespace shop")
    return made


def said(cluster: Cluster, line: str) -> str:
    result = cluster.kubectl(line)
    assert result.exit == 0, result.stderr
    return result.stdout


def names(cluster: Cluster, what: str) -> list[str]:
    return said(cluster, f"get {what} -n shop -o name").split()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_manifest_applies_and_comes_to_rest(cluster: Cluster, shape: str) -> None:
    result = cluster.apply(SHAPES[shape])
    assert (result.exit, result.stdout.endswith(" created\n")) == (0, True), result.stderr
    assert ("; converted to " in result.stderr) == (shape in LEGACY)
    cluster.run(60)
    # A volume without a source is sent anew each time, for the default source that it has got is none of its keys.
    again = "configured" if shape == "ReplicationController" else "unchanged"
    assert cluster.apply(SHAPES[shape]).stdout.endswith(f" {again}\n")


@pytest.mark.parametrize("shape", LEGACY)
def test_a_cluster_of_today_does_not_serve_the_old_versions(shape: str) -> None:
    cluster = Cluster(1, legacy_versions=False)
    cluster.kubectl("create namespace shop")
    result = cluster.apply(SHAPES[shape])
    assert result.exit == 1
    assert 'in version "extensions/v1beta1"\nensure CRDs are installed first' in result.stderr


def test_a_generated_name_can_be_created_but_not_applied(cluster: Cluster, tmp_path: Path) -> None:
    file = tmp_path / "pod.yaml"
    file.write_text(
        SHAPES["pod with a shell command"].replace("{name: client, n", "{generateName: worker-, n"), "utf-8"
    )
    assert cluster.kubectl(f"apply -f {file}").stderr == "error: from worker-: cannot use generate name with apply\n"
    assert cluster.kubectl(f"delete -f {file}").stderr == (
        f'error: error when deleting "{file}": resource name may not be empty\n'
    )
    assert said(cluster, f"create -f {file}").startswith("pod/worker-")


def test_a_pod_over_the_quota_is_refused_and_one_without_requests_gets_the_default(cluster: Cluster) -> None:
    assert cluster.apply(QUOTA).exit == 0
    large = cluster.apply(POD.replace("NAME", "large").replace("RESOURCES", "{limits: {cpu: 4.1, memory: 1Gi}}"))
    assert large.exit == 1
    assert (
        'pods "large" is forbidden: exceeded quota: quota, requested: cpu=4100m, used: cpu=0, limited: cpu=4'
        in large.stderr
    )
    assert cluster.apply(POD.replace("NAME", "plain").replace("RESOURCES", "{}")).exit == 0
    cluster.run_until_settled()
    used = said(cluster, "get resourcequota quota -n shop -o jsonpath={.status.used}")
    assert used == '{"cpu":"100m","memory":"256Mi"}'


def test_the_story_of_the_init_containers(cluster: Cluster) -> None:
    """The first waits for a service; the second's image is wrong, and is corrected on the live pod."""

    def shell(start: Start) -> str:
        return f"run=1 exit={cluster.kubectl('get service db -n shop').exit if start.container == 'one' else 0}"

    cluster.images["example/shell"] = shell
    wrong = SHAPES["init containers"].replace("two, image: example/shell", "two, image: example/broken")
    assert cluster.apply(wrong).exit == 0
    cluster.run(5)
    assert " Init:Error " in said(cluster, "get pod staged -n shop")
    assert cluster.apply(SHAPES["service without a selector"]).exit == 0
    cluster.run(60)
    assert " Init:ImagePullBackOff " in said(cluster, "get pod staged -n shop")
    assert cluster.apply(SHAPES["init containers"]).stdout == "pod/staged configured\n"
    cluster.run(60)
    assert " Running " in said(cluster, "get pod staged -n shop")
    moved = cluster.apply(SHAPES["init containers"].replace("name: two", "name: three"))
    assert "pod updates may not change fields other than" in moved.stderr


def test_two_controllers_behind_one_service_change_places(cluster: Cluster) -> None:
    """What ``kubectl rolling-update`` did; today it is no command, so that both are scaled by hand."""
    assert cluster.kubectl("rolling-update page-v1 -n shop").exit == 1
    for version in ("v1", "v2"):
        assert cluster.apply(CONTROLLER.replace("VERSION", version)).exit == 0
        said(cluster, f"scale rc page-{version} --replicas={3 if version == 'v1' else 0} -n shop")
    assert cluster.kubectl("expose rc page-v1 --name=page --port=80 --selector=part=page -n shop").exit == 0
    for old, new in ((2, 1), (1, 2), (0, 3)):
        said(cluster, f"scale rc page-v1 --replicas={old} -n shop")
        said(cluster, f"scale rc page-v2 --replicas={new} -n shop")
        cluster.run_until_settled()
        assert (len(names(cluster, "pods -l version=v1")), len(names(cluster, "pods -l version=v2"))) == (old, new)
    ready = said(cluster, "get endpointslices -n shop -o jsonpath={.items[*].endpoints[*].conditions.ready}")
    assert ready.split() == ["true"] * 3


def test_the_story_of_the_ensemble(cluster: Cluster) -> None:
    """Under partition 1 only ordinals 1 and 2 follow; ordinal 0 comes back on its old revision, with its claim."""
    assert cluster.apply(ENSEMBLE).exit == 0
    cluster.run_until_settled()
    claims = said(cluster, "get pvc -n shop -o jsonpath={.items[*].spec.volumeName}").split()
    assert (names(cluster, "pods"), len(claims)) == (["pod/ring-0", "pod/ring-1", "pod/ring-2"], 3)
    path = "/spec/template/spec/containers/0/resources/requests/cpu"
    said(cluster, f'patch sts ring -n shop --type=json -p \'[{{"op":"replace","path":"{path}","value":"0.3"}}]\'')
    assert said(cluster, "rollout status sts/ring -n shop").endswith("2 new pods have been updated...\n")
    cpu = "get pods -n shop -o jsonpath={.items[*].spec.containers[0].resources.requests.cpu}"
    assert said(cluster, cpu).split() == ["1", "300m", "300m"]
    uid = said(cluster, "get pod ring-0 -n shop -o jsonpath={.metadata.uid}")
    said(cluster, "delete pod ring-0 -n shop")
    cluster.run_until_settled()
    assert said(cluster, "get pod ring-0 -n shop -o jsonpath={.metadata.uid}") != uid
    assert said(cluster, cpu).split() == ["1", "300m", "300m"]
    assert said(cluster, "get pvc -n shop -o jsonpath={.items[*].spec.volumeName}").split() == claims
    assert said(cluster, "get sts ring -n shop -o jsonpath={.status.readyReplicas}") == "3"


def test_the_story_of_the_daemons(cluster: Cluster) -> None:
    """One on every node, and a second sort that follows a label; the old version waits for its pods to be deleted."""
    assert cluster.apply(DAEMON.replace("NAME", "agent").replace("SELECTOR", "")).exit == 0
    red = DAEMON.replace("NAME", "red").replace("SELECTOR", "nodeSelector: {color: red}")
    assert cluster.apply(red).exit == 0
    cluster.run_until_settled()
    assert (len(names(cluster, "pods -l part=agent")), names(cluster, "pods -l part=red")) == (3, [])
    said(cluster, "label node node-2 color=red")
    cluster.run_until_settled()
    assert said(cluster, "get pods -n shop -l part=red -o jsonpath={.items[*].spec.nodeName}") == "node-2"
    said(cluster, "label node node-2 color-")
    cluster.run_until_settled()
    assert names(cluster, "pods -l part=red") == []
    said(cluster, "set image ds/agent agent=example/agent:v0.2 -n shop")
    cluster.run_until_settled()
    images = "get pods -n shop -o jsonpath={.items[*].spec.containers[0].image}"
    assert said(cluster, images).split() == ["example/agent:v0.1"] * 3
    said(cluster, "delete pods -l part=agent -n shop")
    cluster.run_until_settled()
    assert said(cluster, images).split() == ["example/agent:v0.2"] * 3


def test_the_story_of_the_job(cluster: Cluster) -> None:
    """Three at a time until ten have succeeded; one pod in four fails, and another takes its place."""
    started = count(1)
    cluster.images["example/task"] = lambda _: f"run=5 exit={int(next(started) % 4 == 0)}"
    assert cluster.apply(TASK).exit == 0
    most = 0
    while not said(cluster, "get job task -n shop -o jsonpath={.status.completionTime}"):
        cluster.run(1)
        most = max(most, len(names(cluster, "pods --field-selector=status.phase=Running")))
        assert cluster.now < 600
    job = cluster.get("job", "task", "shop").status
    assert (most, job.succeeded, job.failed, job.active) == (3, 10, 3, 0)
    assert [row.split()[2] for row in said(cluster, "get pods -n shop").splitlines()[1:]].count("Error") == 3
    assert " Complete " in said(cluster, "get job task -n shop")
