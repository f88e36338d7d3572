"""Reactive Jupyter widgets that show a cluster and act on it."""

from __future__ import annotations

from k8snb.widgets.cluster_graph import ClusterGraph
from k8snb.widgets.console import KubectlConsole
from k8snb.widgets.controls import Controls
from k8snb.widgets.inspector import Inspector
from k8snb.widgets.labs import DeploymentLab, StatefulSetLab
from k8snb.widgets.player import Player
from k8snb.widgets.rollout_timeline import RolloutTimeline
from k8snb.widgets.session import Session

__all__ = [
    "ClusterGraph",
    "Controls",
    "DeploymentLab",
    "Inspector",
    "KubectlConsole",
    "Player",
    "RolloutTimeline",
    "Session",
    "StatefulSetLab",
]
