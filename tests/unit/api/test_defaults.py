"""Defaults of every kind: what is filled in, that a second time changes nothing, and that the rest is shared."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.api.decode import from_dict
from k8snb.api.defaults import with_defaults
from k8snb.api.defaults.images import parse_image_name
from k8snb.api.defaults.pod import container_total
from k8snb.api.encode import to_dict
from k8snb.api.resources import BY_KIND, RESOURCES
from k8snb.api.types.apps import Deployment
from k8snb.api.types.pod import Pod


def defaulted(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    return to_dict(with_defaults(from_dict(BY_KIND[kind].cls, body)))


def pod_spec(**spec: Any) -> dict[str, Any]:
    spec.setdefault("containers", [{"name": "c", "image": "nginx"}])
    result: dict[str, Any] = defaulted("Pod", {"spec": spec})["spec"]
    return result


@pytest.mark.parametrize("kind", [r.kind for r in RESOURCES])
def test_defaults_are_idempotent_for_every_kind(kind: str) -> None:
    once = with_defaults(BY_KIND[kind].cls())
    assert with_defaults(once) is once


def test_a_pod_gets_what_its_template_does_not_say() -> None:
    spec = pod_spec()
    assert spec["restartPolicy"] == "Always"
    assert spec["dnsPolicy"] == "ClusterFirst"
    assert spec["schedulerName"] == "default-scheduler"
    assert spec["terminationGracePeriodSeconds"] == 30
    assert spec["securityContext"] == {}
    assert spec["enableServiceLinks"] is True
    assert spec["containers"][0] == {
        "name": "c",
        "image": "nginx",
        "resources": {},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "Always",
    }


def test_service_links_and_requests_are_a_matter_of_pods_not_of_templates() -> None:
    container = {"name": "c", "image": "a:1", "resources": {"limits": {"cpu": "1"}}}
    template = defaulted("Deployment", {"spec": {"template": {"spec": {"containers": [container]}}}})
    spec = template["spec"]["template"]["spec"]
    assert "enableServiceLinks" not in spec
    assert spec["containers"][0]["resources"] == {"limits": {"cpu": "1"}}
    assert pod_spec(containers=[container])["containers"][0]["resources"] == {
        "limits": {"cpu": "1"},
        "requests": {"cpu": "1"},
    }


def test_requests_that_are_given_stay() -> None:
    resources = {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "100m"}}
    spec = pod_spec(containers=[{"name": "c", "resources": resources}])
    assert spec["containers"][0]["resources"]["requests"] == {"cpu": "100m", "memory": "1Gi"}


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("nginx", "latest"),
        ("nginx:latest", "latest"),
        ("nginx:1.25", "1.25"),
        ("registry.example:5000/team/app", "latest"),
        ("registry.example:5000/team/app:v1", "v1"),
        ("localhost/app:x", "x"),
        (f"app@sha256:{'0' * 64}", ""),
        (f"app:v2@sha256:{'0' * 64}", "v2"),
        (f"app@sha256:{'0' * 63}", ""),
        ("Nginx", ""),
        ("Host/nginx", "latest"),
        (" nginx", ""),
        ("", ""),
        ("a" * 64, ""),
        ("a" * 256, ""),
    ],
)
def test_the_tag_of_an_image(image: str, tag: str) -> None:
    assert parse_image_name(image).tag == tag


@pytest.mark.parametrize(
    ("image", "problem"),
    [
        ("nginx:1.25", ""),
        ("Team/Nginx:1", "invalid reference format: repository name (Nginx) must be lowercase"),
        ("", "invalid reference format"),
        ("a b", "invalid reference format"),
        ("a:b:c", "invalid reference format"),
        ("app@sha256:0", "invalid reference format"),
        (f"app@sha256:{'0' * 63}", "invalid checksum digest length"),
        (f"app@sha256:{'A' * 64}", "invalid checksum digest format"),
        (f"app@md5:{'0' * 32}", "unsupported digest algorithm"),
        ("a" * 64, f"invalid repository name ({'a' * 64}), cannot specify 64-byte hexadecimal strings"),
        ("a" * 256, "repository name must not be more than 255 characters"),
    ],
)
def test_what_is_no_image(image: str, problem: str) -> None:
    assert parse_image_name(image).problem == problem


def test_probes_and_hooks_get_their_timings_and_paths() -> None:
    container = {
        "name": "c",
        "livenessProbe": {"httpGet": {"port": 80}},
        "readinessProbe": {"grpc": {"port": 1}, "periodSeconds": 3},
        "lifecycle": {"preStop": {"httpGet": {"port": "http"}}},
        "ports": [{"containerPort": 80}],
        "env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
    }
    result = pod_spec(containers=[container])["containers"][0]
    timings = {"timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 3}
    http = {"path": "/", "port": 80, "scheme": "HTTP"}
    assert result["livenessProbe"] == {"httpGet": http, "periodSeconds": 10, **timings}
    assert result["readinessProbe"] == {"grpc": {"port": 1, "service": ""}, "periodSeconds": 3, **timings}
    assert result["lifecycle"]["preStop"]["httpGet"] == {"path": "/", "port": "http", "scheme": "HTTP"}
    assert result["ports"] == [{"containerPort": 80, "protocol": "TCP"}]
    assert result["env"][0]["valueFrom"]["fieldRef"]["apiVersion"] == "v1"


@pytest.mark.parametrize(
    ("volume", "result"),
    [
        ({}, {"emptyDir": {}}),
        ({"secret": {"secretName": "s"}}, {"secret": {"secretName": "s", "defaultMode": 420}}),
        ({"configMap": {"name": "c", "defaultMode": 0}}, {"configMap": {"name": "c", "defaultMode": 0}}),
        ({"hostPath": {"path": "/x"}}, {"hostPath": {"path": "/x", "type": ""}}),
        (
            {"projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}},
            {
                "projected": {
                    "sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 3600}}],
                    "defaultMode": 420,
                }
            },
        ),
        (
            {"downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
            {
                "downwardAPI": {
                    "items": [{"path": "l", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.labels"}}],
                    "defaultMode": 420,
                }
            },
        ),
        ({"image": {"reference": "a:1"}}, {"image": {"reference": "a:1", "pullPolicy": "IfNotPresent"}}),
        (
            {"ephemeral": {"volumeClaimTemplate": {"spec": {}}}},
            {
                "ephemeral": {
                    "volumeClaimTemplate": {"metadata": {}, "spec": {"resources": {}, "volumeMode": "Filesystem"}}
                }
            },
        ),
    ],
)
def test_volumes(volume: dict[str, Any], result: dict[str, Any]) -> None:
    assert pod_spec(volumes=[{"name": "v", **volume}])["volumes"] == [{"name": "v", **result}]


def test_the_nodes_network_makes_container_ports_the_nodes() -> None:
    spec = pod_spec(hostNetwork=True, containers=[{"name": "c", "ports": [{"containerPort": 80}]}])
    assert spec["containers"][0]["ports"] == [{"containerPort": 80, "hostPort": 80, "protocol": "TCP"}]


def test_pod_level_requests_follow_the_containers_then_the_limits() -> None:
    containers = [{"name": n, "resources": {"requests": {"cpu": "300m"}}} for n in "ab"]
    limits = {"cpu": "1", "memory": "1Gi"}
    spec = pod_spec(containers=containers, resources={"limits": limits})
    assert spec["resources"] == {"limits": limits, "requests": {"cpu": "600m", "memory": "1Gi"}}


def test_what_containers_take_together_counts_sidecars_beside_init_containers() -> None:
    def container(name: str, cpu: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "resources": {"requests": {"cpu": cpu}}, **more}

    pod = from_dict(
        Pod,
        {
            "spec": {
                "initContainers": [container("s", "100m", restartPolicy="Always"), container("i", "2")],
                "containers": [container("a", "1"), container("b", "500m")],
            }
        },
    )
    # a, b and the sidecar take 1.6 together; the init container beside the sidecar takes 2.1
    assert container_total(pod.spec, "requests") == {"cpu": "2100m"}


def test_quantities_are_kept_to_thousandths_rounded_up() -> None:
    spec = pod_spec(containers=[{"name": "c", "resources": {"requests": {"cpu": "0.0001"}}}])
    assert spec["containers"][0]["resources"]["requests"] == {"cpu": "1m"}


def test_both_names_of_the_service_account_agree() -> None:
    spec = pod_spec(serviceAccount="old")
    assert (spec["serviceAccountName"], spec["serviceAccount"]) == ("old", "old")
    spec = pod_spec(serviceAccount="old", serviceAccountName="new")
    assert (spec["serviceAccountName"], spec["serviceAccount"]) == ("new", "new")


def test_a_negative_grace_period_is_one_second() -> None:
    assert pod_spec(terminationGracePeriodSeconds=-5)["terminationGracePeriodSeconds"] == 1


def test_fields_behind_gates_that_are_off_are_dropped() -> None:
    container = {"name": "c", "lifecycle": {"stopSignal": "SIGUSR1"}}
    sources = [{"clusterTrustBundle": {"name": "b", "path": "p"}}]
    spec = pod_spec(containers=[container], volumes=[{"name": "v", "projected": {"sources": sources}}])
    assert "lifecycle" not in spec["containers"][0]
    assert spec["volumes"][0]["projected"]["sources"] == [{}]


def test_workloads() -> None:
    assert defaulted("Deployment", {})["spec"]["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"},
    }
    recreate = defaulted("Deployment", {"spec": {"strategy": {"type": "Recreate"}}})
    assert recreate["spec"]["strategy"] == {"type": "Recreate"}
    daemon_set = defaulted("DaemonSet", {})["spec"]
    assert daemon_set["updateStrategy"]["rollingUpdate"] == {"maxUnavailable": 1, "maxSurge": 0}
    stateful_set = defaulted("StatefulSet", {"spec": {"updateStrategy": {"type": "RollingUpdate"}}})["spec"]
    assert stateful_set["updateStrategy"] == {"type": "RollingUpdate"}
    assert stateful_set["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}


def test_a_job_runs_once_and_takes_its_templates_labels() -> None:
    job = defaulted("Job", {"spec": {"template": {"metadata": {"labels": {"a": "b"}}}}})
    assert job["metadata"]["labels"] == {"a": "b"}
    spec = job["spec"]
    assert (spec["completions"], spec["parallelism"], spec["backoffLimit"]) == (1, 1, 6)
    queue = defaulted("Job", {"spec": {"parallelism": 3, "backoffLimitPerIndex": 1}})["spec"]
    assert "completions" not in queue
    assert queue["backoffLimit"] == 2**31 - 1


def test_a_cron_jobs_template_keeps_most_of_a_jobs_defaults_for_later() -> None:
    spec = defaulted("CronJob", {"spec": {"jobTemplate": {"spec": {"template": {"spec": {}}}}}})["spec"]
    assert spec["concurrencyPolicy"] == "Allow"
    assert (spec["successfulJobsHistoryLimit"], spec["failedJobsHistoryLimit"]) == (3, 1)
    assert set(spec["jobTemplate"]["spec"]) == {"template"}
    assert spec["jobTemplate"]["spec"]["template"]["spec"]["dnsPolicy"] == "ClusterFirst"


def test_a_service() -> None:
    spec = defaulted("Service", {"spec": {"ports": [{"port": 80}]}})["spec"]
    assert spec["ports"] == [{"protocol": "TCP", "port": 80, "targetPort": 80}]
    assert (spec["type"], spec["sessionAffinity"], spec["internalTrafficPolicy"]) == ("ClusterIP", "None", "Cluster")
    balancer = defaulted("Service", {"spec": {"type": "LoadBalancer", "sessionAffinity": "ClientIP"}})["spec"]
    assert balancer["externalTrafficPolicy"] == "Cluster"
    assert balancer["allocateLoadBalancerNodePorts"] is True
    assert balancer["sessionAffinityConfig"] == {"clientIP": {"timeoutSeconds": 10800}}


def test_objects_of_the_cluster() -> None:
    namespace = defaulted("Namespace", {"metadata": {"name": "a"}})
    assert namespace["metadata"]["labels"] == {"kubernetes.io/metadata.name": "a"}
    assert namespace["status"] == {"phase": "Active"}
    node = defaulted("Node", {"status": {"capacity": {"cpu": "2"}}})
    assert node["status"]["allocatable"] == {"cpu": "2"}
    assert defaulted("Secret", {})["type"] == "Opaque"
    limits = [{"type": "Container", "max": {"cpu": "2"}, "min": {"memory": "1Mi"}}]
    item = defaulted("LimitRange", {"spec": {"limits": limits}})["spec"]["limits"][0]
    assert item["default"] == {"cpu": "2"}
    assert item["defaultRequest"] == {"cpu": "2", "memory": "1Mi"}


def test_what_does_not_change_is_shared() -> None:
    body = {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "a:1"}]}}}}
    full = with_defaults(from_dict(Deployment, body))
    bare = from_dict(Deployment, {"spec": {"paused": True}})
    assert with_defaults(full).spec.template is full.spec.template
    assert with_defaults(bare).metadata is bare.metadata
