"""Right manifests that tests make wrong ones of: many kinds, and in them most structures of the API."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]

CONTAINER: Body = {
    "name": "main",
    "image": "nginx:1",
    "command": ["sh", "-c"],
    "args": ["sleep 5"],
    "ports": [{"name": "http", "containerPort": 80, "protocol": "TCP"}],
    "env": [
        {"name": "A", "value": "1"},
        {"name": "B", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "a", "optional": True}}},
        {"name": "C", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
    ],
    "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": 1, "memory": "128Mi"}},
    "readinessProbe": {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 5},
    "livenessProbe": {"exec": {"command": ["true"]}, "initialDelaySeconds": 1},
    "lifecycle": {"preStop": {"exec": {"command": ["sleep", "1"]}}},
    "volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "settings", "mountPath": "/etc/x"}],
    "securityContext": {"runAsUser": 1000, "capabilities": {"drop": ["ALL"]}},
}
POD_SPEC: Body = {
    "initContainers": [{"name": "init", "image": "busybox"}],
    "containers": [CONTAINER],
    "volumes": [
        {"name": "data", "emptyDir": {"sizeLimit": "1Gi"}},
        {"name": "settings", "configMap": {"name": "settings", "items": [{"key": "a", "path": "a"}]}},
    ],
    "nodeSelector": {"kubernetes.io/os": "linux"},
    "tolerations": [{"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}],
    "affinity": {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["b"]}]}]
            }
        },
        "podAntiAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {
                    "weight": 1,
                    "podAffinityTerm": {
                        "topologyKey": "kubernetes.io/hostname",
                        "labelSelector": {"matchLabels": {"app": "web"}},
                    },
                }
            ]
        },
    },
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"app": "web"}},
        }
    ],
    "terminationGracePeriodSeconds": 1,
    "securityContext": {"fsGroup": 5},
    "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a.b"]}],
}


def _template(**spec: Any) -> Body:
    return {"metadata": {"labels": {"app": "web"}, "annotations": {"a": "b"}}, "spec": {**POD_SPEC, **spec}}


def _object(version: str, kind: str, **fields: Any) -> Body:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "x", "labels": {"app": "web"}}, **fields}


_SELECTOR = {"matchLabels": {"app": "web"}}

DEPLOYMENT = _object(
    "apps/v1",
    "Deployment",
    spec={
        "replicas": 2,
        "selector": _SELECTOR,
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": "25%"}},
        "minReadySeconds": 1,
        "progressDeadlineSeconds": 60,
        "revisionHistoryLimit": 3,
        "template": _template(),
    },
)
POD = _object("v1", "Pod", spec=POD_SPEC)
SERVICE = _object(
    "v1",
    "Service",
    spec={
        "type": "NodePort",
        "selector": {"app": "web"},
        "ports": [{"name": "http", "port": 80, "targetPort": "http", "nodePort": 30080}],
        "sessionAffinity": "ClientIP",
        "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 5}},
    },
)
MANIFESTS: dict[str, Body] = {
    "deployment": DEPLOYMENT,
    "pod": POD,
    "service": SERVICE,
    "replicaset": _object(
        "apps/v1", "ReplicaSet", spec={"replicas": 1, "selector": _SELECTOR, "template": _template()}
    ),
    "configmap": _object("v1", "ConfigMap", data={"a": "b"}, binaryData={"c": "AAEC"}),
    "secret": _object("v1", "Secret", type="Opaque", data={"a": "Yg=="}, stringData={"c": "d"}),
    "namespace": _object("v1", "Namespace", spec={"finalizers": ["kubernetes"]}),
    "quota": _object(
        "v1", "ResourceQuota", spec={"hard": {"pods": 5, "requests.cpu": "1"}, "scopes": ["NotBestEffort"]}
    ),
    "daemonset": _object("apps/v1", "DaemonSet", spec={"selector": _SELECTOR, "template": _template()}),
    "statefulset": _object(
        "apps/v1",
        "StatefulSet",
        spec={
            "replicas": 1,
            "serviceName": "x",
            "selector": _SELECTOR,
            "template": _template(),
            "volumeClaimTemplates": [
                {
                    "metadata": {"name": "claim"},
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
                }
            ],
        },
    ),
    "job": _object(
        "batch/v1",
        "Job",
        spec={"completions": 2, "parallelism": 1, "backoffLimit": 1, "template": _template(restartPolicy="Never")},
    ),
    "cronjob": _object(
        "batch/v1",
        "CronJob",
        spec={
            "schedule": "*/5 * * * *",
            "jobTemplate": {"spec": {"template": _template(restartPolicy="OnFailure")}},
        },
    ),
    "budget": _object("policy/v1", "PodDisruptionBudget", spec={"minAvailable": "50%", "selector": _SELECTOR}),
    "node": _object(
        "v1", "Node", spec={"taints": [{"key": "a", "effect": "NoSchedule"}]}, status={"capacity": {"cpu": 4}}
    ),
    "claim": _object(
        "v1",
        "PersistentVolumeClaim",
        spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    ),
    "priorityclass": _object("scheduling.k8s.io/v1", "PriorityClass", value=5),
    "legacy": {
        **_object("extensions/v1beta1", "Deployment"),
        "spec": {"replicas": 1, "rollbackTo": None, "template": _template()},
    },
}
