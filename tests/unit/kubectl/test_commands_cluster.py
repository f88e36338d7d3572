"""``api-resources``, ``api-versions``, ``version``, ``cluster-info`` and ``events``."""

from __future__ import annotations

from kubectl_terminal import Terminal


def test_api_resources(terminal: Terminal) -> None:
    lines = terminal.out("api-resources")
    assert lines[0].split() == ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"]
    rows = [line.split() for line in lines[1:]]
    assert ["pods", "po", "v1", "true", "Pod"] in rows
    assert ["nodes", "no", "v1", "false", "Node"] in rows
    assert ["deployments", "deploy", "apps/v1", "true", "Deployment"] in rows
    names = terminal.out("api-resources --api-group=apps -o name")
    assert "deployments.apps" in names
    assert "pods" not in names
    assert "nodes" in terminal.out("api-resources --namespaced=false -o name")
    assert terminal.fails("api-resources pods")[0].startswith("error: unexpected arguments: [pods]")


def test_versions(terminal: Terminal) -> None:
    assert {"v1", "apps/v1", "batch/v1"} <= set(terminal.out("api-versions"))
    lines = terminal.out("version")
    assert [line.partition(":")[0] for line in lines] == ["Client Version", "Kustomize Version", "Server Version"]
    assert lines[2].startswith("Server Version: v1.36.")
    assert terminal.body("version")["serverVersion"]["minor"] == "36"
    assert len(terminal.out("version --client")) == 2


def test_cluster_info(terminal: Terminal) -> None:
    assert terminal.out("cluster-info")[0] == "Kubernetes control plane is running inside this simulator"


def test_events_of_all_and_of_one_object(running: Terminal) -> None:
    lines = running.out("events")
    assert lines[0].split() == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert sum("SuccessfulCreate" in line for line in lines) == 2
    one = running.out("events --for=deployment/web")
    assert [line.split()[2] for line in one[1:]] == ["ScalingReplicaSet"]
    assert running.both("events --for=cm/settings").stderr == "No events found in default namespace.\n"
    assert len(running.out("events --types=Normal --no-headers")) == len(lines) - 1
    assert running.fails("events --for=web")[0].startswith("error: --for must be in resource/name form")
