"""``create NAME …``, ``run`` and ``expose``: objects made from flags."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from kubectl_terminal import Terminal

SHOW = "--dry-run=client"


@pytest.mark.parametrize(
    ("line", "kind", "spec"),
    [
        (
            "create deployment web --image=nginx:1.25 --replicas=2 --port=80",
            "Deployment",
            {
                "replicas": 2,
                "selector": {"matchLabels": {"app": "web"}},
                "strategy": {},
                "template": {
                    "metadata": {"labels": {"app": "web"}},
                    "spec": {
                        "containers": [
                            {
                                "image": "nginx:1.25",
                                "name": "nginx",
                                "ports": [{"containerPort": 80}],
                                "resources": {},
                            }
                        ]
                    },
                },
            },
        ),
        (
            "create job once --image=busybox -- sh -c 'exit 0'",
            "Job",
            {
                "template": {
                    "metadata": {},
                    "spec": {
                        "containers": [
                            {
                                "command": ["sh", "-c", "exit 0"],
                                "image": "busybox",
                                "name": "once",
                                "resources": {},
                            }
                        ],
                        "restartPolicy": "Never",
                    },
                }
            },
        ),
        (
            "create service clusterip web --tcp=80:8080 --tcp=443",
            "Service",
            {
                "ports": [
                    {"name": "80-8080", "port": 80, "protocol": "TCP", "targetPort": 8080},
                    {"name": "443", "port": 443, "protocol": "TCP", "targetPort": 443},
                ],
                "selector": {"app": "web"},
                "type": "ClusterIP",
            },
        ),
        (
            "create svc nodeport web --tcp=80:http --node-port=30080",
            "Service",
            {
                "ports": [{"name": "80-http", "nodePort": 30080, "port": 80, "protocol": "TCP", "targetPort": "http"}],
                "selector": {"app": "web"},
                "type": "NodePort",
            },
        ),
        (
            "create service externalname db --external-name=db.example.com",
            "Service",
            {"externalName": "db.example.com", "selector": {"app": "db"}, "type": "ExternalName"},
        ),
        (
            "create quota small --hard=cpu=1,pods=2 --scopes=BestEffort",
            "ResourceQuota",
            {"hard": {"cpu": "1", "pods": "2"}, "scopes": ["BestEffort"]},
        ),
        (
            "create pdb web --selector=app=web --min-available=50%",
            "PodDisruptionBudget",
            {"minAvailable": "50%", "selector": {"matchLabels": {"app": "web"}}},
        ),
    ],
)
def test_what_create_makes(terminal: Terminal, line: str, kind: str, spec: dict[str, Any]) -> None:
    head, dashes, command = line.partition(" -- ")
    body = terminal.both(f"{head} {SHOW} -o json{dashes}{command}")
    assert body.exit == 0
    shown = terminal.body(f"create -f - {SHOW}", body.stdout)
    assert (shown["kind"], shown["spec"]) == (kind, spec)


def test_a_cron_job_and_a_job_of_it(terminal: Terminal) -> None:
    assert terminal.out("create cronjob tick --image=busybox --schedule='*/5 * * * *'") == [
        "cronjob.batch/tick created"
    ]
    assert terminal.value("cronjob tick", ".spec.schedule") == "*/5 * * * *"
    assert terminal.out("create job now --from=cronjob/tick") == ["job.batch/now created"]
    job = terminal.body("get job now")["metadata"]
    assert job["annotations"] == {"cronjob.kubernetes.io/instantiate": "manual"}
    assert job["ownerReferences"][0]["name"] == "tick"


def test_created_objects_are_there(terminal: Terminal) -> None:
    assert terminal.out("create namespace team") == ["namespace/team created"]
    assert terminal.out("create deployment web --image=nginx -n team") == ["deployment.apps/web created"]
    assert terminal.out("get deployments -A -o name") == ["deployment.apps/web"]
    assert terminal.fails("create deployment web --image=nginx -n team") == [
        'error: failed to create deployment: deployments.apps "web" already exists'
    ]
    assert terminal.fails("create namespace team") == [
        'Error from server (AlreadyExists): namespaces "team" already exists'
    ]


def test_a_config_map_from_literals_and_files(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("alpha")
    (tmp_path / "b.bin").write_bytes(b"\xff\x00")
    body = terminal.body(f"create configmap c --from-literal=x=1=2 --from-file={tmp_path} {SHOW}")
    assert body["data"] == {"a.txt": "alpha", "x": "1=2"}
    assert body["binaryData"] == {"b.bin": base64.b64encode(b"\xff\x00").decode()}
    renamed = terminal.body(f"create cm c --from-file=other={tmp_path}/a.txt {SHOW}")
    assert renamed["data"] == {"other": "alpha"}
    (tmp_path / "env").write_text("# colours\n\nA=red\n  B=a=b\n")
    assert terminal.body(f"create cm c --from-env-file={tmp_path}/env {SHOW}")["data"] == {"A": "red", "B": "a=b"}


def test_a_secret(terminal: Terminal) -> None:
    body = terminal.body(f"create secret generic s --from-literal=password=hunter2 {SHOW}")
    assert base64.b64decode(body["data"]["password"]) == b"hunter2"
    assert "Create a secret" in terminal.fails("create secret")[0]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("create namespace", "exactly one NAME is required, got 0"),
        ("create namespace a b", "exactly one NAME is required, got 2"),
        ("create cm c --from-literal=x", "invalid literal source x, expected key=value"),
        ("create cm c --from-file=/no/such", "error reading /no/such: no such file or directory"),
        (
            "create cm c --from-literal=a=1 --from-literal=a=2",
            'cannot add key "a", another key by that name already exists in Data for ConfigMap "c"',
        ),
        (
            "create cm c --from-literal=a=1 --from-env-file=x",
            "from-env-file cannot be combined with from-file or from-literal",
        ),
        ("create job j", "either --image or --from must be specified"),
        ("create job j --image=a --from=cronjob/b", "either --image or --from must be specified"),
        ("create job j --from=cronjob/b", 'Error from server (NotFound): cronjobs.batch "b" not found'),
        ("create svc clusterip s", "at least one tcp port specifier must be provided"),
        ("create svc clusterip s --tcp=x", 'strconv.ParseUint: parsing "x": invalid syntax'),
        ("create quota q --hard=cpu", "Invalid argument syntax cpu, expected <resource>=<value>"),
        ("create pdb p --selector=a=b", "one of min-available or max-unavailable must be specified"),
        ("create deployment d --image=a --image=b -- sh", "cannot specify multiple --image options and command"),
    ],
)
def test_what_create_refuses(terminal: Terminal, line: str, error: str) -> None:
    shown = terminal.fails(line)[0]
    assert shown.removeprefix("error: ").startswith(error)


# -- run


def test_run_makes_a_pod(terminal: Terminal) -> None:
    assert terminal.out("run shell --image=busybox --env=A=1 --labels=a=b -- sleep 10") == ["pod/shell created"]
    body = terminal.body("get pod shell")
    assert body["metadata"]["labels"] == {"a": "b"}
    container = body["spec"]["containers"][0]
    assert (container["args"], container["env"]) == (["sleep", "10"], [{"name": "A", "value": "1"}])
    assert terminal.body("get pod shell")["spec"]["restartPolicy"] == "Always"


def test_run_with_a_service_and_overrides(terminal: Terminal) -> None:
    assert terminal.out("run web --image=nginx --port=80 --expose") == ["service/web created", "pod/web created"]
    assert terminal.body("get svc web")["spec"]["selector"] == {"run": "web"}
    pod = terminal.body("""run x --image=nginx --dry-run=client --overrides='{"spec":{"nodeName":"node-1"}}'""")
    assert pod["spec"]["nodeName"] == "node-1"
    command = terminal.out("run y --image=nginx --dry-run=client --command -o jsonpath={.spec.containers} -- ls -l")
    assert '"command":["ls","-l"]' in command[0]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("run --image=nginx", "NAME is required for run"),
        ("run web", 'required flag(s) "image" not set'),
        ("run web --image=", "--image is required"),
        ("run web --image=Not:An:Image", 'Invalid image name "Not:An:Image": invalid reference format'),
        ("run web --image=nginx --expose", "--port must be set when exposing a service"),
        ("run web --image=nginx --restart=Sometimes", "invalid restart policy: Sometimes"),
        ("run web --image=nginx --env=A", "invalid env: A"),
        ("run web --image=nginx --rm", "--rm should only be used for attached containers"),
        ("run web --image=nginx -i", "attaching to containers (--attach, --stdin, --tty, --rm) is not built"),
    ],
)
def test_what_run_refuses(terminal: Terminal, line: str, error: str) -> None:
    assert terminal.fails(line)[0].startswith(f"error: {error}")


# -- expose


def test_expose_takes_selector_and_ports_from_the_object(web: Terminal) -> None:
    assert web.out("expose deployment web") == ["service/web exposed"]
    spec = web.body("get svc web")["spec"]
    assert spec["selector"] == {"app": "web"}
    assert spec["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    assert web.fails("expose deployment web") == ['Error from server (AlreadyExists): services "web" already exists']


def test_expose_with_flags(web: Terminal) -> None:
    line = "expose deploy/web --name=front --port=8080 --target-port=http --type=NodePort -l tier=front"
    body = web.body(f"{line} {SHOW}")
    assert body["metadata"] == {"labels": {"tier": "front"}, "name": "front"}
    assert body["spec"]["ports"] == [{"port": 8080, "protocol": "TCP", "targetPort": "http"}]
    assert body["spec"]["type"] == "NodePort"
    ports = web.body(f"expose deploy web --name=two --port=80,443 {SHOW}")["spec"]["ports"]
    assert [port["name"] for port in ports] == ["port-1", "port-2"]
    headless = web.body(f"expose deploy web --cluster-ip=None {SHOW}")["spec"]
    assert headless["clusterIP"] == "None"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("expose cm settings --port=1", "error: cannot expose a ConfigMap"),
        ("expose deploy ghost", 'Error from server (NotFound): deployments.apps "ghost" not found'),
        ("expose", "error: You must provide one or more resources by argument or filename."),
        ("expose deploy web --port=http", 'error: strconv.Atoi: parsing "http": invalid syntax'),
        ("expose deploy web --session-affinity=Sticky", "error: unknown session affinity: Sticky"),
        ("expose deploy web --selector=a", "error: unexpected label spec: a"),
        ("expose deploy web --overrides=x", "error: Invalid JSON Patch"),
    ],
)
def test_what_expose_refuses(web: Terminal, line: str, error: str) -> None:
    assert web.fails(line)[0] == error


def test_a_deployment_without_ports_needs_one_named(terminal: Terminal) -> None:
    terminal.out("create deployment bare --image=nginx")
    assert terminal.fails("expose deployment bare") == ["error: couldn't find port via --port flag or introspection"]
