"""The labs: one for each kind of workload, and one for whatever a cluster holds."""

from __future__ import annotations

from k8snb.widgets.lab import Lab
from k8snb.widgets.manifests import AGENT, DATABASE, FIVE_NODES, WEB, WORK


class DeploymentLab(Lab):
    """A laboratory for one Deployment: rollouts, blocked ones, rollbacks, and the service in front.

    Examples
    --------
    >>> lab = DeploymentLab()
    >>> lab
    DeploymentLab(deployment/web)
    >>> lab.controls.replicas = 6
    >>> lab.run(10)
    >>> lab.controls.state
    '6/6 ready · 6 updated · complete'
    >>> lab.close()
    """

    kind = "Deployment"


class StatefulSetLab(Lab):
    """A laboratory for one StatefulSet: pods with a name and a volume of their own, in order, and partitioned updates.

    Examples
    --------
    >>> lab = StatefulSetLab()
    >>> lab.controls.partition = 2
    >>> lab.controls.image = "postgres:16.2"
    >>> lab.run(20)
    >>> lab.controls.state
    '4/4 ready · 2 updated · partitioned'
    >>> lab.close()
    """

    kind = "StatefulSet"
    manifest = DATABASE
    first_view = "identity"


class DaemonSetLab(Lab):
    """A laboratory for one DaemonSet: a pod on every node that fits, and nodes to label, taint, cordon, add and fail.

    Examples
    --------
    >>> lab = DaemonSetLab()
    >>> lab.controls.node = "node-5"
    >>> _ = lab.controls.press("label")
    >>> lab.run(10)
    >>> lab.controls.state
    '4/4 ready · 4 updated · complete'
    >>> lab.close()
    """

    kind = "DaemonSet"
    manifest = AGENT
    nodes = FIVE_NODES


class JobLab(Lab):
    """A laboratory for one Job: pods that run to their end, some of them in vain, and runs to set up anew.

    Given a CronJob, it is about that: its jobs one by one, when they start, and what if one still runs.

    Examples
    --------
    >>> lab = JobLab()
    >>> lab.controls.parallelism = 4
    >>> lab.controls.failure_rate = 0
    >>> _ = lab.controls.press("run_again")
    >>> lab.run(60)
    >>> lab.controls.state
    '8/8 complete · 0 failed · done'
    >>> lab.close()
    >>> from k8snb.widgets.manifests import TICK
    >>> lab = JobLab(TICK)
    >>> lab.controls.concurrency_policy = "Forbid"
    >>> lab.player.to_next_run()
    >>> lab.controls.state
    '1 active · next at 02:00'
    >>> lab.close()
    """

    kind = "Job"
    manifest = WORK
    lead_seconds = 6


class ClusterLab(Lab):
    """A laboratory for whatever a cluster holds: choose the workload that timeline and controls are about.

    Examples
    --------
    >>> lab = ClusterLab()
    >>> [title for _, _, title in lab.controls.choices]
    ['deployment/web', 'statefulset/db']
    >>> lab.follow("StatefulSet", "db")
    >>> lab.controls.partition = 1
    >>> lab
    ClusterLab(statefulset/db)
    >>> lab.close()
    """

    manifest = f"{WEB}---\n{DATABASE}"

    def follow(self, kind: str, name: str, namespace: str = "default") -> None:
        """Choose the workload.

        Parameters
        ----------
        kind
            ``Deployment``, ``StatefulSet``, ``DaemonSet``, ``Job``, ``CronJob`` or ``ReplicaSet``.

        Raises
        ------
        K8snbError
            When it is another kind.
        NotFound
            When there never was one of that name.
        """
        self.session.follow(kind, f"{namespace}/{name}")
