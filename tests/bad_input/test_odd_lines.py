"""Command lines with odd words: flags, values, selectors, paths and templates that cannot be read."""

from __future__ import annotations

from time import perf_counter

import pytest
from refusals import check_words, refused_line

from k8snb import Cluster

HUGE = "9" * 5000
METADATA, LABELS = (f"[{','.join([repr(name)] * 300)}]" for name in ("metadata", "labels"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("'", "a quotation does not end"),
        ('get "pods', "a quotation does not end"),
        ("get pods \\", "a backslash has nothing after it"),
        ("kubectl kubectl get pods", 'unknown command "kubectl" for "kubectl"'),
        (
            "gett pods",
            'unknown command "gett" for "kubectl"\n\nDid you mean this?\n\tget\n\tset\n',
        ),
        ("😀", 'unknown command "😀" for "kubectl"'),
        ("--nope get pods", "flags cannot be placed before plugin name: --nope"),
        ("rollout nope", 'unknown command "nope"'),
        ("get", "Required resource not specified."),
        ("get ,", 'the server doesn\'t have a resource type ""'),
        ("get 😀", 'the server doesn\'t have a resource type "😀"'),
        ("get pods.v9.apps", 'the server doesn\'t have a resource type "pods"'),
        (
            "get pod/a/b",
            "arguments in resource/name form may not have more than one slash",
        ),
        (
            "get pod/",
            "arguments in resource/name form must have a single resource and name",
        ),
        (
            "get pod/a svc",
            "there is no need to specify a resource type as a separate argument",
        ),
        ("get pods ..", "invalid resource name \"..\": [may not be '..']"),
        ("get pods a%b", "invalid resource name \"a%b\": [may not contain '%']"),
        ("get pods -n a/b", "invalid namespace \"a/b\": [may not contain '/']"),
        (
            "get pods web -A",
            "a resource cannot be retrieved by name across all namespaces",
        ),
        ("get pods \ud800", 'pods "\ufffd" not found'),
        ("logs solo -f nope", "error"),
        ("explain nope", "error"),
    ],
)
def test_words(cluster: Cluster, line: str, words: str) -> None:
    assert words in refused_line(cluster, line)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ("--nope", "unknown flag: --nope\nSee 'kubectl get --help' for usage."),
        ("-Z", "unknown shorthand flag: 'Z' in -Z"),
        ("-é", "unknown shorthand flag: 'é' in -é"),
        ("--é=ü", "unknown flag: --é"),
        ("--=x", "bad flag syntax: --=x"),
        ("---x", "bad flag syntax: ---x"),
        ("-n", "flag needs an argument: 'n' in -n"),
        ("--namespace", "flag needs an argument: --namespace"),
        ("--show-labels=maybe", 'strconv.ParseBool: parsing "maybe": invalid syntax'),
        (
            "--chunk-size=1e3",
            'invalid argument "1e3" for "--chunk-size" flag: strconv.ParseInt: parsing "1e3"',
        ),
        ("--chunk-size=\u0663", "invalid syntax"),
        (f"--chunk-size={HUGE}", "value out of range"),
        ("-v x", 'invalid argument "x" for "-v, --v" flag'),
        (
            "-l 'a in ('",
            "unable to parse requirement: found '', expected: ',', ')' or identifier",
        ),
        ("-l 'a=b=c'", "found '=', expected: ',' or 'end of string'"),
        ("-l 'a/b/c=d'", 'Invalid value: "a/b/c"'),
        ("-l 'a>b'", "for 'Gt', 'Lt' operators, the value must be an integer"),
        (f"-l 'a>{HUGE}'", "for 'Gt', 'Lt' operators, the value must be an integer"),
        ("-l é=ü", "name part must consist of alphanumeric characters"),
        ("--field-selector=x", "invalid selector: 'x'; can't understand 'x'"),
        ("--field-selector=spec.nope=1", "field label not supported: spec.nope"),
        ("-o", "flag needs an argument: 'o' in -o"),
        (
            "-o nope",
            'unable to match a printer suitable for the output format "nope", allowed formats are: ',
        ),
        ("-o jsonpath", "template format specified but no template given"),
        ("-o jsonpath={", "error parsing jsonpath {, unclosed action"),
        ("-o jsonpath={.items[}", "unterminated array"),
        ("-o 'jsonpath={.items[?(@.a==]}'", "unterminated filter"),
        ("-o jsonpath={.items[0:1:0]}", "step must be > 0"),
        (f"-o jsonpath={{.items[{HUGE}]}}", "array index"),
        ("-o jsonpath={end}", "not in range, nothing to end"),
        ("-o jsonpath={x}", "unrecognized identifier x"),
        (f"-o 'jsonpath={'{range .}' * 300}'", "ranges are nested deeper than 50"),
        (
            f'-o "jsonpath={{.items[*]{METADATA}{LABELS}.app}}"',
            "finds more than 200000 values",
        ),
        (
            "-o custom-columns",
            "custom-columns format specified but no custom columns given",
        ),
        (
            "-o custom-columns=A",
            "unexpected custom-columns spec: A, expected <header>:<json-path-expr>",
        ),
        ("-o custom-columns=A:.b[", "unterminated array"),
        ("-o go-template={{", "unclosed action"),
        ("-o go-template={{end}}", "unexpected {{end}}"),
        ("-o 'go-template={{nosuch}}'", 'function "nosuch" not defined'),
        ("-o 'go-template={{index .items 99}}'", "index out of range: 99"),
        ("-o 'go-template={{len 5}}'", "len of type int64"),
        ("-o 'go-template={{template \"x\"}}'", 'template "x" not defined'),
        ("-o 'go-template={{1e999}}'", 'illegal number syntax: "1e999"'),
        (f"-o 'go-template={{{{{HUGE}}}}}'", "integer overflow"),
        (
            '-o \'go-template={{define "x"}}{{template "x"}}{{end}}{{template "x"}}\'',
            "exceeded maximum template depth",
        ),
        (f"-o 'go-template={'{{if 1}}' * 300}'", "max expression depth exceeded"),
        (
            f"-o 'go-template={{{{{'(' * 300}1{')' * 300}}}}}'",
            "max expression depth exceeded",
        ),
        (
            "-o 'go-template={{range 99999999}}{{end}}'",
            "exceeded 1000000 rounds and calls",
        ),
        ("-f /nonexistent", 'the path "/nonexistent" does not exist'),
    ],
)
def test_flags_of_get(cluster: Cluster, flags: str, words: str) -> None:
    assert words in refused_line(cluster, f"get pods {flags}")


@pytest.mark.parametrize(
    "template",
    [
        '{{printf "%99999999999d" 5}}',
        '{{printf "%*d" 999999999 5}}',
        '{{printf "%.*f" -1}}',
    ],
)
def test_widths_beyond_all_measure(cluster: Cluster, template: str) -> None:
    result = cluster.kubectl(f"get pods -o 'go-template={template}'")
    assert (result.exit, "%!" in result.stdout) == (0, True)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("apply", "must specify one of -f and -k"),
        ("apply x", "Unexpected args: [x]"),
        ("apply -f - -f -", "standard input cannot be used for multiple arguments"),
        (
            "apply -f - --dry-run=maybe",
            'Invalid dry-run value (maybe). Must be "none", "server", or "client".',
        ),
        ("apply -f - --validate=nope", 'invalid - validate option "nope"'),
        (
            "apply -f http://example.com/a.yaml",
            "reading manifests from a URL is not built in this simulator",
        ),
        ("create deployment x", 'required flag(s) "image" not set'),
        (
            "create deployment X_Y --image=a",
            "a lowercase RFC 1123 subdomain must consist of",
        ),
        (
            "create deployment x --image=a --replicas=-1",
            "must be greater than or equal to 0",
        ),
        (
            "create deployment x --image=a --port=99999999",
            "must be between 1 and 65535, inclusive",
        ),
        (
            "create configmap x --from-literal=a",
            "invalid literal source a, expected key=value",
        ),
        (
            "create quota q --hard=pods=x",
            "quantities must match the regular expression",
        ),
        (f"create quota q --hard=pods=1e{HUGE}", "unable to parse quantity's suffix"),
        (f"create service clusterip x --tcp={HUGE}:80", "value out of range"),
        (
            "create cronjob j --image=a --schedule=x",
            "expected exactly 5 fields, found 1: [x]",
        ),
        (
            f"create cronjob j --image=a --schedule='{HUGE} * * * *'",
            "value out of range",
        ),
        ("create priorityclass x --value=99999999999", "value out of range"),
        (f"create pdb x --selector=a=b --min-available={HUGE}", "Invalid value"),
        (
            "scale deployment web --replicas=",
            'strconv.ParseInt: parsing "": invalid syntax',
        ),
        (
            "scale deployment web --replicas=1.5",
            'strconv.ParseInt: parsing "1.5": invalid syntax',
        ),
        (
            "scale deployment web --replicas=\uff11",
            'strconv.ParseInt: parsing "\uff11": invalid syntax',
        ),
        (
            "scale deployment web --replicas=2147483648",
            "json: cannot unmarshal number 2147483648 into Go struct field",
        ),
        (f"scale deployment web --replicas={HUGE}", "value out of range"),
        (
            "scale deployment web --replicas=1 --current-replicas=9",
            "Expected replicas to be 9, was 2",
        ),
        ("scale deployment web --replicas=1 --timeout=x", 'time: invalid duration "x"'),
        (
            "scale service web --replicas=2",
            "the server could not find the requested resource",
        ),
        ("set image deployment/web", "at least one image update is required"),
        (
            "set image deployment/web nginx=",
            "spec.template.spec.containers[0].image: Required value",
        ),
        ("set env deployment/web '1 2=3'", '"1 2" is not a valid key name'),
        (
            "set resources deployment web --limits=cpu=x",
            "quantities must match the regular expression",
        ),
        (
            "set resources deployment web --limits=cpu=1 --requests=cpu=2",
            "must be less than or equal to cpu limit of 1",
        ),
        (
            "rollout status deployment/web --timeout=-1x",
            'time: unknown unit "x" in duration "-1x"',
        ),
        (
            "rollout status deployment/web --revision=9",
            "desired revision (9) is different from the running revision (1)",
        ),
        (
            "rollout history deployment/web --revision=-1",
            "revision must be a positive integer: -1",
        ),
        (
            "rollout undo deployment/web --to-revision=99999999999999999999",
            "value out of range",
        ),
        ("rollout undo deployment/web", "no rollout history found"),
        ("rollout restart pod/solo", 'pods "solo" restarting is not supported'),
        (
            "rollout resume deployment/web -o wide",
            'deployments.apps "web" is not paused',
        ),
        (
            "rollout restart deployment/web -o wide",
            'unable to match a printer suitable for the output format "wide"',
        ),
        ("label deployment web a=b=c", "invalid label spec: a=b=c"),
        ("label deployment web 'a=x\ny'", 'invalid label value: "a=x\\ny"'),
        (f"label deployment web a={HUGE}", "must be no more than 63 bytes"),
        (
            "label deployment web a=b a-",
            "can not both modify and remove a label in the same command",
        ),
        ("label deployment web a=b -o jsonpath={", "unclosed action"),
        ("annotate deployment web 'a b=c'", 'Invalid value: "a b"'),
        ("patch deployment web", "must specify --patch or --patch-file"),
        (
            "patch deployment web -p '[]'",
            "json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        (
            "patch deployment web -p 'a: *b'",
            "yaml: line 1: unknown anchor 'b' referenced",
        ),
        (
            "patch deployment web --type=nope -p '{}'",
            '--type must be one of [json merge strategic], not "nope"',
        ),
        (
            "patch deployment web --type=json -p '{}'",
            "json: cannot unmarshal object into Go value of type []",
        ),
        (
            "patch deployment web --type=json -p '[5]'",
            "json: cannot unmarshal number into Go value of type",
        ),
        (
            "patch deployment web --type=merge -p 5",
            "json: cannot unmarshal number into Go value of type map",
        ),
        (
            'patch deployment web -p \'{"metadata":{"name":"x"}}\'',
            "does not match the name on the URL (web)",
        ),
        (
            'patch deployment web -p \'{"spec":{"$patch":"nope"}}\'',
            "unknown patch type: nope",
        ),
        ("delete pods", "resource(s) were provided, but no name was specified"),
        (
            "delete pod solo --cascade=nope",
            'invalid cascade value (nope). Must be "background", "foreground", or "orphan"',
        ),
        (
            "delete pod solo --grace-period=x",
            'strconv.ParseInt: parsing "x": invalid syntax',
        ),
        (
            "delete pods --all -l a=b",
            "setting 'all' parameter but found a non empty selector.",
        ),
        ("delete namespace default", "this namespace may not be deleted"),
        (
            "expose deployment web --name=other",
            "couldn't find port via --port flag or introspection",
        ),
        (
            "expose deployment web --name=other --port=x",
            'strconv.Atoi: parsing "x": invalid syntax',
        ),
        (
            "expose deployment web --name=other --port=80 --type=nope",
            'spec.type: Unsupported value: "nope"',
        ),
        (
            "expose deployment web --name=other --port=80 --overrides={",
            "Invalid JSON Patch",
        ),
        ("run x", 'required flag(s) "image" not set'),
        ("run x --image=a --restart=nope", "invalid restart policy: nope"),
        ("run x --image=a --env=x", "invalid env: x"),
        (
            "run x --image=a --overrides='{\"spec\":5}'",
            "json: cannot unmarshal number into Go struct field Pod.spec",
        ),
        ("wait pod/solo", "unrecognized condition"),
        ("wait pod/solo --for=jsonpath={", "unexpected path string"),
        (
            "wait pod/solo --for=delete --timeout=99999999999999999999s",
            "time: invalid duration",
        ),
        (
            "autoscale deployment web --max=1 --min=5",
            "must be larger or equal to --min=MINPODS, max: 1, min: 5",
        ),
        (
            "taint nodes node-1 a=b:Nope",
            "invalid taint effect: Nope, unsupported taint effect",
        ),
        ("taint nodes node-1 nope-", 'taint "nope" not found'),
        ("cordon", "USAGE: cordon NODE [flags]"),
        ("events --for=nope", "--for must be in resource/name form"),
        (
            "api-resources -o nope",
            'unable to match a printer suitable for the output format "nope"',
        ),
    ],
)
def test_other_commands(cluster: Cluster, line: str, words: str) -> None:
    assert words in refused_line(cluster, line)


@pytest.mark.parametrize("line", [5, None, ["get", "pods"], b"get pods"])
def test_lines_that_are_no_text(cluster: Cluster, line: object) -> None:
    assert "error: a command line is a text, not " in refused_line(cluster, line)  # type: ignore[arg-type]
    assert "error: a command line is a text, not " in refused_line(cluster, "apply -f -", line)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "line",
    ["", " ", "kubectl", "help", "help rollout undo", "--help", "get -h", "-n default"],
)
def test_lines_that_ask_for_nothing_but_help(cluster: Cluster, line: str) -> None:
    result = cluster.kubectl(line)
    check_words(result)
    assert (result.exit, result.stderr) == (0, "")
    assert "Usage:" in result.stdout


def test_help_for_what_is_not_there(cluster: Cluster) -> None:
    result = cluster.kubectl("help nope")
    assert (result.exit, result.stderr) == (0, "Unknown help topic [`nope`]\n")


def test_very_long_lines(cluster: Cluster) -> None:
    start = perf_counter()
    assert "unknown command" in refused_line(cluster, 'a"b"' * 200_000)
    assert "not found" in refused_line(cluster, "get pod " + "x" * 1_000_000)
    assert "Invalid JSON Patch" in refused_line(cluster, f"run x --image=a --overrides='{'[' * 1_000_000}'")
    assert "expected: identifier after ','" in refused_line(cluster, f"get pods -l '{'a,' * 20_000}='")
    assert perf_counter() - start < 20


def test_a_timeout_beyond_all_measure_comes_to_an_end(cluster: Cluster) -> None:
    result = cluster.kubectl("wait pod/solo --for=delete --timeout=1000000h")
    assert "timed out waiting for the condition on pods/solo" in result.stderr


@pytest.mark.parametrize(
    "line",
    [
        """patch deployment web -p '{"spec":{"replicas":4}}'""",
        "rollout undo deployment/web",
        "rollout pause deployment/web",
        "scale deployment/web --replicas=5",
        "set image deployment/web *=nginx:5",
        "label deployment/web a=b",
        "expose deployment web --port=80 --name=other",
        "taint node node-1 a=b:NoSchedule",
        "delete deployment web",
    ],
)
def test_what_could_not_be_printed_is_not_done(cluster: Cluster, line: str) -> None:
    assert "nope" in refused_line(cluster, f"{line} -o nope")
