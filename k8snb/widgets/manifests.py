"""What the labs start with when nobody gives them anything: small manifests, and the nodes for them."""

from __future__ import annotations

from collections.abc import Sequence

from k8snb.nodes import NodeDescription

THREE_ZONES: Sequence[NodeDescription] = tuple(
    {"name": f"node-{number}", "zone": zone} for number, zone in enumerate("abc", 1)
)

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: nginx
        image: nginx:1.25
        resources: {requests: {cpu: 500m}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
"""

DATABASE = """\
apiVersion: v1
kind: Service
metadata: {name: db}
spec:
  clusterIP: None
  selector: {app: db}
  ports: [{port: 5432}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 4
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - name: postgres
        image: postgres:16.1
        resources: {requests: {cpu: "1"}}
        volumeMounts: [{name: data, mountPath: /var/lib/postgresql/data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 10Gi}}
"""

AGENT_LABELS = {"monitored": "true"}
FIVE_NODES: Sequence[NodeDescription] = (
    {"name": "node-1", "zone": "a", "labels": AGENT_LABELS},
    {"name": "node-2", "zone": "a", "labels": AGENT_LABELS, "taints": ["dedicated=db:NoSchedule"]},
    {"name": "node-3", "zone": "b", "labels": AGENT_LABELS},
    {"name": "node-4", "zone": "b", "labels": AGENT_LABELS},
    {"name": "node-5", "zone": "c"},
)

AGENT = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  updateStrategy: {rollingUpdate: {maxUnavailable: 1}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      nodeSelector: {monitored: "true"}
      containers:
      - name: agent
        image: agent:1.4
        resources: {requests: {cpu: 200m}}
        volumeMounts: [{name: logs, mountPath: /var/log}]
      volumes:
      - {name: logs, hostPath: {path: /var/log}}
"""

WORK = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: work
  annotations: {k8snb.dev/failure-rate: "20", k8snb.dev/seed: "2"}
spec:
  completions: 8
  parallelism: 2
  backoffLimit: 6
  template:
    metadata:
      annotations:
        k8snb.dev/run: "4"
        k8snb.dev/exit: "0,1,0,0,0,1,0,0,0,0,0,1,0,0,0,0"
    spec:
      restartPolicy: Never
      containers:
      - name: work
        image: worker:1.0
        resources: {requests: {cpu: "1"}}
"""

TICK = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        metadata: {annotations: {k8snb.dev/run: "10"}}
        spec: {restartPolicy: Never, containers: [{name: c, image: 'busybox:1'}]}
"""
