"""The cluster graph: the views of one cluster at any moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from k8snb.api.types.service import Service
from k8snb.picture.chronicle import Chronicle
from k8snb.picture.identity import draw_identity
from k8snb.picture.ownership import draw_ownership
from k8snb.picture.placement import draw_placement
from k8snb.picture.requests import draw_requests
from k8snb.picture.sheet import Picture

WIDTH = 744  # what a view is drawn for until a browser says how wide it is

VIEWS: Mapping[str, Callable[[Chronicle, int, float], Picture]] = MappingProxyType(
    {
        "placement": draw_placement,
        "ownership": draw_ownership,
        "traffic": draw_requests,
        "identity": draw_identity,
    }
)


def views_of(chronicle: Chronicle) -> list[str]:
    """The views that have something to show: identities once there was a stateful set, traffic once a service."""
    shown = {"identity": bool(chronicle.keys_of("StatefulSet")), "traffic": _has_served(chronicle)}
    return [name for name in VIEWS if shown.get(name, True)]


def _has_served(chronicle: Chronicle) -> bool:
    """Whether there ever was a service that selects pods: that of the API server, which every cluster has, does not."""
    versions = (v for key in chronicle.keys_of("Service") for v in chronicle.track_of("Service", key).values)
    return any(isinstance(version, Service) and version.spec.selector for version in versions)


def draw_graph(chronicle: Chronicle, time_ms: int, view: str = "placement", width: float = WIDTH) -> Picture:
    """Draw one view of a cluster.

    Parameters
    ----------
    chronicle
        The cluster's past, read up to the present.
    time_ms
        The moment to draw, in simulated milliseconds.
    view
        ``placement`` (nodes and the pods on them), ``ownership`` (workloads, revisions, pods), ``traffic`` (services
        and where their requests go) or ``identity`` (the pods of stateful sets with their claims and volumes).
    width
        How wide the drawing is to be, in pixels.

    Returns
    -------
    Picture
    """
    return VIEWS[view](chronicle, time_ms, width)
