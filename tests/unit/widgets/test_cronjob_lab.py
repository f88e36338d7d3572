"""The controls of a cron job, in the job's lab: its schedule, its policy, and the way to its next run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8snb.cluster import Cluster
from k8snb.errors import K8snbError
from k8snb.widgets.labs import ClusterLab, JobLab
from k8snb.widgets.manifests import TICK, WEB, WORK


@pytest.fixture
def lab() -> Iterator[JobLab]:
    lab = JobLab(TICK)
    yield lab
    lab.close()


def jobs(lab: Any) -> list[str]:
    return str(lab.cluster.kubectl("get jobs -o name")).split()


def lanes(lab: Any) -> list[Any]:
    return list(lab.timeline.timeline.lanes.values())


@pytest.mark.parametrize("manifest", [TICK, f"{WEB}---\n{TICK}", f"{TICK}---\n{WORK}"])
def test_both_labs_show_a_cron_job(manifest: str) -> None:
    for kind in (JobLab, ClusterLab):
        lab = kind(manifest)
        assert ["CronJob", "default/tick", "cronjob/tick"] in lab.controls.choices
        lab.session.follow("CronJob", "default/tick")
        assert (lab.controls.named, repr(lab)) == ("cronjob/tick", f"{kind.__name__}(cronjob/tick)")
        assert lab.controls.state == f"0 active · next at {lab.player.next_run[-5:]}"
        assert lab.inspector.named == "cronjob/tick"
        lab.close()


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("schedule", "*/5 * * * *", '"schedule":"*/5 * * * *"'),
        ("concurrency_policy", "Forbid", '"concurrencyPolicy":"Forbid"'),
        ("successful_jobs_history_limit", 0, '"successfulJobsHistoryLimit":0'),
        ("failed_jobs_history_limit", 4, '"failedJobsHistoryLimit":4'),
        ("suspend", True, '"suspend":true'),
        ("run_seconds", 90, '"jobTemplate":{"spec":{"template":{"metadata":{"annotations":{"k8snb.dev/run":"90"}}}}}'),
        ("exit_codes", "1", '"jobTemplate":{"spec":{"template":{"metadata":{"annotations":{"k8snb.dev/exit":"1"}}}}}'),
    ],
)
def test_every_field_is_a_patch(lab: JobLab, name: str, value: Any, field: str) -> None:
    assert getattr(lab.controls, name) != value
    setattr(lab.controls, name, value)
    assert lab.controls.answer["line"] == f"""kubectl patch cronjob/tick -p '{{"spec":{{{field}}}}}'"""
    assert lab.controls.answer["out"] == "cronjob.batch/tick patched\n"
    assert getattr(lab.controls, name) == value


def test_what_the_api_refuses_is_said_in_its_words_and_goes_back(lab: JobLab, press: Any) -> None:
    press(lab.controls, do="set", name="schedule", value="every day")
    assert 'spec.schedule: Invalid value: "every day"' in lab.controls.answer["err"]
    assert lab.controls.schedule == "* * * * *"
    press(lab.controls, do="set", name="concurrency_policy", value="Queue")
    assert 'supported values: "Allow", "Forbid", "Replace"' in lab.controls.answer["err"]
    assert lab.controls.concurrency_policy == "Allow"


def test_a_run_at_once_has_a_name_of_its_own(lab: JobLab, press: Any) -> None:
    press(lab.controls, do="press", name="run_now")
    assert lab.controls.answer["line"] == "kubectl create job tick-run-1 --from=cronjob/tick"
    press(lab.controls, do="press", name="run_now")
    lab.run(20)
    assert jobs(lab) == ["job.batch/tick-run-1", "job.batch/tick-run-2"]
    lab.cluster.kubectl("delete job tick-run-2")
    press(lab.controls, do="press", name="run_now")
    assert lab.controls.answer["line"] == "kubectl create job tick-run-3 --from=cronjob/tick"
    assert [group.label for group in lab.timeline.timeline.groups(lab.session.now_ms)] == ["run-1", "run-2"]


def test_a_manifest_without_its_namespace_is_refused_with_what_it_lacks() -> None:
    in_ops = TICK.replace("tick}", "tick, namespace: ops}")
    with pytest.raises(K8snbError, match='namespaces "ops" not found') as refused:
        JobLab(in_ops)
    _, _, lacking = str(refused.value).partition("put before it in the manifest:\n")
    lab = JobLab(f"{lacking}\n{in_ops}")
    assert repr(lab) == "JobLab(cronjob/tick)"
    lab.close()


def test_a_run_at_once_is_made_in_the_cron_jobs_namespace() -> None:
    namespace = "kind: Namespace\napiVersion: v1\nmetadata: {name: ops}\n"
    lab = JobLab(f"{namespace}---\n{TICK.replace('tick}', 'tick, namespace: ops}')}")
    lab.controls.press("run_now")
    assert lab.controls.answer["line"] == "kubectl create job tick-run-1 --from=cronjob/tick -n ops"
    lab.run(5)
    assert [lane.ref.split("/")[1] for lane in lanes(lab)] == ["ops"]
    lab.close()


@pytest.mark.parametrize(("policy", "active"), [("Allow", 3), ("Forbid", 1), ("Replace", 1)])
def test_runs_that_meet(lab: JobLab, policy: str, active: int) -> None:
    lab.controls.run_seconds = 170
    lab.controls.concurrency_policy = policy
    for _ in range(3):
        lab.player.to_next_run()
    lab.run(5)
    assert lab.controls.state == f"{active} active · next at 04:00"
    started = {"Allow": 3, "Forbid": 1, "Replace": 3}[policy]
    assert len(lanes(lab)) == started
    assert sum(lane.end is not None for lane in lanes(lab)) == (2 if policy == "Replace" else 0)


def test_the_player_goes_to_the_next_run(lab: JobLab, press: Any) -> None:
    assert lab.player.next_run == "next run at 01:00"
    press(lab.player, do="run")
    assert lab.session.status == "01:00 job/tick-29453761 was created by cronjob-controller for cronjob/tick"
    assert lab.player.next_run == "next run at 02:00"
    lab.run_until_settled()
    assert "before cronjob/tick is due at 02:00" in lab.session.settled_words
    press(lab.player, do="next")  # nothing else changes before
    assert jobs(lab) == ["job.batch/tick-29453761", "job.batch/tick-29453762"]
    lab.session.seek(5000)
    assert lab.player.next_run == ""


def test_a_run_that_is_skipped_is_said_to_be(lab: JobLab) -> None:
    lab.controls.run_seconds = 100
    lab.controls.concurrency_policy = "Forbid"
    lab.player.to_next_run()
    lab.player.to_next_run()
    assert lab.session.status == "02:00 cronjob/tick was due and started no job"


def test_nothing_is_due_while_it_is_suspended(lab: JobLab, press: Any) -> None:
    lab.controls.suspend = True
    assert (lab.controls.state, lab.player.next_run) == ("0 active · suspended", "")
    press(lab.player, do="run")
    press(lab.player, do="next")
    assert lab.session.status == "settled: nothing is going to change by itself"
    assert lab.session.now_ms < 60_000


def test_a_failed_run_troubles_until_one_succeeds(lab: JobLab) -> None:
    lab.controls.exit_codes = "1"
    lab.run(80)
    assert lab.controls.state == "0 active · the last one failed · next at 02:00"
    assert lab.controls.troubled
    lab.controls.exit_codes = "0"
    lab.run(60)
    assert not lab.controls.troubled


def test_the_history_limits_are_curves(lab: JobLab) -> None:
    lab.controls.successful_jobs_history_limit = 2
    lab.run(290)
    tracks = lab.timeline.timeline.curves.tracks  # type: ignore[union-attr]
    assert {name: track.last for name, track in tracks.items()} == {"succeeded": 2, "failed": 0, "active": 0}
    assert max(v for v in tracks["succeeded"].values if v is not None) == 2
    assert [lane.outcome for lane in lanes(lab)] == ["succeeded"] * 4  # lanes tell of jobs that are gone, too


def test_ownership_has_a_band_for_every_job(lab: JobLab) -> None:
    lab.graph.view = "ownership"
    lab.run(130)
    items = lab.graph.bridge.drawing.items
    bands = [item for key, item in items.items() if key.startswith("band") and "band" in item.classes]
    assert [item.ref for item in bands] == ["job/default/tick-29453761", "job/default/tick-29453762"]
    assert items["cronjob/default/tick"].label == "cronjob/tick · 1 active"
    lab.session.select(bands[0].ref)
    assert lab.inspector.named == "job/tick-29453761"


def test_jobs_of_another_template_have_another_hue(lab: JobLab) -> None:
    lab.run(125)
    patch = '{"spec":{"jobTemplate":{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"busybox:2"}]}}}}}}'
    assert lab.cluster.kubectl(f"patch cronjob tick -p '{patch}'").exit == 0
    lab.run(60)
    hues = [(g.images, g.hue) for g in lab.timeline.timeline.groups(lab.session.now_ms)]
    assert hues == [("busybox:1", "r0"), ("busybox:1", "r0"), ("busybox:2", "r1")]


def test_hundreds_of_jobs_become_bands_by_template(lab: JobLab, page_of: Any) -> None:
    page = page_of(lab.timeline)
    lab.run(6 * 3600)
    assert page.is_in_step()
    assert page.data["lanes"] == {}
    (band,), (group,) = page.data["bands"], page.data["groups"]
    assert (group[0], group[1]) == (band[0], "all jobs")
    assert lab.svg().startswith("<svg")


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("policy"), st.sampled_from(["Allow", "Forbid", "Replace"])),
            st.tuples(st.just("seconds"), st.integers(1, 150)),
            st.tuples(st.just("suspend"), st.booleans()),
            st.tuples(st.just("now"), st.none()),
            st.tuples(st.just("next"), st.none()),
            st.tuples(st.just("run"), st.integers(1, 90)),
        ),
        max_size=8,
    )
)
def test_curves_lanes_and_state_agree_with_the_cluster(actions: list[tuple[str, Any]]) -> None:
    lab = JobLab(Cluster())
    lab.console.session.kubectl("apply -f -", TICK)
    for what, value in actions:
        if what == "policy":
            lab.controls.concurrency_policy = value
        elif what == "seconds":
            lab.controls.run_seconds = value
        elif what == "suspend":
            lab.controls.suspend = value
        elif what == "now":
            lab.controls.press("run_now")
        elif what == "next":
            lab.player.to_next_run()
        else:
            lab.run(value)
        assert lab.controls.answer["exit"] == 0
        found = [lab.cluster.get("job", name.partition("/")[2]) for name in jobs(lab)]
        over = [job.status.completion_time is not None for job in found]
        last = {name: track.last for name, track in lab.timeline.timeline.curves.tracks.items()}  # type: ignore[union-attr]
        assert last == {"succeeded": sum(over), "failed": 0, "active": len(over) - sum(over)}
        active = len(lab.cluster.get("cronjob", "tick").status.active)
        by_hand = len(over) - sum(over) - active
        assert lab.controls.state.startswith(f"{active} active" + (f" · {by_hand} by hand ·" if by_hand else " ·"))
        at_work = {lane.ref for lane in lanes(lab) if lane.end is None}
        assert at_work == {
            f"pod/{p.key}" for p in lab.session.chronicle.pods if p.ended_ms is None and p.gone_ms is None
        }
    lab.close()
