"""Which probes count."""

from __future__ import annotations

import pytest

from k8snb.api.types.containers import Container, ExecAction, Probe
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.kubelet.probe_kinds import has_probe, probed_containers, probes_of

PROBE = Probe(exec=ExecAction(command=("true",)))
POD = Pod(
    metadata=ObjectMeta(name="p"),
    spec=PodSpec(
        init_containers=(
            Container(name="i", image="a", liveness_probe=PROBE),
            Container(name="s", image="a", restart_policy="Always", startup_probe=PROBE),
        ),
        containers=(Container(name="c", image="a", readiness_probe=PROBE),),
    ),
)


def test_sidecars_are_probed_after_the_containers_proper_and_other_init_containers_never() -> None:
    assert [c.name for c in probed_containers(POD)] == ["c", "s"]


@pytest.mark.parametrize(("kind", "expected"), [("readiness", True), ("startup", True), ("liveness", False)])
def test_a_pod_has_the_probes_that_are_executed(kind: str, expected: bool) -> None:
    assert has_probe(POD, kind) is expected


def test_startup_comes_first() -> None:
    container = Container(name="c", image="a", liveness_probe=PROBE, readiness_probe=PROBE, startup_probe=PROBE)
    assert [kind for kind, _ in probes_of(container)] == ["Startup", "Readiness", "Liveness"]
