"""The form of a scenario's file."""

from __future__ import annotations

import pytest

from k8snb import Cluster, load_scenario, scenario_of
from k8snb.api.resources import BY_KIND
from k8snb.errors import K8snbError, NotFound, SimulationError
from k8snb.scenario import Player
from k8snb.scenario_file import read_scenario_file, ScenarioError

HEAD = "apiVersion: k8snb.dev/v1alpha1\nkind: Scenario\n"


def test_a_saved_session_has_the_form() -> None:
    cluster = Cluster(nodes=[{"name": "big", "cpu": 4, "taints": ["a=b:NoSchedule"], "labels": {"x": "y"}}], seed=7)
    cluster.kubectl("create deployment web --image=nginx")
    cluster.run(seconds=1.5)
    cluster.fault(node="big", state="down")
    scenario = load_scenario(scenario_of(cluster, "mine").to_yaml())
    assert (scenario.name, scenario.is_session, len(scenario.steps)) == ("mine", True, 2)


def test_a_description_is_kept() -> None:
    text = HEAD + "metadata: {name: a, description: What it shows.}\nspec: {until: 1}\n"
    assert load_scenario(load_scenario(text).to_yaml()).description == "What it shows."


@pytest.mark.parametrize(
    ("spec", "explained"),
    [
        ("{until: 1, steps: [{at: -1, kubectl: get pods}]}", "spec.steps[0].at"),
        ("{until: 1, steps: [{at: 0, kubectl: get pods, apply: x}]}", "not apply and kubectl"),
        (
            "{until: 1, steps: [{at: 0, fault: {state: down}}]}",
            "spec.steps[0].fault: names one node, one pod or one registry",
        ),
        ("{until: 1, steps: [{at: 0, fault: {registry: a, state: exit}}]}", "is none of down, up, slow"),
        ("{until: 1, steps: [{at: 0, fault: {pod: a, state: failing, probe: x}}]}", "spec.steps[0].fault.probe"),
        ("{until: 1, steps: [{at: 0, fault: {pod: a, state: exit, code: 256}}]}", "spec.steps[0].fault.code"),
        ("{until: 1, steps: [{at: 0, fault: {pod: a, state: ready, container: c}}]}", "spec.steps[0].fault.container"),
        ("{until: 1, steps: [{at: 0, fault: {node: a, state: gone}}]}", "spec.steps[0].fault.state"),
        ("{until: 1, nodes: [{count: many}]}", "spec.nodes[0].count"),
        ("{until: 1, nodes: [{taints: [{key: a}]}]}", "spec.nodes[0].taints"),
        ("{until: 1, missingImages: nginx}", "spec.missingImages"),
    ],
)
def test_says_which_field_is_wrong(spec: str, explained: str) -> None:
    with pytest.raises(ScenarioError, match=r"^scenario: spec") as refused:
        read_scenario_file(f"{HEAD}spec: {spec}")
    assert explained in str(refused.value)


@pytest.mark.parametrize("pod", ["'{pod:app=none:0}'", "once"])
def test_a_fault_of_a_pod_that_is_no_longer_there_does_nothing(pod: str) -> None:
    steps = (
        "{at: 0, kubectl: run once --image=nginx}, {at: 5, kubectl: delete pod once --now}, "
        f"{{at: 9, fault: {{pod: {pod}, state: exit}}}}, {{at: 10, kubectl: get nodes}}"
    )
    player = Player(load_scenario(f"{HEAD}spec: {{until: 12, steps: [{steps}]}}"))
    player.play()
    assert [r.result.exit for r in player.results] == [0, 0, 0]


def test_a_fault_of_a_pod_that_never_was_is_refused() -> None:
    player = Player(load_scenario(f"{HEAD}spec: {{until: 2, steps: [{{at: 0, fault: {{pod: a, state: ready}}}}]}}"))
    with pytest.raises(NotFound, match='"a" not found'):
        player.play()


@pytest.mark.parametrize(
    ("kubelet", "fault", "message"),
    [
        ("exact", "{pod: a, state: failing, probe: readiness}", 'pods "a" has no readiness probe'),
        ("exact", "{pod: a, state: passing}", 'pods "a" has no liveness probe'),
        ("exact", "{pod: a, state: exit, container: b}", "container b is not valid for pod a"),
        ("annotated", "{pod: a, state: failing}", 'pods "a" lives by annotations: its probes are not executed'),
        ("annotated", "{pod: a, state: exit, container: a}", "its containers exit together"),
    ],
)
def test_a_fault_of_what_a_pod_does_not_have_is_refused_and_changes_nothing(
    kubelet: str, fault: str, message: str
) -> None:
    steps = f"{{at: 0, kubectl: run a --image=nginx}}, {{at: 5, fault: {fault}}}"
    player = Player(load_scenario(f"{HEAD}spec: {{until: 9, kubelet: {kubelet}, steps: [{steps}]}}"))
    with pytest.raises(K8snbError) as error:
        player.play()
    assert message in str(error.value)
    assert len(player.cluster.journal) == 1
    assert max(change.time_ms for change in player.cluster.log.changes()) < 5_000


def printed(line: str, at: int = 1, until: int = 4) -> str:
    player = Player(load_scenario(f"{HEAD}spec: {{until: {until}, steps: [{{at: {at}, kubectl: {line!r}}}]}}"))
    player.play()
    return str(player.results[0].result)


def test_the_lines_of_a_scenario_come_after_the_flag_that_names_its_cluster() -> None:
    assert printed("frobnicate") == "Error: flags cannot be placed before plugin name: --kubeconfig"
    assert printed("logs").startswith("error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.")
    assert Cluster().kubectl("frobnicate").stderr == 'error: unknown command "frobnicate" for "kubectl"\n'
    shown = printed("create deployment web --image=nginx --dry-run=client -o yaml")
    assert "kubeconfig" not in shown and "kind: Deployment" in shown


def test_a_watch_within_a_scenario_ends_with_its_timeout() -> None:
    line = "get ns -w --request-timeout=1s"
    assert len(printed(line).splitlines()) == 5


def test_objects_of_one_manifest_come_faster_than_a_workload_has_pods() -> None:
    documents = (
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2, selector: {matchLabels: "
        "{a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: c, resources: {requests: "
        "{cpu: '1'}}}]}}}}",
        "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {minAvailable: 1, selector: "
        "{matchLabels: {a: b}}}}",
    )
    apply = "\n---\n".join(documents).replace("\n", "\n        ")
    text = f"{HEAD}spec:\n  until: 3\n  nodes: 1\n  steps:\n    - at: 0\n      apply: |\n        {apply}\n"
    cluster = Player(load_scenario(text)).play()
    assert "No matching pods found" in cluster.kubectl("describe pdb web").stdout


def test_controllers_see_one_object_go_before_a_command_deletes_the_next() -> None:
    lines = (
        "{at: 0, kubectl: create deployment web --image=nginx:1}",
        "{at: 6, kubectl: set image deployment/web nginx=nginx:2}",
        "{at: 12, kubectl: delete rs --all --wait=false}",
    )
    cluster = Player(load_scenario(f"{HEAD}spec: {{until: 16, nodes: 1, steps: [{', '.join(lines)}]}}")).play()
    [replica_set] = cluster.server.list(BY_KIND["ReplicaSet"], "default")
    # The newer one went first: what the deployment made instead came after the older one, which was still there.
    assert replica_set.metadata.annotations["deployment.kubernetes.io/revision"] == "2"


def test_a_cluster_that_a_player_moved_says_that_it_cannot_be_forked() -> None:
    steps = "{at: 0, kubectl: run a --image=nginx}"
    cluster = Player(load_scenario(f"{HEAD}spec: {{until: 3, steps: [{steps}]}}")).play()
    with pytest.raises(SimulationError, match="the journal does not lead to where it was written"):
        cluster.fork()
