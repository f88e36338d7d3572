"""A job's run as a laboratory sets it up: how many pods, how long each takes, and how often one fails.

The simulator's containers run and exit as annotations of their pods say. Which exits fail is drawn here, once, from a
seeded stream, and written down: the same seed gives the same luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from k8snb.api.integers import integer
from k8snb.api.types.batch import Job
from k8snb.sim.streams import Streams

RUN, EXIT = "k8snb.dev/run", "k8snb.dev/exit"
RATE, SEED = "k8snb.dev/failure-rate", "k8snb.dev/seed"
INDEXED, NON_INDEXED = "Indexed", "NonIndexed"
GENERATED_LABELS = (
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-name",
    "controller-uid",
    "job-name",
)
MOST_CODES = 2000


class Run(NamedTuple):
    """What a run is to be: ``failure_rate`` in percent, ``run_seconds`` how long a container works."""

    completions: int
    parallelism: int
    backoff_limit: int
    failure_rate: int
    run_seconds: int
    completion_mode: str
    restart_policy: str
    seed: int

    @classmethod
    def of(cls, job: Job) -> Run:
        """The run that a job is."""
        spec, template = job.spec, job.spec.template
        own, pods = job.metadata.annotations, template.metadata.annotations
        return cls(
            completions=1 if spec.completions is None else spec.completions,
            parallelism=1 if spec.parallelism is None else spec.parallelism,
            backoff_limit=6 if spec.backoff_limit is None else spec.backoff_limit,
            failure_rate=_number(own, RATE),
            run_seconds=_number(pods, RUN),
            completion_mode=spec.completion_mode or NON_INDEXED,
            restart_policy=template.spec.restart_policy,
            seed=_number(own, SEED),
        )


def _number(annotations: Mapping[str, str], name: str) -> int:
    return integer(annotations.get(name, "")) or 0


def exit_codes(run: Run) -> str:
    """The exit codes of a run's containers, for the annotation: of all in turn, or of each index.

    Examples
    --------
    >>> exit_codes(Run(3, 1, 0, 0, 3, "NonIndexed", "Never", 0))
    '0,0,0,0,0'
    """
    stream = Streams(run.seed).stream("job-run")

    def codes(count: int) -> str:
        return ",".join("1" if stream.random() * 100 < run.failure_rate else "0" for _ in range(count))

    tries = run.backoff_limit + 2
    if run.completion_mode == INDEXED:
        indexes = range(min(run.completions, MOST_CODES // max(tries, 1)))
        return ";".join([*(f"{index}:{codes(tries)}" for index in indexes), "*:0"])
    return codes(min(run.completions + tries, MOST_CODES))


def with_run(body: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """A job's manifest with another run."""
    spec, template = body["spec"], body["spec"]["template"]
    labels = {k: v for k, v in template["metadata"].get("labels", {}).items() if k not in GENERATED_LABELS}
    annotations = {**template["metadata"].get("annotations", {}), RUN: str(run.run_seconds), EXIT: exit_codes(run)}
    own = {**body["metadata"].get("annotations", {}), RATE: str(run.failure_rate), SEED: str(run.seed)}
    pods = {
        "metadata": {**template["metadata"], "labels": labels, "annotations": annotations},
        "spec": {**template["spec"], "restartPolicy": run.restart_policy},
    }
    wanted = {
        "completions": run.completions,
        "parallelism": run.parallelism,
        "backoffLimit": run.backoff_limit,
        "completionMode": run.completion_mode,
        "template": pods,
    }
    return {**body, "metadata": {**body["metadata"], "annotations": own}, "spec": {**spec, **wanted}}
