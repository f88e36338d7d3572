"""The labs: one for each kind of workload, and one for whatever a cluster holds."""

from __future__ import annotations

from k8snb.widgets.lab import Lab
from k8snb.widgets.manifests import DATABASE


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
