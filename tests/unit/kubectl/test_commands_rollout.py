"""``rollout``: status, history, undo, pause, resume and restart of a deployment."""

from __future__ import annotations

import pytest
from kubectl_terminal import SETTINGS, Terminal, WEB

from k8snb.kubectl import run

HEAD = ["deployment.apps/web ", "REVISION  CHANGE-CAUSE"]


@pytest.fixture
def web(terminal: Terminal) -> Terminal:
    """A deployment that was created, not applied, for a rollback warns of the latter."""
    terminal.out("create -f -", f"{WEB}---{SETTINGS}")
    return terminal


@pytest.fixture
def running(web: Terminal) -> Terminal:
    """The same, with both pods ready."""
    web.run()
    return web


@pytest.fixture
def updated(running: Terminal) -> Terminal:
    """A deployment in its second revision."""
    running.out("set image deploy/web nginx=nginx:1.9.1")
    running.run()
    return running


def image(terminal: Terminal) -> str:
    return terminal.value("deploy web", ".spec.template.spec.containers[0].image")


def test_status_waits_until_the_rollout_is_done(running: Terminal) -> None:
    running.out("set image deploy/web nginx=nginx:1.9.1")
    lines = running.out("rollout status deployment/web")
    assert lines[0] == "Waiting for deployment spec update to be observed..."
    assert 'Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...' in lines
    assert lines[-1] == 'deployment "web" successfully rolled out'
    assert running.out("rollout status deployment/web") == lines[-1:]


def test_status_at_one_moment_and_with_a_limit(web: Terminal) -> None:
    assert web.out("rollout status deploy/web --watch=false") == [
        "Waiting for deployment spec update to be observed..."
    ]
    result = web.both("rollout status deploy/web --timeout=1ms")
    assert (result.exit, result.stderr) == (1, "error: timed out waiting for the condition\n")
    assert web.fails("rollout status deploy/ghost") == [
        'Error from server (NotFound): deployments.apps "ghost" not found'
    ]


def test_status_fails_when_the_deadline_passed(running: Terminal) -> None:
    running.out("""patch deploy web -p '{"spec":{"progressDeadlineSeconds":20}}'""")
    running.out("set image deploy/web nginx=nginx:broken")
    result = running.both("rollout status deploy/web")
    assert result.exit == 1
    assert result.stderr == 'error: deployment "web" exceeded its progress deadline\n'


def test_history(updated: Terminal) -> None:
    assert updated.out("rollout history deploy/web") == [*HEAD, "1         <none>", "2         <none>", ""]
    updated.out("annotate deploy web kubernetes.io/change-cause=newer")
    updated.run(5)
    assert updated.out("rollout history deploy web")[-2] == "2         newer"
    shown = updated.out("rollout history deploy/web --revision=1")
    assert shown[0] == "deployment.apps/web with revision #1"
    assert "    Image:\tnginx:1.7.9" in shown
    assert updated.fails("rollout history deploy/web --revision=9") == ["error: unable to find the specified revision"]
    assert updated.body("rollout history deploy/web --revision=1")["kind"] == "ReplicaSet"


def test_undo(updated: Terminal) -> None:
    assert updated.out("rollout undo deploy/web --dry-run=server") == [
        "deployment.apps/web rolled back (server dry run)"
    ]
    assert image(updated) == "nginx:1.9.1"
    assert updated.out("rollout undo deploy/web") == ["deployment.apps/web rolled back"]
    assert image(updated) == "nginx:1.7.9"
    updated.run()
    assert updated.out("rollout history deploy/web") == [*HEAD, "2         <none>", "3         <none>", ""]
    assert updated.out("rollout undo deploy/web --to-revision=3") == [
        "deployment.apps/web skipped rollback (current template already matches revision 3)"
    ]


def test_undo_shows_what_it_would_restore(updated: Terminal) -> None:
    lines = updated.out("rollout undo deploy/web --dry-run=client")
    assert lines[0] == "deployment.apps/web Pod Template:"
    assert "    Image:\tnginx:1.7.9" in lines
    assert lines[-1] == " (dry run)"


def test_what_undo_refuses(running: Terminal) -> None:
    assert running.fails("rollout undo deploy/web") == ['error: no rollout history found for deployment "web"']
    assert running.fails("rollout undo deploy/web --to-revision=9") == [
        "error: unable to find specified revision 9 in history"
    ]
    assert running.fails("rollout undo cm/settings") == [
        'error: error retrieving rollbacker for "ConfigMap", no visitor method exists for { ConfigMap}'
    ]
    assert running.fails("rollout undo") == ["error: required resource not specified"]


def test_pause_and_resume(updated: Terminal) -> None:
    assert updated.out("rollout pause deploy/web") == ["deployment.apps/web paused"]
    assert updated.fails("rollout pause deploy/web") == ['error: deployments.apps "web" is already paused']
    assert updated.fails("rollout undo deploy/web")[0].startswith("error: you cannot rollback a paused deployment;")
    assert updated.fails("rollout restart deploy/web") == [
        'error: deployments.apps "web" can\'t restart paused deployment (run rollout resume first)'
    ]
    updated.out("set image deploy/web nginx=nginx:1.7.9")
    updated.run()
    assert updated.value("rs -l app=web", ".items[?(@.spec.replicas>0)].spec.template.spec.containers[0].image") == (
        "nginx:1.9.1"
    )
    assert updated.out("rollout resume deploy/web") == ["deployment.apps/web resumed"]
    assert updated.fails("rollout resume deploy/web") == ['error: deployments.apps "web" is not paused']
    updated.run()
    assert updated.out("rollout history deploy/web")[2:4] == ["2         <none>", "3         <none>"]


def test_restart_makes_a_new_revision(running: Terminal) -> None:
    pods = set(running.out("get pods -o name"))
    assert running.out("rollout restart deploy/web") == ["deployment.apps/web restarted"]
    annotation = running.body("get deploy web")["spec"]["template"]["metadata"]["annotations"]
    assert list(annotation) == ["kubectl.kubernetes.io/restartedAt"]
    running.run(60)
    assert not pods & set(running.out("get pods -o name"))
    assert running.fails("rollout restart cm/settings") == ['error: configmaps "settings" restarting is not supported']


def test_the_line_is_noted_as_the_cause_when_told(running: Terminal) -> None:
    result = running.both("set image deploy/web nginx=nginx:1.9.1 --record")
    assert result.stderr == "Flag --record has been deprecated, --record will be removed in the future\n"
    running.run()
    assert running.out("rollout history deploy/web")[-2] == (
        "2         kubectl set image deploy/web nginx=nginx:1.9.1 --record=true"
    )


def test_status_asks_again_only_when_something_changed(web: Terminal) -> None:
    command = run("rollout status deploy/web", web.cluster.server)
    wait = next(command)
    assert not wait.predicate()
    web.cluster.run(1)
    assert wait.predicate()
    command.close()


def test_the_history_of_a_set_tells_its_claims_without_their_kind(terminal: Terminal) -> None:
    claim = "{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}"
    pod = "{metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: c}]}}"
    spec = f"{{selector: {{matchLabels: {{a: b}}}}, serviceName: db, template: {pod}, volumeClaimTemplates: [{claim}]}}"
    terminal.out("create -f -", f"{{apiVersion: apps/v1, kind: StatefulSet, metadata: {{name: db}}, spec: {spec}}}")
    terminal.run()
    past = terminal.body("rollout history sts/db --revision=1")["spec"]["volumeClaimTemplates"][0]
    present = terminal.body("get sts db")["spec"]["volumeClaimTemplates"][0]
    assert (past.get("kind"), present["kind"]) == (None, "PersistentVolumeClaim")
    assert past["spec"] == present["spec"]
