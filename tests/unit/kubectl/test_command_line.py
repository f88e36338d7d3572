"""From a line to a command and its flags: words, flags, and kubectl's complaints."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubectl_terminal import Terminal

from k8snb.errors import Invalid, NotFound
from k8snb.kubectl.command_line import tokenize
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import Aggregate, failure_text
from k8snb.kubectl.flags import array, duration, Flag, missing, number, read_flags, slices, switch, text
from k8snb.kubectl.go_values import parse_bool, parse_decimal, parse_duration, parse_int, split_commas
from k8snb.kubectl.pairs import parse_pairs, split_resources_and_pairs

TABLE = (
    text("output", short="o"),
    switch("watch", short="w"),
    switch("wait", True),
    number("replicas"),
    number("port", bits=32, short="p"),
    duration("timeout"),
    slices("filename", "f"),
    array("env", "e"),
    Flag("dry-run", default="none", bare="unchanged"),
    text("name", required=True),
)


# -- words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("get pods", ["get", "pods"]),
        ("kubectl get pods", ["get", "pods"]),
        ("  get\tpods \n", ["get", "pods"]),
        ("""patch deploy web -p '{"spec": {}}'""", ["patch", "deploy", "web", "-p", '{"spec": {}}']),
        ('label pods "a=b c"', ["label", "pods", "a=b c"]),
        ("get pods # no comment", ["get", "pods", "#", "no", "comment"]),
        ("", []),
    ],
)
def test_a_line_is_divided_as_a_shell_does(line: str, words: list[str]) -> None:
    assert tokenize(line) == words


@pytest.mark.parametrize(
    ("line", "problem"),
    [("get 'pods", "a quotation does not end"), ("get pods \\", "a backslash has nothing after it")],
)
def test_an_unfinished_line_is_refused(terminal: Terminal, line: str, problem: str) -> None:
    assert terminal.fails(line) == [f"error: cannot read the command line: {problem}: {line}"]


# -- flags


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        (["-o", "yaml"], "output", "yaml"),
        (["-oyaml"], "output", "yaml"),
        (["-o=yaml"], "output", "yaml"),
        (["--output", "yaml"], "output", "yaml"),
        (["--output="], "output", ""),
        (["-wo", "yaml"], "watch", True),
        (["--wait=false"], "wait", False),
        (["--wait", "false"], "wait", True),
        (["--replicas=-1"], "replicas", -1),
        (["-p", "0x10"], "port", 16),
        (["--timeout=1m"], "timeout", 60_000),
        (["-f", "a,b", "-f", "c"], "filename", ["a", "b", "c"]),
        (["-e", "a=1,b=2", "--env=c=3"], "env", ["a=1,b=2", "c=3"]),
        (["--dry-run"], "dry-run", "unchanged"),
        (["--dry_run=client"], "dry-run", "client"),
        ([], "dry-run", "none"),
        (["--", "--watch"], "watch", False),
    ],
)
def test_flags_are_read_as_pflag_does(arguments: list[str], name: str, value: Any) -> None:
    assert read_flags(TABLE, arguments)[name] == value


def test_flags_and_arguments_may_be_mixed() -> None:
    flags = read_flags(TABLE, ["deploy", "-w", "web", "-", "--", "sh", "-c"])
    assert flags.args == ["deploy", "web", "-", "sh", "-c"]
    assert flags.args_at_dash == 3
    assert flags.changed("watch")
    assert not flags.changed("wait")
    assert missing(TABLE, flags) == ["name"]


@pytest.mark.parametrize(
    ("argument", "complaint"),
    [
        ("--nope", "unknown flag: --nope"),
        ("-x", "unknown shorthand flag: 'x' in -x"),
        ("-wx", "unknown shorthand flag: 'x' in -x"),
        ("-o", "flag needs an argument: 'o' in -o"),
        ("--output", "flag needs an argument: --output"),
        ("--=3", "bad flag syntax: --=3"),
        ("---watch", "bad flag syntax: ---watch"),
        (
            "--watch=maybe",
            'invalid argument "maybe" for "-w, --watch" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
        ),
        (
            "--replicas=two",
            'invalid argument "two" for "--replicas" flag: strconv.ParseInt: parsing "two": invalid syntax',
        ),
        (
            "--port=3000000000",
            'invalid argument "3000000000" for "-p, --port" flag: '
            'strconv.ParseInt: parsing "3000000000": value out of range',
        ),
        ("--timeout=5", 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'),
    ],
)
def test_faulty_flags_are_refused_in_words_of_pflag(argument: str, complaint: str) -> None:
    with pytest.raises(KubectlError) as caught:
        read_flags(TABLE, [argument])
    assert str(caught.value) == complaint


# -- values


@given(st.integers(-(2**63), 2**63 - 1))
def test_every_integer_is_read_back(value: int) -> None:
    assert parse_int(str(value)) == value == parse_decimal(str(value))


@pytest.mark.parametrize(("word", "value"), [("0b11", 3), ("0o17", 15), ("017", 15), ("1_000", 1000), ("+7", 7)])
def test_integers_in_notations_of_go(word: str, value: int) -> None:
    assert parse_int(word) == value


@pytest.mark.parametrize("word", ["", "1.5", "0x", "٣", "1e3", str(2**63)])
def test_what_is_no_integer(word: str) -> None:
    with pytest.raises(ValueError, match="strconv"):
        parse_int(word)


@given(st.integers(0, 10**6), st.sampled_from([("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]))
def test_durations_in_each_unit(count: int, unit: tuple[str, int]) -> None:
    assert parse_duration(f"{count}{unit[0]}") == count * unit[1]


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("", 'invalid duration ""'),
        ("s", 'invalid duration "s"'),
        ("1h5", 'missing unit in duration "1h5"'),
        ("1d", 'unknown unit "d" in duration "1d"'),
        ("9999999999h", 'invalid duration "9999999999h"'),
    ],
)
def test_what_is_no_duration(word: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^time: {problem}$"):
        parse_duration(word)


def test_booleans_and_lists() -> None:
    assert [parse_bool(word) for word in ("t", "TRUE", "1", "F", "0")] == [True, True, True, False, False]
    assert split_commas('a,"b,c",') == ["a", "b,c", ""]
    assert split_commas("") == []


def test_pairs_follow_the_resources() -> None:
    assert split_resources_and_pairs(["pod", "web", "a=b", "c-"], "label") == (["pod", "web"], ["a=b", "c-"])
    assert parse_pairs(["a=b=c", "d-"], "taint", removals=True) == ({"a": "b=c"}, ["d"])
    with pytest.raises(KubectlError, match=r"^all resources must be specified before label changes: pod$"):
        split_resources_and_pairs(["a=b", "pod"], "label")
    with pytest.raises(KubectlError, match=r"^invalid image format: a-, =b$"):
        parse_pairs(["a-", "=b"], "image", removals=False)


# -- finding the command


def test_unknown_commands(terminal: Terminal) -> None:
    assert terminal.fails("frobnicate pods") == ['error: unknown command "frobnicate" for "kubectl"']
    assert terminal.fails("aply -f x") == [
        'error: unknown command "aply" for "kubectl"',
        "",
        "Did you mean this?",
        "\tapply",
    ]
    assert terminal.fails("ls pods")[2:] == ["Did you mean this?", "\tcp", "\tget", "\tlogs"]
    assert terminal.fails("--v=4 frobnicate") == ["Error: flags cannot be placed before plugin name: --v=4"]
    assert terminal.fails("rollout bump deploy/web") == [
        'error: unknown command "bump deploy/web"',
        "See 'kubectl rollout -h' for help and examples",
    ]


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("get pods --bogus", "kubectl get"),
        ("rollout undo --bogus", "kubectl rollout undo"),
        ("create svc clusterip x --bogus", "kubectl create service clusterip"),
    ],
)
def test_unknown_flags_point_at_the_help_of_the_command(terminal: Terminal, line: str, command: str) -> None:
    assert terminal.fails(line) == ["error: unknown flag: --bogus", f"See '{command} --help' for usage."]


def test_flags_may_stand_before_the_command(terminal: Terminal) -> None:
    after = terminal.out("get namespaces kube-system -o name")
    assert after == ["namespace/kube-system"]
    assert terminal.out("-n kube-system -o name get namespaces kube-system") == after
    assert terminal.out("--namespace=kube-system get -o=name ns kube-system") == after


def test_required_flags(terminal: Terminal) -> None:
    assert terminal.fails("scale deploy web") == ['error: required flag(s) "replicas" not set']
    assert terminal.fails("create deployment web") == ['error: required flag(s) "image" not set']


def test_help_names_the_commands_and_flags(terminal: Terminal) -> None:
    assert "  rollout         Manage the rollout of a resource" in terminal.out("")
    assert "    --replicas=-1" in terminal.out("scale --help")
    assert "    --timeout=0s" in terminal.out("scale -h deploy web")
    result = terminal.both("rollout")
    assert (result.exit, result.stderr) == (1, "")
    assert "  undo          Undo a previous rollout" in result.stdout.splitlines()
    assert "  image            Update the image of a pod template" in terminal.fails("set")


@pytest.mark.parametrize("line", ["edit deploy web", "diff -f x", "explain pods", "config view"])
def test_commands_that_are_not_built_say_so(terminal: Terminal, line: str) -> None:
    assert terminal.fails(line) == [f'error: "kubectl {line.split()[0]}" is not built in this simulator']


def test_commands_that_are_not_built_complain_like_kubectl_without_arguments(terminal: Terminal) -> None:
    assert terminal.fails("attach") == ["error: at least 1 argument is required for attach"]
    assert terminal.fails("top pods") == ["error: Metrics API not available"]


# -- texts of errors


def test_several_errors_stand_below_each_other() -> None:
    one, other = NotFound('pods "a" not found'), KubectlError("no")
    assert failure_text(other) == "error: no"
    assert failure_text(Aggregate([one])) == 'Error from server (NotFound): pods "a" not found'
    assert failure_text(Aggregate([one, other])) == 'Error from server (NotFound): pods "a" not found\nno'
    assert str(Aggregate([one, other, one])) == '[pods "a" not found, no]'


def test_faulty_fields_stand_below_the_object(terminal: Terminal) -> None:
    error = terminal.fails("create deployment Web --image=nginx")
    assert error[0].startswith('error: failed to create deployment: Deployment.apps "Web" is invalid: metadata.name:')
    assert failure_text(Invalid("no reason given")) == "The request is invalid: no reason given"


@pytest.mark.parametrize(
    ("flag", "error"),
    [
        ("--context=x", 'context "x" does not exist'),
        ("--cluster=x", 'cluster "x" does not exist'),
        ("--user=x", 'auth info "x" does not exist'),
        ("--request-timeout=5x", "Invalid timeout value. Timeout must be a single integer in seconds, or an integer"),
    ],
)
def test_there_is_one_cluster_and_it_has_no_name(terminal: Terminal, flag: str, error: str) -> None:
    assert terminal.fails(f"get pods {flag}")[0].startswith(f"error: {error}")
    assert terminal.fails(f"{flag} delete deployment web")[0].startswith(f"error: {error}")
