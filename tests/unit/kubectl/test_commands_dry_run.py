"""``--dry-run=server``: the whole way of a request but for the store; and when a bad output format is found out."""

from __future__ import annotations

import pytest
from kubectl_terminal import Terminal

EXISTS = "already exists"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (
            "create configmap settings --from-literal=a=1",
            f'error: failed to create configmap: configmaps "settings" {EXISTS}',
        ),
        ("create ns default", f'Error from server (AlreadyExists): namespaces "default" {EXISTS}'),
        (
            "create deployment web --image=nginx",
            f'error: failed to create deployment: deployments.apps "web" {EXISTS}',
        ),
        (
            "delete ns default",
            'Error from server (Forbidden): namespaces "default" is forbidden: this namespace may not be deleted',
        ),
    ],
)
def test_is_refused_as_the_request_itself_would_be(web: Terminal, line: str, error: str) -> None:
    assert web.fails(f"{line} --dry-run=server") == [error]


def test_node_ports_are_only_pretended(web: Terminal) -> None:
    made = web.body("expose deploy web --port=80 --type=NodePort --dry-run=server")
    assert made["spec"]["ports"][0]["nodePort"] == 32769
    made = web.body("create service nodeport s --tcp=80 --tcp=81 --dry-run=server")
    assert [port["nodePort"] for port in made["spec"]["ports"]] == [32769, 32770]
    made = web.body("create service nodeport s --tcp=80 --node-port=1 --dry-run=server")
    assert made["spec"]["ports"][0]["nodePort"] == 1
    web.out("expose deploy web --port=80 --type=NodePort")
    assert web.body("get svc web")["spec"]["ports"][0]["nodePort"] <= 32767


def test_the_last_label_or_annotation_leaves_an_empty_map(web: Terminal) -> None:
    for how in ("client", "server"):
        assert web.body(f"label deploy web app- --dry-run={how}")["metadata"]["labels"] == {}
    web.out("annotate deploy web kubectl.kubernetes.io/last-applied-configuration-")
    assert "annotations" not in web.body("annotate deploy web nope- --dry-run=server")["metadata"]


@pytest.mark.parametrize("how", ["none", "client", "server"])
def test_a_patch_of_a_scale_prints_the_scale(web: Terminal, how: str) -> None:
    line = f"patch deploy web --subresource=scale --type=merge --dry-run={how} -p"
    assert web.out(f"""{line} '{{"spec":{{"replicas":3}}}}'""") == ["scale.autoscaling/web patched"]
    assert web.value("deploy web", ".spec.replicas") == ("3" if how == "none" else "2")
    assert web.body(f"""{line} '{{"spec":{{"replicas":4}}}}'""")["kind"] == "Scale"


def test_what_a_scale_cannot_be(web: Terminal) -> None:
    line = "--subresource=scale --type=merge -p"
    assert web.fails(f"""patch deploy web {line} '{{"spec":{{"replicas":-1}}}}'""") == [
        'The Scale "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0'
    ]
    assert web.fails(f"patch cm settings {line} '{{}}'") == [
        "Error from server (NotFound): the server could not find the requested resource"
    ]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (
            """patch deploy web --type=json -p '{"a":1}'""",
            "error: json: cannot unmarshal object into Go value of type jsonpatch.Patch",
        ),
        ("taint node node-1 nope-", 'error: taint "nope" not found'),
        ("rollout undo deploy web", 'error: no rollout history found for deployment "web"'),
    ],
)
def test_a_bad_format_is_found_out_after_the_work(web: Terminal, line: str, error: str) -> None:
    assert web.both(f"{line} --dry-run=client -o nope").stderr.splitlines()[-1] == error


def test_a_service_and_its_pod_are_parted_twice(web: Terminal) -> None:
    assert web.out("run p --image=b --expose --port=80 --dry-run=client -o yaml").count("---") == 2


def test_all_objects_share_one_deadline(web: Terminal) -> None:
    web.run()
    web.out("run a --image=nginx --labels=k8snb=a")
    web.run()
    result = web.both("wait pod/a --for=condition=Nope --for=condition=Ready --timeout=1s")
    assert (result.exit, result.stdout) == (1, "")
    late = web.both("wait deploy/web --for=condition=Nope pod/a --timeout=1s").stderr.splitlines()
    assert late == [
        "timed out waiting for the condition on deployments/web",
        "timed out waiting for the condition on pods/a",
    ]


def test_a_pretended_service_is_told_the_range_that_its_address_is_not_in(terminal: Terminal) -> None:
    line = "create service clusterip s --tcp=80 --clusterip=1.2.3.4"
    assert "The range of valid IPs is 10.96.0.0/12" in terminal.fails(f"{line} --dry-run=server")[0]
    assert "the provided network does not match the current range" in terminal.fails(line)[0]


def test_a_patch_that_kubectl_cannot_apply_is_its_own_error(running: Terminal) -> None:
    patch = '{"spec":{"template":{"spec":{"containers":[{"image":"x"}]}}}}'
    line = f"patch deployment web -p '{patch}' --dry-run"
    complaint = "map: map[image:x] does not contain declared merge key: name"
    assert running.fails(f"{line}=client") == [f"error: {complaint}"]
    assert running.fails(f"{line}=server") == [f"Error from server: {complaint}"]


def test_the_subjects_of_a_binding_are_written_in_the_order_of_their_fields(terminal: Terminal) -> None:
    lines = terminal.out("create rolebinding b --role=r --serviceaccount=default:x --dry-run=server -o json")
    start = lines.index('    "subjects": [')
    assert [line.split('"')[1] for line in lines[start + 2 : start + 5]] == ["kind", "name", "namespace"]
