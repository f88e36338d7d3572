"""What the API server says about valid objects that may not do what their writers think."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.api.decode import from_dict
from k8snb.api.registry import warnings_on_create, warnings_on_update
from k8snb.api.registry.pod_warnings import template_warnings
from k8snb.api.registry.value_warnings import address_warnings, network_warnings
from k8snb.api.types.apps import ReplicationController, StatefulSet
from k8snb.api.types.batch import Job
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.pod import Pod, PodTemplateSpec
from k8snb.api.types.service import Service

ONCE = "DuringSchedulingIgnoredDuringExecution"
HIDDEN = 'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'


def env(*values: dict[str, Any]) -> dict[str, Any]:
    return {"containers": [{"name": "c", "env": [{"name": "A", **value} for value in values]}]}


def ports(*given: dict[str, Any]) -> dict[str, Any]:
    return {
        "containers": [{"name": "c", "ports": [{"containerPort": 80, "protocol": "TCP", **port} for port in given]}]
    }


def files(*paths: str) -> list[dict[str, str]]:
    return [{"key": "k", "path": path} for path in paths]


@pytest.mark.parametrize(
    ("spec", "warnings"),
    [
        (env({"value": "1"}, {"value": "2"}), [HIDDEN]),
        (env({"value": "1"}, {"value": "$(A)2"}), []),  # builds on the first
        (env({"value": "1"}, {"value": "$(A)"}), [HIDDEN]),
        (env({"value": "1"}, {"valueFrom": {}}), [HIDDEN]),
        (ports({}, {}), ["spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]"]),
        (ports({}, {"protocol": "UDP"}), []),
        (
            ports({"hostPort": 1}, {}),
            ["spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]"],
        ),
        (
            ports({"hostPort": 1, "hostIP": "1.1.1.1"}, {"hostPort": 1}),
            ["spec.containers[0].ports[1]: dangerously ambiguous port definition with spec.containers[0].ports[0]"],
        ),
        (
            ports({"hostIP": "1.1.1.1"}),
            [
                "spec.containers[0].ports[0]: hostIP set without hostPort: "
                "{Name: HostPort:0 ContainerPort:80 Protocol:TCP HostIP:1.1.1.1}"
            ],
        ),
        (
            ports({"name": "x"}, {"name": "x", "protocol": "UDP"}),
            [
                'spec.containers[0].ports[1]: duplicate port name "x" with spec.containers[0].ports[0], services and '
                "probes that select ports by name will use spec.containers[0].ports[0]"
            ],
        ),
        (
            {"containers": [{"name": "c", "resources": {"limits": {"memory": "100m", "cpu": "100m"}}}]},
            [
                'spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, '
                "must be an integer"
            ],
        ),
        (
            {"terminationGracePeriodSeconds": -1},
            ["spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1"],
        ),
        (
            {"affinity": {"podAntiAffinity": {f"required{ONCE}": [{"topologyKey": "t"}]}}},
            [
                f"spec.affinity.podAntiAffinity.required{ONCE}[0].labelSelector: "
                "a null labelSelector results in matching no pod"
            ],
        ),
        (
            {"nodeSelector": {"beta.kubernetes.io/os": "linux"}},
            ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
        ),
        (
            {"imagePullSecrets": [{"name": "a"}, {"name": "a"}, {}]},
            [
                'spec.imagePullSecrets[1].name: duplicate name "a"',
                'spec.imagePullSecrets[2].name: invalid empty name ""',
            ],
        ),
        (
            {"volumes": [{"name": "v", "configMap": {"name": "m", "items": files("a", "a/b/", "c", "ab")}}]},
            ['volume "v" (ConfigMap "m"): overlapping paths: "a/b" with "a"'],
        ),
        (
            {
                "volumes": [
                    {
                        "name": "v",
                        "projected": {
                            "sources": [
                                {"secret": {"name": "s", "items": files("p/q")}},
                                {"serviceAccountToken": {"path": "p"}},
                            ]
                        },
                    }
                ]
            },
            ['volume "v" (Projected): overlapping paths: "p" (ServiceAccountToken) with "p/q" (Secret "s")'],
        ),
    ],
)
def test_pods(spec: dict[str, Any], warnings: list[str]) -> None:
    pod = from_dict(Pod, {"metadata": {"name": "p"}, "spec": spec})
    assert warnings_on_create(pod) == warnings
    template = from_dict(PodTemplateSpec, {"spec": spec})
    placed = [text if text.startswith("volume") else f"t.{text}" for text in warnings]
    assert [
        text.replace("with t.", "with ").replace("use t.", "use ") for text in template_warnings(template, "t")
    ] == placed


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("10.0.0.1", []),
        ("10.0.0.01", ['p: non-standard IP address "10.0.0.01" is invalid: use "10.0.0.1"']),
        ("::ffff:1.2.3.4", ['p: non-standard IP address "::ffff:1.2.3.4" is invalid: use "1.2.3.4"']),
        ("FD00::1", ['p: IPv6 address "FD00::1" should be in RFC 5952 canonical format ("fd00::1")']),
        ("", []),
    ],
)
def test_addresses(text: str, warnings: list[str]) -> None:
    assert address_warnings(text, "p") == warnings


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("10.0.0.0/8", []),
        ("0.0.0.0/0", []),
        ("FD00::/8", ['p: IPv6 CIDR value "FD00::/8" should be in RFC 5952 canonical format ("fd00::/8")']),
    ],
)
def test_networks(text: str, warnings: list[str]) -> None:
    assert network_warnings(text, "p") == warnings


def test_headless_services_ignore_much() -> None:
    spec = {"type": "ClusterIP", "clusterIP": "None", "clusterIPs": ["None"], "sessionAffinity": "ClientIP"}
    service = from_dict(Service, {"spec": {**spec, "externalIPs": ["1.2.3.4"], "externalName": "x"}})
    assert warnings_on_create(service) == [
        "spec.externalIPs is ignored for headless services",
        "spec.SessionAffinity is ignored for headless services",
        'spec.externalName is ignored when spec.type is not "ExternalName"',
    ]


def test_claims_take_whole_bytes() -> None:
    said = 'fractional byte value "1500m" is invalid, must be an integer'
    spec = {"resources": {"requests": {"storage": "1.5"}}}
    annotations = {"volume.beta.kubernetes.io/storage-class": "x"}
    claim = from_dict(PersistentVolumeClaim, {"metadata": {"annotations": annotations}, "spec": spec})
    assert warnings_on_create(claim) == [
        "metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "
        '"storageClassName" attribute instead',
        f"spec.resources.requests[storage]: {said}",
    ]
    body = {"spec": {"volumeClaimTemplates": [{"spec": spec}], "revisionHistoryLimit": -1}}
    revisions = (
        "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"
    )
    one = from_dict(StatefulSet, body)
    place = "spec.volumeClaimTemplates[0]"
    assert warnings_on_create(one) == [f"{place}.resources.requests[storage]: {said}", revisions]
    assert warnings_on_update(one, one) == [f"{place}.Spec.resources.requests[storage]: {said}", revisions]


def test_a_changed_controller_is_warned_of_its_old_template() -> None:
    def controller(generation: int, grace: int) -> ReplicationController:
        template = {"spec": {"terminationGracePeriodSeconds": grace}}
        return from_dict(
            ReplicationController, {"metadata": {"generation": generation}, "spec": {"template": template}}
        )

    assert len(warnings_on_update(controller(2, 1), controller(1, -1))) == 1
    assert warnings_on_update(controller(2, -1), controller(1, 1)) == []
    assert warnings_on_update(controller(1, -1), controller(1, -1)) == []


def test_jobs_of_too_many_indexes() -> None:
    spec = {"completionMode": "Indexed", "completions": 100_001, "parallelism": 10_001}
    (warning,) = warnings_on_create(from_dict(Job, {"metadata": {"name": "j"}, "spec": spec}))
    assert warning.startswith("spec: In Indexed Jobs with a number of completions higher than 10^5")
