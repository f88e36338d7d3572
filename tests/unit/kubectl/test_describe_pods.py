"""Descriptions of pods and their parts."""

from __future__ import annotations

from typing import Any

import pytest
from kubectl_objects import described, make, NOW_MS, owned_by, serve

from k8snb.kubectl.describe import describe


def section(found: list[str], first: str, last: str) -> list[str]:
    """The lines from one to before another."""
    return found[found.index(first) : found.index(last)]


CONTAINER: dict[str, Any] = {"name": "nginx", "image": "nginx:1.7.9"}


def pod(spec: dict[str, Any] | None = None, metadata: dict[str, Any] | None = None, **status: Any) -> Any:
    return make("Pod", "web-1", metadata, spec={"containers": [CONTAINER], **(spec or {})}, status=status)


RESTARTED = {
    "name": "nginx",
    "containerID": "sim://x/0",
    "image": "nginx:1.7.9",
    "imageID": "sim://nginx:1.7.9",
    "ready": True,
    "restartCount": 1,
    "state": {"running": {"startedAt": "2026-01-01T00:00:14Z"}},
    "lastState": {
        "terminated": {
            "exitCode": 137,
            "signal": 9,
            "reason": "Error",
            "message": "gone",
            "startedAt": "2026-01-01T00:00:12Z",
            "finishedAt": "2026-01-01T00:00:13Z",
        }
    },
}

RUNNING_POD = [
    "Name: web-1",
    "Namespace: default",
    "Priority: 0",
    "Node: node-1/",
    "Start Time: Thu, 01 Jan 2026 00:00:11 +0000",
    "Labels: a=1",
    "b=2",
    "Annotations: <none>",
    "Status: Running",
    "IP: 10.0.0.1",
    "IPs:",
    "IP: 10.0.0.1",
    "Controlled By: ReplicaSet/web-5d4",
    "Containers:",
    "nginx:",
    "Container ID: sim://x/0",
    "Image: nginx:1.7.9",
    "Image ID: sim://nginx:1.7.9",
    "Port: <none>",
    "Host Port: <none>",
    "State: Running",
    "Started: Thu, 01 Jan 2026 00:00:14 +0000",
    "Last State: Terminated",
    "Reason: Error",
    "Message: gone",
    "Exit Code: 137",
    "Signal: 9",
    "Started: Thu, 01 Jan 2026 00:00:12 +0000",
    "Finished: Thu, 01 Jan 2026 00:00:13 +0000",
    "Ready: True",
    "Restart Count: 1",
    "Environment: <none>",
    "Mounts: <none>",
    "Conditions:",
    "Type Status",
    "Ready True",
    "Volumes: <none>",
    "QoS Class: Burstable",
    "Node-Selectors: <none>",
    "Tolerations: a:NoExecute op=Exists",
    "Events: <none>",
]


def test_a_running_pod() -> None:
    given = pod(
        {
            "nodeName": "node-1",
            "priority": 0,
            "tolerations": [{"key": "a", "operator": "Exists", "effect": "NoExecute"}],
        },
        {"labels": {"b": "2", "a": "1"}, **owned_by("ReplicaSet", "web-5d4")},
        phase="Running",
        startTime="2026-01-01T00:00:11Z",
        podIP="10.0.0.1",
        podIPs=[{"ip": "10.0.0.1"}],
        qosClass="Burstable",
        conditions=[{"type": "Ready", "status": "True"}],
        containerStatuses=[RESTARTED],
    )
    assert described(given) == RUNNING_POD


def test_layout() -> None:
    text = describe(serve(), pod({"nodeName": "node-1"}, phase="Pending"), NOW_MS, show_events=False)
    assert text.splitlines()[:6] == [
        "Name:         web-1",
        "Namespace:    default",
        "Node:         node-1/",
        "Labels:       <none>",
        "Annotations:  <none>",
        "Status:       Pending",
    ]
    assert "    Host Port:    <none>\n" in text


def test_a_pod_that_waits_or_goes() -> None:
    waiting = {"name": "nginx", "ready": False, "restartCount": 0, "image": "", "imageID": ""}
    found = described(
        pod(containerStatuses=[{**waiting, "state": {"waiting": {"reason": "ErrImagePull"}}}], phase="Pending")
    )
    assert "Node: <none>" in found
    assert section(found, "State: Waiting", "Restart Count: 0") == [
        "State: Waiting",
        "Reason: ErrImagePull",
        "Ready: False",
    ]
    deleted = {"deletionTimestamp": "2026-01-01T00:00:50Z", "deletionGracePeriodSeconds": 30}
    found = described(pod(metadata=deleted, phase="Running", reason="NodeLost", message="Node is lost"))
    assert section(found, "Status: Terminating (lasts 10s)", "IP:") == [
        "Status: Terminating (lasts 10s)",
        "Termination Grace Period: 30s",
        "Reason: NodeLost",
        "Message: Node is lost",
    ]


def test_annotations() -> None:
    given = {
        "kubectl.kubernetes.io/last-applied-configuration": "{}",
        "short": "x",
        "two": "one\ntwo",
        "long": "y" * 200,
    }
    found = describe(serve(), make("ConfigMap", metadata={"annotations": given}), NOW_MS, show_events=False)
    assert found.split("\n\n")[0].splitlines()[3:] == [
        "Annotations:  long:",
        f"                {'y' * 138}...",
        "              short: x",
        "              two:",
        "                one",
        "                two",
    ]


GIVEN_MUCH = {
    **CONTAINER,
    "command": ["sh", "-c"],
    "args": ["one\ntwo"],
    "ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 53, "hostPort": 5353, "protocol": "UDP"}],
    "resources": {"limits": {"memory": "64Mi", "cpu": "1500m"}, "requests": {"cpu": "100m"}},
    "envFrom": [
        {"configMapRef": {"name": "conf", "optional": True}},
        {"prefix": "P_", "secretRef": {"name": "secret"}},
    ],
    "env": [
        {"name": "PLAIN", "value": "a\nb"},
        {"name": "NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "LABEL", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['app']"}}},
        {"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
        {"name": "MEM", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory", "divisor": "1Mi"}}},
        {"name": "DISK", "valueFrom": {"resourceFieldRef": {"resource": "limits.ephemeral-storage"}}},
        {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "secret", "key": "k", "optional": True}}},
        {"name": "CONF", "valueFrom": {"configMapKeyRef": {"name": "conf", "key": "k"}}},
    ],
    "volumeMounts": [
        {"name": "b", "mountPath": "/b", "readOnly": True},
        {"name": "a", "mountPath": "/a", "subPath": "x"},
    ],
    "volumeDevices": [{"name": "c", "devicePath": "/dev/c"}],
}


def test_what_a_container_is_given() -> None:
    found = described(pod({"containers": [GIVEN_MUCH]}, {"labels": {"app": "web"}}))
    assert section(found, "Ports: 80/TCP (http), 53/UDP", "Volumes: <none>") == [
        "Ports: 80/TCP (http), 53/UDP",
        "Host Ports: 0/TCP (http), 5353/UDP",
        "Command:",
        "sh",
        "-c",
        "Args:",
        "one",
        "two",
        "Limits:",
        "cpu: 1500m",
        "memory: 64Mi",
        "Requests:",
        "cpu: 100m",
        "memory: 64Mi",
        "Environment Variables from:",
        "conf ConfigMap Optional: true",
        "secret Secret with prefix 'P_' Optional: false",
        "Environment:",
        "PLAIN: a",
        "b",
        "NAME: web-1 (v1:metadata.name)",
        "LABEL: (v1:metadata.labels['app'])",
        "CPU: 2 (limits.cpu)",
        "MEM: 64 (limits.memory)",
        "DISK: 0 (limits.ephemeral-storage)",
        "KEY: <set to the key 'k' in secret 'secret'> Optional: true",
        "CONF: <set to the key 'k' of config map 'conf'> Optional: false",
        "Mounts:",
        '/a from a (rw,path="x")',
        "/b from b (ro)",
        "Devices:",
        "/dev/c from c",
    ]


@pytest.mark.parametrize(
    ("probe", "text"),
    [
        ({"exec": {"command": ["cat", "/x"]}}, "exec [cat /x]"),
        ({"httpGet": {"path": "/health z", "port": 80}}, "http-get http://:80/health%20z"),
        ({"httpGet": {"host": "h", "port": "web", "scheme": "HTTPS"}}, "http-get https://h:web/"),
        ({"tcpSocket": {"port": 53}}, "tcp-socket :53"),
        ({"grpc": {"port": 9, "service": "s"}}, "grpc <pod>:9 s"),
    ],
)
def test_probes(probe: dict[str, Any], text: str) -> None:
    found = described(pod({"containers": [{**CONTAINER, "livenessProbe": {**probe, "initialDelaySeconds": 5}}]}))
    assert f"Liveness: {text} delay=5s timeout=1s period=10s #success=1 #failure=3" in found


VOLUMES = [
    (
        {"emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}},
        ["EmptyDir (a temporary directory that shares a pod's lifetime)", "Medium: Memory", "SizeLimit: 1Gi"],
    ),
    (
        {"hostPath": {"path": "/x", "type": "Directory"}},
        ["HostPath (bare host directory volume)", "Path: /x", "HostPathType: Directory"],
    ),
    ({"secret": {"secretName": "s"}}, ["Secret (a volume populated by a Secret)", "SecretName: s", "Optional: false"]),
    (
        {"configMap": {"name": "c", "optional": True}},
        ["ConfigMap (a volume populated by a ConfigMap)", "Name: c", "Optional: true"],
    ),
    (
        {"persistentVolumeClaim": {"claimName": "data"}},
        [
            "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
            "ClaimName: data",
            "ReadOnly: false",
        ],
    ),
    (
        {"downwardAPI": {"items": [{"path": "p", "fieldRef": {"fieldPath": "metadata.name"}}]}},
        ["DownwardAPI (a volume populated by information about the pod)", "Items:", "metadata.name -> p"],
    ),
    (
        {
            "projected": {
                "sources": [
                    {"configMap": {"name": "c"}},
                    {"serviceAccountToken": {"path": "t"}},
                    {"secret": {"name": "s"}},
                ]
            }
        },
        [
            "Projected (a volume that contains injected data from multiple sources)",
            "ConfigMapName: c",
            "Optional: false",
            "TokenExpirationSeconds: 3600",
            "SecretName: s",
            "Optional: false",
        ],
    ),
    (
        {"csi": {"driver": "d", "volumeAttributes": {"b": "2", "a": "1"}}},
        [
            "CSI (a Container Storage Interface (CSI) volume source)",
            "Driver: d",
            "FSType:",
            "ReadOnly: false",
            "VolumeAttributes: a=1",
            "b=2",
        ],
    ),
    (
        {"image": {"reference": "r:1"}},
        ["Image (a container image or OCI artifact)", "Reference: r:1", "PullPolicy: IfNotPresent"],
    ),
    (
        {"nfs": {"server": "s", "path": "/p"}},
        ["NFS (an NFS mount that lasts the lifetime of a pod)", "Server: s", "Path: /p", "ReadOnly: false"],
    ),
]


@pytest.mark.parametrize(("source", "text"), VOLUMES, ids=[next(iter(source)) for source, _ in VOLUMES])
def test_volumes(source: dict[str, Any], text: list[str]) -> None:
    found = described(pod({"volumes": [{"name": "v", **source}]}))
    assert section(found, "Volumes:", "QoS Class: BestEffort") == ["Volumes:", "v:", f"Type: {text[0]}", *text[1:]]


def test_placement() -> None:
    spread = {
        "maxSkew": 1,
        "topologyKey": "zone",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"a": "1"}},
    }
    spec = {
        "nodeSelector": {"disk": "ssd"},
        "topologySpreadConstraints": [spread],
        "readinessGates": [{"conditionType": "x/y"}],
        "tolerations": [{"operator": "Exists"}, {"key": "k", "value": "v", "effect": "NoSchedule"}],
        "initContainers": [{"name": "setup", "image": "i"}],
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "serviceAccountName": "robot",
    }
    found = described(pod(spec), show_events=False)
    assert "Service Account: robot" in found
    assert "SeccompProfile: RuntimeDefault" in found
    assert section(found, "Init Containers:", "Containers:")[:3] == ["Init Containers:", "setup:", "Image: i"]
    assert section(found, "Readiness Gates:", "Volumes: <none>") == ["Readiness Gates:", "Type Status", "x/y <none>"]
    assert found[-4:] == [
        "Node-Selectors: disk=ssd",
        "Tolerations: op=Exists",
        "k=v:NoSchedule",
        "Topology Spread Constraints: zone:DoNotSchedule when max skew 1 is exceeded for selector a=1",
    ]


@pytest.mark.parametrize(
    ("resources", "quality"),
    [
        ([{}, {}], "BestEffort"),
        ([{"requests": {"cpu": "1"}}, {}], "Burstable"),
        ([{"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Gi"}}], "Guaranteed"),
        ([{"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m", "memory": "1Gi"}}], "Burstable"),
        ([{"limits": {"cpu": "1"}, "requests": {"cpu": "1"}}], "Burstable"),
        ([{"requests": {"ephemeral-storage": "1Gi"}}], "BestEffort"),
    ],
)
def test_quality_of_service(resources: list[dict[str, Any]], quality: str) -> None:
    containers = [{"name": f"c{i}", "image": "x", "resources": r} for i, r in enumerate(resources)]
    assert f"QoS Class: {quality}" in described(pod({"containers": containers}))


def event(name: str, reason: str, **more: Any) -> Any:
    about = {"kind": "Pod", "name": "web-1", "namespace": "default", "uid": "uid-web-1", **more.pop("about", {})}
    return make("Event", name, involvedObject=about, reason=reason, type="Normal", **more)


def test_events() -> None:
    source = {"source": {"component": "kubelet"}}
    events = [
        event(
            "e1",
            "Late",
            message=" m ",
            count=1,
            firstTimestamp="2026-01-01T00:00:55Z",
            lastTimestamp="2026-01-01T00:00:55Z",
            **source,
        ),
        event(
            "e2",
            "Often",
            message="m",
            count=3,
            firstTimestamp="2026-01-01T00:00:50Z",
            lastTimestamp="2026-01-01T00:00:54Z",
            **source,
        ),
        event("e3", "New", message="m", eventTime="2026-01-01T00:00:59.000000Z", reportingComponent="sched"),
        event(
            "e4",
            "Part",
            message="m",
            lastTimestamp="2026-01-01T00:00:56Z",
            about={"fieldPath": "spec.containers{nginx}"},
        ),
        event("e5", "OtherPod", about={"name": "web-2"}),
        event("e6", "EarlierPod", about={"uid": "uid-of-another"}),
    ]
    found = described(pod(), *events)
    assert found[found.index("Events:") :] == [
        "Events:",
        "Type Reason Age From Message",
        "---- ------ ---- ---- -------",
        "Normal New 1s sched m",
        "Normal Often 6s (x3 over 10s) kubelet m",
        "Normal Late 5s kubelet m",
        "Normal Part <unknown> spec.containers{nginx}: m",
    ]
    assert "Events:" not in " ".join(described(pod(), *events, show_events=False))
