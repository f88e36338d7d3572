"""The labs: one for each kind of workload, and one for whatever a cluster holds."""

from __future__ import annotations

from k8snb.widgets.lab import Lab


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
