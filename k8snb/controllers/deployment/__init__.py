"""The Deployment controller: rollouts from one template to the next, over ReplicaSets."""

from k8snb.controllers.deployment.controller import DeploymentController

__all__ = ["DeploymentController"]
