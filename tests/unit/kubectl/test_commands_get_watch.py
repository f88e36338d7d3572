"""``kubectl get --watch``: what it prints as time passes, and what ends it."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from kubectl_terminal import Terminal, WEB

MISSING = "error: You must provide one or more resources by argument or filename."
INVALID_TIMEOUT = (
    "error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a "
    "corresponding time unit (e.g. 1s | 2m | 3h)"
)


@pytest.fixture
def web(terminal: Terminal) -> Terminal:
    terminal.both("apply -f -", WEB)
    return terminal


def test_one_table_until_nothing_moves_any_more(web: Terminal) -> None:
    lines = web.out("get deploy -w")
    assert web.cluster.settled
    assert lines[0].split() == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert sum(line.startswith("NAME") for line in lines) == 1
    assert lines[1].split()[:4] == ["web", "0/2", "0", "0"]
    assert lines[-1].split()[:4] == ["web", "2/2", "2", "2"]
    assert len({line.index(line.split()[1]) for line in lines}) == 1  # columns stay where they were


def test_a_timeout_ends_it_sooner_and_lets_all_of_its_time_pass(web: Terminal) -> None:
    web.out("get deploy -w --request-timeout=1s")
    assert web.cluster.now == 1.0
    web.run()
    before = web.cluster.now
    assert len(web.out("get pods -w --request-timeout=5")) == 3
    assert web.cluster.now == before + 5


def test_only_what_changes_and_how(web: Terminal) -> None:
    web.run()
    web.out("scale deployment/web --replicas=1")
    lines = web.out("get pods --watch-only --output-watch-events")
    assert lines[0].split()[:2] == ["EVENT", "NAME"]
    assert [line.split()[0] for line in lines[1:]] == ["MODIFIED", "MODIFIED", "MODIFIED", "DELETED"]
    assert len({line.split()[1] for line in lines[1:]}) == 1


def test_what_selectors_take_up_and_let_go(web: Terminal) -> None:
    web.run()
    pod = web.out("get pods -o name")[0]
    web.out(f"label {pod} app=other --overwrite")
    lines = web.out("get pods -l app=web --watch-only --output-watch-events --no-headers")
    assert {line.split()[0] for line in lines} == {"ADDED", "MODIFIED"}  # another pod takes its place
    web.out("scale deployment/web --replicas=3")
    phases = web.out("get pods --watch-only --output-watch-events --field-selector=status.phase=Pending --no-headers")
    words = [line.split()[0] for line in phases]
    assert (words[0], set(words[1:-1]), words[-1]) == ("ADDED", {"MODIFIED"}, "DELETED")


def test_one_text_for_each(web: Terminal) -> None:
    first = web.out("get deploy web -w -o name")
    assert set(first) == {"deployment.apps/web"} and len(first) > 2
    web.out("scale deployment/web --replicas=3")
    bodies = list(yaml.safe_load_all("\n".join(web.out("get deploy -w -o yaml"))))
    assert [body["status"]["replicas"] for body in bodies][-1] == 3
    assert all(body["kind"] == "Deployment" for body in bodies)
    web.out("scale deployment/web --replicas=1")
    events = [json.loads(line) for line in web.out("get deploy -w -o json --output-watch-events")]
    assert [event["type"] for event in events] == ["ADDED", *["MODIFIED"] * (len(events) - 1)]
    assert web.out("get deploy -w -o jsonpath={.kind}") == ["Deployment"]
    web.out("scale deployment/web --replicas=2")
    assert web.out("get rs --watch-only -o custom-columns=N:.kind --request-timeout=9")[:2] == ["N", "ReplicaSet"]


def test_sorting_is_for_what_is_there(web: Terminal) -> None:
    web.run()
    result = web.both("get pods -w --sort-by=.metadata.name")
    assert result.stderr == "warning: --watch requested, --sort-by will be ignored for watch events received\n"
    result = web.both("get pods --watch-only --sort-by=.metadata.name")
    assert result.stderr == "warning: --watch-only requested, --sort-by will be ignored\n"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("get -w", MISSING),
        ("get pods,svc -w", "error: you may only specify a single resource type"),
        ("get deploy/web svc/web -w", "error: you may only specify a single resource type"),
        ("get pods ghost -w", 'Error from server (NotFound): pods "ghost" not found'),
        ("get pods -w --request-timeout=x", INVALID_TIMEOUT),
    ],
)
def test_what_cannot_be_watched(web: Terminal, line: str, error: str) -> None:
    assert web.fails(line)[0] == error


def test_several_by_name_are_printed_and_not_watched(web: Terminal) -> None:
    result = web.both("get nodes node-1 node-2 -w")
    assert result.exit == 1 and len(result.stdout.splitlines()) == 3
    assert result.stderr == "error: you may only watch a single resource or type of resource at a time\n"
    assert web.both("get pods ghost -w --ignore-not-found").exit == 0


@settings(max_examples=12, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 4), min_size=1, max_size=3), selector=st.sampled_from(["", "-l app=web", "-l app=no"])
)
def test_who_follows_a_watch_knows_what_there_is(sizes: list[int], selector: str) -> None:
    """The events of a watch, one after the other, make the list that a later get prints."""
    terminal = Terminal()
    terminal.both("apply -f -", WEB)
    known: dict[str, str] = {}
    for size in sizes:
        terminal.out(f"scale deployment/web --replicas={size}")
        for line in terminal.out(f"get pods {selector} --watch -o json --output-watch-events"):
            event = json.loads(line)
            meta = event["object"]["metadata"]
            known[meta["name"]] = meta["resourceVersion"]
            if event["type"] == "DELETED":
                del known[meta["name"]]
        listed = terminal.body(f"get pods {selector}")["items"]
        assert known == {pod["metadata"]["name"]: pod["metadata"]["resourceVersion"] for pod in listed}
