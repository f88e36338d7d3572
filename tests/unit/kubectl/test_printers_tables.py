"""The tables of ``kubectl get``."""

from __future__ import annotations

from typing import Any

import pytest
from kubectl_objects import make, NOW_MS, owned_by, SELECTOR, table, TEMPLATE

from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.printers import print_objects, PrintOptions
from k8snb.kubectl.printers.kinds.pods import status_word

RUNNING = {"running": {"startedAt": "2026-01-01T00:00:12Z"}}


def status(name: str = "nginx", ready: bool = False, restarts: int = 0, **state: Any) -> dict[str, Any]:
    last = {"lastState": state.pop("last")} if "last" in state else {}
    return {"name": name, "ready": ready, "restartCount": restarts, "image": "", "imageID": "", "state": state, **last}


def pod(name: str = "web-1", metadata: dict[str, Any] | None = None, spec: Any = None, **given: Any) -> Any:
    return make("Pod", name, metadata, spec=spec or TEMPLATE["spec"], status=given)


def ended(code: int, **more: Any) -> dict[str, Any]:
    return {"terminated": {"exitCode": code, **more}}


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"phase": "Pending"}, "Pending"),
        ({"phase": "Failed", "reason": "Evicted"}, "Evicted"),
        (
            {
                "phase": "Pending",
                "conditions": [{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}],
            },
            "SchedulingGated",
        ),
        ({"phase": "Running", "containerStatuses": [status(ready=True, **RUNNING)]}, "Running"),
        ({"phase": "Pending", "containerStatuses": [status(waiting={"reason": "ErrImagePull"})]}, "ErrImagePull"),
        ({"phase": "Running", "containerStatuses": [status(waiting={})]}, "Running"),
        ({"phase": "Succeeded", "containerStatuses": [status(**ended(0, reason="Completed"))]}, "Completed"),
        ({"phase": "Failed", "containerStatuses": [status(**ended(1, reason="Error"))]}, "Error"),
        ({"phase": "Failed", "containerStatuses": [status(**ended(3))]}, "ExitCode:3"),
        ({"phase": "Failed", "containerStatuses": [status(**ended(137, signal=9))]}, "Signal:9"),
        (
            {
                "phase": "Running",
                "containerStatuses": [
                    status(**ended(0, reason="Completed")),
                    status("other", ready=True, **RUNNING),
                ],
            },
            "NotReady",
        ),
        (
            {
                "phase": "Running",
                "conditions": [{"type": "Ready", "status": "True"}],
                "containerStatuses": [
                    status(**ended(0, reason="Completed")),
                    status("other", ready=True, **RUNNING),
                ],
            },
            "Running",
        ),
        (
            {
                "phase": "Failed",
                "containerStatuses": [
                    status(**ended(0, reason="Completed")),
                    status("other", **ended(1, reason="Error")),
                ],
            },
            "Error",
        ),
    ],
)
def test_status_of_a_pod(given: dict[str, Any], word: str) -> None:
    assert status_word(pod(**given)) == word


@pytest.mark.parametrize(
    ("init", "word"),
    [
        ([status("one", **RUNNING)], "Init:0/2"),
        ([status("one", **ended(0)), status("two", waiting={"reason": "PodInitializing"})], "Init:1/2"),
        ([status("one", waiting={"reason": "ImagePullBackOff"})], "Init:ImagePullBackOff"),
        ([status("one", **ended(1, reason="Error"))], "Init:Error"),
        ([status("one", **ended(2))], "Init:ExitCode:2"),
        ([status("one", **ended(2, signal=15))], "Init:Signal:15"),
    ],
)
def test_status_of_a_pod_that_initializes(init: list[Any], word: str) -> None:
    spec = {**TEMPLATE["spec"], "initContainers": [{"name": n, "image": "x"} for n in ("one", "two")]}
    waiting = status(waiting={"reason": "PodInitializing"})
    given = pod(spec=spec, phase="Pending", initContainerStatuses=init, containerStatuses=[waiting])
    assert status_word(given) == word


def test_deleted_pods() -> None:
    deleted = {"deletionTimestamp": "2026-01-01T00:00:50Z", "deletionGracePeriodSeconds": 30}
    assert status_word(pod(metadata=deleted, phase="Running")) == "Terminating"
    assert status_word(pod(metadata=deleted, phase="Succeeded")) == "Succeeded"
    assert status_word(pod(metadata=deleted, phase="Running", reason="NodeLost")) == "Unknown"


def test_restarts_and_sidecars() -> None:
    spec = {
        **TEMPLATE["spec"],
        "initContainers": [
            {"name": "setup", "image": "x"},
            {"name": "proxy", "image": "x", "restartPolicy": "Always"},
        ],
    }
    given = pod(
        spec=spec,
        phase="Running",
        conditions=[{"type": "Initialized", "status": "True"}],
        initContainerStatuses=[
            status("setup", restarts=5, **ended(0, reason="Completed")),
            {**status("proxy", ready=True, restarts=1, **RUNNING), "started": True},
        ],
        containerStatuses=[status(ready=True, restarts=2, last=ended(1, finishedAt="2026-01-01T00:00:55Z"), **RUNNING)],
    )
    assert table(given)[1] == ["web-1", "2/2", "Running", "3 (5s ago)", "50s"]


def test_wide_pods() -> None:
    gates = [{"conditionType": "x/a"}, {"conditionType": "x/b"}]
    given = pod(
        spec={**TEMPLATE["spec"], "nodeName": "node-1", "readinessGates": gates},
        phase="Running",
        podIPs=[{"ip": "10.0.0.7"}],
        nominatedNodeName="node-2",
        conditions=[{"type": "x/b", "status": "True"}],
    )
    assert table(given, output="wide") == [
        ["NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED NODE", "READINESS GATES"],
        ["web-1", "0/1", "Running", "0", "50s", "10.0.0.7", "node-1", "node-2", "1/2"],
    ]
    assert table(pod(phase="Pending"), output="wide")[1][5:] == ["<none>"] * 4


WORKLOAD = {"selector": SELECTOR, "template": TEMPLATE}
TABLES = [
    (
        make("Deployment", spec={"replicas": 3, **WORKLOAD}, status={"readyReplicas": 2, "updatedReplicas": 1}),
        ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE", "CONTAINERS", "IMAGES", "SELECTOR"],
        ["web", "2/3", "1", "0", "50s", "nginx", "nginx:1.7.9", "app=web"],
    ),
    (
        make("ReplicaSet", spec={"replicas": 2, **WORKLOAD}, status={"replicas": 1}),
        ["NAME", "DESIRED", "CURRENT", "READY", "AGE", "CONTAINERS", "IMAGES", "SELECTOR"],
        ["web", "2", "1", "0", "50s", "nginx", "nginx:1.7.9", "app=web"],
    ),
    (
        make("StatefulSet", spec={"serviceName": "", **WORKLOAD}, status={"readyReplicas": 1}),
        ["NAME", "READY", "AGE", "CONTAINERS", "IMAGES"],
        ["web", "1/1", "50s", "nginx", "nginx:1.7.9"],
    ),
    (
        make("DaemonSet", spec=WORKLOAD, status={"desiredNumberScheduled": 3, "numberReady": 2}),
        [
            "NAME",
            "DESIRED",
            "CURRENT",
            "READY",
            "UP-TO-DATE",
            "AVAILABLE",
            "NODE SELECTOR",
            "AGE",
            "CONTAINERS",
            "IMAGES",
            "SELECTOR",
        ],
        ["web", "3", "0", "2", "0", "0", "<none>", "50s", "nginx", "nginx:1.7.9", "app=web"],
    ),
    (
        make("ReplicationController", spec={"selector": {"b": "2", "a": "1"}, "template": TEMPLATE}),
        ["NAME", "DESIRED", "CURRENT", "READY", "AGE", "CONTAINERS", "IMAGES", "SELECTOR"],
        ["web", "1", "0", "0", "50s", "nginx", "nginx:1.7.9", "a=1,b=2"],
    ),
    (
        make("ControllerRevision", "web-5d", owned_by("StatefulSet", "web"), revision=2, data={}),
        ["NAME", "CONTROLLER", "REVISION", "AGE"],
        ["web-5d", "statefulset.apps/web", "2", "50s"],
    ),
    (
        make("PodDisruptionBudget", spec={"maxUnavailable": "30%", "selector": SELECTOR}),
        ["NAME", "MIN AVAILABLE", "MAX UNAVAILABLE", "ALLOWED DISRUPTIONS", "AGE"],
        ["web", "N/A", "30%", "0", "50s"],
    ),
    (
        make(
            "Job",
            spec={"completions": 5, "selector": SELECTOR, "template": TEMPLATE},
            status={"succeeded": 2, "startTime": "2026-01-01T00:00:15Z"},
        ),
        ["NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE", "CONTAINERS", "IMAGES", "SELECTOR"],
        ["web", "Running", "2/5", "45s", "50s", "nginx", "nginx:1.7.9", "app=web"],
    ),
    (
        make(
            "CronJob",
            spec={"schedule": "*/5 * * * *", "suspend": True, "jobTemplate": {"spec": {"template": TEMPLATE}}},
            status={"lastScheduleTime": "2026-01-01T00:00:30Z"},
        ),
        [
            "NAME",
            "SCHEDULE",
            "TIMEZONE",
            "SUSPEND",
            "ACTIVE",
            "LAST SCHEDULE",
            "AGE",
            "CONTAINERS",
            "IMAGES",
            "SELECTOR",
        ],
        ["web", "*/5 * * * *", "<none>", "True", "0", "30s", "50s", "nginx", "nginx:1.7.9", "<none>"],
    ),
    (
        make(
            "EndpointSlice", addressType="IPv4", ports=[{"port": 80}], endpoints=[{"addresses": ["1", "2", "3", "4"]}]
        ),
        ["NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"],
        ["web", "IPv4", "80", "1,2,3 + 1 more...", "50s"],
    ),
    (
        make("EndpointSlice", addressType="IPv4", ports=[], endpoints=[]),
        ["NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"],
        ["web", "IPv4", "<unset>", "<unset>", "50s"],
    ),
    (
        make(
            "Node",
            metadata={"labels": {"node-role.kubernetes.io/worker": "", "kubernetes.io/role": "db"}},
            spec={"unschedulable": True},
            status={"conditions": [{"type": "Ready", "status": "Unknown"}], "nodeInfo": {"architecture": "arm64"}},
        ),
        [
            "NAME",
            "STATUS",
            "ROLES",
            "AGE",
            "VERSION",
            "INTERNAL-IP",
            "EXTERNAL-IP",
            "OS-IMAGE",
            "KERNEL-VERSION",
            "CONTAINER-RUNTIME",
        ],
        [
            "web",
            "NotReady,SchedulingDisabled",
            "db,worker",
            "50s",
            "<none>",
            "<none>",
            "<unknown>",
            "<unknown> (arm64)",
            "<unknown>",
        ],
    ),
    (make("Namespace", status={"phase": "Active"}), ["NAME", "STATUS", "AGE"], ["web", "Active", "50s"]),
    (make("ConfigMap", data={"a": "1"}, binaryData={"b": "eA=="}), ["NAME", "DATA", "AGE"], ["web", "2", "50s"]),
    (make("Secret", data={"a": "eA=="}), ["NAME", "TYPE", "DATA", "AGE"], ["web", "Opaque", "1", "50s"]),
    (make("ServiceAccount"), ["NAME", "AGE"], ["web", "50s"]),
    (
        make("ResourceQuota", status={"hard": {"pods": "5", "limits.cpu": "2"}, "used": {"pods": "3"}}),
        ["NAME", "REQUEST", "LIMIT", "AGE"],
        ["web", "pods: 3/5", "limits.cpu: 0/2", "50s"],
    ),
    (
        make("PriorityClass", value=7),
        ["NAME", "VALUE", "GLOBAL-DEFAULT", "AGE", "PREEMPTIONPOLICY"],
        ["web", "7", "false", "50s", "PreemptLowerPriority"],
    ),
    (
        make(
            "StorageClass",
            metadata={"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
            provisioner="p",
        ),
        ["NAME", "PROVISIONER", "RECLAIMPOLICY", "VOLUMEBINDINGMODE", "ALLOWVOLUMEEXPANSION", "AGE"],
        ["web (default)", "p", "Delete", "Immediate", "false", "50s"],
    ),
    (
        make(
            "PersistentVolumeClaim",
            spec={"accessModes": ["ReadWriteOnce"], "volumeName": "pv", "storageClassName": "fast"},
            status={
                "phase": "Bound",
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteMany", "ReadWriteOnce"],
            },
        ),
        [
            "NAME",
            "STATUS",
            "VOLUME",
            "CAPACITY",
            "ACCESS MODES",
            "STORAGECLASS",
            "VOLUMEATTRIBUTESCLASS",
            "AGE",
            "VOLUMEMODE",
        ],
        ["web", "Bound", "pv", "1Gi", "RWO,RWX", "fast", "<unset>", "50s", "Filesystem"],
    ),
    (
        make(
            "PersistentVolume",
            spec={
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteOncePod"],
                "claimRef": {"namespace": "default", "name": "data"},
                "storageClassName": "fast",
                "hostPath": {"path": "/x"},
            },
            status={"phase": "Bound", "reason": "Why"},
        ),
        [
            "NAME",
            "CAPACITY",
            "ACCESS MODES",
            "RECLAIM POLICY",
            "STATUS",
            "CLAIM",
            "STORAGECLASS",
            "VOLUMEATTRIBUTESCLASS",
            "REASON",
            "AGE",
            "VOLUMEMODE",
        ],
        ["web", "1Gi", "RWOP", "Retain", "Bound", "default/data", "fast", "<unset>", "Why", "50s", "Filesystem"],
    ),
    (make("LimitRange", spec={"limits": []}), ["NAME", "CREATED AT"], ["web", "2026-01-01T00:00:10Z"]),
    (make("Lease", spec={"holderIdentity": "node-1"}), ["NAME", "HOLDER", "AGE"], ["web", "node-1", "50s"]),
]


@pytest.mark.parametrize(("obj", "header", "row"), TABLES, ids=[f"{o.kind}-{i}" for i, (o, _, _) in enumerate(TABLES)])
def test_table_of_a_kind(obj: Any, header: list[str], row: list[str]) -> None:
    assert table(obj, output="wide") == [header, row]


@pytest.mark.parametrize(
    ("spec", "balancer", "address"),
    [
        ({"type": "ClusterIP", "externalIPs": ["1.1.1.1", "2.2.2.2"]}, [], "1.1.1.1,2.2.2.2"),
        ({"type": "ClusterIP"}, [], "<none>"),
        ({"type": "LoadBalancer"}, [], "<pending>"),
        ({"type": "LoadBalancer", "externalIPs": ["9.9.9.9"]}, [{"hostname": "b"}, {"ip": "a"}], "a,b,9.9.9.9"),
        ({"type": "ExternalName", "externalName": "example.org"}, [], "example.org"),
    ],
)
def test_services(spec: dict[str, Any], balancer: list[Any], address: str) -> None:
    ports = [{"port": 80, "nodePort": 30080}, {"port": 53, "protocol": "UDP", "name": "dns"}]
    given = make("Service", spec={**spec, "ports": ports}, status={"loadBalancer": {"ingress": balancer}})
    assert table(given)[1] == ["web", spec["type"], "<none>", address, "80:30080/TCP,53/UDP", "50s"]


@pytest.mark.parametrize(
    ("conditions", "word"),
    [
        ([], "Running"),
        (["Suspended"], "Suspended"),
        (["FailureTarget"], "FailureTarget"),
        (["SuccessCriteriaMet", "Complete"], "Complete"),
        (["FailureTarget", "Failed"], "Failed"),
    ],
)
def test_status_of_a_job(conditions: list[str], word: str) -> None:
    held = [{"type": c, "status": "True"} for c in conditions]
    given = make("Job", spec={"parallelism": 3, "template": TEMPLATE}, status={"conditions": held})
    assert table(given)[1] == ["web", word, "0/1 of 3", "50s"]


def event(**more: Any) -> Any:
    about = {"kind": "Pod", "name": "web-1", "namespace": "default", "fieldPath": "spec.containers{x}"}
    given = {"involvedObject": about, "reason": "Pulled", "message": " pulled\nmore ", "type": "Normal", **more}
    return make("Event", "web-1.17a", **given)


def test_events() -> None:
    times = {"firstTimestamp": "2026-01-01T00:00:20Z", "lastTimestamp": "2026-01-01T00:00:50Z", "count": 3}
    given = event(**times, source={"component": "kubelet", "host": "node-1"})
    assert table(given)[1] == ["10s", "Normal", "Pulled", "pod/web-1", "pulled..."]
    wide = table(given, output="wide", show_kind=True)
    assert wide[0][4:] == ["SUBOBJECT", "SOURCE", "MESSAGE", "FIRST SEEN", "COUNT", "NAME"]
    assert wide[1][4:] == ["spec.containers{x}", "kubelet, node-1", "pulled...", "40s", "3", "event/web-1.17a"]


def test_events_of_the_new_api() -> None:
    given = event(eventTime="2026-01-01T00:00:30.000000Z", reportingComponent="default-scheduler")
    assert table(given, output="wide")[1][0] == "30s"
    series = {"count": 4, "lastObservedTime": "2026-01-01T00:00:58.000000Z"}
    repeated = event(eventTime="2026-01-01T00:00:30.000000Z", series=series)
    assert table(repeated)[1][0] == "2s"
    assert table(event())[1][0] == "<unknown>"


# -- what is added to tables

DEPLOYMENT = TABLES[0][0]
NODE = make("Node", "node-1", {"labels": {"b/color": "red"}}, status={})


def test_namespaces_only_where_there_are_any() -> None:
    assert table(DEPLOYMENT, namespaces=True)[0][:2] == ["NAMESPACE", "NAME"]
    assert table(DEPLOYMENT, namespaces=True)[1][:2] == ["default", "web"]
    assert table(NODE, namespaces=True)[0][0] == "NAME"


def test_labels() -> None:
    assert table(NODE, show_labels=True)[1][-1] == "b/color=red"
    assert table(DEPLOYMENT, show_labels=True)[1][-1] == "<none>"
    header, row = table(NODE, label_columns=("b/color", "none"))
    assert header[-2:] == ["COLOR", "NONE"]
    assert row[-1] == "red"


def test_several_kinds() -> None:
    rows = table(DEPLOYMENT, NODE)
    assert rows[1][0] == "deployment.apps/web"
    assert rows[2] == []
    assert rows[4][0] == "node/node-1"
    assert table(DEPLOYMENT, NODE, no_headers=True)[1][0] == "node/node-1"
    assert table(DEPLOYMENT, show_kind=True)[1][0] == "deployment.apps/web"


def test_no_objects_no_text() -> None:
    assert print_objects([], PrintOptions()) == ""


def test_columns_are_aligned() -> None:
    text = print_objects(
        [make("ServiceAccount", "a"), make("ServiceAccount", "a-longer-one")], PrintOptions(now_ms=NOW_MS)
    )
    assert text == "NAME           AGE\na              50s\na-longer-one   50s\n"


def test_sorting() -> None:
    volumes = [
        make("PersistentVolumeClaim", n, spec={"resources": {"requests": {"storage": s}}})
        for n, s in (("a", "2Gi"), ("b", "900Mi"), ("c", "1Gi"))
    ]
    names = [row[0] for row in table(*volumes, sort_by=".spec.resources.requests.storage")[1:]]
    assert names == ["b", "c", "a"]
    assert [row[0] for row in table(*volumes, sort_by="metadata.name")[1:]] == ["a", "b", "c"]


def test_tables_that_cannot_be_sorted_are_not_shown() -> None:
    assert table(NODE, DEPLOYMENT, DEPLOYMENT, sort_by=".spec.nope")[1][0] == "node/node-1"
    assert table(DEPLOYMENT, DEPLOYMENT, sort_by=".spec.nope") == []


def test_several_tables_cannot_be_sorted() -> None:
    with pytest.raises(KubectlError) as caught:
        table(DEPLOYMENT, NODE, sort_by=".metadata.name", requests=2)
    assert caught.value.message == 'couldn\'t find any field with path "{.metadata.name}" in the list of objects'
