"""``set``: images, resources, variables, selectors and service accounts of pod templates."""

from __future__ import annotations

import pytest
from kubectl_terminal import Terminal, WEB

CONTAINER = ".spec.template.spec.containers[0]"
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""


def test_an_image(web: Terminal) -> None:
    assert web.out("set image deployment/web nginx=nginx:1.9.1") == ["deployment.apps/web image updated"]
    assert web.value("deploy web", f"{CONTAINER}.image") == "nginx:1.9.1"
    assert web.out("set image deployment/web nginx=nginx:1.9.1") == []
    assert web.out("set image deploy web '*=nginx:2'") == ["deployment.apps/web image updated"]
    assert web.out("set image deploy --all nginx=nginx:3 --dry-run=server") == [
        "deployment.apps/web image updated (server dry run)"
    ]
    assert web.value("deploy web", f"{CONTAINER}.image") == "nginx:2"


def test_a_manifest_alone(terminal: Terminal) -> None:
    body = terminal.body("set image --local -f - nginx=nginx:9", WEB)
    assert body["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:9"
    assert terminal.fails("set image --local -f - x=y", WEB.replace("replicas: 2", "replicas: two")) == [
        'error: unable to decode "STDIN": json: cannot unmarshal string into Go struct field '
        "DeploymentSpec.spec.replicas of type int32"
    ]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("set image deploy/web apache=x", 'error: unable to find container named "apache"'),
        ("set image deploy/web", "error: at least one image update is required"),
        (
            "set image nginx=x",
            "error: You must provide one or more resources by argument or filename.",
        ),
        ("set image deploy/ghost a=b", 'Error from server (NotFound): deployments.apps "ghost" not found'),
        (
            "set image cm/settings a=b",
            "error: configmaps/settings the object is not a pod or does not have a pod template: *v1.ConfigMap",
        ),
        ("set image deploy/web nginx-", "error: invalid image format: nginx-"),
    ],
)
def test_what_set_image_refuses(web: Terminal, line: str, error: str) -> None:
    assert web.fails(line)[0] == error


def test_resources(web: Terminal) -> None:
    line = "set resources deploy web --limits=cpu=200m,memory=512Mi --requests=cpu=100m"
    assert web.out(line) == ["deployment.apps/web resource requirements updated"]
    assert web.body("get deploy web")["spec"]["template"]["spec"]["containers"][0]["resources"] == {
        "limits": {"cpu": "200m", "memory": "512Mi"},
        "requests": {"cpu": "100m"},
    }
    assert web.fails("set resources deploy web")[0].startswith("error: you must specify an update to requests or limit")
    assert web.fails("set resources deploy web --limits=cpu=much")[0].startswith("error: quantities must match")


def test_variables(web: Terminal) -> None:
    assert web.out("set env deploy/web A=1 B=two") == ["deployment.apps/web env updated"]
    assert web.out("set env deploy/web --list") == ["# Deployment web, container nginx", "A=1", "B=two"]
    assert web.out("set env deploy/web A- C=3") == ["deployment.apps/web env updated"]
    assert web.out("set env deploy/web --list")[1:] == ["B=two", "C=3"]
    assert web.out("set env deploy/web -", "D=4\n# E=5\n") == ["deployment.apps/web env updated"]
    assert web.out("set env deploy/web --list")[-1] == "D=4"


def test_variables_from_a_config_map(web: Terminal) -> None:
    result = web.both("set env deploy/web --from=configmap/settings --prefix=APP_")
    assert result.stdout == "deployment.apps/web env updated\n"
    assert result.stderr == "Warning: key colour transferred to COLOUR\n"
    assert web.out("set env deploy/web --list")[1:] == [
        "# APP_COLOUR from configmap settings, key colour",
    ]
    assert web.out("set env deploy/web --list --resolve")[1:] == ["APP_COLOUR=blue"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("set env", "one or more resources must be specified as <resource> <name> or <resource>/<name>"),
        ("set env deploy/web A=1 A-", "can not both modify and remove the same environment variable"),
        ("set env deploy/web 1A=b", '"1A" is not a valid key name'),
        ("set env deploy/web --keys=a A=1", "when specifying --keys, a configmap or secret must be provided"),
        ("set env deploy/web --list -o yaml", "--list and --output may not be specified together"),
    ],
)
def test_what_set_env_refuses(web: Terminal, line: str, error: str) -> None:
    assert web.fails(line)[0].startswith(f"error: {error}")


def test_a_service_account_and_a_selector(web: Terminal) -> None:
    assert web.out("set serviceaccount deploy web robot") == ["deployment.apps/web serviceaccount updated"]
    assert web.value("deploy web", ".spec.template.spec.serviceAccountName") == "robot"
    web.out("create -f -", SERVICE)
    assert web.out("set selector service web 'tier=front,app=web'") == ["service/web selector updated"]
    assert web.body("get svc web")["spec"]["selector"] == {"app": "web", "tier": "front"}
