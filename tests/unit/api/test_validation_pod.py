"""Rules for pods: each fault at its place and in Kubernetes' words, in its order."""

# ruff: noqa: E501 (messages stand on one line, to be searched for)

from __future__ import annotations

from typing import Any

import pytest

from k8snb.api.decode import from_dict
from k8snb.api.defaults import with_defaults
from k8snb.api.types.apps import Deployment
from k8snb.api.types.pod import Pod
from k8snb.api.validation.pod import validate_pod_create, validate_pod_status_update, validate_pod_update
from k8snb.api.validation.pod_template import validate_pod_template_spec_for_rs

LABEL_WRONG = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
CONTAINER = {"name": "c", "image": "nginx"}


def pod(metadata: dict[str, Any] | None = None, **spec: Any) -> Pod:
    meta = {"name": "x", "namespace": "default", "resourceVersion": "1", **(metadata or {})}
    return with_defaults(from_dict(Pod, {"metadata": meta, "spec": {"containers": [CONTAINER], **spec}}))


def faults(metadata: dict[str, Any] | None = None, **spec: Any) -> list[str]:
    return [str(error) for error in validate_pod_create(pod(metadata, **spec))]


def container_faults(**fields: Any) -> list[str]:
    """The faults of a container, without the container's place."""
    found = faults(containers=[{**CONTAINER, **fields}])
    assert all(text.startswith("spec.containers[0]") for text in found), found
    return [text.removeprefix("spec.containers[0].") for text in found]


def test_a_plain_pod_has_no_faults() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"containers": []}, "spec.containers: Required value"),
        ({"resources": {"claims": []}}, "spec.resources.claims: Forbidden: claims may not be set for Resources at pod-level"),
        ({"restartPolicy": "Maybe"}, 'spec.restartPolicy: Unsupported value: "Maybe": supported values: "Always", "OnFailure", "Never"'),
        ({"activeDeadlineSeconds": 0}, "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"),
        ({"hostname": "a.b"}, 'spec.hostname: Invalid value: "a.b": must not contain dots'),
        ({"subdomain": "B"}, f'spec.subdomain: Invalid value: "B": {LABEL_WRONG}'),
        ({"schedulingGates": [{"name": "g"}], "nodeName": "n"}, "spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared"),
        ({"schedulingGates": [{"name": "g"}, {"name": "g"}]}, 'spec.schedulingGates[1]: Duplicate value: "g"'),
        ({"dnsPolicy": "None"}, "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"),
        (
            {"dnsConfig": {"nameservers": ["1.2.3.04"]}},
            'spec.dnsConfig.nameservers[0]: Invalid value: "1.2.3.04": must not have leading 0s',
        ),
        ({"dnsConfig": {"options": [{"value": "1"}]}}, "spec.dnsConfig.options[0]: Required value: must not be empty"),
        (
            {"hostAliases": [{"ip": "nope"}]},
            'spec.hostAliases[0].ip: Invalid value: "nope": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        ),
        (
            {"securityContext": {"sysctls": [{"name": "net.ipv4.ip_forward", "value": "1"}]}, "hostNetwork": True},
            "spec.securityContext.sysctls[0].name: Invalid value: \"net.ipv4.ip_forward\": may not be specified when 'hostNetwork' is true",
        ),
        (
            {"securityContext": {"seccompProfile": {"type": "Localhost"}}},
            "spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost",
        ),
        ({"os": {"name": "dos"}}, 'spec.os: Unsupported value: "dos": supported values: "linux", "windows"'),
        (
            {"os": {"name": "windows"}, "securityContext": {"runAsUser": 0}},
            "spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod",
        ),
        ({"hostUsers": False, "hostPID": True}, "spec.HostPID: Forbidden: when `hostUsers` is false"),
        (
            {"preemptionPolicy": "Maybe"},
            'spec.preemptionPolicy: Unsupported value: "Maybe": supported values: "PreemptLowerPriority", "Never"',
        ),
        (
            {"overhead": {"bananas": "1"}, "containers": [CONTAINER]},
            'spec.overhead.limits[bananas]: Invalid value: "bananas": must be a standard resource type or fully qualified',
        ),
        (
            {"resourceClaims": [{"name": "r"}]},
            'spec.resourceClaims[0]: Invalid value: {"Name":"r","ResourceClaimName":null,"ResourceClaimTemplateName":null}: '
            "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
        ),
        (
            {"resources": {"limits": {"cpu": "1"}}, "containers": [{**CONTAINER, "resources": {"limits": {"cpu": "2"}}}]},
            'spec.resources.containers[0][cpu].limits: Invalid value: "2": must be less than or equal to pod limits of 1',
        ),
        ({"hostnameOverride": "h", "hostNetwork": True}, "spec.hostnameOverride: Forbidden: may not be specified when hostNetwork is true"),
    ],
)  # fmt: skip
def test_faults_of_a_pod(spec: dict[str, Any], expected: str) -> None:
    assert expected in faults(**spec)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"name": ""}, ["name: Required value"]),
        ({"image": ""}, ["image: Required value"]),
        ({"image": " nginx"}, ['image: Invalid value: " nginx": must not have leading or trailing whitespace']),
        (
            {"ports": [{"containerPort": 1, "name": "a"}, {"containerPort": 2, "name": "a"}]},
            ['ports[1].name: Duplicate value: "a"'],
        ),
        (
            {"ports": [{"containerPort": 1, "hostPort": 7}, {"containerPort": 2, "hostPort": 7}]},
            ['ports[1].hostPort: Duplicate value: "TCP//7"'],
        ),
        (
            {"ports": [{"containerPort": 1, "protocol": "UDP<"}]},
            [r'ports[0].protocol: Unsupported value: "UDP\u003c": supported values: "SCTP", "TCP", "UDP"'],
        ),
        ({"env": [{"name": "a=b"}]}, ['env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than \'=\'']),
        (
            {"env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.phase"}}}]},
            [
                'env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: '
                '"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", '
                '"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"'
            ],
        ),
        ({"env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['app']"}}}]}, []),
        (
            {"env": [{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "2"}}}]},
            ['env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor\'s values 1m and 1 are supported with the cpu resource'],
        ),
        ({"envFrom": [{}]}, ['envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`']),
        ({"volumeMounts": [{"name": "v", "mountPath": "/a"}]}, ['volumeMounts[0].name: Not found: "v"']),
        (
            {"lifecycle": {"preStop": {"sleep": {"seconds": 31}}}},
            ["lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)"],
        ),
        ({"livenessProbe": {}}, ["livenessProbe: Required value: must specify a handler type"]),
        (
            {"readinessProbe": {"exec": {"command": ["a"]}, "tcpSocket": {"port": 0}}},
            ["readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type"],
        ),
        (
            {"resources": {"requests": {"hugepages-2Mi": "2Mi"}}},
            [
                "resources.limits: Required value: Limit must be set for non overcommitable resources",
                "resources: Forbidden: HugePages require cpu or memory",
            ],
        ),
        (
            {"resources": {"limits": {"example.com/gpu": "1500m"}}},
            ['resources.limits[example.com/gpu]: Invalid value: "1500m": must be an integer', 'resources.requests[example.com/gpu]: Invalid value: "1500m": must be an integer'],
        ),
        (
            {"resizePolicy": [{"resourceName": "disk", "restartPolicy": "NotRequired"}]},
            ['resizePolicy: Unsupported value: "disk": supported values: "cpu", "memory"'],
        ),
        (
            {"securityContext": {"allowPrivilegeEscalation": False, "procMount": "Unmasked"}},
            ['securityContext.procMount: Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`'],
        ),
        (
            {"restartPolicyRules": [{"action": "Stop", "exitCodes": {"operator": "In", "values": [1]}}]},
            [
                "restartPolicy: Required value: must specify restartPolicy when restart rules are used",
                'restartPolicyRules[0].action: Unsupported value: "Stop": supported values: "Restart", "RestartAllContainers"',
            ],
        ),
    ],
)  # fmt: skip
def test_faults_of_a_container(fields: dict[str, Any], expected: list[str]) -> None:
    assert container_faults(**fields) == expected


def test_init_containers_have_hooks_and_probes_only_as_sidecars() -> None:
    init = {"name": "i", "image": "a", "startupProbe": {"exec": {"command": ["a"]}}}
    assert faults(initContainers=[init]) == [
        "spec.initContainers[0].startupProbe: Forbidden: may not be set for init containers without restartPolicy=Always"
    ]
    assert faults(initContainers=[{**init, "restartPolicy": "Always"}]) == []
    assert faults(initContainers=[{"name": "c", "image": "a"}]) == ['spec.initContainers[0].name: Duplicate value: "c"']


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"emptyDir": {"sizeLimit": "-1"}}, "emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity"),
        ({"emptyDir": {}, "hostPath": {}}, "hostPath: Forbidden: may not specify more than 1 volume type"),
        ({"hostPath": {"path": "/a/../b"}}, "hostPath.path: Invalid value: \"/a/../b\": must not contain '..'"),
        ({"secret": {}}, "secret.secretName: Required value"),
        ({"configMap": {"name": "c", "items": [{"key": "k", "path": "/a"}]}}, 'configMap.items[0].path: Invalid value: "/a": must be a relative path'),
        ({"nfs": {"server": "s", "path": "a"}}, 'nfs.path: Invalid value: "a": must be an absolute path'),
        ({"csi": {}}, "csi.driver: Required value"),
        ({"image": {}}, "image.reference: Required value"),
        ({"persistentVolumeClaim": {}}, "persistentVolumeClaim.claimName: Required value"),
        ({"downwardAPI": {"items": [{"path": "a"}]}}, "downwardAPI: Required value: one of fieldRef and resourceFieldRef is required"),
        (
            {"projected": {"sources": [{"secret": {"name": "a", "items": [{"key": "k", "path": "p"}]}}, {"configMap": {"name": "b", "items": [{"key": "k", "path": "p"}]}}]}},
            'projected: Invalid value: "b": conflicting duplicate paths',
        ),
        (
            {"projected": {"sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 5}}]}},
            "projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes",
        ),
        ({"ephemeral": {}}, "ephemeral.volumeClaimTemplate: Required value"),
        (
            {"ephemeral": {"volumeClaimTemplate": {"metadata": {"name": "n"}, "spec": {"accessModes": ["ReadWriteOnce"]}}}},
            "ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set",
        ),
        ({"gcePersistentDisk": {}}, "persistentDisk.pdName: Required value"),
        ({"iscsi": {"targetPortal": "p", "iqn": "x", "lun": 300}}, "iscsi.lun: Invalid value: 300: must be between 0 and 255, inclusive"),
    ],
)  # fmt: skip
def test_faults_of_a_volume(source: dict[str, Any], expected: str) -> None:
    assert f"spec.volumes[0].{expected}" in faults(volumes=[{"name": "v", **source}])


def test_a_faulty_volume_cannot_be_mounted() -> None:
    mounting = {**CONTAINER, "volumeMounts": [{"name": "v", "mountPath": "/a"}]}
    assert faults(containers=[mounting], volumes=[{"name": "v", "secret": {}}]) == [
        "spec.volumes[0].secret.secretName: Required value",
        'spec.containers[0].volumeMounts[0].name: Not found: "v"',
    ]


@pytest.mark.parametrize(
    ("affinity", "expected"),
    [
        (
            {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 101, "preference": {}}]}},
            ["nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100"],
        ),
        (
            {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchFields": [{"key": "spec.x", "operator": "In", "values": ["a"]}]}]}}},
            ['nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key: Invalid value: "spec.x": not a valid field selector key'],
        ),
        (
            {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone", "matchLabelKeys": ["a"]}]}},
            ["podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set"],
        ),
        (
            {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"labelSelector": {}}]}},
            [
                "podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty",
                'podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty',
                'podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must consist of alphanumeric characters, \'-\', \'_\' or \'.\', and must start and end with an alphanumeric character (e.g. \'MyName\',  or \'my.name\',  or \'123-abc\', regex used for validation is \'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\')',
            ],
        ),
    ],
)  # fmt: skip
def test_faults_of_affinity(affinity: dict[str, Any], expected: list[str]) -> None:
    assert faults(affinity=affinity) == [f"spec.affinity.{text}" for text in expected]


def test_faults_of_topology_spread() -> None:
    constraint = {"maxSkew": 0, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway", "minDomains": 2}
    found = faults(topologySpreadConstraints=[constraint, {**constraint, "maxSkew": 1, "minDomains": None}])
    place = "spec.topologySpreadConstraints[0]"
    assert found == [
        f"{place}.maxSkew: Invalid value: 0: must be greater than zero",
        f'{place}.{{topologyKey, whenUnsatisfiable}}: Duplicate value: "{{zone, ScheduleAnyway}}"',
        f"{place}.minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, "
        "not ScheduleAnyway",
    ]


def test_faults_of_tolerations() -> None:
    assert faults(tolerations=[{"operator": "Lt", "key": "a", "value": "5"}, {"value": "v"}]) == [
        'spec.tolerations[0].operator: Unsupported value: "Lt": supported values: "Equal", "Exists", "Lt", "Gt"',
        'spec.tolerations[1].operator: Invalid value: "": operator must be Exists when `key` is empty, '
        'which means "match all values and all keys"',
    ]


def test_annotations_that_mean_something() -> None:
    annotations = {
        "controller.kubernetes.io/pod-deletion-cost": "+1",
        "container.apparmor.security.beta.kubernetes.io/nope": "odd",
    }
    assert faults({"annotations": annotations}) == [
        'metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a 32bit integer',
        'metadata.annotations[container.apparmor.security.beta.kubernetes.io/nope]: Invalid value: "nope": container not found',
        'metadata.annotations[container.apparmor.security.beta.kubernetes.io/nope]: Invalid value: "odd": '
        'invalid AppArmor profile name: "odd"',
    ]


def update_faults(new: Pod, old: Pod) -> list[str]:
    return [str(error) for error in validate_pod_update(new, old)]


def test_images_tolerations_and_deadlines_may_change() -> None:
    new = pod(
        containers=[{"name": "c", "image": "other:1", "imagePullPolicy": "Always"}],
        tolerations=[{"key": "a", "operator": "Exists"}],
        activeDeadlineSeconds=5,
    )
    assert update_faults(new, pod()) == []
    assert update_faults(pod(activeDeadlineSeconds=6), pod(activeDeadlineSeconds=5)) == [
        "spec.activeDeadlineSeconds: Invalid value: 6: must be less than or equal to previous value"
    ]


def test_another_way_to_write_a_quantity_is_no_change() -> None:
    def sized(memory: str) -> Pod:
        return pod(containers=[{**CONTAINER, "resources": {"limits": {"memory": memory}}}])

    assert update_faults(sized("1073741824"), sized("1Gi")) == []
    assert update_faults(sized("1073741825"), sized("1Gi")) != []


def test_another_change_is_refused_with_the_difference() -> None:
    [fault] = update_faults(pod(nodeSelector={"a": "b"}), pod())
    assert fault == (
        "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
        "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
        "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n"
        "@@ -39,7 +39,9 @@\n"
        '  "TerminationGracePeriodSeconds": 30,\n'
        '  "ActiveDeadlineSeconds": null,\n'
        '  "DNSPolicy": "ClusterFirst",\n'
        '- "NodeSelector": null,\n'
        '+ "NodeSelector": {\n'
        '+  "a": "b"\n'
        "+ },\n"
        '  "ServiceAccountName": "",\n'
        '  "AutomountServiceAccountToken": null,\n'
        '  "NodeName": "",\n'
    )


def test_a_gated_pod_may_be_bound_to_fewer_nodes() -> None:
    gates = [{"name": "example.com/g"}]
    old = pod(schedulingGates=gates)
    assert update_faults(pod(schedulingGates=gates, nodeSelector={"a": "b"}), old) == []
    assert update_faults(pod(nodeSelector={"a": "b"}), old) == []
    narrowed = pod(schedulingGates=gates, nodeSelector={"a": "b"})
    assert update_faults(old, narrowed) == [
        "spec.nodeSelector: Invalid value: null: only additions to spec.nodeSelector are allowed "
        "(no mutations or deletions)"
    ]
    assert update_faults(pod(schedulingGates=[*gates, {"name": "h"}]), old) == [
        "spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate 'h'"
    ]


def test_containers_neither_come_nor_go() -> None:
    two = pod(containers=[CONTAINER, {"name": "d", "image": "a"}])
    assert update_faults(two, pod()) == ["spec.containers: Forbidden: pod updates may not add or remove containers"]


def test_an_ended_container_does_not_come_back() -> None:
    def with_state(state: dict[str, Any]) -> Pod:
        body = {
            "metadata": {"name": "x", "namespace": "default", "resourceVersion": "1"},
            "spec": {"restartPolicy": "Never", "containers": [CONTAINER]},
            "status": {"containerStatuses": [{"name": "c", "state": state}]},
        }
        return with_defaults(from_dict(Pod, body))

    ended, running = with_state({"terminated": {"exitCode": 1}}), with_state({"running": {}})
    assert validate_pod_status_update(ended, running) == []
    assert [str(e) for e in validate_pod_status_update(running, ended)] == [
        "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state"
    ]


def test_a_template_of_a_replica_set() -> None:
    body = {
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "other"}},
                "spec": {
                    "containers": [{**CONTAINER, "image": " a"}],
                    "restartPolicy": "Never",
                    "activeDeadlineSeconds": 5,
                },
            },
        }
    }
    spec = with_defaults(from_dict(Deployment, body)).spec
    found = validate_pod_template_spec_for_rs(spec.template, spec.selector, 1, "spec.template")
    assert [str(error) for error in found] == [
        'spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
        'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
        "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported",
    ]
