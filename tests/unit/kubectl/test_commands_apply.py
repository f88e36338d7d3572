"""``apply``, ``create -f`` and ``replace``: manifests that become objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubectl_terminal import SETTINGS, Terminal, WEB

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def changed(manifest: str, *changes: tuple[str, Any]) -> str:
    """A manifest in which values at paths such as ``spec.replicas`` are set."""
    body = yaml.safe_load(manifest)
    for path, value in changes:
        *parents, last = path.split(".")
        place = body
        for name in parents:
            place = place.setdefault(name, {})
        place[last] = value
    return yaml.safe_dump(body)


# -- apply


def test_created_unchanged_configured(terminal: Terminal) -> None:
    both = f"{WEB}---{SETTINGS}"
    assert terminal.out("apply -f -", both) == ["deployment.apps/web created", "configmap/settings created"]
    assert terminal.out("apply -f -", both) == ["deployment.apps/web unchanged", "configmap/settings unchanged"]
    more = changed(WEB, ("spec.replicas", 3))
    assert terminal.out("apply -f -", f"{more}---{SETTINGS}") == [
        "deployment.apps/web configured",
        "configmap/settings unchanged",
    ]
    assert terminal.value("deploy web", ".spec.replicas") == "3"


def test_the_annotation_holds_what_was_applied(web: Terminal) -> None:
    annotation = web.body("get cm settings")["metadata"]["annotations"][LAST_APPLIED]
    assert annotation == (
        '{"apiVersion":"v1","data":{"colour":"blue"},"kind":"ConfigMap",'
        '"metadata":{"annotations":{},"name":"settings","namespace":"default"}}\n'
    )


def test_what_is_left_out_goes_and_what_others_set_stays(web: Terminal) -> None:
    web.out("""patch cm settings --type=merge -p '{"data":{"shape":"round"}}'""")
    assert web.out("apply -f -", changed(SETTINGS, ("data", {"size": "large"}))) == ["configmap/settings configured"]
    assert web.body("get cm settings")["data"] == {"shape": "round", "size": "large"}


def test_an_object_that_was_not_applied_before(terminal: Terminal) -> None:
    terminal.out("create -f -", SETTINGS)
    result = terminal.both("apply -f -", SETTINGS)
    assert (result.exit, result.stdout) == (0, "configmap/settings configured\n")
    assert result.stderr == (
        f"Warning: resource configmaps/settings is missing the {LAST_APPLIED} annotation which is required by kubectl "
        "apply. kubectl apply should only be used on resources created declaratively by either kubectl create "
        "--save-config or kubectl apply. The missing annotation will be patched automatically.\n"
    )
    assert terminal.out("apply -f -", SETTINGS) == ["configmap/settings unchanged"]


@pytest.mark.parametrize(("how", "suffix"), [("client", " (dry run)"), ("server", " (server dry run)")])
def test_a_dry_run_changes_nothing(web: Terminal, how: str, suffix: str) -> None:
    more = changed(WEB, ("spec.replicas", 5))
    assert web.out(f"apply -f - --dry-run={how}", more) == [f"deployment.apps/web configured{suffix}"]
    shown = web.body(f"apply -f - --dry-run={how}", more)
    assert shown["spec"]["replicas"] == 5
    assert web.value("deploy web", ".spec.replicas") == "2"
    new = changed(SETTINGS, ("metadata.name", "other"))
    assert web.out(f"apply -f - --dry-run={how}", new) == [f"configmap/other created{suffix}"]
    assert web.fails("get cm other") == ['Error from server (NotFound): configmaps "other" not found']


def test_a_dry_run_shows_a_patch_that_the_server_would_refuse(web: Terminal) -> None:
    wrong = changed(SETTINGS, ("data", {"colour": 5}))
    assert web.body("apply -f - --dry-run=client", wrong)["data"] == {"colour": 5}
    assert web.fails("apply -f -", wrong)[-1].endswith(": cannot convert int64 to string")


def test_good_objects_are_applied_beside_bad_ones(terminal: Terminal) -> None:
    bad = changed(WEB, ("spec.replicas", -1))
    result = terminal.both("apply -f -", f"{bad}---{SETTINGS}")
    assert (result.exit, result.stdout) == (1, "configmap/settings created\n")
    assert result.stderr == (
        'The Deployment "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0\n'
    )


def test_files_folders_and_selectors(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(WEB)
    (tmp_path / "a.json").write_text(json.dumps(yaml.safe_load(SETTINGS)))
    (tmp_path / "notes.txt").write_text("neither")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "c.yml").write_text(changed(SETTINGS, ("metadata.name", "deep")))
    assert terminal.out(f"apply -f {tmp_path} -l app=web") == ["deployment.apps/web created"]
    assert terminal.out(f"apply -f {tmp_path}") == ["configmap/settings created", "deployment.apps/web unchanged"]
    assert terminal.out(f"apply -R -f {tmp_path}") == [
        "configmap/settings unchanged",
        "deployment.apps/web unchanged",
        "configmap/deep created",
    ]


def test_a_list_of_objects_and_how_several_are_printed(terminal: Terminal) -> None:
    items = {"apiVersion": "v1", "kind": "List", "items": [yaml.safe_load(WEB), yaml.safe_load(SETTINGS)]}
    printed = terminal.body("apply -f -", json.dumps(items))
    assert (printed["kind"], [item["kind"] for item in printed["items"]]) == ("List", ["Deployment", "ConfigMap"])
    assert terminal.out("apply -o name -f -", json.dumps(items)) == ["deployment.apps/web", "configmap/settings"]


def test_the_namespace_of_a_document(terminal: Terminal) -> None:
    elsewhere = changed(SETTINGS, ("metadata.namespace", "kube-system"))
    assert terminal.out("apply -f -", elsewhere) == ["configmap/settings created"]
    assert terminal.out("get cm -n kube-system settings -o name") == ["configmap/settings"]
    assert terminal.fails("apply -f - -n default", elsewhere) == [
        'error: the namespace from the provided object "kube-system" does not match the namespace "default". '
        "You must pass '--namespace=kube-system' to perform this operation."
    ]
    missing = changed(SETTINGS, ("metadata.namespace", "nowhere"))
    assert terminal.fails("apply -f -", missing) == [
        'Error from server (NotFound): error when creating "STDIN": namespaces "nowhere" not found'
    ]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("apply", "must specify one of -f and -k"),
        ("apply web -f -", "Unexpected args: [web]"),
        ("apply -f - --server-side", "--server-side is not built in this simulator"),
        ("apply -f - --prune --all --force", "--force cannot be used with --prune"),
        (
            "apply -f - --prune --all --prune-allowlist=v1/Pod",
            "invalid GroupVersionKind format: v1/Pod, please follow <group/version/kind>",
        ),
        ("apply -f - --prune --all --prune-allowlist=core/v1/Job", 'no matches for kind "Job" in version "v1"'),
        ("apply -f - --all -l a=b", "cannot set --all and --selector at the same time"),
        ("apply -f - --force --dry-run=server", "--dry-run=server cannot be used with --force"),
        (
            "apply -f - --dry-run=maybe",
            'Invalid dry-run value (maybe). Must be "none", "server", or "client".',
        ),
        ("apply -f -", "no objects passed to apply"),
    ],
)
def test_what_apply_refuses(terminal: Terminal, line: str, error: str) -> None:
    assert terminal.fails(line)[0] == f"error: {error}"


def test_documents_that_are_no_objects(terminal: Terminal) -> None:
    nameless = changed(SETTINGS, ("metadata", {}))
    assert terminal.fails("apply -f -", nameless)[-1].endswith("resource name may not be empty")
    unknown = changed(SETTINGS, ("kind", "Gadget"))
    assert terminal.fails("apply -f -", unknown) == [
        'error: resource mapping not found for name: "settings" namespace: "" from "STDIN": no matches for kind '
        '"Gadget" in version "v1"',
        "ensure CRDs are installed first",
    ]
    odd = changed(SETTINGS, ("metadata.labels", {"a": 1}))
    assert terminal.fails("apply -f -", odd) == [
        'error: unable to decode "STDIN": json: cannot unmarshal number into Go struct field '
        "ObjectMeta.metadata.labels of type string"
    ]
    generated = changed(SETTINGS, ("metadata", {"generateName": "set-"}))
    assert terminal.fails("apply -f -", generated) == ["error: from set-: cannot use generate name with apply"]


def test_an_unchangeable_field_needs_force(running: Terminal) -> None:
    pod = running.out("get pods -o name")[0].removeprefix("pod/")
    other = changed(WEB, ("spec.selector.matchLabels", {"app": "x"}), ("spec.template.metadata.labels", {"app": "x"}))
    assert running.fails("apply -f -", other) == [
        'The Deployment "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"x"}}: field is immutable'
    ]
    assert running.out("apply -f - --force", other) == ["deployment.apps/web configured"]
    running.run()
    assert running.fails(f"get pod {pod}") == [f'Error from server (NotFound): pods "{pod}" not found']


# -- create -f


def test_create_of_what_is_there_already(web: Terminal) -> None:
    new = changed(SETTINGS, ("metadata.name", "new"))
    result = web.both("create -f -", f"{SETTINGS}---\n{new}")
    assert (result.exit, result.stdout) == (1, "configmap/new created\n")
    assert result.stderr == (
        'Error from server (AlreadyExists): error when creating "STDIN": configmaps "settings" already exists\n'
    )


def test_create_keeps_no_record_unless_told(terminal: Terminal) -> None:
    terminal.out("create -f -", SETTINGS)
    assert "annotations" not in terminal.body("get cm settings")["metadata"]
    other = changed(SETTINGS, ("metadata.name", "other"))
    terminal.out("create --save-config -f -", other)
    assert LAST_APPLIED in terminal.body("get cm other")["metadata"]["annotations"]


def test_create_with_a_generated_name(terminal: Terminal) -> None:
    (line,) = terminal.out("create -f -", changed(SETTINGS, ("metadata", {"generateName": "set-"})))
    assert line.startswith("configmap/set-")
    assert line.endswith(" created")


@pytest.mark.parametrize("how", ["client", "server"])
def test_create_dry_run(terminal: Terminal, how: str) -> None:
    assert terminal.body(f"create -f - --dry-run={how}", SETTINGS)["data"] == {"colour": "blue"}
    assert terminal.fails("get cm settings") == ['Error from server (NotFound): configmaps "settings" not found']


def test_unknown_fields_are_refused_unless_validation_is_off(terminal: Terminal) -> None:
    wrong = changed(SETTINGS, ("dada", {}))
    assert terminal.fails("create -f -", wrong)[0].endswith('strict decoding error: unknown field "dada"')
    assert terminal.fails("create -f", "")[0] == "error: flag needs an argument: 'f' in -f"
    assert terminal.fails("create")[0] == "error: must specify one of -f and -k"


# -- replace


def test_replace(web: Terminal) -> None:
    assert web.out("replace -f -", changed(SETTINGS, ("data", {"size": "large"}))) == ["configmap/settings replaced"]
    assert web.body("get cm settings")["data"] == {"size": "large"}
    assert web.fails("replace -f -", changed(SETTINGS, ("metadata.name", "ghost"))) == [
        'Error from server (NotFound): error when replacing "STDIN": configmaps "ghost" not found'
    ]
    old = changed(SETTINGS, ("metadata.resourceVersion", "1"))
    assert web.fails("replace -f -", old) == [
        'Error from server (Conflict): error when replacing "STDIN": Operation cannot be fulfilled on configmaps '
        '"settings": the object has been modified; please apply your changes to the latest version and try again'
    ]


def test_replace_by_force_makes_a_new_object(web: Terminal) -> None:
    before = web.value("cm settings", ".metadata.uid")
    assert web.out("replace --force -f -", SETTINGS) == [
        'configmap "settings" deleted from default namespace',
        "configmap/settings replaced",
    ]
    assert web.value("cm settings", ".metadata.uid") != before
    assert web.fails("replace --timeout=1s -f -", SETTINGS) == ["error: --timeout must have --force specified"]


def applied(name: str, **labels: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, labels: {labels}}}\n"


def test_what_is_in_no_manifest_any_more_is_pruned(terminal: Terminal) -> None:
    terminal.out("create configmap mine --from-literal=a=b")
    terminal.out("label cm mine app=x")
    for name in ("one", "two", "three"):
        terminal.both("apply -f -", applied(name, app="x"))
    terminal.both("apply -f -", applied("other", app="y"))
    line = "apply -f - --prune -l app=x"
    warning = "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n"
    for flag, suffix in ((" --dry-run=client", " (dry run)"), (" --dry-run=server", " (server dry run)"), ("", "")):
        result = terminal.both(f"{line}{flag}", applied("one", app="x"))
        assert (result.exit, result.stderr) == (0, warning)
        assert result.stdout.splitlines()[1:] == [
            f"configmap/three pruned{suffix}",
            f"configmap/two pruned{suffix}",
        ]
    assert terminal.out("get cm -o name") == ["configmap/mine", "configmap/one", "configmap/other"]
    everything = "apply -f - --prune --all --prune-allowlist=core/v1/ConfigMap"
    assert terminal.out(everything, applied("one", app="x"))[1:] == ["configmap/other pruned"]


def test_everything_is_pruned_only_when_told_so(terminal: Terminal) -> None:
    (error,) = terminal.fails("apply -f - --prune", applied("one"))
    assert error.startswith("error: all resources selected for prune without explicitly passing --all.")


def test_an_object_remembers_a_manifest_without_being_changed_by_it(web: Terminal) -> None:
    line = "apply set-last-applied -f -"
    assert web.out(line, SETTINGS) == ["set-last-applied settings: no changes required."]
    other = SETTINGS.replace("blue", "red")
    assert web.out(f"{line} --dry-run=client", other) == ["configmap/settings configured (dry run)"]
    assert web.out(line, other) == ["configmap/settings configured"]
    assert web.value("cm settings", ".data.colour") == "blue"
    assert "colour: red" in "\n".join(web.out("apply view-last-applied cm settings"))
    web.out("create cm plain --from-literal=a=b")
    plain = SETTINGS.replace("settings", "plain")
    assert web.fails(line, plain) == [
        "error: no last-applied-configuration annotation found on resource: plain, to create the annotation, "
        "run the command with --create-annotation"
    ]
    assert web.out(f"{line} --create-annotation", plain) == ["configmap/plain configured"]


def test_a_missing_file_is_told_of_before_a_format_that_is_none(terminal: Terminal) -> None:
    assert terminal.fails("apply -f nothing.yaml -o nope") == ['error: the path "nothing.yaml" does not exist']


def test_of_two_wrong_fields_the_first_by_name_is_told_of(terminal: Terminal) -> None:
    manifest = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: true\n  labels: {a: true}\n"
    field = "Go struct field ObjectMeta.metadata.labels of type string"
    assert terminal.fails("apply -f -", manifest) == [
        f'error: unable to decode "STDIN": json: cannot unmarshal bool into {field}'
    ]
