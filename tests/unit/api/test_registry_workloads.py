"""What the registry makes of workloads: generations, statuses, selectors, and what may not change."""

from __future__ import annotations

from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from k8snb.api.decode import from_dict
from k8snb.api.defaults import with_defaults
from k8snb.api.registry import prepare_create, prepare_update, validate_create, validate_update, warnings_on_create
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import DaemonSet, Deployment, ReplicaSet, ReplicationController, StatefulSet
from k8snb.api.types.batch import CronJob, Job
from k8snb.api.types.meta import LabelSelector
from k8snb.api.types.policy import PodDisruptionBudget

T = TypeVar("T", bound=KubernetesObject)

LABELS = {"app": "web"}
SELECTOR = {"matchLabels": LABELS}


def template(**spec: Any) -> dict[str, Any]:
    containers = [{"name": "web", "image": "nginx:1.25"}]
    return {"metadata": {"labels": LABELS}, "spec": {"containers": containers, **spec}}


def made(cls: type[T], spec: dict[str, Any], **meta: Any) -> T:
    body = {"metadata": {"name": "x", "namespace": "default", **meta}, "spec": spec}
    obj = with_defaults(from_dict(cls, body))
    return prepare_create(
        replace(obj, metadata=replace(obj.metadata, uid="u", creation_timestamp=1_000, resource_version="1"))
    )


def workload(cls: type[T], **spec: Any) -> T:
    return made(cls, {"selector": SELECTOR, "template": template(), **spec})


def changed(obj: T, **spec: Any) -> T:
    return replace(obj, spec=replace(obj.spec, **spec))  # type: ignore[attr-defined]


def texts(new: KubernetesObject, old: KubernetesObject | None = None) -> list[str]:
    return [str(f) for f in (validate_create(new) if old is None else validate_update(new, old))]


@pytest.mark.parametrize("cls", [Deployment, ReplicaSet, StatefulSet, DaemonSet])
def test_a_selector_is_needed_must_fit_and_stays(cls: type[KubernetesObject]) -> None:
    old: Any = workload(cls)
    assert validate_create(old) == []
    other = replace(old.spec.template, metadata=replace(old.spec.template.metadata, labels={"app": "db"}))
    assert any("`selector` does not match template `labels`" in text for text in texts(changed(old, template=other)))
    assert any("elector" in text for text in texts(changed(old, selector=None)))
    moved = changed(old, selector=LabelSelector(match_labels={"app": "db"}), template=other)
    assert any("spec.selector" in text or "updates to" in text for text in texts(moved, old))


def test_a_changed_spec_is_a_new_generation_and_the_status_stays() -> None:
    old = workload(Deployment)
    assert old.metadata.generation == 1
    old = replace(old, status=replace(old.status, replicas=3))
    assert prepare_update(replace(old, status=type(old.status)()), old) == old
    scaled = prepare_update(changed(old, replicas=5), old)
    assert (scaled.metadata.generation, scaled.status.replicas) == (2, 3)
    forged = replace(old, metadata=replace(old.metadata, generation=9))
    assert prepare_update(forged, old).metadata.generation == 1


def test_annotations_of_a_deployment_count_labels_do_not() -> None:
    old = workload(Deployment)
    noted = replace(old, metadata=replace(old.metadata, annotations={"a": "b"}))
    labelled = replace(old, metadata=replace(old.metadata, labels={"a": "b"}))
    assert prepare_update(noted, old).metadata.generation == 2
    assert prepare_update(labelled, old).metadata.generation == 1


def test_a_status_request_writes_only_the_status() -> None:
    old = workload(ReplicaSet)
    sent = replace(changed(old, replicas=9), status=replace(old.status, replicas=2))
    new = prepare_update(sent, old, "status")
    assert (new.spec.replicas, new.status.replicas, new.metadata.generation) == (1, 2, 1)
    assert validate_update(new, old, "status") == []
    wrong = replace(old, status=replace(old.status, replicas=1, ready_replicas=2))
    assert [str(f) for f in validate_update(wrong, old, "status")] == [
        "status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas"
    ]


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ({"replicas": -1}, "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
        (
            {"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}},
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0",
        ),
        (
            {"strategy": {"type": "Recreate", "rollingUpdate": {}}},
            "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
        ),
        (
            {"minReadySeconds": 600},
            "spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds",
        ),
        (
            {"template": template(restartPolicy="Never")},
            'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
        ),
        ({"strategy": {"rollingUpdate": {"maxSurge": "x%"}}}, "spec.strategy.rollingUpdate.maxSurge: Invalid value: "),
    ],
)
def test_deployments_that_are_refused(spec: dict[str, Any], fault: str) -> None:
    assert any(text.startswith(fault) for text in texts(workload(Deployment, **spec)))


def test_only_some_of_a_stateful_set_may_change() -> None:
    old = workload(StatefulSet, serviceName="web")
    assert texts(prepare_update(changed(old, replicas=5), old), old) == []
    (fault,) = texts(prepare_update(changed(old, service_name="other"), old), old)
    assert fault.startswith("spec: Forbidden: updates to statefulset spec for fields other than")


def test_a_daemon_set_counts_the_generations_of_its_template() -> None:
    name = "deprecated.daemonset.template.generation"
    old = workload(DaemonSet)
    assert old.metadata.annotations == {name: "1"}
    waiting = prepare_update(changed(old, min_ready_seconds=5), old)
    assert (waiting.metadata.generation, waiting.metadata.annotations[name]) == (2, "1")
    pods = replace(old.spec.template, spec=replace(old.spec.template.spec, host_network=True))
    updated = prepare_update(changed(old, template=pods), old)
    assert (updated.metadata.generation, updated.metadata.annotations[name]) == (2, "2")


def test_a_name_that_is_no_host_name_is_worth_a_warning() -> None:
    assert warnings_on_create(workload(Deployment)) == []
    (warning,) = warnings_on_create(made(Deployment, {"selector": SELECTOR, "template": template()}, name="a.b"))
    assert warning.startswith("metadata.name: this is used in Pod names and hostnames")


# -- jobs


def job(**spec: Any) -> Job:
    pods = {"spec": template(restartPolicy="Never")["spec"], "metadata": {"labels": {"a": "b"}}}
    return made(Job, {"template": pods, **spec})


def test_a_job_selects_by_its_uid() -> None:
    made_job = job()
    assert made_job.spec.selector is not None
    assert made_job.spec.selector.match_labels == {"batch.kubernetes.io/controller-uid": "u"}
    assert made_job.spec.template.metadata.labels == {
        "a": "b",
        "batch.kubernetes.io/controller-uid": "u",
        "batch.kubernetes.io/job-name": "x",
        "controller-uid": "u",
        "job-name": "x",
    }
    assert validate_create(made_job) == []


def test_a_manual_selector_is_the_users() -> None:
    own = job(manualSelector=True, selector={"matchLabels": {"a": "b"}})
    assert own.spec.template.metadata.labels == {"a": "b"}
    assert validate_create(own) == []


def test_the_template_and_the_completions_of_a_job_stay() -> None:
    old = job(completions=3)
    pods = replace(old.spec.template, spec=replace(old.spec.template.spec, host_network=True))
    assert any(t.startswith("spec.template: Invalid value: ") for t in texts(changed(old, template=pods), old))
    assert texts(changed(old, completions=4), old) == ["spec.completions: Invalid value: 4: field is immutable"]
    assert texts(changed(old, parallelism=4), old) == []
    indexed = job(completionMode="Indexed", completions=3, parallelism=3)
    assert texts(changed(indexed, completions=5, parallelism=5), indexed) == []


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        (
            {"completionMode": "Indexed", "parallelism": 2},
            "spec.completions: Required value: when completion mode is Indexed",
        ),
        ({"backoffLimit": -1}, "spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0"),
        ({"backoffLimitPerIndex": 1}, "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode"),
        ({"activeDeadlineSeconds": -1}, "spec.activeDeadlineSeconds: Invalid value: -1: must be greater than or equal"),
        ({"podReplacementPolicy": "Now"}, 'spec.podReplacementPolicy: Unsupported value: "Now"'),
    ],
)
def test_jobs_that_are_refused(spec: dict[str, Any], fault: str) -> None:
    assert any(text.startswith(fault) for text in texts(job(**spec)))


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ({"schedule": ""}, "spec.schedule: Required value"),
        ({"schedule": "* * *"}, 'spec.schedule: Invalid value: "* * *": expected exactly 5 fields, found 3: [* * *]'),
        ({"concurrencyPolicy": "Queue"}, 'spec.concurrencyPolicy: Unsupported value: "Queue"'),
        ({"timeZone": "Mars/Olympus"}, 'spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus'),
        ({"successfulJobsHistoryLimit": -1}, "spec.successfulJobsHistoryLimit: Invalid value: -1: must be greater"),
    ],
)
def test_cron_jobs_that_are_refused(spec: dict[str, Any], fault: str) -> None:
    jobs = {"spec": {"template": template(restartPolicy="OnFailure")}}
    assert texts(made(CronJob, {"schedule": "* * * * *", "jobTemplate": jobs})) == []
    cron_job = made(CronJob, {"schedule": "* * * * *", "jobTemplate": jobs, **spec})
    assert any(text.startswith(fault) for text in texts(cron_job))


# -- the others


def test_a_replication_controller_needs_a_selector_that_fits() -> None:
    controller = made(ReplicationController, {"template": template()})
    assert controller.spec.selector == LABELS
    assert validate_create(controller) == []
    assert any("`selector` does not match template" in t for t in texts(changed(controller, selector={"app": "db"})))


def test_a_budget_says_either_how_many_stay_or_how_many_may_go() -> None:
    both = made(PodDisruptionBudget, {"minAvailable": 1, "maxUnavailable": 1, "selector": SELECTOR})
    assert any("minAvailable and maxUnavailable cannot be both set" in text for text in texts(both))
    one = made(PodDisruptionBudget, {"minAvailable": "50%", "selector": SELECTOR})
    assert texts(one) == []
    assert prepare_update(changed(one, min_available=2), one).metadata.generation == 2
