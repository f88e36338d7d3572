"""The node lifecycle controller: nodes whose kubelets fall silent, and the taints that say how nodes are."""

from k8snb.controllers.nodelifecycle.controller import NodeLifecycleController

__all__ = ["NodeLifecycleController"]
