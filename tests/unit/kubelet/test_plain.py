"""Plain pods live exactly the lives that workers would give them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from k8snb.api.encode import to_dict
from k8snb.api.types.event import Event
from k8snb.api.types.pod import Pod
from k8snb.cluster import Cluster

UNUSED = [{"name": "unused", "emptyDir": {}}]  # a pod with volumes has a worker


def manifest(plain: bool, **spec: Any) -> str:
    body: dict[str, Any] = {"containers": [{"name": "a", "image": "app:1"}, {"name": "b", "image": "app:2"}], **spec}
    if not plain:
        body["volumes"] = UNUSED
    pods = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"p{n}"}, "spec": body} for n in range(3)]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": pods}) + "\n"


def life(cluster: Cluster) -> list[tuple[int, str, Any]]:
    """Every version of the pods' statuses, and every event of their kubelet, with its time."""
    found: list[tuple[int, str, Any]] = []
    for change in cluster.log.changes(0):
        if isinstance(change.new, Pod):
            found.append((change.time_ms, change.key, to_dict(change.new.status)))
        elif isinstance(change.new, Event) and change.new.source.component == "kubelet":
            event = change.new
            found.append((change.time_ms, event.involved_object.field_path, f"{event.reason}: {event.message}"))
        elif change.resource == "Pod":
            found.append((change.time_ms, change.key, "gone"))
    return sorted(found, key=lambda row: (row[0], str(row)))


def lived(plain: bool, steps: list[tuple[float, str]], seed: int, **spec: Any) -> list[tuple[int, str, Any]]:
    cluster = Cluster(nodes=1, seed=seed)
    cluster.apply(manifest(plain, **spec))
    for wait, line in steps:
        cluster.run(wait)
        if line.startswith("exit"):
            cluster.fault(pod="p1", state="exit", code=int(line.split()[1]))
        elif line in ("unready", "ready"):
            cluster.fault(pod="p1", state=line)
        else:
            cluster.kubectl(line)
    cluster.run(60)
    return life(cluster)


STORIES: dict[str, list[tuple[float, str]]] = {
    "nothing": [],
    "deleted": [(10.0, "delete pod p1 --wait=false")],
    "deleted soon": [(3.02, "delete pods --all --wait=false")],
    "deleted after a moment": [(2.4, "delete pods --all --wait=false")],
    "crashes after a moment": [(2.4, "exit 1"), (0.7, "exit 2")],
    "another image after a moment": [(2.4, "set image pod/p1 a=app:3")],
    "deleted at once": [(0.3, "delete pod p1 --wait=false")],
    "deleted by force": [(10.0, "delete pod p1 --force --grace-period=0")],
    "a short grace period": [(10.0, "delete pod p1 --wait=false --grace-period=1")],
    "crashes": [(10.0, "exit 1"), (5.0, "exit 2"), (30.0, "delete pod p1 --wait=false")],
    "unready": [(10.0, "unready"), (5.0, "ready")],
    "another image": [(10.0, "set image pod/p1 a=app:3")],
    "a broken image": [(10.0, "set image pod/p1 a=app:broken"), (40.0, "delete pod p1 --wait=false")],
}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("story", STORIES)
def test_lives_as_with_a_worker(story: str, seed: int) -> None:
    assert lived(True, STORIES[story], seed) == lived(False, STORIES[story], seed)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("moment", [0.3, 1.2])
def test_what_has_begun_to_start_is_started_before_another_image(moment: float, seed: int) -> None:
    plain, worked = (lived(kind, [(moment, "set image pod/p1 a=app:3")], seed) for kind in (True, False))
    assert pulls(plain) == pulls(worked)
    assert pulls(plain)[-1] == 'Pulling: Pulling image "app:3"'


def pulls(rows: list[tuple[int, str, Any]]) -> list[str]:
    return [what for *_, what in rows if isinstance(what, str) and what.startswith("Pulling")]


def test_a_pull_that_fails_is_told_as_by_a_worker() -> None:
    broken = [{"name": "a", "image": "app:1"}, {"name": "b", "image": "app:broken"}]
    assert lived(True, [], 1, containers=broken) == lived(False, [], 1, containers=broken)


def test_restart_policies_hold_for_plain_pods() -> None:
    for policy in ("Never", "OnFailure"):
        crash = [(10.0, "exit 3")]
        assert lived(True, crash, 1, restartPolicy=policy) == lived(False, crash, 1, restartPolicy=policy)
