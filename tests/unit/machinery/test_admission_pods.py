"""What admission makes of pods, and which it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.api.decode import from_dict
from k8snb.api.defaults import with_defaults
from k8snb.api.types.config import PriorityClass
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import Pod
from k8snb.errors import Forbidden
from k8snb.machinery.admission.pods import admit_pod, admit_pod_update, check_pod


def pod(**spec: Any) -> Pod:
    body = {"metadata": {"name": "x"}, "spec": {"containers": [{"name": "c", "image": "nginx"}], **spec}}
    return with_defaults(from_dict(Pod, body))


CLASSES = {
    "high": PriorityClass(metadata=ObjectMeta(name="high"), value=1000, preemption_policy="Never"),
    "usual": PriorityClass(metadata=ObjectMeta(name="usual"), value=10, global_default=True),
}


def test_admission_sets_priority_and_tolerations() -> None:
    spec = admit_pod(pod(), {}).spec
    assert (spec.priority, spec.preemption_policy, spec.priority_class_name) == (0, "PreemptLowerPriority", "")
    assert [(t.key, t.effect, t.toleration_seconds) for t in spec.tolerations] == [
        ("node.kubernetes.io/not-ready", "NoExecute", 300),
        ("node.kubernetes.io/unreachable", "NoExecute", 300),
    ]
    spec = admit_pod(pod(priorityClassName="high", tolerations=[{"operator": "Exists"}]), CLASSES).spec
    assert (spec.priority, spec.preemption_policy, len(spec.tolerations)) == (1000, "Never", 1)
    assert admit_pod(pod(), CLASSES).spec.priority_class_name == "usual"
    assert admit_pod(pod(priorityClassName="system-node-critical"), {}).spec.priority == 2000001000


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"priorityClassName": "nope"}, "no PriorityClass with name nope was found"),
        (
            {"priority": 5},
            "the integer value of priority (5) must not be provided in pod spec; "
            "priority admission controller computed 0 from the given PriorityClass name",
        ),
        ({"runtimeClassName": "gvisor"}, 'pod rejected: RuntimeClass "gvisor" not found'),
    ],
)
def test_admission_refuses(spec: dict[str, Any], why: str) -> None:
    with pytest.raises(Forbidden) as refusal:
        admit_pod(pod(**spec), {})
    assert refusal.value.message == f'pods "x" is forbidden: {why}'


def test_an_overhead_needs_a_runtime_class() -> None:
    with pytest.raises(Forbidden, match="Pod Overhead set without corresponding RuntimeClass defined Overhead"):
        check_pod(pod(overhead={"cpu": "1"}))


def test_an_update_keeps_what_admission_set() -> None:
    old = admit_pod(pod(), {})
    new = admit_pod_update(pod(), old)
    assert new.spec == old.spec
