"""``delete`` and ``wait``: commands that may let simulated time pass."""

from __future__ import annotations

import pytest
from kubectl_terminal import SETTINGS, Terminal

from k8snb.errors import K8snbError
from k8snb.kubectl import run, Wait

NO_VALUE = "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3"
STUCK = """
apiVersion: v1
kind: ConfigMap
metadata: {name: stuck, finalizers: [example.com/never]}
"""


# -- delete


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("delete cm settings", ['configmap "settings" deleted from default namespace']),
        ("delete cm/settings -o name", ["configmap/settings"]),
        ("delete deploy,cm -l app=web", ['deployment.apps "web" deleted from default namespace']),
        ("delete cm --field-selector metadata.name=settings", ['configmap "settings" deleted from default namespace']),
        ("delete deploy --all", ['deployment.apps "web" deleted from default namespace']),
        ("delete pods --all", ["No resources found"]),
        ("delete cm -l no=where", ["No resources found"]),
        ("delete cm ghost --ignore-not-found", []),
        ("delete cm settings --dry-run=client", ['configmap "settings" deleted from default namespace (dry run)']),
        (
            "delete cm settings --dry-run=server",
            ['configmap "settings" deleted from default namespace (server dry run)'],
        ),
        ("delete node node-1", ['node "node-1" deleted']),
    ],
)
def test_delete(web: Terminal, line: str, lines: list[str]) -> None:
    assert web.out(line) == lines


def test_deleted_objects_are_gone_and_dry_runs_leave_them(web: Terminal) -> None:
    web.out("delete cm settings --dry-run=server")
    assert web.out("get cm settings -o name") == ["configmap/settings"]
    web.out("delete -f -", SETTINGS)
    assert web.fails("get cm settings") == ['Error from server (NotFound): configmaps "settings" not found']
    assert web.fails("delete -f -", SETTINGS) == [
        'Error from server (NotFound): error when deleting "STDIN": configmaps "settings" not found'
    ]


def test_delete_waits_until_pods_are_gone(running: Terminal) -> None:
    pods = running.out("get pods -o name")
    before = running.cluster.now
    assert len(running.out("delete pods --all")) == 2
    assert running.cluster.now > before
    assert not set(pods) & set(running.out("get pods -o name"))


def test_delete_need_not_wait(running: Terminal) -> None:
    running.out("delete pods --all --wait=false")
    assert running.value("pods", ".items[*].metadata.deletionGracePeriodSeconds") == "30 30"


@pytest.mark.parametrize(
    ("flags", "warned", "word", "grace"),
    [
        ("--grace-period=5", False, "deleted", 5),
        ("--now", False, "deleted", 1),
        ("--grace-period=0", False, "deleted", 1),
        ("--force", True, "force deleted", None),
    ],
)
def test_how_long_a_pod_may_take(running: Terminal, flags: str, warned: bool, word: str, grace: int | None) -> None:
    pod = running.out("get pods -o name")[0].removeprefix("pod/")
    result = running.both(f"delete pod {pod} {flags} --wait=false")
    assert (result.exit, result.stdout) == (0, f'pod "{pod}" {word} from default namespace\n')
    assert result.stderr.startswith("Warning: Immediate deletion does not wait") is warned
    if grace is None:
        assert running.fails(f"get pod {pod}") == [f'Error from server (NotFound): pods "{pod}" not found']
    else:
        assert running.value(f"pod {pod}", ".metadata.deletionGracePeriodSeconds") == str(grace)


@pytest.mark.parametrize(("cascade", "left"), [("background", 0), ("foreground", 0), ("orphan", 1)])
def test_dependents(running: Terminal, cascade: str, left: int) -> None:
    running.out(f"delete deployment web --cascade={cascade}")
    running.run(60)
    assert len(running.out("get rs -o name")) == left


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("delete", "You must provide one or more resources by argument or filename."),
        ("delete cm", "resource(s) were provided, but no name was specified"),
        ("delete cm a --all", "name cannot be provided when a selector is specified"),
        ("delete cm --all -l a=b", "setting 'all' parameter but found a non empty selector. "),
        ("delete cm a --now --grace-period=3", "--now and --grace-period cannot be specified together"),
        (
            "delete cm a --force --grace-period=3",
            "--force and --grace-period greater than 0 cannot be specified together",
        ),
        ("delete cm a -o yaml", "unexpected -o output mode: yaml. We only support '-o name'"),
        (
            "delete cm a --cascade=upwards",
            'invalid cascade value (upwards). Must be "background", "foreground", or "orphan"',
        ),
    ],
)
def test_what_delete_refuses(web: Terminal, line: str, error: str) -> None:
    assert web.fails(line)[0] == f"error: {error}"


def test_cascade_was_once_a_truth(web: Terminal) -> None:
    result = web.both("delete cm settings --cascade=false")
    assert result.exit == 0
    assert result.stderr == (
        "warning: --cascade=false is deprecated (boolean value) and can be replaced with --cascade=orphan.\n"
    )


def test_delete_gives_up_on_an_object_that_stays(terminal: Terminal) -> None:
    terminal.out("create -f -", STUCK)
    result = terminal.both("delete cm stuck --timeout=5s")
    assert (result.exit, result.stdout) == (1, 'configmap "stuck" deleted from default namespace\n')
    assert result.stderr == "error: timed out waiting for the condition on configmaps/stuck\n"
    assert terminal.cluster.now == 5


@pytest.mark.parametrize("line", ["delete cm stuck", "wait cm/stuck --for=delete --timeout=-1s"])
def test_without_a_timeout_nobody_waits_for_what_never_comes(terminal: Terminal, line: str) -> None:
    terminal.out("create -f -", STUCK)
    terminal.out("create cronjob tick --image=a --schedule='* * * * *'")
    terminal.cluster.run(70)
    before = terminal.cluster.now
    result = terminal.both(line)
    assert (result.exit, result.stderr) == (1, "error: timed out waiting for the condition on configmaps/stuck\n")
    assert terminal.cluster.now - before < 60


def test_while_something_moves_for_ever_an_hour_is_waited(terminal: Terminal) -> None:
    terminal.out("create -f -", STUCK)
    terminal.out("run crash --image=a --env=SIM='run=1 exit=1'")
    assert terminal.both("delete cm stuck").exit == 1
    assert terminal.cluster.now == 3600


def test_a_branch_gives_up_waiting_when_its_cluster_did(terminal: Terminal) -> None:
    terminal.out("create -f -", STUCK)
    terminal.both("delete cm stuck")
    terminal.cluster.run(5)
    terminal.out("create cm later")
    terminal.cluster.run(20)
    assert len(terminal.cluster.fork().log) == len(terminal.cluster.log)


def test_a_command_that_waits_is_a_generator(terminal: Terminal) -> None:
    terminal.out("create -f -", STUCK)
    command = run("delete cm stuck --timeout=7s", terminal.cluster.server)
    wait = next(command)
    assert isinstance(wait, Wait)
    assert (wait.timeout_ms, wait.predicate()) == (7000, False)
    with pytest.raises(StopIteration) as stop:
        command.send(True)
    assert stop.value.value.exit == 0
    with pytest.raises(K8snbError, match=r"^the command waits for the cluster: wait cm/stuck --for=delete$"):
        terminal.once("wait cm/stuck --for=delete")


# -- wait


def test_wait_lets_time_pass_until_the_condition_holds(web: Terminal) -> None:
    assert web.out("wait deployment/web --for=condition=Available") == ["deployment.apps/web condition met"]
    assert 0 < web.cluster.now < 30
    assert web.value("deploy web", ".status.availableReplicas") == "2"
    assert web.out("wait deploy -l app=web --for=condition=progressing=true") == ["deployment.apps/web condition met"]


def test_wait_gives_up(web: Terminal) -> None:
    assert web.fails("wait deploy/web --for=condition=Available --timeout=0") == [
        "error: condition not met for deployments/web"
    ]
    assert web.fails("wait deploy/web --for=condition=Ready --timeout=3s") == [
        "error: timed out waiting for the condition on deployments/web"
    ]
    assert web.cluster.now == 3


def test_wait_for_a_field(web: Terminal) -> None:
    assert web.out("wait deploy/web --for=jsonpath='{.status.readyReplicas}'=2") == [
        "deployment.apps/web condition met"
    ]
    assert web.out("wait cm/settings --for=jsonpath={.data.colour}") == ["configmap/settings condition met"]
    assert web.fails("wait cm/settings --for=jsonpath={.data[*]} --timeout=-1s x")[0].startswith("error: there is no")


def test_wait_until_gone_and_until_there(web: Terminal) -> None:
    assert web.out("wait cm/ghost --for=delete") == []
    assert web.fails("wait cm/settings --for=delete --timeout=1s") == [
        "error: timed out waiting for the condition on configmaps/settings"
    ]
    assert web.out("wait pods -l app=web --for=create --timeout=10s")[0].startswith("pod/web-")
    assert web.fails("wait cm/ghost --for=create --timeout=1s") == ["error: timed out waiting for the condition"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("wait cm/ghost --for=condition=Ready", 'Error from server (NotFound): configmaps "ghost" not found'),
        ("wait pods -l no=where --for=condition=Ready", "error: no matching resources found"),
        ("wait cm/settings --for=luck", 'error: unrecognized condition: "luck"'),
        ("wait cm/settings --for=jsonpath={.a}=", f"error: {NO_VALUE}"),
        ("wait cm/settings", "error: unrecognized condition: []"),
    ],
)
def test_what_wait_refuses(web: Terminal, line: str, error: str) -> None:
    assert web.fails(line)[0] == error


def test_what_comes_after_the_time_is_over_is_not_even_asked_for(running: Terminal) -> None:
    first, *others = running.fails("wait --for=delete pods --all --timeout=2s")
    assert first.startswith("timed out waiting for the condition on pods/")
    assert others == ["client rate limiter Wait returned an error: context deadline exceeded"]
