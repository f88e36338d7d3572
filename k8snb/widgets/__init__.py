"""Reactive Jupyter widgets that show a cluster and act on it."""

from __future__ import annotations

from k8snb.widgets.cluster_graph import ClusterGraph
from k8snb.widgets.console import KubectlConsole
from k8snb.widgets.controls import Controls
from k8snb.widgets.inspector import Inspector
from k8snb.widgets.labs import ClusterLab, DaemonSetLab, DeploymentLab, JobLab, StatefulSetLab
from k8snb.widgets.player import Player
from k8snb.widgets.rollout_timeline import RolloutTimeline
from k8snb.widgets.session import Session

__all__ = [
    "ClusterGraph",
    "ClusterLab",
    "Controls",
    "DaemonSetLab",
    "DeploymentLab",
    "Inspector",
    "JobLab",
    "KubectlConsole",
    "Player",
    "RolloutTimeline",
    "Session",
    "StatefulSetLab",
]
