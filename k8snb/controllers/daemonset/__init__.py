"""The DaemonSet controller: one pod on every node that its template fits."""

from k8snb.controllers.daemonset.controller import DaemonSetController

__all__ = ["DaemonSetController"]
