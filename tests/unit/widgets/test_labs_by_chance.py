"""Whatever a person does in a lab, its pages stay in step, its lanes apart, and the past as it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, HealthCheck, settings
from hypothesis import strategies as st

from k8snb.picture.lanes import Lane
from k8snb.widgets.labs import ClusterLab, DaemonSetLab, DeploymentLab, JobLab, StatefulSetLab
from k8snb.widgets.manifests import TICK


def cron_job_lab() -> JobLab:
    return JobLab(TICK)


LABS = (ClusterLab, DaemonSetLab, DeploymentLab, JobLab, StatefulSetLab, cron_job_lab)
VALUES = st.one_of(
    st.integers(-2, 12), st.sampled_from(["0", "1", "2", "50%", "OnDelete", "RollingUpdate", "Parallel", "Indexed"])
)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.integers(0, 9), VALUES),
        st.tuples(st.just("choose"), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("press"), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("accept")),
        st.tuples(st.just("run"), st.sampled_from([0.02, 1, 7, 40])),
        st.tuples(st.just("play"), st.sampled_from(["next", "previous", "run", "step"])),
        st.tuples(st.just("select"), st.integers(0, 9)),
        st.tuples(st.just("seek"), st.sampled_from([None, 0, 1500, 6000])),
        st.tuples(st.just("branch")),
    ),
    max_size=8,
)


def act(lab: Any, press: Any, action: tuple[Any, ...]) -> None:
    """Do in a lab what a person can do in the browser."""
    what, *how = action
    controls, session = lab.controls, lab.session
    if what == "set" and controls.fields:
        row = controls.fields[how[0] % len(controls.fields)]
        press(controls, do="set", name=row["name"], value=how[1])
    elif what == "choose" and controls.fields:
        row = controls.fields[how[0] % len(controls.fields)]
        offered = row.get("choices") or [[not row["value"]]]
        press(controls, do="set", name=row["name"], value=offered[how[1] % len(offered)][0])
    elif what == "press" and controls.buttons:
        row = controls.buttons[how[0] % len(controls.buttons)]
        offered = row.get("choices") or [[None]]
        press(controls, do="press", name=row["name"], choice=offered[how[1] % len(offered)][0])
    elif what == "accept":
        press(controls, do="accept")
    elif what == "run":
        lab.run(how[0])
    elif what == "select":
        refs = [item.ref for item in lab.graph.bridge.drawing.items.values() if item.ref] or [""]
        session.select(refs[how[0] % len(refs)])
    elif what == "seek":
        session.seek(how[0])
    elif what == "play":
        press(lab.player, do=how[0])
    elif what == "branch":
        press(lab.player, do="branch")


def assert_apart(lanes: list[Lane]) -> None:
    """Where rows are taken in turn, no two lanes of a row stand there at once."""
    last: dict[tuple[str, int], Lane] = {}
    for lane in lanes:
        before = last.get((lane.group, lane.row))
        if before is not None and lane.group != "index":  # a pod that is to go may be replaced before it is gone
            assert before.end is not None
            assert before.end <= lane.segments[0][0]
        last[lane.group, lane.row] = lane


@pytest.mark.parametrize("kind", LABS)
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS)
def test_whatever_a_person_does(
    kind: Any, press: Any, page_of: Any, caplog: pytest.LogCaptureFixture, actions: list[tuple[Any, ...]]
) -> None:
    lab = kind()
    pages = page_of(lab.graph.bridge), page_of(lab.timeline)
    for action in actions:
        digest, in_past = lab.cluster.log.digest(), lab.session.in_past
        act(lab, press, action)
        if in_past and action[0] in ("set", "choose", "press", "accept"):
            assert lab.cluster.log.digest() == digest
        assert all(page.is_in_step() for page in pages)
        names = [row["name"] for row in lab.controls.fields]
        assert set(lab.controls.drafts) <= set(names)
        assert all(name in dir(lab.controls) for name in names)
    assert_apart(list(lab.timeline.timeline.lanes.values()))
    assert lab.svg().startswith("<svg")
    assert caplog.messages == []  # what goes wrong in a widget's callback is logged, not raised
    lab.close()
