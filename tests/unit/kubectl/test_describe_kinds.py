"""Descriptions of nodes, namespaces, configuration, storage and the rest."""

from __future__ import annotations

import pytest
from kubectl_objects import described, make, NOW_MS, owned_by, SELECTOR, serve, TEMPLATE

from k8snb.api.resources import RESOURCES
from k8snb.kubectl.describe import describe
from k8snb.kubectl.describe.generic import smart_label

HEAD = ["Name: web", "Namespace: default"]
PLAIN = ["Labels: <none>", "Annotations: <none>"]
CREATED = "CreationTimestamp: Thu, 01 Jan 2026 00:00:10 +0000"


def test_node() -> None:
    amounts = {"cpu": "4", "memory": "8Gi", "pods": "110", "example.org/gpu": "2"}
    taints = [{"key": "b", "value": "v", "effect": "NoSchedule"}, {"key": "a", "effect": "NoExecute"}]
    condition = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "fine"}
    status = {"capacity": amounts, "allocatable": amounts, "conditions": [condition]}
    node = make("Node", "node-1", spec={"taints": taints}, status=status)
    lease = make("Lease", "node-1", {"namespace": "kube-node-lease"}, spec={"holderIdentity": "node-1"})
    resources = {"requests": {"cpu": "1", "memory": "1Gi", "example.org/gpu": "1"}, "limits": {"example.org/gpu": "1"}}
    setup = {"name": "setup", "image": "x", "resources": {"requests": {"cpu": "3"}}}
    spec = {
        "nodeName": "node-1",
        "initContainers": [setup],
        "containers": [{"name": "c", "image": "x", "resources": resources}],
    }
    pods = [make("Pod", n, spec=spec, status={"phase": p}) for n, p in (("one", "Running"), ("two", "Succeeded"))]
    found = described(node, lease, *pods)
    assert found[:14] == [
        "Name: node-1",
        "Roles: <none>",
        *PLAIN,
        CREATED,
        "Taints: a:NoExecute",
        "b=v:NoSchedule",
        "Unschedulable: false",
        "Lease:",
        "HolderIdentity: node-1",
        "AcquireTime: <unset>",
        "RenewTime: <unset>",
        "Conditions:",
        "Type Status LastHeartbeatTime LastTransitionTime Reason Message",
    ]
    year_one = "Mon, 01 Jan 0001 00:00:00 +0000"
    assert found[15] == f"Ready True {year_one} {year_one} KubeletReady fine"
    assert found[found.index("Non-terminated Pods: (1 in total)") :] == [
        "Non-terminated Pods: (1 in total)",
        "Namespace Name CPU Requests CPU Limits Memory Requests Memory Limits Age",
        "--------- ---- ------------ ---------- --------------- ------------- ---",
        "default one 3 (75%) 0 (0%) 1Gi (12%) 0 (0%) 50s",
        "Allocated resources:",
        "(Total limits may be over 100 percent, i.e., overcommitted.)",
        "Resource Requests Limits",
        "-------- -------- ------",
        "cpu 3 (75%) 0 (0%)",
        "memory 1Gi (12%) 0 (0%)",
        "ephemeral-storage 0 (0%) 0 (0%)",
        "example.org/gpu 1 1",
        "Events: <none>",
    ]
    assert 'Lease: Failed to get lease: leases.coordination.k8s.io "node-1" not found' in described(node)


def test_namespace_with_quotas_and_limits() -> None:
    space = make("Namespace", "default", status={"phase": "Active"})
    assert described(space)[-2:] == ["No resource quota.", "No LimitRange resource."]
    hard = {"pods": "5", "requests.memory": "1Gi"}
    quota = make(
        "ResourceQuota", spec={"hard": hard, "scopes": ["BestEffort"]}, status={"hard": hard, "used": {"pods": "3"}}
    )
    limits = make(
        "LimitRange", spec={"limits": [{"type": "Pod", "max": {"cpu": "2"}, "min": {"cpu": "100m", "memory": "1Mi"}}]}
    )
    scope = (
        "* Matches all pods that do not have resource requirements set. "
        "These pods have a best effort quality of service."
    )
    found = described(space, quota, limits)
    assert found[found.index("Status: Active") + 1 :] == [
        "Resource Quotas",
        "Name: web",
        "Scopes: BestEffort",
        scope,
        "Resource Used Hard",
        "-------- --- ---",
        "pods 3 5",
        "requests.memory 0 1Gi",
        "Resource Limits",
        "Type Resource Min Max Default Request Default Limit Max Limit/Request Ratio",
        "---- -------- --- --- --------------- ------------- -----------------------",
        "Pod cpu 100m 2 - - -",
        "Pod memory 1Mi - - - -",
    ]
    assert described(quota) == [
        *HEAD,
        "Scopes: BestEffort",
        scope,
        "Resource Used Hard",
        "-------- ---- ----",
        "pods 3 5",
        "requests.memory 0 1Gi",
    ]
    assert described(limits)[4:] == ["Pod cpu 100m 2 - - -", "Pod memory 1Mi - - - -"]


def test_configuration() -> None:
    conf = make("ConfigMap", data={"mode": "fast", "file": "one\ntwo\n"}, binaryData={"b": "AAEC"})
    text = describe(serve(conf), conf, NOW_MS)
    assert text.endswith(
        "\nData\n====\nfile:\n----\none\ntwo\n\n\nmode:\n----\nfast\n\n"
        "\nBinaryData\n====\nb: 3 bytes\n\nEvents:  <none>\n"
    )
    token = make("Secret", type="kubernetes.io/service-account-token", data={"token": "aGk=", "ca": "aGVsbG8="})
    assert described(token) == [
        *HEAD,
        *PLAIN,
        "Type: kubernetes.io/service-account-token",
        "Data",
        "====",
        "ca: 5 bytes",
        "token: hi",
    ]
    robot = make("ServiceAccount", imagePullSecrets=[{"name": "a"}, {"name": "b"}])
    assert described(robot)[4:] == ["Image pull secrets: a", "b", "Events: <none>"]
    assert described(make("ServiceAccount"))[4] == "Image pull secrets: <none>"


def test_classes() -> None:
    high = make("PriorityClass", value=9, description="first")
    assert described(high) == [
        "Name: web",
        "Value: 9",
        "GlobalDefault: false",
        "PreemptionPolicy: PreemptLowerPriority",
        "Description: first",
        "Annotations: <none>",
        "Events: <none>",
    ]
    fast = make("StorageClass", provisioner="p", parameters={"a": "1"}, mountOptions=["ro"], allowVolumeExpansion=True)
    assert described(fast) == [
        "Name: web",
        "IsDefaultClass: No",
        "Annotations: <none>",
        "Provisioner: p",
        "Parameters: a=1",
        "AllowVolumeExpansion: True",
        "MountOptions:",
        "ro",
        "ReclaimPolicy: Delete",
        "VolumeBindingMode: Immediate",
        "Events: <none>",
    ]


def test_storage() -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "volumeName": "pv", "storageClassName": "fast"}
    status = {"phase": "Bound", "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"]}
    claim = make(
        "PersistentVolumeClaim", "data", {"finalizers": ["kubernetes.io/pvc-protection"]}, spec=spec, status=status
    )
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]
    users = [make("Pod", name, spec={**TEMPLATE["spec"], "volumes": volumes}) for name in ("b", "a")]
    assert described(claim, *users) == [
        "Name: data",
        "Namespace: default",
        "StorageClass: fast",
        "Status: Bound",
        "Volume: pv",
        *PLAIN,
        "Finalizers: [kubernetes.io/pvc-protection]",
        "Capacity: 1Gi",
        "Access Modes: RWO",
        "VolumeMode: Filesystem",
        "Used By: a",
        "b",
        "Events: <none>",
    ]
    terms = [
        {
            "matchExpressions": [
                {"key": "zone", "operator": "In", "values": ["x", "y"]},
                {"key": "a", "operator": "Exists"},
            ]
        }
    ]
    spec = {
        "capacity": {"storage": "1Gi"},
        "accessModes": ["ReadWriteMany"],
        "claimRef": {"namespace": "default", "name": "data"},
        "nodeAffinity": {"required": {"nodeSelectorTerms": terms}},
        "local": {"path": "/disk"},
    }
    volume = make("PersistentVolume", "pv", {"deletionTimestamp": "2026-01-01T00:00:55Z"}, spec=spec)
    assert described(volume)[3:] == [
        "Finalizers: []",
        "StorageClass:",
        "Status: Terminating (lasts 5s)",
        "Claim: default/data",
        "Reclaim Policy: Retain",
        "Access Modes: RWX",
        "VolumeMode: Filesystem",
        "Capacity: 1Gi",
        "Node Affinity:",
        "Required Terms:",
        "Term 0: zone in [x, y]",
        "a exists",
        "Message:",
        "Source:",
        "Type: LocalVolume (a persistent volume backed by local storage on a node)",
        "Path: /disk",
        "Events: <none>",
    ]


def test_disruption_budget() -> None:
    budget = make(
        "PodDisruptionBudget",
        spec={"minAvailable": 2, "selector": SELECTOR},
        status={"disruptionsAllowed": 1, "currentHealthy": 3},
    )
    assert described(budget) == [
        *HEAD,
        "Min available: 2",
        "Selector: app=web",
        "Status:",
        "Allowed disruptions: 1",
        "Current: 3",
        "Desired: 0",
        "Total: 0",
        "Events: <none>",
    ]


def test_kinds_without_a_description_of_their_own() -> None:
    revision = make(
        "ControllerRevision", "web-5d", owned_by("StatefulSet", "web"), revision=2, data={"spec": {"a": [1, "b"]}}
    )
    assert described(revision) == [
        "Name: web-5d",
        "Namespace: default",
        *PLAIN,
        "API Version: apps/v1",
        "Data:",
        "Spec:",
        "A:",
        "1",
        "b",
        "Kind: ControllerRevision",
        "Metadata:",
        "Creation Timestamp: 2026-01-01T00:00:10Z",
        "Owner References:",
        "API Version: apps/v1",
        "Controller: true",
        "Kind: StatefulSet",
        "Name: web",
        "UID: uid-web",
        "UID: uid-web-5d",
        "Revision: 2",
        "Events: <none>",
    ]


@pytest.mark.parametrize(
    ("field", "label"),
    [
        ("podIP", "Pod IP"),
        ("hostIPs", "Host I Ps"),
        ("uid", "UID"),
        ("x.y", "x.y"),
        ("HTTPGet", "HTTPGet"),
        ("a-b", "A - B"),
    ],
)
def test_labels_of_fields(field: str, label: str) -> None:
    assert smart_label(field) == label


@pytest.mark.parametrize("kind", [r.kind for r in RESOURCES])
def test_every_kind_can_be_described_and_printed(kind: str) -> None:
    assert described(make(kind))[0] == "Name: web"
