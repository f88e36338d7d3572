"""Formats other than tables: YAML, JSON, names, templates and custom columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubectl_objects import make, SELECTOR, TEMPLATE

from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.printers import print_objects, PrintOptions
from k8snb.kubectl.printers.pod_template import pod_template_text

WEB = make("Deployment", "web", spec={"replicas": 2, "selector": SELECTOR, "template": TEMPLATE})
API = make("Deployment", "api", spec={"replicas": 1, "selector": SELECTOR, "template": TEMPLATE})
CONFIG = make("ConfigMap", "conf", data={"b": "2", "a": "<1>"})


def printed(*objects: Any, output: str = "", **options: Any) -> str:
    return print_objects(objects, PrintOptions(output=output, **options))


def test_one_object_as_yaml() -> None:
    assert printed(CONFIG, output="yaml", single=True) == (
        "apiVersion: v1\n"
        "data:\n"
        "  a: <1>\n"
        '  b: "2"\n'
        "kind: ConfigMap\n"
        "metadata:\n"
        '  creationTimestamp: "2026-01-01T00:00:10Z"\n'
        "  name: conf\n"
        "  namespace: default\n"
        "  uid: uid-conf\n"
    )


def test_lists() -> None:
    listed = yaml.safe_load(printed(WEB, API, output="yaml"))
    assert list(listed) == ["apiVersion", "items", "kind", "metadata"]
    assert listed["kind"] == "List"
    assert [item["metadata"]["name"] for item in listed["items"]] == ["web", "api"]
    assert printed(output="yaml") == 'apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: ""\n'
    assert json.loads(printed(WEB, output="json"))["items"][0]["metadata"]["name"] == "web"


def test_json_is_sorted_unless_kubectl_made_the_object() -> None:
    text = printed(WEB, output="json", single=True)
    assert list(json.loads(text)) == ["apiVersion", "kind", "metadata", "spec", "status"]
    assert list(json.loads(text)["spec"])[:2] == ["progressDeadlineSeconds", "replicas"]
    typed = json.loads(printed(WEB, output="json", single=True, typed=True))
    assert list(typed) == ["kind", "apiVersion", "metadata", "spec", "status"]
    assert list(typed["spec"])[:2] == ["replicas", "selector"]
    assert '"a": "\\u003c1\\u003e"' in printed(CONFIG, output="json", single=True)


def test_claims_in_a_stateful_set_also_begin_with_their_kind() -> None:
    claims = [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}]
    spec = {"serviceName": "", "selector": SELECTOR, "template": TEMPLATE, "volumeClaimTemplates": claims}
    typed = json.loads(printed(make("StatefulSet", spec=spec), output="json", single=True, typed=True))
    assert list(typed["spec"]["volumeClaimTemplates"][0])[:2] == ["kind", "apiVersion"]


def test_managed_fields_are_left_out() -> None:
    fields = {"managedFields": [{"manager": "kubectl", "operation": "Apply"}]}
    given = make("ConfigMap", "conf", fields)
    assert "managedFields" not in printed(given, output="yaml", single=True)
    assert "manager: kubectl" in printed(given, output="yaml", show_managed_fields=True)


def test_names() -> None:
    assert printed(WEB, CONFIG, output="name") == "deployment.apps/web\nconfigmap/conf\n"
    assert (
        printed(
            {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "h"}},
            output="name",
        )
        == "horizontalpodautoscaler.autoscaling/h\n"
    )


def test_templates() -> None:
    assert printed(WEB, output="jsonpath={.spec.replicas}", single=True) == "2"
    assert printed(WEB, API, output="jsonpath={.items[*].metadata.name}") == "web api"
    assert printed(WEB, output="jsonpath-as-json={.spec.replicas}", single=True) == "[\n    2\n]\n"
    assert printed(WEB, output="go-template={{.spec.replicas}}", single=True) == "2"
    assert printed(WEB, output="template={{.kind}}", single=True) == "Deployment"
    assert printed(WEB, output="jsonpath", template="{.kind}", single=True) == "Deployment"
    assert printed(WEB, template="{{.kind}}", single=True) == "Deployment"


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "template"
    path.write_text("{.kind}")
    assert printed(WEB, output=f"jsonpath-file={path}", single=True) == "Deployment"
    path.write_text("NAME  WANT\n.metadata.name  {spec.replicas}\n")
    assert printed(WEB, output=f"custom-columns-file={path}").split() == ["NAME", "WANT", "web", "2"]
    with pytest.raises(KubectlError) as caught:
        printed(WEB, output="go-template-file=/no/such/file")
    assert (
        caught.value.message == "error reading --template /no/such/file, open /no/such/file: no such file or directory"
    )


def test_custom_columns() -> None:
    spec = "NAME:.metadata.name,WANT:spec.replicas,NONE:{.status.nope},ALL:.spec.selector"
    spec += ",I:.spec.template.spec.containers[*].image"
    assert printed(WEB, API, output=f"custom-columns={spec}").splitlines() == [
        "NAME   WANT   NONE     ALL                             I",
        "web    2      <none>   map[matchLabels:map[app:web]]   nginx:1.7.9",
        "api    1      <none>   map[matchLabels:map[app:web]]   nginx:1.7.9",
    ]
    assert printed(output="custom-columns=A:.x") == "A\n"
    assert printed(WEB, output="custom-columns=A:.kind", no_headers=True) == "Deployment\n"


def test_sorting_of_lists() -> None:
    assert printed(WEB, API, output="name", sort_by=".spec.replicas") == "deployment.apps/api\ndeployment.apps/web\n"
    assert printed(WEB, CONFIG, output="name", sort_by=".spec.replicas").startswith("configmap/conf")
    assert printed(output="name", sort_by=".nope") == ""
    with pytest.raises(KubectlError) as caught:
        printed(WEB, output="name", sort_by=".nope")
    assert caught.value.message == 'couldn\'t find any field with path "{.nope}" in the list of objects'


FORMATS = (
    "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,"
    "jsonpath-file,kyaml,name,template,templatefile,wide,yaml"
)


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("nope", f'unable to match a printer suitable for the output format "nope", allowed formats are: {FORMATS}'),
        ("jsonpath", "template format specified but no template given"),
        ("go-template=", "template format specified but no template given"),
        ("custom-columns", "custom-columns format specified but no custom columns given"),
        ("custom-columns=X", "unexpected custom-columns spec: X, expected <header>:<json-path-expr>"),
        (
            "custom-columns=X:{a}{b}",
            "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
        ),
        ("custom-columns=X:.a[", "unterminated array"),
        ("jsonpath={.items[0", "error parsing jsonpath {.items[0, unterminated array"),
        ("go-template={{.x", "error parsing template {{.x, template: output:1: unclosed action"),
    ],
)
def test_what_cannot_be_printed(output: str, message: str) -> None:
    with pytest.raises(KubectlError) as caught:
        printed(WEB, output=output)
    assert caught.value.message == message


def test_other_commands_know_no_tables() -> None:
    with pytest.raises(KubectlError) as caught:
        printed(WEB, output="wide", columns=False)
    assert "wide" not in caught.value.message.partition("allowed")[2]


def test_a_path_that_fails_shows_the_object() -> None:
    with pytest.raises(KubectlError) as caught:
        printed(output="jsonpath={.items[0].metadata.name}")
    assert caught.value.message == (
        'error executing jsonpath "{.items[0].metadata.name}": Error executing template: '
        "array index out of bounds: index 0, length 0. Printing more information for debugging the template:\n"
        "\ttemplate was:\n\t\t{.items[0].metadata.name}\n"
        "\tobject given to jsonpath engine was:\n"
        '\t\tmap[string]interface {}{"apiVersion":"v1", "items":[]interface {}{}, "kind":"List", '
        '"metadata":map[string]interface {}{"resourceVersion":""}}\n\n\n'
    )


def test_a_template_that_fails_writes_what_it_was_given() -> None:
    with pytest.raises(KubectlError) as caught:
        printed(output="go-template={{.kind.x}}")
    reason = 'template: output:1:7: executing "output" at <.kind.x>: can\'t evaluate field x in type interface {}'
    assert caught.value.message == f'error executing template "{{{{.kind.x}}}}": {reason}'
    assert caught.value.stdout == (
        f"Error executing template: {reason}. Printing more information for debugging the template:\n"
        "\ttemplate was:\n\t\t{{.kind.x}}\n"
        '\traw data was:\n\t\t{"apiVersion":"v1","items":[],"kind":"List","metadata":{"resourceVersion":""}}\n'
        "\tobject given to template engine was:\n"
        "\t\tmap[apiVersion:v1 items:[] kind:List metadata:map[resourceVersion:]]\n\n"
    )


def test_pod_template_keeps_its_tabs() -> None:
    assert pod_template_text(WEB.spec.template) == (
        "Pod Template:\n  Labels:\tapp=web\n  Containers:\n   nginx:\n    Image:\tnginx:1.7.9\n"
        "    Port:\t<none>\n    Host Port:\t<none>\n    Environment:\t<none>\n    Mounts:\t<none>\n"
        "  Volumes:\t<none>\n  Node-Selectors:\t<none>\n  Tolerations:\t<none>\n"
    )
