"""Fleets: many workloads of all kinds on many nodes, and many pods spread over zones."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator

from k8snb import Cluster
from k8snb.api.types.pod import Pod

ZONES = 4

POD = """
    metadata: {{labels: {{app: {name}}}, annotations: {annotations}}}
    spec:
      restartPolicy: {restart}
      containers: [{{name: main, image: 'example/{name}:1', resources: {{requests: {{cpu: 10m, memory: 8Mi}}}}}}]
"""
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {size}
  selector: {{matchLabels: {{app: {name}}}}}
  template:"""
STATEFUL_SET = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: {name}}}
spec:
  replicas: {size}
  serviceName: {name}
  podManagementPolicy: {policy}
  selector: {{matchLabels: {{app: {name}}}}}
  template:"""
DAEMON_SET = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: {name}}}
spec:
  updateStrategy: {{rollingUpdate: {{maxUnavailable: 10%}}}}
  selector: {{matchLabels: {{app: {name}}}}}
  template:"""
JOB = """
apiVersion: batch/v1
kind: Job
metadata: {{name: {name}}}
spec:
  completions: {size}
  parallelism: {size}
  template:"""
BUDGET = """
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: {name}}}
spec:
  maxUnavailable: 2
  selector: {{matchLabels: {{app: {name}}}}}
"""
SPREAD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %d
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      topologySpreadConstraints:
      - maxSkew: 1
        topologyKey: topology.kubernetes.io/zone
        whenUnsatisfiable: DoNotSchedule
        labelSelector: {matchLabels: {app: web}}
      - maxSkew: 2
        topologyKey: kubernetes.io/hostname
        whenUnsatisfiable: ScheduleAnyway
        labelSelector: {matchLabels: {app: web}}
      containers: [{name: main, image: 'example/web:1'}]
"""


def manifests(nodes: int) -> Iterator[str]:
    """30 Deployments, 10 StatefulSets, 5 DaemonSets, 20 Jobs of ten pods a node in all, and two budgets."""
    deployed, stateful, jobs = 3 * nodes // 25, 3 * nodes // 50, nodes // 25
    always = {"annotations": "{}", "restart": "Always"}
    for number in range(30):
        yield (DEPLOYMENT + POD).format(name=f"web-{number}", size=deployed, **always)
    for number in range(10):
        policy = ("OrderedReady", "Parallel")[number % 2]
        yield (STATEFUL_SET + POD).format(name=f"db-{number}", size=stateful, policy=policy, **always)
    for number in range(5):
        yield (DAEMON_SET + POD).format(name=f"agent-{number}", **always)
    for number in range(20):
        runs = {"annotations": "{k8snb.dev/run: '5'}", "restart": "Never"}
        yield (JOB + POD).format(name=f"task-{number}", size=jobs, **runs)
    for name in ("web-0", "db-1"):
        yield BUDGET.format(name=name)


def created_pods(cluster: Cluster) -> int:
    """How many pods there ever were."""
    return sum(change.old is None and isinstance(change.new, Pod) for change in cluster.log.changes())


def mixed(nodes: int) -> dict[str, float]:
    """A mixed fleet of ten pods a node, created, rolled to new images, and a tenth of its nodes drained."""
    cluster = Cluster([{"name": "node", "count": nodes, "cpu": "16"}])
    text = "\n---\n".join(manifests(nodes))

    def roll() -> None:
        for kind, name, count in (("deployment", "web", 30), ("statefulset", "db", 10), ("daemonset", "agent", 5)):
            for number in range(count):
                image = f"main=example/{name}-{number}:2"
                assert cluster.kubectl(f"set image {kind}/{name}-{number} {image}").exit == 0

    def drain() -> None:
        for node in list(cluster.server.store.tables["Node"])[::10]:
            drained = cluster.kubectl(f"drain {node} --ignore-daemonsets")
            assert drained.exit == 0, drained.stderr

    result = phases(cluster, {"create": lambda: apply(cluster, text), "roll": roll, "drain": drain})
    for kind, name, ready in (
        ("deployment", "web-0", "ready_replicas"),
        ("statefulset", "db-0", "ready_replicas"),
        ("daemonset", "agent-0", "number_ready"),
        ("job", "task-0", "succeeded"),
    ):
        assert getattr(cluster.get(kind, name).status, ready) > 0, (kind, name)
    return result


def spread(size: int) -> dict[str, float]:
    """A deployment of five pods a node, spread over the nodes and strictly over the zones."""
    zones = [f"zone-{number}" for number in range(ZONES)]
    nodes = [{"name": zone, "count": size // 5 // ZONES, "zone": zone} for zone in zones]
    cluster = Cluster(nodes)
    result = phases(cluster, {"create": lambda: apply(cluster, SPREAD % size)})
    pods = dict.fromkeys(zones, 0)
    for pod in cluster.server.store.tables["Pod"].values():
        assert isinstance(pod, Pod)
        pods[pod.spec.node_name.rpartition("-")[0]] += 1
    assert max(pods.values()) - min(pods.values()) <= 1, pods
    return result


def apply(cluster: Cluster, manifest: str) -> None:
    """Apply a manifest, which must succeed."""
    result = cluster.apply(manifest)
    assert result.exit == 0, result.stderr


def phases(cluster: Cluster, steps: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Do one thing after the other until all is at rest: processor seconds of each, pods created, memory."""
    result = {}
    for name, step in steps.items():
        started = time.process_time()
        step()
        cluster.run_until_settled(timeout=36_000)
        result[name] = time.process_time() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**result, "pods": created_pods(cluster), "memory": memory, "log": len(cluster.log)}
