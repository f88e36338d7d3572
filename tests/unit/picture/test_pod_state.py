"""The six looks of a pod."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import (
    ContainerState,
    ContainerStateTerminated,
    ContainerStateWaiting,
    ContainerStatus,
    PodCondition,
    PodStatus,
)
from k8snb.picture.glyphs import glyph, GLYPHS
from k8snb.picture.palette import HUES
from k8snb.picture.pod_state import pod_state, STATES

READY = (PodCondition(type="Ready", status="True"),)


def waiting(reason: str) -> tuple[ContainerStatus, ...]:
    return (ContainerStatus(name="c", state=ContainerState(waiting=ContainerStateWaiting(reason=reason))),)


def ended(code: int, reason: str) -> tuple[ContainerStatus, ...]:
    state = ContainerState(terminated=ContainerStateTerminated(exit_code=code, reason=reason))
    return (ContainerStatus(name="c", state=state),)


@pytest.mark.parametrize(
    ("status", "word", "reason"),
    [
        (PodStatus(phase="Pending"), "starting", "Pending"),
        (PodStatus(phase="Pending", container_statuses=waiting("ContainerCreating")), "starting", "ContainerCreating"),
        (
            PodStatus(
                phase="Pending", conditions=(PodCondition(type="PodScheduled", status="False", reason="Unschedulable"),)
            ),
            "starting",
            "Unschedulable",
        ),
        (PodStatus(phase="Pending", container_statuses=waiting("ImagePullBackOff")), "failing", "ImagePullBackOff"),
        (PodStatus(phase="Running", container_statuses=waiting("CrashLoopBackOff")), "failing", "CrashLoopBackOff"),
        (PodStatus(phase="Running", container_statuses=ended(1, "Error")), "failing", "Error"),
        (PodStatus(phase="Running"), "running", "not ready"),
        (PodStatus(phase="Running", conditions=READY), "ready", ""),
        (PodStatus(phase="Succeeded"), "succeeded", ""),
        (PodStatus(phase="Failed", reason="Evicted"), "failing", "Evicted"),
        (PodStatus(phase="Failed", container_statuses=ended(2, "Error")), "failing", "Error"),
    ],
)
def test_state_and_reason(status: PodStatus, word: str, reason: str) -> None:
    assert pod_state(Pod(status=status)) == (word, reason)


def test_a_deleted_pod_terminates_whatever_else_it_does() -> None:
    pod = Pod(status=PodStatus(phase="Running", conditions=READY))
    assert pod_state(replace(pod, metadata=ObjectMeta(deletion_timestamp=1))).word == "terminating"


def test_every_state_has_a_glyph_of_its_own() -> None:
    assert set(GLYPHS) == set(STATES)
    assert len({glyph(state, HUES[0]) for state in STATES}) == len(STATES)
    assert "{" not in "".join(glyph(state, HUES[1]) for state in STATES)
