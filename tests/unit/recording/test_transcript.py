"""What a transcript makes of an output."""

from __future__ import annotations

from k8snb.cluster import Cluster
from k8snb.recording.names import Names
from k8snb.recording.transcript import normalise


def test_what_differs_from_run_to_run_is_replaced() -> None:
    cluster = Cluster(nodes=1, annotated=True)
    cluster.kubectl("create deployment web --image=nginx")
    cluster.run(seconds=4)
    lines = normalise(str(cluster.kubectl("get pods -o wide")), Names(cluster.log))
    assert lines[1] == "web#1-<pod>  1/1  Running  0  <age>  <ip>  node-1  <none>  <none>"
    (labels,) = normalise(str(cluster.kubectl("get rs --show-labels --no-headers")), Names(cluster.log))
    assert labels.endswith("app=web,pod-template-hash=<hash web#1>")


def test_only_the_line_of_a_mistake_in_a_manifest_is_kubectls_word() -> None:
    cluster = Cluster(nodes=1)
    failure = str(cluster.kubectl("apply -f -", "a: b: c\n"))
    assert failure.endswith("(column 5)")
    (line,) = normalise(failure, Names(cluster.log))
    assert line == f"error: error parsing STDIN: {failure.partition('STDIN: ')[2].removesuffix(' (column 5)')}"


def test_a_cron_jobs_jobs_are_named_without_their_minute() -> None:
    cluster = Cluster(nodes=1, annotated=True)
    cluster.kubectl("create cronjob tick --image=busybox --schedule='* * * * *'")
    cluster.kubectl("create job by-hand-20260101 --image=busybox")
    cluster.run(seconds=130)
    names = normalise(str(cluster.kubectl("get jobs -o name")), Names(cluster.log))
    assert names == ["job.batch/by-hand-20260101", "job.batch/tick-<minute>", "job.batch/tick-<minute>"]
