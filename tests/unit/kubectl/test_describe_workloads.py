"""Descriptions of workloads and services."""

from __future__ import annotations

from typing import Any

import pytest
from kubectl_objects import described, make, owned_by, SELECTOR, TEMPLATE

TEMPLATE_LINES = [
    "Pod Template:",
    "Labels: app=web",
    "Containers:",
    "nginx:",
    "Image: nginx:1.7.9",
    "Port: <none>",
    "Host Port: <none>",
    "Environment: <none>",
    "Mounts: <none>",
    "Volumes: <none>",
    "Node-Selectors: <none>",
    "Tolerations: <none>",
]
HEAD = ["Name: web", "Namespace: default"]
PLAIN = ["Labels: <none>", "Annotations: <none>"]
CREATED = "CreationTimestamp: Thu, 01 Jan 2026 00:00:10 +0000"
WORKLOAD = {"selector": SELECTOR, "template": TEMPLATE}


def replica_set(name: str, image: str, hash_label: str, created: str, replicas: int) -> Any:
    labels = {"app": "web", "pod-template-hash": hash_label}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "nginx", "image": image}]}}
    meta = {"labels": labels, "creationTimestamp": created, **owned_by("Deployment", "web")}
    spec = {"replicas": replicas, "selector": SELECTOR, "template": template}
    return make("ReplicaSet", name, meta, spec=spec, status={"replicas": replicas})


def test_deployment() -> None:
    conditions = [{"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"}]
    status = {
        "replicas": 3,
        "updatedReplicas": 1,
        "availableReplicas": 2,
        "unavailableReplicas": 1,
        "conditions": conditions,
    }
    web = make("Deployment", spec={"replicas": 2, "minReadySeconds": 1, **WORKLOAD}, status=status)
    old = [replica_set(n, n, n, f"2026-01-01T00:00:{t}Z", 1) for n, t in (("b", 11), ("a", 12))]
    new = replica_set("c", "nginx:1.7.9", "c", "2026-01-01T00:00:13Z", 1)
    assert described(web, *old, new) == [
        *HEAD,
        CREATED,
        *PLAIN,
        "Selector: app=web",
        "Replicas: 2 desired | 1 updated | 3 total | 2 available | 1 unavailable",
        "StrategyType: RollingUpdate",
        "MinReadySeconds: 1",
        "RollingUpdateStrategy: 25% max unavailable, 25% max surge",
        *TEMPLATE_LINES,
        "Conditions:",
        "Type Status Reason",
        "---- ------ ------",
        "Available True MinimumReplicasAvailable",
        "OldReplicaSets: b (1/1 replicas created), a (1/1 replicas created)",
        "NewReplicaSet: c (1/1 replicas created)",
        "Events: <none>",
    ]
    assert not [line for line in described(web) if "ReplicaSet" in line]
    assert "NewReplicaSet: <none>" in described(web, old[0])


def test_replica_set_counts_its_own_pods() -> None:
    web = replica_set("web-1", "x", "1", "2026-01-01T00:00:11Z", 3)
    labels = {"labels": {"app": "web"}}
    pods = [
        make(
            "Pod",
            f"p{i}",
            labels | (owned_by("ReplicaSet", owner) if owner else {}),
            spec=TEMPLATE["spec"],
            status={"phase": phase},
        )
        for i, (owner, phase) in enumerate(
            [("web-1", "Running"), ("web-1", "Pending"), ("web-1", "Failed"), ("web-2", "Running"), ("", "Running")]
        )
    ]
    found = described(web, *pods)
    assert found[:8] == [
        "Name: web-1",
        "Namespace: default",
        "Selector: app=web",
        "Labels: app=web",
        "pod-template-hash=1",
        "Annotations: <none>",
        "Controlled By: Deployment/web",
        "Replicas: 3 current / 3 desired",
    ]
    assert found[8] == "Pods Status: 1 Running / 1 Waiting / 0 Succeeded / 1 Failed"


def test_other_workloads() -> None:
    none = "Pods Status: 0 Running / 0 Waiting / 0 Succeeded / 0 Failed"
    claims = [
        {
            "metadata": {"name": "data"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        }
    ]
    stateful = make("StatefulSet", spec={"serviceName": "web", **WORKLOAD, "volumeClaimTemplates": claims})
    assert described(stateful) == [
        *HEAD,
        CREATED,
        "Selector: app=web",
        *PLAIN,
        "Replicas: 1 desired | 0 total",
        "Update Strategy: RollingUpdate",
        "Partition: 0",
        none,
        *TEMPLATE_LINES,
        "Volume Claims:",
        "Name: data",
        "StorageClass:",
        *PLAIN,
        "Capacity: 1Gi",
        "Access Modes: [ReadWriteOnce]",
        "Events: <none>",
    ]
    daemon = make("DaemonSet", spec=WORKLOAD, status={"desiredNumberScheduled": 2})
    assert described(daemon) == [
        *HEAD,
        "Selector: app=web",
        "Node-Selector: <none>",
        *PLAIN,
        "Desired Number of Nodes Scheduled: 2",
        "Current Number of Nodes Scheduled: 0",
        "Number of Nodes Scheduled with Up-to-date Pods: 0",
        "Number of Nodes Scheduled with Available Pods: 0",
        "Number of Nodes Misscheduled: 0",
        none,
        *TEMPLATE_LINES,
        "Events: <none>",
    ]
    controller = make("ReplicationController", spec={"selector": {"app": "web"}, "template": TEMPLATE})
    assert described(controller)[2] == "Selector: app=web"
    assert described(controller)[5:7] == ["Replicas: 0 current / 1 desired", none]


def test_jobs() -> None:
    spec = {"completionMode": "Indexed", "completions": 3, "activeDeadlineSeconds": 60, **WORKLOAD}
    times = {"startTime": "2026-01-01T00:00:11Z", "completionTime": "2026-01-01T00:00:20Z"}
    job = make("Job", spec=spec, status={**times, "succeeded": 3, "ready": 0, "completedIndexes": "0-2"})
    found = described(job)
    assert found[: found.index("Pod Template:")] == [
        *HEAD,
        "Selector: app=web",
        "Labels: app=web",
        "Annotations: <none>",
        "Parallelism: 1",
        "Completions: 3",
        "Completion Mode: Indexed",
        "Suspend: false",
        f"Backoff Limit: {job.spec.backoff_limit}",
        "Start Time: Thu, 01 Jan 2026 00:00:11 +0000",
        "Completed At: Thu, 01 Jan 2026 00:00:20 +0000",
        "Duration: 9s",
        "Active Deadline Seconds: 60s",
        "Pods Statuses: 0 Active (0 Ready) / 3 Succeeded / 0 Failed",
        "Completed Indexes: 0-2",
    ]
    nightly = make("CronJob", spec={"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": TEMPLATE}}})
    found = described(nightly)
    assert found[: found.index("Pod Template:")] == [
        *HEAD,
        *PLAIN,
        "Schedule: 0 3 * * *",
        "Concurrency Policy: Allow",
        "Suspend: False",
        "Time Zone: <unset>",
        "Successful Job History Limit: 3",
        "Failed Job History Limit: 1",
        "Starting Deadline Seconds: <unset>",
        "Selector: <unset>",
        "Parallelism: <unset>",
        "Completions: <unset>",
    ]
    assert found[-3:] == ["Last Schedule Time: <unset>", "Active Jobs: <none>", "Events: <none>"]


def endpoint_slice(ready: list[bool | None], **more: Any) -> Any:
    endpoints = [{"addresses": [f"10.0.0.{i}"], "conditions": {"ready": r}} for i, r in enumerate(ready)]
    given = {"ports": [{"name": "", "port": 8080}], "addressType": "IPv4", "endpoints": endpoints, **more}
    return make("EndpointSlice", "web-x", {"labels": {"kubernetes.io/service-name": "web"}}, **given)


@pytest.mark.parametrize(
    ("slices", "text"),
    [
        ([], "<none>"),
        ([endpoint_slice([])], ""),
        ([endpoint_slice([True, False, None])], "10.0.0.0:8080,10.0.0.2:8080"),
        ([endpoint_slice([True] * 5)], "10.0.0.0:8080,10.0.0.1:8080,10.0.0.2:8080 + 2 more..."),
        ([endpoint_slice([True], ports=[])], "10.0.0.0"),
        ([endpoint_slice([True], ports=[{"name": "other", "port": 1}])], ""),
    ],
)
def test_endpoints_of_a_service(slices: list[Any], text: str) -> None:
    web = make("Service", spec={"ports": [{"port": 80}], "selector": {"app": "web"}})
    assert f"Endpoints: {text}".strip() in described(web, *slices)


def test_service() -> None:
    spec = {
        "type": "NodePort",
        "clusterIP": "10.96.0.9",
        "clusterIPs": ["10.96.0.9"],
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
        "ports": [{"name": "http", "port": 80, "targetPort": "web", "nodePort": 30080, "appProtocol": "h2c"}],
        "externalIPs": ["1.2.3.4"],
        "trafficDistribution": "PreferClose",
    }
    assert described(make("Service", spec=spec)) == [
        *HEAD,
        *PLAIN,
        "Selector: <none>",
        "Type: NodePort",
        "IP Family Policy: SingleStack",
        "IP Families: IPv4",
        "IP: 10.96.0.9",
        "IPs: 10.96.0.9",
        "External IPs: 1.2.3.4",
        "Port: http 80/TCP",
        "TargetPort: web/TCP",
        "AppProtocol: h2c",
        "NodePort: http 30080/TCP",
        "Endpoints: <none>",
        "Session Affinity: None",
        "External Traffic Policy: Cluster",
        "Internal Traffic Policy: Cluster",
        "Traffic Distribution: PreferClose",
        "Events: <none>",
    ]


def test_endpoint_slice() -> None:
    reference = {"kind": "Pod", "name": "web-1"}
    endpoints = [
        {"addresses": ["10.0.0.1"], "conditions": {"ready": False}, "targetRef": reference, "nodeName": "node-1"}
    ]
    found = described(endpoint_slice([], endpoints=endpoints))
    assert found[4:] == [
        "AddressType: IPv4",
        "Ports:",
        "Name Port Protocol",
        "---- ---- --------",
        "<unset> 8080 TCP",
        "Endpoints:",
        "- Addresses: 10.0.0.1",
        "Conditions:",
        "Ready: false",
        "Hostname: <unset>",
        "TargetRef: Pod/web-1",
        "NodeName: node-1",
        "Zone: <unset>",
        "Events: <none>",
    ]
