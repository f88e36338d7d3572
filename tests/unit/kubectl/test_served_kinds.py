"""Kinds that a cluster serves and this one keeps no objects of; endpoints, which are made when they are read."""

from __future__ import annotations

import pytest
from kubectl_terminal import Terminal

DEPRECATED = "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n"


@pytest.mark.parametrize("kind", ["hpa", "ing", "role", "rolebindings", "netpol"])
def test_what_is_empty_says_so(terminal: Terminal, kind: str) -> None:
    assert terminal.both(f"get {kind}").stderr == "No resources found in default namespace.\n"
    assert terminal.body(f"get {kind}")["items"] == []


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("get hpa web", 'Error from server (NotFound): horizontalpodautoscalers.autoscaling "web" not found'),
        ("delete ing a", 'Error from server (NotFound): ingresses.networking.k8s.io "a" not found'),
        ("get clusterroles", "error: clusterroles.rbac.authorization.k8s.io are not built in this simulator"),
        (
            "get bindings",
            "Error from server (MethodNotAllowed): the server does not allow this method on the requested resource",
        ),
    ],
)
def test_what_is_not_there_or_not_built(terminal: Terminal, line: str, error: str) -> None:
    assert terminal.fails(line) == [error]


def test_a_manifest_of_such_a_kind_is_refused_plainly(terminal: Terminal) -> None:
    ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}"
    assert terminal.fails("apply -f -", ingress) == ["error: Ingress objects are not built in this simulator"]


def test_the_server_says_what_it_serves(terminal: Terminal) -> None:
    rows = [line.split() for line in terminal.out("api-resources --no-headers -o wide")]
    assert len(rows) == 67
    assert next(r for r in rows if "events.k8s.io/v1" in r)[:5] == ["events", "ev", "events.k8s.io/v1", "true", "Event"]
    assert "deletecollection" not in next(r for r in rows if r[0] == "namespaces")[5]
    assert "autoscaling/v1" in terminal.out("api-versions")


def test_a_short_name_of_two_kinds_is_warned_of_once(terminal: Terminal) -> None:
    warning = 'Warning: short name "ev" could also match lower priority resource events.events.k8s.io\n'
    assert terminal.both("get ev").stderr == f"{warning}No resources found in default namespace.\n"


def test_limit_ranges_have_the_table_of_any_kind(terminal: Terminal) -> None:
    limits = "apiVersion: v1\nkind: LimitRange\nmetadata: {name: lim}\nspec: {limits: []}"
    terminal.out("apply -f -", limits)
    assert [line.split() for line in terminal.out("get limits")] == [
        ["NAME", "CREATED", "AT"],
        ["lim", "2026-01-01T00:00:00Z"],
    ]


def test_endpoints_follow_the_pods(web: Terminal) -> None:
    web.out("expose deploy web")
    web.run()
    result = web.both("get ep --no-headers")
    name, addresses, _ = result.stdout.split()
    assert (name, len(addresses.split(",")), result.stderr) == ("web", 2, DEPRECATED)
    assert all(address.endswith(":80") for address in addresses.split(","))
    web.out("scale deploy web --replicas=0")
    web.run(60)
    assert web.both("get ep --no-headers --show-kind").stdout.split()[:2] == ["endpoints/web", "<none>"]
    assert web.both("delete ep web").stderr.splitlines()[-1] == (
        "error: changing endpoints is not built in this simulator"
    )
    described = web.both("describe ep web").stdout.splitlines()
    assert described[-2:] == ["Subsets:", "Events:  <none>"]
