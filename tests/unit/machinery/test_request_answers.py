"""What the API server answers to single requests: tables of what is sent, and of what comes back."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.api.decode import from_dict
from k8snb.api.resources import BY_CLASS
from k8snb.api.types.config import Namespace
from k8snb.api.types.pod import Pod
from k8snb.machinery.admission.pod_security import check_policy
from k8snb.recording.answers import answer_case, empty_server

POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "x"},
    "spec": {
        "containers": [{"name": "c", "image": "busybox", "command": ["true"]}],
        "nodeSelector": {"a": "b"},
        "tolerations": [{"key": "k"}],
        "volumes": [{"name": "v", "emptyDir": {}}],
    },
}


def patched(patch: Any, patch_type: str, base: dict[str, Any] = POD) -> dict[str, Any]:
    return answer_case({"verb": "patch", "type": patch_type, "base": base, "manifest": patch})


def pod(meta: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    return {**POD, "metadata": {"name": "x", **(meta or {})}, "spec": {**POD["spec"], **spec}}


@pytest.mark.parametrize(
    ("patch", "answer"),
    [
        ({"kind": None}, 200),
        ({"apiVersion": None}, 'strict decoding error: unknown field "metadata", unknown field "spec"'),
        ({"apiVersion": None, "kind": "A"}, 'no kind "A" is registered for the internal version of group "" in scheme'),
        ({"apiVersion": "v9", "kind": None}, 'no kind "Pod" is registered for version "v9" in scheme'),
        ({"apiVersion": "a/b/c"}, "unexpected GroupVersion string: a/b/c"),
        ({"kind": []}, "json: cannot unmarshal array into Go struct field .kind of type string"),
        ({"spec": {"tolerations": 1, "volumes": 1}}, "PodSpec.spec.tolerations of type []v1.Toleration"),  # sorted
        (None, "Invalid JSON Patch"),
    ],
)
def test_merge_patches_of_what_an_object_is(patch: Any, answer: int | str) -> None:
    given = patched(patch, "merge")
    assert given["code"] == answer if isinstance(answer, int) else answer in given["message"]


def test_maps_that_a_json_patch_looks_into_are_read_sorted() -> None:
    operations = [
        {"op": "replace", "path": "/spec/volumes/0/emptyDir", "value": 1},
        {"op": "add", "path": "/spec/containers/0/image", "value": {}},
        {"op": "add", "path": "/spec/affinity", "value": 2},
    ]
    wrong = []
    while operations:
        given = patched(operations, "json")["message"]
        wrong.append(given.rpartition("Go struct field ")[2].partition(" ")[0])
        operations.pop()
    assert wrong == [
        "PodSpec.spec.affinity",
        "Container.spec.containers.image",
        "Volume.spec.volumes.VolumeSource.emptyDir",
    ]


def test_a_document_without_anything_has_no_name() -> None:
    given = patched([{"op": "replace", "path": "", "value": {}}], "json")
    assert given["message"] == "the name of the object (x based on URL) was undeterminable: name must be provided"


@pytest.mark.parametrize(
    ("meta", "code", "text"),
    [
        ({"uid": "u"}, 422, 'metadata.uid: Invalid value: "u": field is immutable'),
        ({"resourceVersion": "x"}, 500, 'strconv.ParseUint: parsing "x": invalid syntax'),
        ({"resourceVersion": "1"}, 409, "the object has been modified"),
        ({"managedFields": [{}]}, 200, ""),
    ],
)
def test_patches_of_what_the_server_keeps(meta: dict[str, Any], code: int, text: str) -> None:
    given = patched({"metadata": meta}, "strategic")
    assert given["code"] == code
    assert text in given.get("message", "")


def test_an_unknown_directive_is_shown_with_its_type() -> None:
    given = patched({"spec": {"nodeSelector": {"$patch": 5}}}, "strategic")
    assert given["message"] == "unknown patch type: %!s(int64=5) in map: map[$patch:5]"


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        ({"containers": [{"name": "c", "image": "busybox", "command": []}]}, '+   "Command": [],\n'),
        ({"containers": [{"name": "c", "image": "busybox", "resources": {"limits": {}}}]}, '+    "Requests": {},\n'),
        ({"securityContext": {"sysctls": [{"name": "a", "value": "b"}]}}, '"FSGroupChangePolicy": null,\n-  "Sysctls"'),
    ],
)
def test_the_difference_of_two_pods(spec: dict[str, Any], line: str) -> None:
    given = answer_case({"verb": "update", "base": POD, "manifest": pod(**spec)})
    assert line in given["message"]


def test_old_app_armor_annotations_become_fields() -> None:
    prefix = "container.apparmor.security.beta.kubernetes.io/"
    notes = {prefix + "c": "localhost/p", prefix + "i": "runtime/default"}
    sent = pod({"annotations": notes}, initContainers=[{"name": "i", "image": "a"}])
    given = answer_case({"verb": "create", "manifest": sent})["object"]["spec"]
    profile = {"type": "Localhost", "localhostProfile": "p"}
    assert given["containers"][0]["securityContext"] == {"appArmorProfile": profile}
    assert given["initContainers"][0]["securityContext"] == {"appArmorProfile": {"type": "RuntimeDefault"}}


def test_a_runtime_class_is_shown_in_quotes() -> None:
    answer = answer_case({"verb": "create", "manifest": pod(runtimeClassName="a\nb")})
    assert answer["message"].endswith('RuntimeClass "a\\nb" not found')


def test_a_runtime_class_without_a_name_cannot_be_looked_up() -> None:
    given = answer_case({"verb": "create", "manifest": pod(runtimeClassName="")})
    assert (given["code"], given["message"]) == (500, "resource name may not be empty")
    given = answer_case({"verb": "create", "manifest": pod(runtimeClassName="a/b")})
    assert (given["code"], given["message"]) == (500, "invalid resource name \"a/b\": [may not contain '/']")


TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "busybox"}]}}
BATCH = {**TEMPLATE, "spec": {**TEMPLATE["spec"], "restartPolicy": "Never"}}


def made(api: str, kind: str, meta: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    selector: Any = {"app": "web"} if kind == "ReplicationController" else {"matchLabels": {"app": "web"}}
    own = {} if kind == "CronJob" else {"selector": selector, "template": TEMPLATE}
    manifest = {"apiVersion": api, "kind": kind, "metadata": {"name": "x", **(meta or {})}, "spec": {**own, **spec}}
    return answer_case({"verb": "create", "manifest": manifest})


@pytest.mark.parametrize(
    ("kind", "strategy", "shown"),
    [
        ("Deployment", {"strategy": {"type": "A", "rollingUpdate": {}}}, '{"MaxUnavailable":0,"MaxSurge":0}'),
        ("DaemonSet", {"updateStrategy": {"type": "A", "rollingUpdate": {}}}, '{"MaxUnavailable":0,"MaxSurge":0}'),
        (
            "StatefulSet",
            {"updateStrategy": {"type": "A", "rollingUpdate": {}}},
            '{"Partition":0,"MaxUnavailable":null}',
        ),
    ],
)
def test_bounds_that_are_not_given_are_zero_inside(kind: str, strategy: dict[str, Any], shown: str) -> None:
    assert f'{{"Type":"A","RollingUpdate":{shown}}}' in made("apps/v1", kind, **strategy)["message"]


def test_a_prefix_of_a_name_is_checked_for_all_but_replication_controllers() -> None:
    assert made("v1", "ReplicationController", {"generateName": "Bad_"})["code"] == 201
    assert made("apps/v1", "ReplicaSet", {"generateName": "Bad_"})["code"] == 422


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ({"schedule": "TZ=UTC"}, "invalid schedule format: runtime error: slice bounds out of range [:-1]"),
        ({"schedule": "TZ=a..b * * * * *"}, "provided bad location a..b: time: invalid location name"),
        (
            {"schedule": "@daily", "timeZone": "A..B"},
            'spec.timeZone: Invalid value: "A..B": time: invalid location name',
        ),
        ({"schedule": "@daily", "timeZone": "A/B"}, 'spec.timeZone: Invalid value: "A/B": unknown time zone A/B'),
    ],
)
def test_zones_of_cron_jobs(spec: dict[str, Any], fault: str) -> None:
    given = made("batch/v1", "CronJob", **spec, jobTemplate={"spec": {"template": BATCH}})
    assert fault in given["message"]


def test_the_machine_is_in_a_zone_that_a_schedule_may_not_name() -> None:
    given = made("batch/v1", "CronJob", schedule="TZ=Local * * * * *", jobTemplate={"spec": {"template": BATCH}})
    assert [cause["message"].rpartition(": ")[2] for cause in given["causes"]] == [
        "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
    ]


def test_the_id_of_a_case_names_its_url() -> None:
    without = {name: value for name, value in POD.items() if name != "kind"}
    assert answer_case({"id": "pod-1", "verb": "create", "manifest": without})["code"] == 201
    assert answer_case({"verb": "create", "manifest": without})["code"] == 404


def test_a_budget_gets_the_selector_of_the_patch() -> None:
    spec = {"minAvailable": 1, "selector": {"matchLabels": {"app": "web", "a": "b"}}}
    base = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "x"}, "spec": spec}
    given = patched({"spec": {"selector": {"matchLabels": {"c": "d"}}}}, "strategic", base)
    assert given["object"]["spec"]["selector"] == {"matchLabels": {"c": "d"}}


def test_a_budget_may_have_any_finalizer_with_the_syntax_of_one() -> None:
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "x"}, "spec": {}}
    for base, codes in ((budget, (201, 200)), (POD, (422, 422))):
        meta = {"metadata": {"name": "x", "finalizers": ["nonsense"]}}
        assert answer_case({"verb": "create", "manifest": {**base, **meta}})["code"] == codes[0]
        assert patched(meta, "merge", base)["code"] == codes[1]
    wrong = {"metadata": {"name": "x", "finalizers": ["bad key"]}}
    faults = answer_case({"verb": "create", "manifest": {**budget, **wrong}})["causes"]
    assert [cause["field"] for cause in faults] == ["metadata.finalizers"]


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        ("MQ==-", "illegal base64 data at input byte 4"),
        ("MQ=", "illegal base64 data at input byte 3"),
        ("MQ=x", "illegal base64 data at input byte 2"),
        ("M", "illegal base64 data at input byte 0"),
        ("MQ", "illegal base64 data at input byte 0"),
        ("M\nQ==\n", "MQ=="),
        ([77, None], "TQA="),
        (["x"], "cannot unmarshal string into Go struct field Secret.data of type uint8"),
    ],
)
def test_bytes_of_a_secret(data: Any, answer: str) -> None:
    manifest = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "data": {"a": data}}
    given = answer_case({"verb": "create", "manifest": manifest})
    if given["code"] == 201:
        assert given["object"]["data"] == {"a": answer}
    else:
        assert given["message"].endswith(answer)


def test_who_wrote_what_is_part_of_a_patched_document() -> None:
    given = patched([{"op": "copy", "from": "/metadata", "path": "/spec/securityContext"}], "json")
    assert given["message"].endswith('unknown field "spec.securityContext.managedFields"')
    assert '\\"f:image\\":{}' in given["message"]
    base = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"a": "1"}}
    operations = [
        {"op": "test", "path": "/metadata/managedFields/0/fieldsV1", "value": {"f:data": {".": {}, "f:a": {}}}}
    ]
    assert patched(operations, "json", base)["code"] == 200


@pytest.mark.parametrize(
    ("container", "faulty"),
    [
        ({"ports": []}, "ports"),
        ({"resources": {"limits": {}}}, "resources"),
        ({"resources": {"claims": []}}, "resources"),
        ({"lifecycle": {}}, "lifecycle"),
        ({"resources": {}}, ""),
    ],
)
def test_what_is_empty_is_given_to_an_ephemeral_container(container: dict[str, Any], faulty: str) -> None:
    manifest = pod(ephemeralContainers=[{"name": "e", "image": "a", **container}])
    fields = [cause["field"] for cause in answer_case({"verb": "create", "manifest": manifest})["causes"]]
    assert fields == [*([f"spec.ephemeralContainers[0].{faulty}"] if faulty else []), "spec.ephemeralContainers"]


def test_an_image_as_a_second_source_of_a_volume_needs_no_reference() -> None:
    for source, fields in (({}, ["reference", "pullPolicy"]), ({"emptyDir": {}}, [""])):
        manifest = pod(volumes=[{"name": "v", **source, "image": {"pullPolicy": "Nope"}}])
        answer = answer_case({"verb": "create", "manifest": manifest})
        assert [c["field"].removeprefix("spec.volumes[0].image").strip(".") for c in answer["causes"]] == fields


def test_default_limits_are_rounded_to_thousandths() -> None:
    item = {"type": "Container", "default": {"cpu": "500n"}, "defaultRequest": {"cpu": "0.4m"}}
    manifest = {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "x"}, "spec": {"limits": [item]}}
    (stored,) = answer_case({"verb": "create", "manifest": manifest})["object"]["spec"]["limits"]
    assert (stored["default"], stored["defaultRequest"]) == ({"cpu": "1m"}, {"cpu": "1m"})


def test_a_claim_whose_source_names_a_group_may_name_any() -> None:
    claim: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "x"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    source = {"kind": "VolumeSnapshot", "name": "n", "apiGroup": "snapshot.storage.k8s.io"}
    claim["spec"]["dataSource"] = source
    for group, fields in (("No", ["spec", "spec"]), (None, ["spec.dataSource", "spec", "spec"])):
        answer = patched({"spec": {"dataSource": {"apiGroup": group}}}, "merge", claim)
        assert [cause["field"] for cause in answer["causes"]] == fields
    source["apiGroup"] = "No.example.com"
    del claim["spec"]["dataSource"]
    claim["spec"]["dataSourceRef"] = source
    fields = [cause["field"] for cause in answer_case({"verb": "create", "manifest": claim})["causes"]]
    assert fields == ["spec.dataSource.apiGroup", "spec.dataSourceRef.apiGroup"]


def test_the_type_of_a_claim_template_is_read_too() -> None:
    spec = {"selector": {}, "volumeClaimTemplates": [{"apiVersion": 7}]}
    manifest = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "x"}, "spec": spec}
    answer = answer_case({"verb": "create", "manifest": manifest})
    assert answer["message"].endswith(
        "field PersistentVolumeClaim.spec.volumeClaimTemplates.TypeMeta.apiVersion of type string"
    )


@pytest.mark.parametrize(
    ("name", "template", "faulty"),
    [
        ("a.b", {}, []),
        ("{x}", {}, ["metadata.name", "spec.template.labels"]),
        ("{x}", {"labels": {}}, ["metadata.name", "metadata.labels", "spec.template.labels"]),
    ],
)
def test_labels_of_a_job_are_its_templates_once_that_has_some(
    name: str, template: dict[str, Any], faulty: list[str]
) -> None:
    spec = {"template": {"metadata": template, "spec": {**POD["spec"], "restartPolicy": "Never"}}}
    manifest = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": spec}
    answer = answer_case({"verb": "create", "manifest": manifest})
    assert list(dict.fromkeys(cause["field"] for cause in answer.get("causes", ()))) == faulty
    if not faulty:
        assert answer["object"]["metadata"]["labels"] == answer["object"]["spec"]["template"]["metadata"]["labels"]


def test_a_link_of_old_is_left_out_when_an_object_is_stored() -> None:
    linked = pod({"selfLink": "/x"})
    assert "selfLink" not in answer_case({"verb": "create", "manifest": linked})["object"]["metadata"]
    update = {"verb": "update", "base": POD, "manifest": linked}  # a dry run, which stores nothing
    assert answer_case(update)["object"]["metadata"]["selfLink"] == "/x"
    server = empty_server()
    server.create(BY_CLASS[Pod], "default", POD)
    assert server.replace(BY_CLASS[Pod], "default", "x", linked).metadata.self_link == ""


def test_who_wrote_nothing_is_no_manager() -> None:
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}
    patch = [{"op": "add", "path": "/x", "value": 1}]
    assert "managedFields" not in patched(patch, "json", config)["message"]
    assert "managedFields" in patched(patch, "json", {**config, "data": {"a": "b"}})["message"]


@pytest.mark.parametrize(
    ("labels", "faults"),
    [
        ({"enforce": "baseline", "enforce-version": "v1.0", "warn-version": "latest"}, []),
        ({"warn": "Baseline", "enforce-version": "v1", "other": "x"}, ["enforce-version", "warn"]),
        ({"audit-version": "v1.01"}, ["audit-version"]),
    ],
)
def test_labels_by_which_pods_are_judged(labels: dict[str, str], faults: list[str]) -> None:
    prefix = "pod-security.kubernetes.io/"
    base = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}}
    patch = {"metadata": {"labels": {f"{prefix}{name}": value for name, value in labels.items()}}}
    manifest = {**base, "metadata": {"name": "x", **patch["metadata"]}}
    fields = [f"metadata.labels[{prefix}{name}]" for name in faults]
    for answer in (answer_case({"verb": "create", "manifest": manifest}), patched(patch, "merge", base)):
        assert [cause["field"] for cause in answer.get("causes", ())] == fields
    wrong = from_dict(Namespace, manifest)
    check_policy(wrong, wrong)  # what was wrong before may stay


def test_a_cluster_has_namespaces_of_its_own() -> None:
    for name, code in (("kube-system", 409), ("kube", 201)):
        manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        assert answer_case({"verb": "create", "manifest": manifest})["code"] == code


def test_a_config_map_that_is_too_large_has_a_fault_without_a_name() -> None:
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"a": "x" * (2**20 + 1)}}
    answer = answer_case({"verb": "create", "manifest": config})
    assert answer["message"] == 'ConfigMap "x" is invalid: []: Too long: may not be more than 1048576 bytes'


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("ConfigMap", {"apiVersion": "/v1"}, ""),
        (
            "Deployment",
            {"apiVersion": "apps/"},
            "spec.selector: Required value",
        ),  # today's version: only the object is wrong
        ("ConfigMap", {"apiVersion": "apps/"}, 'Object \'apiVersion\' is missing in \'{"apiVersion": "apps/"'),
        ("ConfigMap", {"Kind": "x"}, 'no kind "x" is registered for version "v1"'),
        ("ConfigMap", {"KIND": None, "APIVERSION": "v1"}, 'unknown field "KIND", unknown field "APIVERSION"'),
        (
            "Deployment",
            {"apiVersion": "extensions/v1beta1"},
            "the API version in the data (extensions/v1beta1) does not match the expected API version (apps/v1)",
        ),
        (
            "ConfigMap",
            {"apiVersion": "extensions/v1beta1"},
            'no kind "ConfigMap" is registered for version "extensions',
        ),
    ],
)
def test_what_an_object_says_of_its_type(kind: str, changes: dict[str, Any], message: str) -> None:
    version = "apps/v1" if kind == "Deployment" else "v1"
    manifest = {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}, **changes}
    answer = answer_case({"id": f"{kind.lower()}-1", "verb": "create", "manifest": manifest})
    assert message in answer.get("message", "")
    assert (answer["code"] == 201) is not bool(message)
