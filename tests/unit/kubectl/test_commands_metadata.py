"""``label``, ``annotate``, ``patch``, ``scale``, ``taint`` and ``cordon``: changes of objects that are there."""

from __future__ import annotations

from pathlib import Path

import pytest
from kubectl_terminal import SETTINGS, Terminal, WEB

# -- label and annotate


def test_labels_are_set_changed_and_removed(web: Terminal) -> None:
    assert web.out("label deploy web tier=front") == ["deployment.apps/web labeled"]
    assert web.out("label deploy web tier=front") == ["deployment.apps/web not labeled"]
    assert web.fails("label deploy web tier=back") == [
        "error: 'tier' already has a value (front), and --overwrite is false"
    ]
    assert web.out("label deploy web tier=back --overwrite") == ["deployment.apps/web labeled"]
    assert web.out("label deploy web tier-") == ["deployment.apps/web unlabeled"]
    assert web.out("label deploy web tier-") == ['label "tier" not found.', "deployment.apps/web not labeled"]
    assert web.value("deploy web", ".metadata.labels") == '{"app":"web"}'


def test_many_objects_are_labeled(web: Terminal) -> None:
    assert web.out("label cm,deploy --all z=1") == ["configmap/settings labeled", "deployment.apps/web labeled"]
    assert web.out("label cm -l z=1 y=2 --dry-run=client") == ["configmap/settings labeled (dry run)"]
    assert web.out("label cm settings --list") == ["z=1"]
    assert web.out("label cm,deploy --all --list") == [
        "Listing labels for ConfigMap./settings:",
        " z=1",
        "Listing labels for Deployment.apps/web:",
        " app=web",
        " z=1",
    ]


def test_labels_of_a_manifest_alone(terminal: Terminal) -> None:
    body = terminal.body("label --local -f - a=b", SETTINGS)
    assert body["metadata"]["labels"] == {"a": "b"}
    assert terminal.both("get cm").stdout == ""


def test_annotations(web: Terminal) -> None:
    assert web.out("annotate cm settings note='it is blue'") == ["configmap/settings annotated"]
    assert web.fails("annotate cm settings note=red") == [
        "error: --overwrite is false but found the following declared annotation(s): 'note' already has a value "
        "(it is blue)"
    ]
    assert web.out("annotate cm settings note=red --overwrite") == ["configmap/settings annotated"]
    assert "note=red" in web.out("annotate cm settings --list")
    assert web.out("annotate cm settings note-") == ["configmap/settings annotated"]
    assert "note=red" not in web.out("annotate cm settings --list")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("label cm settings", "at least one label update is required"),
        ("label a=b", "one or more resources must be specified as <resource> <name> or <resource>/<name>"),
        ("label cm a=b settings", "all resources must be specified before label changes: settings"),
        ("label cm settings a=b=c", "invalid label spec: a=b=c"),
        ("label cm settings a=b a-", "can not both modify and remove a label in the same command"),
        ("label cm a=b", "resource(s) were provided, but no name was specified"),
        ("label cm settings a=b --all -l c=d", "cannot set --all and --selector at the same time"),
        ("annotate cm settings", "at least one annotation update is required"),
        (
            "annotate cm settings a=b a-",
            "can not both modify and remove the following annotation(s) in the same command: a",
        ),
    ],
)
def test_what_label_and_annotate_refuse(web: Terminal, line: str, error: str) -> None:
    assert web.fails(line) == [f"error: {error}"]


def test_values_that_no_label_may_have(web: Terminal) -> None:
    (error,) = web.fails("label cm settings 'a=b c'")
    assert error.startswith('error: invalid label value: "a=b c": a valid label must be an empty string or consist of')


# -- patch


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("strategic", '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"nginx:1.9.1"}]}}}}'),
        ("json", "[{op: replace, path: /spec/template/spec/containers/0/image, value: nginx:1.9.1}]"),
    ],
)
@pytest.mark.parametrize("how", ["", "--dry-run=server", "--dry-run=client"])
def test_patch(web: Terminal, kind: str, patch: str, how: str) -> None:
    assert web.out(f"patch deploy web --type={kind} -p '{patch}' {how}") == ["deployment.apps/web patched"]
    image = web.value("deploy web", ".spec.template.spec.containers[*].image")
    assert image == ("nginx:1.7.9" if how else "nginx:1.9.1")


def test_a_patch_that_changes_nothing(web: Terminal, tmp_path: Path) -> None:
    patch = tmp_path / "patch.yaml"
    patch.write_text("data: {colour: blue}")
    assert web.out(f"patch cm settings --patch-file={patch}") == ["configmap/settings patched (no change)"]
    patch.write_text("data: {colour: red}")
    assert web.out(f"patch cm settings --patch-file={patch}") == ["configmap/settings patched"]
    assert web.body("patch --local -f - -p 'data: null' --type=merge", SETTINGS).get("data") is None


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("patch cm settings", "error: must specify --patch or --patch-file containing the contents of the patch"),
        ("patch cm settings -p {} --patch-file=x", "error: cannot specify --patch and --patch-file together"),
        ("patch cm settings -p {} --type=odd", 'error: --type must be one of [json merge strategic], not "odd"'),
        ("patch cm ghost -p {}", 'Error from server (NotFound): configmaps "ghost" not found'),
        (
            "patch cm settings --patch-file=/no/such",
            "error: unable to read patch file: open /no/such: no such file or directory",
        ),
        (
            """patch cm settings --type=json -p '[{"op":"remove","path":"/x"}]'""",
            "The request is invalid: the server rejected our request due to an error in our request",
        ),
    ],
)
def test_what_patch_refuses(web: Terminal, line: str, error: str) -> None:
    assert web.fails(line) == [error]


# -- scale


def test_every_scaling_is_a_new_version_but_only_another_number_a_new_generation(web: Terminal) -> None:
    def versions() -> tuple[int, int]:
        version, generation = (web.value("deploy web", f".metadata.{f}") for f in ("resourceVersion", "generation"))
        return int(version), int(generation)

    web.run()
    version, generation = versions()
    assert web.out("scale deploy/web --replicas=2 --dry-run=server") == ["deployment.apps/web scaled (server dry run)"]
    assert versions() == (version, generation)
    assert web.out("scale deploy/web --replicas=2") == ["deployment.apps/web scaled"]
    rescaled, same_generation = versions()
    assert rescaled > version
    assert same_generation == generation
    assert web.out('patch deploy/web -p \'{"spec":{"replicas":2}}\'') == ["deployment.apps/web patched (no change)"]
    assert versions() == (rescaled, generation)
    assert web.out("scale deploy/web --replicas=4") == ["deployment.apps/web scaled"]
    assert versions()[1] == generation + 1


def test_scale(web: Terminal) -> None:
    assert web.out("scale deploy/web --replicas=4") == ["deployment.apps/web scaled"]
    assert web.value("deploy web", ".spec.replicas") == "4"
    assert web.out("scale --replicas=1 -f -", WEB) == ["deployment.apps/web scaled"]
    assert web.out("scale deploy --all --replicas=0 --current-replicas=1") == ["deployment.apps/web scaled"]
    assert web.out("scale deploy web --replicas=7 --dry-run=client") == ["deployment.apps/web scaled (dry run)"]
    assert web.out("scale deploy web --replicas=7 --dry-run=server") == ["deployment.apps/web scaled (server dry run)"]
    assert web.value("deploy web", ".spec.replicas") == "0"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (
            "scale deploy web --replicas=-1",
            "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0",
        ),
        ("scale deploy web --replicas=3 --current-replicas=9", "Expected replicas to be 9, was 2"),
        ("scale cm settings --replicas=3", "the server could not find the requested resource"),
        ("scale deploy web --replicas=3 --resource-version=1", "Expected resource version to be 1, was "),
        ("scale --replicas=3", "You must provide one or more resources by argument or filename."),
    ],
)
def test_what_scale_refuses(web: Terminal, line: str, error: str) -> None:
    assert error in web.fails(line)[0]


def test_scale_waits_until_told(web: Terminal) -> None:
    assert web.out("scale deploy web --replicas=3 --timeout=60s") == ["deployment.apps/web scaled"]
    assert web.value("deploy web", ".status.replicas") == "3"


# -- nodes


def test_taints(terminal: Terminal) -> None:
    assert terminal.out("taint nodes node-1 size=big:NoSchedule") == ["node/node-1 tainted"]
    assert terminal.fails("taint nodes node-1 size=huge:NoSchedule") == [
        "error: node node-1 already has size taint(s) with same effect(s) and --overwrite is false"
    ]
    assert terminal.out("taint nodes node-1 size=huge:NoSchedule --overwrite") == ["node/node-1 modified"]
    assert terminal.out("taint nodes node-1 free:NoExecute size-") == ["node/node-1 modified"]
    assert terminal.value("node node-1", ".spec.taints[*].key") == "free"
    assert terminal.out("taint nodes node-1 free:NoExecute-") == ["node/node-1 untainted"]
    assert terminal.out("taint nodes --all a=b:PreferNoSchedule --dry-run=client") == [
        "node/node-1 tainted",
        "node/node-2 tainted",
    ]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("taint nodes node-1", "at least one taint update is required"),
        ("taint pods x a=b:NoSchedule", "invalid resource type pods, only node types are supported"),
        ("taint nodes a=b:NoSchedule", "at least one resource name must be specified since 'all' parameter is not set"),
        ("taint nodes node-1 gone-", 'taint "gone" not found'),
        ("taint nodes node-1 a=b:Sometimes", "invalid taint effect: Sometimes, unsupported taint effect"),
        (
            "taint nodes node-1 a=b:NoSchedule a-",
            "can not both modify and remove the following taint(s) in the same command: a=",
        ),
    ],
)
def test_what_taint_refuses(terminal: Terminal, line: str, error: str) -> None:
    assert terminal.fails(line)[0] == f"error: {error}"


def test_cordon_and_uncordon(terminal: Terminal) -> None:
    assert terminal.out("cordon node-1") == ["node/node-1 cordoned"]
    assert terminal.out("cordon node-1 node-2") == ["node/node-1 already cordoned", "node/node-2 cordoned"]
    assert terminal.out("uncordon -l kubernetes.io/hostname=node-2") == ["node/node-2 uncordoned"]
    assert terminal.out("get nodes --no-headers")[0].split()[1] == "Ready,SchedulingDisabled"
    assert terminal.fails("cordon ghost") == ['Error from server (NotFound): nodes "ghost" not found']
    assert terminal.fails("cordon") == [
        "error: USAGE: cordon NODE [flags]",
        "See 'kubectl cordon -h' for help and examples",
    ]


# -- warnings of the server


@pytest.mark.parametrize(
    "flags",
    [
        """-p '{"spec":{"foo":1}}'""",
        """--type merge -p '{"spec":{"foo":1}}'""",
        """--type json -p '[{"op":"add","path":"/spec/foo","value":1}]'""",
    ],
)
def test_unknown_fields_of_a_patch_are_left_out_with_a_warning(web: Terminal, flags: str) -> None:
    result = web.both(f"patch deploy web {flags}")
    assert (result.exit, result.stdout) == (0, "deployment.apps/web patched (no change)\n")
    assert result.stderr == 'Warning: unknown field "spec.foo"\n'


_ODD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: odd}\nfoo: 1\nbar: 1\n"


@pytest.mark.parametrize(
    ("directive", "code", "said"),
    [
        ("strict", 1, 'strict decoding error: unknown field "bar", unknown field "foo"'),
        ("warn", 0, 'Warning: unknown field "bar"\nWarning: unknown field "foo"\n'),
        ("false", 0, ""),
        ("warn --warnings-as-errors", 1, "error: 2 warnings received\n"),
    ],
)
def test_what_becomes_of_unknown_fields_is_the_clients_choice(
    terminal: Terminal, directive: str, code: int, said: str
) -> None:
    result = terminal.both(f"create -f - --validate={directive}", _ODD)
    assert result.exit == code
    assert said in result.stderr if said else not result.stderr


def test_warnings_come_once_and_also_with_a_refusal(terminal: Terminal) -> None:
    quota = "create quota {} --hard=requests.cpu=2,limits.cpu=1".format
    warning = "Warning: ResourceQuota requests.cpu (2) should be less than limits.cpu (1)\n"
    assert terminal.both(quota("q")).stderr == warning
    refused = terminal.both(quota("q")).stderr
    assert refused.startswith(warning)
    assert "already exists" in refused
