"""``get`` and ``describe``: which objects a line means, and what is printed when there are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kubectl_terminal import SETTINGS, Terminal, WEB


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("get deployments web", ["deployment.apps/web"]),
        ("get deploy/web cm/settings", ["deployment.apps/web", "configmap/settings"]),
        ("get deploy,cm", ["deployment.apps/web", "configmap/settings"]),
        ("get Deployment.apps web", ["deployment.apps/web"]),
        ("get deployments.v1.apps web", ["deployment.apps/web"]),
        ("get DEPLOYMENTS.ap web", ["deployment.apps/web"]),
        ("get cm settings settings", ["configmap/settings", "configmap/settings"]),
        ("get cm,deploy -l app=web", ["deployment.apps/web"]),
        ("get deploy -l 'app in (web,db),app!=db'", ["deployment.apps/web"]),
        ("get cm --field-selector metadata.name=settings", ["configmap/settings"]),
        ("get nodes", ["node/node-1", "node/node-2"]),
        ("get all", ["service/kubernetes", "deployment.apps/web"]),
        ("get deploy -A", ["deployment.apps/web"]),
        ("get deploy --all-namespaces=true", ["deployment.apps/web"]),
    ],
)
def test_the_objects_that_a_line_means(web: Terminal, line: str, names: list[str]) -> None:
    assert web.out(f"{line} -o name") == names


@pytest.mark.parametrize(("word", "resource"), [("DEPLOY", "DEPLOY"), ("pods.v1", "pods"), ("pods.v2.", "pods")])
def test_words_that_mean_no_resource(web: Terminal, word: str, resource: str) -> None:
    assert web.fails(f"get {word}") == [f'error: the server doesn\'t have a resource type "{resource}"']


def test_a_manifest_names_objects(web: Terminal, tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(f"{WEB}---{SETTINGS}")
    assert web.out(f"get -f {tmp_path} -o name") == ["deployment.apps/web", "configmap/settings"]
    assert web.out("get -o name -f -", SETTINGS) == ["configmap/settings"]


def test_a_table_of_one_kind_and_of_several(running: Terminal) -> None:
    header, row = running.out("get deployments")
    assert header.split() == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert row.split() == ["web", "2/2", "2", "2", "20s"]
    lines = running.out("get deploy,cm")
    assert [line.split()[0] for line in lines if line and not line.startswith("NAME")] == [
        "deployment.apps/web",
        "configmap/kube-root-ca.crt",
        "configmap/settings",
    ]
    assert running.out("get deploy --no-headers")[0].split() == row.split()
    assert running.out("get deploy --show-labels -L app")[1].split()[-2:] == ["web", "app=web"]


def test_nothing_found(terminal: Terminal) -> None:
    result = terminal.both("get pods")
    assert (result.exit, result.stdout, result.stderr) == (0, "", "No resources found in default namespace.\n")
    assert terminal.both("get pods -n kube-system").stderr == "No resources found in kube-system namespace.\n"
    assert terminal.both("get pods -A").stderr == "No resources found\n"
    assert terminal.both("get pv").stderr == "No resources found\n"
    assert terminal.body("get pods") == {
        "apiVersion": "v1",
        "items": [],
        "kind": "List",
        "metadata": {"resourceVersion": ""},
    }


def test_an_object_that_is_not_there(web: Terminal) -> None:
    error = 'Error from server (NotFound): deployments.apps "ghost" not found'
    assert web.fails("get deploy ghost") == [error]
    assert web.fails("get deploy ghost -n nowhere") == ['Error from server (NotFound): namespaces "nowhere" not found']
    found = web.both("get deploy web ghost -o name")
    assert (found.exit, found.stdout.splitlines(), found.stderr.splitlines()) == (1, ["deployment.apps/web"], [error])
    assert web.out("get deploy ghost --ignore-not-found") == []
    assert web.out("get deploy web ghost --ignore-not-found -o name") == ["deployment.apps/web"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("get pots", 'the server doesn\'t have a resource type "pots"'),
        ("get pods/a/b", "arguments in resource/name form may not have more than one slash"),
        ("get pods/", "arguments in resource/name form must have a single resource and name"),
        ("get pods,svc/web", "arguments in resource/name form must have a single resource and name"),
        ("get pods a -l x=y", "name cannot be provided when a selector is specified"),
        ("get pod/a -l x=y", "selectors and the all flag cannot be used when passing resource/name arguments"),
        ("get pods web -A", "a resource cannot be retrieved by name across all namespaces"),
        ("get pods --show-labels -o yaml", "--show-labels option cannot be used with yaml printer"),
        ("get pods -f - -f -", "standard input cannot be used for multiple arguments"),
        ("get -f /no/such/file.yaml", 'the path "/no/such/file.yaml" does not exist'),
    ],
)
def test_lines_that_make_no_sense(terminal: Terminal, line: str, error: str) -> None:
    assert terminal.fails(line) == [f"error: {error}"]


def test_a_type_is_needed(terminal: Terminal) -> None:
    assert terminal.fails("get") == [
        'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported '
        "resources.",
        "",
        "error: Required resource not specified.",
        'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
        "See 'kubectl get -h' for help and examples",
    ]
    assert terminal.fails("get pods web svc/db")[0].startswith("error: there is no need to specify a resource type as")


def test_selectors_that_cannot_be_read(terminal: Terminal) -> None:
    (error,) = terminal.fails("get pods -l 'app in web'")
    assert error.startswith('Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label')
    (error,) = terminal.fails("get pods --field-selector spec.colour=blue")
    assert error.endswith('field selector "spec.colour=blue": field label not supported: spec.colour')


def test_what_is_not_built_is_refused(terminal: Terminal) -> None:
    assert terminal.fails("get -f http://example.com/a.yaml") == [
        "error: reading manifests from a URL is not built in this simulator: http://example.com/a.yaml"
    ]
    assert terminal.fails("get -k .") == ["error: kustomize (-k) is not built in this simulator"]


def test_describe_by_name_by_prefix_and_by_selector(running: Terminal) -> None:
    by_name = running.out("describe deployment web")
    assert by_name[0].split() == ["Name:", "web"]
    assert running.out("describe deployments -l app=web") == by_name
    assert running.out("describe deploy we") == [*by_name[: by_name.index("Events:")], ""]  # as kubectl has it
    assert running.fails("describe deploy/we") == ['Error from server (NotFound): deployments.apps "we" not found']
    pods = running.out("describe pods web")
    assert sum(line.startswith("Name:") for line in pods) == 2
    assert "Events:" not in "".join(running.out("describe deploy web --show-events=false"))


def test_describe_what_is_not_there(terminal: Terminal) -> None:
    assert terminal.fails("describe pod ghost") == ['Error from server (NotFound): pods "ghost" not found']
    assert terminal.both("describe pods").stderr == "No resources found in default namespace.\n"
    assert terminal.fails("describe")[0].startswith("error: You must specify the type of resource to describe.")


def test_the_scale_of_a_workload(running: Terminal) -> None:
    header, row = running.out("get deploy web --subresource=scale")
    assert (header.split(), row.split()[:3]) == (["NAME", "DESIRED", "AVAILABLE", "AGE"], ["web", "2", "2"])
    body = running.body("get deploy web --subresource=scale")
    assert (body["apiVersion"], body["kind"]) == ("autoscaling/v1", "Scale")
    assert (body["spec"], body["status"]) == ({"replicas": 2}, {"replicas": 2, "selector": "app=web"})
    refusal = "Error from server (NotFound): the server could not find the requested resource"
    assert running.fails("get cm settings --subresource=scale") == [refusal]


def test_what_the_server_answers_to_a_path(web: Terminal) -> None:
    assert web.both("get --raw /healthz").stdout == "ok"
    path = "/apis/apps/v1/namespaces/default/deployments"
    (listed,) = web.out(f"get --raw {path}")
    assert listed.startswith('{"kind":"DeploymentList","apiVersion":"apps/v1","metadata":{"resourceVersion":')
    assert json.loads(listed)["items"][0]["metadata"]["name"] == "web"
    (found,) = web.out(f"get --raw {path}/web?pretty=false")
    assert found.startswith('{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"web"')


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("get --raw /nope", "Error from server (NotFound): the server could not find the requested resource"),
        ("get --raw /api/v1/pods/x", "Error from server (NotFound): the server could not find the requested resource"),
        ("get --raw /api/v1/namespaces/default/pods/x", 'Error from server (NotFound): pods "x" not found'),
        ("get --raw nope", 'error: --raw must be a valid URL path: parse "nope": invalid URI for request'),
        ("get pods --raw /", "error: arguments may not be passed when --raw is specified"),
        ("get --raw / -o yaml", "error: --raw and --output are mutually exclusive"),
        (
            "get --raw / -w",
            "error: --raw may not be specified with other flags that filter the server request or alter the output",
        ),
    ],
)
def test_paths_with_nothing_behind_them(terminal: Terminal, line: str, error: str) -> None:
    assert terminal.fails(line) == [error]


def test_without_the_servers_tables_there_are_names_and_ages(running: Terminal) -> None:
    assert [line.split() for line in running.out("get deploy --server-print=false")] == [
        ["NAME", "AGE"],
        ["web", "20s"],
    ]
    lines = running.out("get deploy,cm --server-print=false --sort-by=.metadata.name --no-headers")
    assert [line.split()[0] for line in lines] == [
        "configmap/kube-root-ca.crt",
        "configmap/settings",
        "deployment.apps/web",
    ]
    assert running.both("get pv --server-print=false").stderr == "No resources found in default namespace.\n"


def test_values_without_an_order_cannot_be_sorted_by(running: Terminal) -> None:
    refused = running.fails("get pods --sort-by=.metadata.labels")[0]
    assert refused.endswith("is an unsortable type: interface, err: unsortable type: map[string]interface {}")
