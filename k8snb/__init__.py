"""See and predict how Kubernetes runs workloads.

`Cluster` is a deterministic simulator of a Kubernetes cluster; `load_scenario` and `replay` bring back what was saved.
In a notebook, ``%load_ext k8snb`` adds ``%kubectl`` and ``%%apply``, and `DeploymentLab`, `StatefulSetLab`,
`DaemonSetLab`, `JobLab` and `ClusterLab` laboratories of widgets.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, TYPE_CHECKING

if TYPE_CHECKING:
    from k8snb.cluster import Cluster as Cluster
    from k8snb.notebook import load_ipython_extension as load_ipython_extension
    from k8snb.picture.trace import trace_of as trace_of
    from k8snb.scenario import load_scenario as load_scenario
    from k8snb.scenario import replay as replay
    from k8snb.scenario import Scenario as Scenario
    from k8snb.scenario import scenario_of as scenario_of
    from k8snb.widgets import ClusterGraph as ClusterGraph
    from k8snb.widgets import ClusterLab as ClusterLab
    from k8snb.widgets import DaemonSetLab as DaemonSetLab
    from k8snb.widgets import DeploymentLab as DeploymentLab
    from k8snb.widgets import Inspector as Inspector
    from k8snb.widgets import JobLab as JobLab
    from k8snb.widgets import KubectlConsole as KubectlConsole
    from k8snb.widgets import Player as Player
    from k8snb.widgets import RolloutTimeline as RolloutTimeline
    from k8snb.widgets import StatefulSetLab as StatefulSetLab

__version__ = "0.1.0"

# Imported when they are first used, so that importing the simulator does not import the widgets.
_HOMES = {
    "Cluster": "k8snb.cluster",
    "Scenario": "k8snb.scenario",
    "load_scenario": "k8snb.scenario",
    "replay": "k8snb.scenario",
    "scenario_of": "k8snb.scenario",
    "trace_of": "k8snb.picture.trace",
    "load_ipython_extension": "k8snb.notebook",
    "ClusterGraph": "k8snb.widgets",
    "ClusterLab": "k8snb.widgets",
    "DaemonSetLab": "k8snb.widgets",
    "DeploymentLab": "k8snb.widgets",
    "Inspector": "k8snb.widgets",
    "JobLab": "k8snb.widgets",
    "KubectlConsole": "k8snb.widgets",
    "Player": "k8snb.widgets",
    "RolloutTimeline": "k8snb.widgets",
    "StatefulSetLab": "k8snb.widgets",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
