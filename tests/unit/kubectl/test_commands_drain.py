"""``kubectl drain``: what it refuses, evicts and deletes, in its words."""

from __future__ import annotations

import pytest
from kubectl_terminal import Terminal, WEB

from k8snb.api.go_duration import format_duration

AGENT = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: c, image: i}]}
"""
BUDGET = """
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: %s, selector: {matchLabels: {app: web}}}
"""
SCRATCH = """
apiVersion: v1
kind: Pod
metadata: {name: scratch, labels: {app: scratch}}
spec:
  nodeName: node-1
  containers: [{name: c, image: i}]
  volumes: [{name: v, emptyDir: {}}]
"""


def terminal_with(*manifests: str) -> Terminal:
    terminal = Terminal()
    terminal.out("apply -f -", "---".join(manifests))
    terminal.run()
    return terminal


def pods_on(terminal: Terminal, node: str, app: str = "web") -> list[str]:
    return terminal.out(
        f"get pods -l app={app} --field-selector spec.nodeName={node} -o jsonpath={{.items[*].metadata.name}}"
    )


@pytest.fixture
def web_on_node_1() -> Terminal:
    """Both pods of ``web`` are on node-1; node-2 takes pods again."""
    terminal = Terminal()
    terminal.out("cordon node-2")
    terminal.out("apply -f -", WEB)
    terminal.run()
    terminal.out("uncordon node-2")
    return terminal


def names(terminal: Terminal) -> list[str]:
    return terminal.value("pods -l app=web", ".items[*].metadata.name").split()


def test_pods_are_evicted_and_come_up_elsewhere(web_on_node_1: Terminal) -> None:
    first, second = names(web_on_node_1)
    printed = web_on_node_1.out("drain node-1")
    assert printed[:3] == [
        "node/node-1 cordoned",
        f"evicting pod default/{first}",
        f"evicting pod default/{second}",
    ]
    assert sorted(printed[3:-1]) == [f"pod/{first} evicted", f"pod/{second} evicted"]  # whichever stops first
    assert printed[-1] == "node/node-1 drained"
    web_on_node_1.run()
    assert web_on_node_1.value("pods", ".items[*].spec.nodeName") == "node-2 node-2"
    assert web_on_node_1.out("drain node-1") == ["node/node-1 already cordoned", "node/node-1 drained"]


def test_a_budget_is_respected_and_asked_again_every_five_seconds(web_on_node_1: Terminal) -> None:
    web_on_node_1.out("apply -f -", BUDGET % 1)
    web_on_node_1.run(1)
    first, second = names(web_on_node_1)
    began = web_on_node_1.cluster.now
    result = web_on_node_1.both("drain node-1")
    assert result.exit == 0
    assert result.stderr == (
        f'error when evicting pods/"{second}" -n "default" (will retry after 5s): '
        "Cannot evict pod as it would violate the pod's disruption budget.\n"
    )
    assert result.stdout.count(f"evicting pod default/{second}\n") == 2
    assert 5 < web_on_node_1.cluster.now - began < 8
    assert f"pod/{first} evicted" in result.stdout


def test_a_timeout_ends_the_waiting(web_on_node_1: Terminal) -> None:
    web_on_node_1.out("apply -f -", BUDGET % 2)
    web_on_node_1.run(1)
    first, second = names(web_on_node_1)
    result = web_on_node_1.both("drain node-1 --timeout=6s")
    reached = [
        f'error when evicting pods/"{name}" -n "default": global timeout reached: 6s' for name in (first, second)
    ]
    assert result.exit == 1
    assert result.stderr.splitlines()[-8:] == [
        f'There are pending pods in node "node-1" when an error occurred: [{", ".join(reached)}]',
        f"pod/{first}",
        f"pod/{second}",
        f'error: unable to drain node "node-1" due to error: [{", ".join(reached)}], continuing command...',
        "There are pending nodes to be drained:",
        " node-1",
        *reached,
    ]


def test_deletion_passes_budgets_by(web_on_node_1: Terminal) -> None:
    web_on_node_1.out("apply -f -", BUDGET % 2)
    first, second = names(web_on_node_1)
    printed = web_on_node_1.out("drain node-1 --disable-eviction --grace-period=1")
    assert (printed[0], printed[-1]) == ("node/node-1 cordoned", "node/node-1 drained")
    assert sorted(printed[1:-1]) == [f"pod/{first} deleted", f"pod/{second} deleted"]  # whichever stops first


def test_waiting_for_a_pod_that_cannot_end(web_on_node_1: Terminal) -> None:
    first, _ = names(web_on_node_1)
    web_on_node_1.cluster.fault(node="node-1", state="down")
    deleted = web_on_node_1.both("drain node-1 --disable-eviction --timeout=3s")
    assert deleted.stderr.splitlines()[-1] == "error: context deadline exceeded"
    evicted = web_on_node_1.both("drain node-1 --timeout=3s")
    ended = f'error when waiting for pod "{first}" in namespace "default" to terminate: context deadline exceeded'
    assert ended in evicted.stderr.splitlines()
    assert web_on_node_1.both("drain node-1").exit == 1  # after an hour
    assert web_on_node_1.out("drain node-1 --skip-wait-for-delete-timeout=60")[-1] == "node/node-1 drained"


def test_daemons_stay(web_on_node_1: Terminal) -> None:
    web_on_node_1.out("apply -f -", AGENT)
    web_on_node_1.run()
    (agent,) = pods_on(web_on_node_1, "node-1", "agent")
    refusal = f"cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/{agent}"
    result = web_on_node_1.both("drain node-1")
    assert (result.exit, result.stdout) == (1, "node/node-1 cordoned\n")
    assert result.stderr.splitlines() == [
        f'error: unable to drain node "node-1" due to error: {refusal}, continuing command...',
        "There are pending nodes to be drained:",
        " node-1",
        refusal,
    ]
    result = web_on_node_1.both("drain node-1 --ignore-daemonsets")
    assert (result.exit, result.stderr) == (0, f"Warning: ignoring DaemonSet-managed Pods: default/{agent}\n")
    assert pods_on(web_on_node_1, "node-1", "agent") == [agent]
    assert pods_on(web_on_node_1, "node-1") == []


def test_pods_without_a_controller_and_with_data() -> None:
    terminal = terminal_with(SCRATCH)
    local = "cannot delete Pods with local storage (use --delete-emptydir-data to override): default/scratch"
    alone = "cannot delete Pods that declare no controller (use --force to override): default/scratch"
    assert terminal.both("drain node-1").stderr.splitlines()[-1] == local
    assert terminal.both("drain node-1 --delete-emptydir-data").stderr.splitlines()[-1] == alone
    result = terminal.both("drain node-1 --delete-emptydir-data --force")
    assert result.stderr == "Warning: deleting Pods that declare no controller: default/scratch\n"
    assert result.stdout.splitlines()[-2:] == ["pod/scratch evicted", "node/node-1 drained"]


def test_daemons_whose_set_is_gone() -> None:
    terminal = terminal_with(AGENT)
    terminal.out("delete daemonset agent --cascade=orphan")
    terminal.run(1)
    (agent,) = pods_on(terminal, "node-1", "agent")
    assert terminal.value(f"pod/{agent}", ".metadata.ownerReferences") == ""
    assert "declare no controller" in terminal.both("drain node-1").stderr


def test_dry_runs_change_nothing(web_on_node_1: Terminal) -> None:
    first, second = names(web_on_node_1)
    for strategy, words in (("client", "dry run"), ("server", "server dry run")):
        assert web_on_node_1.out(f"drain node-1 --dry-run={strategy}") == [
            f"node/node-1 cordoned ({words})",
            f"evicting pod default/{first} ({words})",
            f"evicting pod default/{second} ({words})",
            f"node/node-1 drained ({words})",
        ]
    assert names(web_on_node_1) == [first, second]
    assert web_on_node_1.value("node/node-1", ".spec.unschedulable") == ""


def test_only_some_pods(web_on_node_1: Terminal) -> None:
    assert web_on_node_1.out("drain node-1 --pod-selector=app=other") == ["node/node-1 cordoned", "node/node-1 drained"]
    assert len(names(web_on_node_1)) == 2
    assert web_on_node_1.fails("drain node-1 --pod-selector=app=(") == [
        "error: --pod-selector=<pod_selector> must be a valid label selector"
    ]


def test_nodes_by_selector_and_wrong_lines(terminal: Terminal) -> None:
    assert terminal.out("drain -l kubernetes.io/hostname=node-2") == ["node/node-2 cordoned", "node/node-2 drained"]
    assert terminal.fails("drain") == [
        "error: USAGE: drain NODE [flags]",
        "See 'kubectl drain -h' for help and examples",
    ]
    assert terminal.fails("drain ghost") == ['Error from server (NotFound): nodes "ghost" not found']


def test_a_branch_from_the_middle_of_a_drain_does_not_go_on(web_on_node_1: Terminal) -> None:
    web_on_node_1.out("apply -f -", BUDGET % 1)
    web_on_node_1.run(1)
    began = web_on_node_1.cluster.now
    assert web_on_node_1.both("drain node-1").exit == 0
    branch = web_on_node_1.cluster.fork(at=began + 3)
    assert branch.now == began + 3
    assert sorted(pod.node for pod in branch.pods.itertuples()) == ["node-1", "node-2"]


def test_durations_as_go_prints_them() -> None:
    assert [format_duration(ms) for ms in (0, 1, 999, 1500, 61_000, 7_200_000)] == [
        "0s", "1ms", "999ms", "1.5s", "1m1s", "2h0m0s"
    ]  # fmt: skip
