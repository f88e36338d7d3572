"""``create`` of what is only shown (roles, bindings, ingresses), of secrets, and ``auth can-i``."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from kubectl_terminal import Terminal, WEB

RBAC = "rbac.authorization.k8s.io"
DOCKER = "--docker-username, --docker-password and --docker-server"
SHOWN = "creating a {} is not built in this simulator"


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (
            "role r --verb=get,list --verb=get --resource=pods,deploy,pods/log --resource-name=x",
            {
                "rules": [
                    {
                        "apiGroups": [""],
                        "resourceNames": ["x"],
                        "resources": ["pods", "pods/log"],
                        "verbs": ["get", "list"],
                    },
                    {
                        "apiGroups": ["apps"],
                        "resourceNames": ["x"],
                        "resources": ["deployments"],
                        "verbs": ["get", "list"],
                    },
                ]
            },
        ),
        (
            "clusterrole r --verb=get --non-resource-url=/healthz,/logs/*",
            {"rules": [{"nonResourceURLs": ["/healthz", "/logs/*"], "verbs": ["get"]}]},
        ),
        (
            "clusterrole r --aggregation-rule=a=b,c=d",
            {"aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b", "c": "d"}}]}, "rules": None},
        ),
        (
            "rolebinding b --clusterrole=r --user=u --group=g --serviceaccount=n:s",
            {
                "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "r"},
                "subjects": [
                    {"apiGroup": RBAC, "kind": "User", "name": "u"},
                    {"apiGroup": RBAC, "kind": "Group", "name": "g"},
                    {"kind": "ServiceAccount", "name": "s", "namespace": "n"},
                ],
            },
        ),
        ("clusterrolebinding b --clusterrole=r", {"roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "r"}}),
        (
            "ingress i --default-backend=w:1 --class=c --annotation=a=b",
            {
                "spec": {"defaultBackend": {"service": {"name": "w", "port": {"number": 1}}}, "ingressClassName": "c"},
                "status": {"loadBalancer": {}},
            },
        ),
    ],
)
def test_what_is_shown(terminal: Terminal, line: str, fields: dict[str, Any]) -> None:
    body = terminal.body(f"create {line} --dry-run=client")
    assert {k: v for k, v in body.items() if k not in ("apiVersion", "kind", "metadata")} == fields
    assert terminal.fails(f"create {line}") == [f"error: {SHOWN.format(body['kind'])}"]
    stored = json.loads("\n".join(terminal.out(f"create {line} --dry-run=server -o json")))
    assert list(stored)[:3] == ["kind", "apiVersion", "metadata"]
    assert stored["metadata"]["creationTimestamp"] == "2026-01-01T00:00:00Z"


def test_the_hosts_and_paths_of_an_ingress(terminal: Terminal) -> None:
    rules = "--rule=a.b/c*=web:80,tls=s --rule=a.b/d=web:http --rule=c.d/=web:1,tls=s --rule=/x=web:2"
    spec = terminal.body(f"create ingress i {rules} --dry-run=client")["spec"]
    assert spec["tls"] == [{"hosts": ["a.b", "c.d"], "secretName": "s"}]
    assert [(rule.get("host"), len(rule["http"]["paths"])) for rule in spec["rules"]] == [
        ("a.b", 2),
        ("c.d", 1),
        (None, 1),
    ]
    assert [(p["path"], p["pathType"]) for p in spec["rules"][0]["http"]["paths"]] == [
        ("/c", "Prefix"),
        ("/d", "Exact"),
    ]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("role r", "at least one verb must be specified"),
        ("role r --verb=get", "at least one resource must be specified"),
        ("role r --verb=get --resource=nope", 'the server doesn\'t have a resource type "nope"'),
        ("role r --verb=get --resource=nope.x", 'the server doesn\'t have a resource type "nope" in group "x"'),
        ("role r --verb=bind --resource=pods", "can not perform 'bind' on 'pods' in group ''"),
        ("clusterrole r --verb=get", "one of resource or nonResourceURL must be specified"),
        ("clusterrole r --verb=frob --non-resource-url=/x", "invalid verb: 'frob' for nonResourceURL"),
        ("clusterrole r --verb=get --non-resource-url=x", "nonResourceURL should start with /"),
        ("rolebinding b", "exactly one of clusterrole or role must be specified"),
        ("rolebinding b --role=r --serviceaccount=x", "serviceaccount must be <namespace>:<name>"),
        ("clusterrolebinding b", 'required flag(s) "clusterrole" not set'),
        ("ingress i --rule=x", "rule x is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]"),
        ("secret tls t", "key and cert must be specified"),
        ("secret tls t --cert=/ghost --key=/ghost", "Cannot read file /ghost, open /ghost: no such file or directory"),
        (
            "secret docker-registry r --docker-username=u",
            f"either --from-file or the combination of {DOCKER} is required",
        ),
    ],
)
def test_what_is_refused(terminal: Terminal, line: str, error: str) -> None:
    assert terminal.fails(f"create {line} --dry-run=client") == [f"error: {error}"]


def test_an_unusual_verb_is_warned_of(terminal: Terminal) -> None:
    result = terminal.both("create role r --verb=frob --resource=pods --dry-run=client")
    assert result.stdout == f"role.{RBAC}/r created (dry run)\n"
    assert result.stderr == "Warning: 'frob' is not a standard resource verb\n"


def test_secrets_of_a_registry_and_of_a_certificate(terminal: Terminal, tmp_path: Path) -> None:
    line = "create secret docker-registry r --docker-server=s --docker-username=u --docker-password=p"
    assert terminal.out(line) == ["secret/r created"]
    stored = terminal.body("get secret r")
    config = json.loads(base64.b64decode(stored["data"][".dockerconfigjson"]))
    assert config == {"auths": {"s": {"username": "u", "password": "p", "auth": base64.b64encode(b"u:p").decode()}}}
    pem = tmp_path / "x.pem"
    pem.write_text("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")
    assert terminal.out(f"create secret tls t --cert={pem} --key={pem}") == ["secret/t created"]
    assert terminal.body("get secret t")["type"] == "kubernetes.io/tls"
    pem.write_text("nothing")
    error = "error: tls: failed to find any PEM data in certificate input"
    assert terminal.fails(f"create secret tls u --cert={pem} --key={pem}") == [error]


@pytest.mark.parametrize(
    ("line", "printed", "warning"),
    [
        ("create pods", "yes\n", ""),
        ("create pods -q", "", ""),
        ("get /healthz", "yes\n", ""),
        ("get nodes", "yes\n", "Warning: resource 'nodes' is not namespace scoped\n\n"),
        ("get sc", "yes\n", "Warning: resource 'storageclasses' is not namespace scoped in group 'storage.k8s.io'\n\n"),
        ("get nope.x", "yes\n", "Warning: the server doesn't have a resource type 'nope' in group 'x'\n\n"),
        ("frob pods", "yes\n", "Warning: verb 'frob' is not a known verb\n\n"),
    ],
)
def test_everybody_may_do_everything(terminal: Terminal, line: str, printed: str, warning: str) -> None:
    result = terminal.both(f"auth can-i {line}")
    assert (result.exit, result.stdout, result.stderr) == (0, printed, warning)


def test_what_was_applied_last(terminal: Terminal) -> None:
    terminal.both("apply -f -", WEB)
    line = "apply view-last-applied deploy/web"
    assert json.loads("\n".join(terminal.out(f"{line} -o json")))["spec"]["replicas"] == 2
    assert terminal.out(line)[:2] == ["apiVersion: apps/v1", "kind: Deployment"]
    assert terminal.out("apply view-last-applied svc kubernetes") == []
    assert terminal.fails(f"{line} -o name")[0].startswith("error: Unexpected -o output mode: name,")


def test_events_as_they_come(terminal: Terminal) -> None:
    terminal.both("apply -f -", WEB)
    terminal.run(1)
    lines = terminal.out("events --for deploy/web --watch --request-timeout=1s")
    assert [line.split()[2:4] for line in lines] == [["TYPE", "REASON"], ["ScalingReplicaSet", "Deployment/web"]]
    terminal.out("scale deploy/web --replicas=3")
    lines = terminal.out("events --for deploy/web --watch --no-headers")
    assert [line.split()[2] for line in lines] == ["ScalingReplicaSet"] * 2
    assert terminal.out("events --for deploy/web -o name") == []
