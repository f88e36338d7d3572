"""The job's lab: what can be changed while it runs, what only the next run can have, and the luck of a seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8snb.api.decode import from_dict
from k8snb.api.manifests import read_manifest
from k8snb.api.types.batch import Job
from k8snb.widgets.controls.job_runs import EXIT, exit_codes, Run, with_run
from k8snb.widgets.labs import JobLab
from k8snb.widgets.manifests import WORK


@pytest.fixture
def lab() -> Iterator[JobLab]:
    lab = JobLab()
    yield lab
    lab.close()


def test_the_example_is_what_its_seed_gives() -> None:
    (document,) = read_manifest(WORK)
    job = from_dict(Job, document.body)
    assert job.spec.template.metadata.annotations[EXIT] == exit_codes(Run.of(job))
    assert with_run(document.body, Run.of(job))["spec"]["template"] == {
        **document.body["spec"]["template"],
        "metadata": {**document.body["spec"]["template"]["metadata"], "labels": {}},
    }


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [("parallelism", 4, "parallelism"), ("backoff_limit", 3, "backoffLimit"), ("suspend", True, "suspend")],
)
def test_what_can_be_changed_is_patched(lab: JobLab, name: str, value: Any, field: str) -> None:
    setattr(lab.controls, name, value)
    shown = str(value).lower()
    assert lab.controls.answer["line"] == f"""kubectl patch job/work -p '{{"spec":{{"{field}":{shown}}}}}'"""
    assert lab.controls.answer["exit"] == 0
    assert getattr(lab.controls, name) == value


def test_completions_are_refused_with_a_remedy(lab: JobLab, press: Any) -> None:
    lab.controls.run_seconds = 2
    press(lab.controls, do="set", name="completions", value=3)
    assert "spec.completions: Invalid value: 3: field is immutable" in lab.controls.answer["err"]
    assert lab.controls.completions == 8
    assert lab.controls.answer["offer"] == "Run again with completions: 3"
    press(lab.controls, do="accept")
    assert lab.controls.answer["line"] == "kubectl replace --force -f -  # run time: 2, completions: 3"
    assert (lab.controls.completions, lab.controls.run_seconds) == (3, 2)
    assert lab.controls.drafts == {}
    lab.run(90)
    assert lab.controls.state.startswith("3/3 complete")


def test_an_indexed_job_as_wide_as_long_is_elastic(lab: JobLab, press: Any) -> None:
    lab.controls.completion_mode = "Indexed"
    lab.controls.run_seconds = 20
    press(lab.controls, do="press", name="run_again")
    lab.controls.parallelism = 8
    lab.controls.completions = 5
    assert lab.controls.answer["exit"] == 0, lab.controls.answer["err"]
    assert (lab.controls.completions, lab.controls.parallelism) == (5, 5)


def test_drafts_wait_for_the_next_run(lab: JobLab, press: Any) -> None:
    digest = lab.cluster.log.digest()
    lab.controls.failure_rate = 50
    lab.controls.restart_policy = "OnFailure"
    assert lab.cluster.log.digest() == digest
    assert lab.controls.answer["out"] == "restartPolicy: OnFailure, kept for the next run\n"
    assert {row["name"] for row in lab.controls.fields if row["draft"]} == {"failure_rate", "restart_policy"}
    assert lab.controls.label("run_again") == "Run again with changes"
    lab.controls.failure_rate = 20  # as it is
    assert lab.controls.drafts == {"restart_policy": "OnFailure"}
    press(lab.controls, do="press", name="run_again")
    assert lab.controls.answer["exit"] == 0, lab.controls.answer["err"]
    assert lab.controls.restart_policy == "OnFailure"
    assert lab.controls.label("run_again") == "Run again"
    lab.run(200)
    assert lab.controls.state == "8/8 complete · 0 failed · done"


def test_a_run_that_fails_too_often_is_given_up(lab: JobLab, press: Any) -> None:
    lab.controls.failure_rate = 100
    lab.controls.backoff_limit = 1
    press(lab.controls, do="press", name="run_again")
    lab.run(120)
    assert lab.controls.state == "0/8 complete · 2 failed · BackoffLimitExceeded"
    assert lab.controls.troubled


def test_suspending_takes_the_pods_away(lab: JobLab) -> None:
    lab.controls.suspend = True
    lab.run(5)
    assert "suspended" in lab.controls.state
    assert not lab.controls.view().pods()
    lab.controls.suspend = False
    lab.run(5)
    assert "2 active" in lab.controls.state


def test_the_same_seed_gives_the_same_run_and_another_one_another(press: Any) -> None:
    outcomes = []
    for seed in (2, 2, 3):
        lab = JobLab()
        lab.controls.seed = seed
        lab.controls.failure_rate = 40
        press(lab.controls, do="press", name="run_again")
        lab.run(300)
        outcomes.append([(lane.end, lane.outcome) for lane in lab.timeline.timeline.lanes.values()])
        lab.close()
    assert outcomes[0] == outcomes[1] != outcomes[2]


def test_the_timeline_keeps_the_runs_before(lab: JobLab, press: Any) -> None:
    first = set(lab.timeline.timeline.lanes)
    press(lab.controls, do="press", name="run_again")
    lab.run(60)
    assert first < set(lab.timeline.timeline.lanes)


RUNS = st.builds(
    Run,
    completions=st.integers(0, 50),
    parallelism=st.integers(0, 9),
    backoff_limit=st.integers(0, 20),
    failure_rate=st.sampled_from([0, 5, 50, 100]),
    run_seconds=st.integers(1, 30),
    completion_mode=st.sampled_from(["Indexed", "NonIndexed"]),
    restart_policy=st.sampled_from(["Never", "OnFailure"]),
    seed=st.integers(0, 99),
)


@settings(deadline=None)
@given(RUNS)
def test_every_run_can_be_written_down_and_read(run: Run) -> None:
    (document,) = read_manifest(WORK)
    body = with_run(document.body, run)
    assert Run.of(from_dict(Job, body)) == run
    assert with_run(body, run) == body
    codes = exit_codes(run).replace(";*:0", "").replace(":", ",")
    if run.failure_rate == 100 and run.completion_mode == "NonIndexed":
        assert set(codes.split(",")) == {"1"}
    if run.failure_rate == 0:
        assert "1" not in [part.split(":")[-1] for text in exit_codes(run).split(";") for part in text.split(",")]
