"""Right manifests with something wrong put in at random: never an exception, never a half-done change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import yaml
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st
from refusals import check_words, tables, user_changes, WEB
from valid_manifests import MANIFESTS

from k8snb import Cluster
from k8snb.kubectl import Result
from k8snb.kubectl.command import CommandSpec
from k8snb.kubectl.command_tree import ROOT

Path = tuple[str | int, ...]

_ODD = "é λ A_b a/b .. -1 1e309 NaN 150% -5% 10%x 99999999999999999999 1Gi 0x10 2020-01-01 true null $patch { [ * ="
TEXTS = st.sampled_from(["", " ", "x" * 300, "a\nb", "\x00", "\ud800", "a b", "9" * 400 + "%", *_ODD.split()])
NUMBERS = st.sampled_from([0, -1, 1, 1.5, 2**31 - 1, 2**31, -(2**31), 2**63, 10**30, 10**400, 1e300, -0.0, 65536])
LEAVES = st.one_of(TEXTS, NUMBERS, st.booleans(), st.none())
VALUES = st.one_of(
    LEAVES,
    st.lists(LEAVES, max_size=2),
    st.dictionaries(st.sampled_from(["name", "a", "", "$patch", "key", "type", "metadata"]), LEAVES, max_size=2),
    st.sampled_from([[[]], [{}], {"a": {}}, [None], {"matchLabels": {}}, {"$patch": "delete"}]),
)
OPERATIONS = st.sampled_from(["drop", "replace", "replace", "swap", "double", "rename", "wrap"])


def paths(value: Any, here: Path = ()) -> Iterator[Path]:
    """The way to every value in a tree."""
    yield here
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths(inner, (*here, key))


def at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


@st.composite
def mutated(draw: st.DrawFn, body: Any, most: int = 3) -> Any:
    """A tree of which some values were dropped, replaced, doubled, renamed or changed places."""
    root = [deepcopy(body)]
    for _ in range(draw(st.integers(1, most))):
        ways = [path for path in paths(root) if path]
        path = draw(st.sampled_from(ways))
        around, key, operation = at(root, path[:-1]), path[-1], draw(OPERATIONS)
        if operation == "drop" and len(path) > 1:
            del around[key]
        elif operation == "swap":
            around[key] = deepcopy(at(root, draw(st.sampled_from(ways))))
        elif operation == "double" and isinstance(around, list) and len(path) > 1:
            around.append(deepcopy(around[key]))
        elif operation == "rename" and isinstance(around, dict):
            around[draw(TEXTS)] = around.pop(key)
        elif operation == "wrap":
            around[key] = [around[key]] if draw(st.booleans()) else {"a": around[key]}
        else:
            around[key] = deepcopy(draw(VALUES))
    return root[0]


def small_cluster() -> Cluster:
    cluster = Cluster(1)
    assert cluster.apply(WEB).exit == 0
    cluster.run(5)
    return cluster


def check(cluster: Cluster, before: Any, entries: int, result: Result) -> None:
    """What is refused changed nothing, and whatever was accepted, the cluster lives with."""
    note(f"exit {result.exit}\n{result.stdout}\n{result.stderr}")
    check_words(result)
    assert result.exit in (0, 1)
    if result.exit and not result.stdout:
        assert result.stderr.strip()
        assert "not found" in result.stderr or user_changes(cluster, entries) == []  # one object of several was missing
    if not user_changes(cluster, entries):
        assert cluster.now > 5 or tables(cluster) == before
    cluster.run(3)


def apply_and_check(cluster: Cluster, manifest: Any) -> None:
    before, entries = tables(cluster), len(cluster.log)
    check(cluster, before, entries, cluster.apply(manifest))


@settings(max_examples=150)
@given(st.data())
def test_new_objects(data: st.DataObject) -> None:
    body = data.draw(mutated(MANIFESTS[data.draw(st.sampled_from(sorted(MANIFESTS)))]))
    apply_and_check(small_cluster(), body if isinstance(body, dict) else [body])


@settings(max_examples=100)
@given(st.data())
def test_changed_objects(data: st.DataObject) -> None:
    right = MANIFESTS[data.draw(st.sampled_from(sorted(MANIFESTS)))]
    cluster = small_cluster()
    assert cluster.apply(right).exit == 0
    wrong = data.draw(mutated(right))
    text = data.draw(st.sampled_from(["json", "yaml", "python"]))
    if text == "python":
        return apply_and_check(cluster, wrong if isinstance(wrong, dict) else [wrong])
    written = json.dumps(wrong) if text == "json" else yaml.safe_dump(wrong, allow_unicode=True)
    return apply_and_check(cluster, written + "\n")


# -- text

_SIGNS = ": - { } [ ] ' \" &a *a %YAML ? | > # @ ` ~ 0x 1e999 \\ , null spec: |- !!int !!binary !!timestamp é"
SNIPPETS = st.sampled_from(
    [
        "---\n",
        "...\n",
        "items: [",
        "kind: List\n",
        "\t",
        "\n",
        "\n\n",
        "\r",
        "  ",
        ": ",
        "- ",
        "\x00",
        "\ud800",
        "\u2028",
        "\ufeff",
        "<<: ",
        "9" * 30,
        *_SIGNS.split(),
    ]
)


@st.composite
def garbled(draw: st.DrawFn, text: str, snippets: st.SearchStrategy[str]) -> str:
    """A text into which something was put, or of which a piece was cut out or doubled."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 20)))
        operation = draw(st.sampled_from(["put in", "put in", "cut out", "double", "cut off"]))
        if operation == "put in":
            text = text[:start] + draw(snippets) + text[start:]
        elif operation == "cut out":
            text = text[:start] + text[end:]
        elif operation == "double":
            text = text[:end] + text[start:end] + text[end:]
        else:
            text = text[:start]
    return text


@settings(max_examples=100)
@given(st.data())
def test_garbled_manifests(data: st.DataObject) -> None:
    body = MANIFESTS[data.draw(st.sampled_from(["configmap", "deployment", "service"]))]
    text = data.draw(st.sampled_from([yaml.safe_dump(body), json.dumps(body, indent=1)]))
    apply_and_check(small_cluster(), data.draw(garbled(text, SNIPPETS)) + "\n")


# -- command lines

LINES = (
    "annotate deployment web a=b --overwrite",
    "api-resources -o wide",
    "autoscale deployment web --min=1 --max=3",
    "cordon node-1",
    "create configmap c --from-literal=a=b",
    "create deployment api --image=nginx --replicas=2 --port=80",
    "create job j --image=busybox -- date",
    "create namespace team",
    "create quota q --hard=pods=5,requests.cpu=2",
    "create service nodeport api --tcp=80:8080",
    "delete deployment web --wait=false",
    "delete pods --all --grace-period=0 --force --wait=false",
    "delete pods -l app=web --wait=false",
    "describe deployment/web pods",
    "events --for=deployment/web --types=Normal,Warning",
    "expose deployment web --port=80 --target-port=8080 --type=NodePort",
    "get deploy,rs,pods -o wide --show-labels -L app",
    "get deployment web -o jsonpath='{.spec.template.spec.containers[?(@.name==\"nginx\")].image}'",
    "get pods -A --field-selector=status.phase=Running --sort-by=.metadata.name",
    "get pods -l 'app in (web, api),!x' -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName --no-headers",
    "get pods -o go-template='{{range .items}}{{.metadata.name}}{{\"\\n\"}}{{end}}'",
    "get svc kubernetes -o yaml",
    "label node node-1 a=b c-",
    'patch deployment web -p \'{"spec":{"replicas":3,"strategy":{"rollingUpdate":{"maxSurge":"50%"}}}}\'',
    'patch deployment web --type=json -p \'[{"op":"replace","path":"/spec/replicas","value":3}]\'',
    'patch deployment web --type merge -p "metadata: {labels: {a: b}}"',
    "rollout history deployment/web --revision=1",
    "rollout pause deployment/web",
    "rollout restart deployment/web",
    "rollout status deployment/web --timeout=5s",
    "rollout undo deployment/web --to-revision=0",
    "run one --image=busybox --restart=Never --env=A=b --labels=a=b --port=80 --command -- sleep 5",
    "scale deployment/web --replicas=3 --current-replicas=2",
    "scale --replicas=0 deploy --all",
    "set env deployment/web A=b C-",
    "set image deployment/web nginx=nginx:2 --record",
    "set resources deployment web -c nginx --limits=cpu=200m,memory=512Mi --requests=cpu=100m",
    "taint nodes node-1 a=b:NoSchedule",
    "wait --for=condition=Available deployment/web --timeout=3s",
    "wait pod -l app=web --for=jsonpath='{.status.phase}'=Running --timeout=1s",
)


def flags_of(command: CommandSpec) -> Iterator[str]:
    yield from (f"--{flag.name}" for flag in command.flags)
    yield from (f"-{flag.short}" for flag in command.flags if flag.short)
    for inner in command.subcommands:
        yield inner.name
        yield from flags_of(inner)


_NAMES = "web deployment deploy/web pod/x pods svc,pods all nodes node-1 nope default a/b/c .. é"
_VALUES = "a=b a- = a= -1 0 5 99999999999999999999 1e9 x --nope -zz --- -é true maybe client server 1s -1s 1h 50%"
_QUOTED = "' \" \\ '' 'a yaml json name jsonpath={ go-template={{ {} '{\"spec\":5}' '[]' { ["
WORDS = st.one_of(
    st.sampled_from(sorted({*flags_of(ROOT), "-n", "-A", "-h", "--help", "--v", "--namespace", "--"})),
    st.sampled_from(["", "\n", "'a b'", *_NAMES.split(), *_VALUES.split(), *_QUOTED.split()]),
)


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A command line with words put in, taken out, replaced, joined to flags or garbled."""
    words = draw(st.sampled_from(LINES)).split(" ")
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(words) - 1)) if words else 0
        operation = draw(st.sampled_from(["put in", "put in", "replace", "take out", "double", "value", "garble"]))
        if operation == "put in" or not words:
            words.insert(place, draw(WORDS))
        elif operation == "replace":
            words[place] = draw(WORDS)
        elif operation == "take out":
            del words[place]
        elif operation == "double":
            words.append(words[place])
        elif operation == "value":
            words[place] = f"{words[place].partition('=')[0]}={draw(WORDS)}"
        else:
            words[place] = draw(garbled(words[place], st.sampled_from(list("'\"\\={}[]()-/,.:%\x00 é\ud800"))))
    return " ".join(words)


@settings(max_examples=300)
@given(lines(), st.sampled_from(["", "", WEB, "{", "- 5\n", "kind: Pod\n"]))
def test_command_lines(line: str, stdin: str) -> None:
    cluster = small_cluster()
    before, entries = tables(cluster), len(cluster.log)
    check(cluster, before, entries, cluster.kubectl(line, stdin))


# -- what was refused leaves no trace


def history(cluster: Cluster) -> list[tuple[Any, ...]]:
    """Every write but for its place in the log, which counts inputs too."""
    return [(c.time_ms, c.resource, c.key, c.new, c.actor) for c in cluster.log.changes()]


@settings(max_examples=50)
@given(st.data())
def test_refused_input_leaves_no_trace(data: st.DataObject) -> None:
    """What follows is the same, names, UIDs and addresses too, as if nobody had tried."""
    undisturbed, disturbed = small_cluster(), small_cluster()
    for _ in range(data.draw(st.integers(1, 4))):
        manifest = data.draw(mutated(MANIFESTS[data.draw(st.sampled_from(["deployment", "pod", "service"]))]))
        assume(disturbed.fork().apply([manifest]).exit != 0)
        disturbed.apply([manifest])
    for cluster in (undisturbed, disturbed):
        cluster.kubectl("create deployment next --image=nginx --replicas=2")
        cluster.kubectl("expose deployment next --port=80 --type=NodePort")
        cluster.run(10)
    assert history(disturbed) == history(undisturbed)
