"""``%kubectl``, ``%%apply``, their completion, and how a cluster looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from k8snb.cluster import Cluster
from k8snb.notebook import load_ipython_extension, unload_ipython_extension
from k8snb.widgets.labs import DeploymentLab

MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"


@pytest.fixture
def shell() -> Iterator[Any]:
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    load_ipython_extension(shell)
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


def test_the_first_magic_makes_a_cluster(shell: Any) -> None:
    result = shell.run_line_magic("kubectl", "create deployment web --image=nginx")
    assert str(result).strip() == "deployment.apps/web created"
    assert isinstance(shell.user_ns["cluster"], Cluster)


def test_magics_talk_to_the_chosen_cluster(shell: Any) -> None:
    shell.user_ns["other"] = other = Cluster(nodes=1)
    assert len(shell.run_line_magic("kubectl", "get nodes -o name").stdout.split()) == 1
    shell.user_ns["cluster"] = Cluster(nodes=2)
    assert len(shell.run_line_magic("kubectl", "get nodes -o name").stdout.split()) == 2
    shell.run_line_magic("use_cluster", "other")
    shell.run_cell_magic("apply", "", MANIFEST)
    assert other.get("configmap", "settings")
    with pytest.raises(UsageError, match="nothing_here is no variable"):
        shell.run_line_magic("use_cluster", "nothing_here")


def test_magics_talk_to_the_cluster_of_a_lab(shell: Any) -> None:
    shell.user_ns["lab"] = lab = DeploymentLab()
    assert "deployment.apps/web" in shell.run_line_magic("kubectl", "get deployment -o name").stdout
    shell.run_line_magic("kubectl", "scale deployment/web --replicas=2")
    assert lab.controls.replicas == 4
    lab.session.refresh()
    assert lab.controls.replicas == 2
    lab.close()


def test_a_lab_follows_the_cells(shell: Any) -> None:
    shell.user_ns["lab"] = lab = DeploymentLab()
    shell.run_cell("lab.cluster.kubectl('scale deployment/web --replicas=1'); lab.cluster.run(10)")
    assert lab.controls.state == "1/1 ready · 1 updated · complete"
    lab.close()
    callbacks = shell.events.callbacks["post_run_cell"]
    assert not [c for c in callbacks if "k8snb" in getattr(c, "__module__", "")]


def test_apply_reads_the_cell(shell: Any) -> None:
    assert "configmap/settings created" in str(shell.run_cell_magic("apply", "", MANIFEST))
    assert "configmap/settings unchanged" in str(shell.run_cell_magic("apply", "", MANIFEST))
    bad = shell.run_cell_magic("apply", "", "kind: [")
    assert bad.exit == 1
    assert "error" in bad.stderr


@pytest.mark.parametrize(
    ("line", "choices"),
    [
        ("%kubectl get depl", ["deployments"]),
        ("%kubectl scale deployment/w", ["deployment/web"]),
        ("%kubectl describe deployment w", ["web"]),
        ("%kubectl rollout un", ["undo"]),
        ("%kubectl get pods --output=w", ["wide"]),
        ("%kubectl nonsense ", []),
    ],
)
def test_completion(shell: Any, line: str, choices: list[str]) -> None:
    shell.run_line_magic("kubectl", "create deployment web --image=nginx")
    with provisionalcompleter():
        found = [c.text for c in shell.Completer.completions(line, len(line))]
    assert found[: len(choices)] == choices


def test_a_cluster_shows_its_counts(shell: Any) -> None:
    cluster = Cluster()
    cluster.kubectl("create deployment web --image=nginx --replicas=2")
    cluster.run(10)
    formatter = shell.display_formatter.formatters["text/html"]
    formatter.enabled = True
    html = formatter(cluster)
    assert "3 of 3 ready" in html
    assert "2 (2 ready)" in html
    assert "00:10" in html
    unload_ipython_extension(shell)
    assert formatter(cluster) is None
