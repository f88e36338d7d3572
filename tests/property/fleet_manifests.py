"""The fleet's manifests: a workload of each kind, all of one template, with what is drawn filled in."""

from __future__ import annotations

from typing import NamedTuple

TEMPLATE = """
  template:
    metadata: {labels: {app: NAME}ANNOTATIONS}
    spec:
      restartPolicy: RESTART
      containers: [{name: main, image: 'app:1'EXTRA}]
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
  updateStrategy: {type: %s}
  ordinals: {start: %d}
  persistentVolumeClaimRetentionPolicy: %s
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
  updateStrategy: %s
  selector: {matchLabels: {app: agent}}"""
TASK = """
apiVersion: batch/v1
kind: Job
metadata: {name: task}
spec:
  completions: 5
  parallelism: %d
  completionMode: %s
  backoffLimit: 4"""
BARE = """
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: bare}
spec:
  replicas: %d
  selector: {matchLabels: {app: bare}}"""
OLD = """
apiVersion: v1
kind: ReplicationController
metadata: {name: old}
spec:
  replicas: %d
  selector: {app: old}"""
TICK = """
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: '* * * * *'
  concurrencyPolicy: %s
  jobTemplate:
    spec:
      backoffLimit: 1"""
BUDGET = """
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: %s}
spec: {%s, selector: {matchLabels: {app: %s}}}
"""
QUOTA = """
apiVersion: v1
kind: ResourceQuota
metadata: {name: few}
spec: {hard: {pods: '%d'}}
"""
LIMITS = """
apiVersion: v1
kind: LimitRange
metadata: {name: some}
spec: {limits: [{type: Container, defaultRequest: {cpu: 50m}}]}
"""
MOUNT = ", volumeMounts: [{name: data, mountPath: /data}]"
PROBES = (
    ", readinessProbe: {httpGet: {port: 80}, periodSeconds: 2}"
    ", livenessProbe: {httpGet: {port: 80}, periodSeconds: 3, failureThreshold: 2}"
)
DAEMON_UPDATES = (
    "{rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}",
    "{rollingUpdate: {maxUnavailable: 1}}",
    "{rollingUpdate: {maxUnavailable: 50%}}",
    "{type: OnDelete}",
)
RETENTIONS = (
    "{whenScaled: Retain, whenDeleted: Retain}",
    "{whenScaled: Delete, whenDeleted: Retain}",
    "{whenScaled: Retain, whenDeleted: Delete}",
    "{whenScaled: Delete, whenDeleted: Delete}",
)
BOUNDS = ("minAvailable: 2", "maxUnavailable: 1", "maxUnavailable: 50%", "minAvailable: 100%")


class Drawn(NamedTuple):
    """What differs between fleets."""

    web: int
    db: int
    parallelism: int
    bare: int
    old: int
    run: str  # how long a task's containers run: k8snb.dev annotations
    policy: str
    db_update: str
    start: int
    retention: str
    of_class: str
    daemon_update: str
    completion_mode: str
    concurrency: str
    tick: int  # how many seconds a run of the cron job takes
    bounds: tuple[str, str]


def _template(name: str, *, annotations: str = "", extra: str = "", restart: str = "Always") -> str:
    parts = {"NAME": name, "ANNOTATIONS": annotations, "EXTRA": extra, "RESTART": restart}
    text = TEMPLATE
    for word, part in parts.items():
        text = text.replace(word, part)
    return text


def _indented(text: str, by: int) -> str:
    return text.replace("\n", "\n" + " " * by).rstrip()


def fleet(drawn: Drawn) -> str:
    """All of a fleet's objects."""
    d = drawn
    task = _template("task", annotations=f", annotations: {d.run}", restart="Never")
    tick = _template("tick", annotations=f", annotations: {{k8snb.dev/run: '{d.tick}'}}", restart="Never")
    documents = [
        LATE,
        WEB % d.web + _template("web"),
        DB % (d.db, d.policy, d.db_update, d.start, d.retention, d.of_class) + _template("db", extra=MOUNT),
        AGENT % d.daemon_update + _template("agent"),
        TASK % (d.parallelism, d.completion_mode) + task,
        BARE % d.bare + _template("bare", extra=PROBES),
        OLD % d.old + _template("old", extra=PROBES),
        TICK % d.concurrency + _indented(tick, 4),
        *[BUDGET % (name, bound, name) for name, bound in zip(("web", "db"), d.bounds, strict=True)],
    ]
    return "\n---\n".join(documents)
