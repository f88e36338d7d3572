"""Pods that are prepared like others are stored as they would be for themselves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from k8snb import Cluster
from k8snb.api.types.config import PriorityClass
from k8snb.api.types.containers import Container
from k8snb.api.types.meta import LabelSelector, ObjectMeta
from k8snb.api.types.placement import Affinity, NodeAffinity, PodAffinity, PodAffinityTerm, TopologySpreadConstraint
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.machinery.prepared_pods import PreparedPods

SELECTOR = LabelSelector(match_labels={"app": "a"})
TERM = PodAffinityTerm(label_selector=SELECTOR, match_label_keys=("job",), topology_key="zone")
BARE = PodSpec(containers=(Container(name="c", image="a:1"),))
NEAR = replace(
    BARE, affinity=Affinity(pod_affinity=PodAffinity(required_during_scheduling_ignored_during_execution=(TERM,)))
)
SPREAD = replace(
    BARE,
    topology_spread_constraints=(
        TopologySpreadConstraint(
            max_skew=1,
            topology_key="zone",
            when_unsatisfiable="ScheduleAnyway",
            label_selector=SELECTOR,
            match_label_keys=("job",),
        ),
    ),
)
SPECS = (
    BARE,
    NEAR,
    SPREAD,
    replace(BARE, hostname="h"),
    replace(BARE, affinity=Affinity(node_affinity=NodeAffinity())),
    replace(BARE, priority_class_name="system-node-critical"),
    replace(SPREAD, hostname="h"),
)
LABELS = ({"app": "a", "job": "1"}, {"app": "a", "job": "2"}, {"app": "a", "job": "1"})
NEW_CLASS = None
STEPS = st.tuples(st.sampled_from((*SPECS, NEW_CLASS)), st.sampled_from(LABELS))
Steps = list[tuple[PodSpec | None, dict[str, str]]]


def stored(steps: Steps) -> list[Pod]:
    server, pods = Cluster(1).server, []
    for number, (spec, labels) in enumerate(steps):
        if spec is NEW_CLASS:
            meta = ObjectMeta(name=f"class-{number}")
            server.create_object(PriorityClass(metadata=meta, value=number, global_default=True))
        else:
            meta = ObjectMeta(name=f"pod-{number}", namespace="default", labels=labels)
            pods.append(server.create_object(Pod(metadata=meta, spec=spec)))
    return pods


@settings(max_examples=100)
@given(st.lists(STEPS, min_size=6, max_size=12))
def test_they_are_stored_as_if_each_were_the_first(steps: Steps) -> None:
    remembered = stored(steps)
    with pytest.MonkeyPatch.context() as monkey:
        monkey.setattr(PreparedPods, "find", lambda *_: None)
        assert stored(steps) == remembered


@pytest.mark.parametrize("spec", [NEAR, SPREAD])
def test_pods_of_one_spec_and_other_labels_mean_pods_of_their_own_labels(spec: PodSpec) -> None:
    server = Cluster(1).server
    for job in "12":
        meta = ObjectMeta(name=f"pod-{job}", namespace="default", labels={"app": "a", "job": job})
        pod = server.create_object(Pod(metadata=meta, spec=spec))
        assert f"values=('{job}',)" in repr(pod.spec)
