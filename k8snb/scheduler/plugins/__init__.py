"""The scheduler's plugins, one file or package each, and the default set of them."""

from __future__ import annotations

from k8snb.scheduler.framework import Plugin
from k8snb.scheduler.plugins.image_locality import ImageLocality
from k8snb.scheduler.plugins.inter_pod_affinity import InterPodAffinity
from k8snb.scheduler.plugins.node_affinity import NodeAffinity
from k8snb.scheduler.plugins.node_name import NodeName
from k8snb.scheduler.plugins.node_ports import NodePorts
from k8snb.scheduler.plugins.node_resources_balanced_allocation import NodeResourcesBalancedAllocation
from k8snb.scheduler.plugins.node_resources_fit import NodeResourcesFit
from k8snb.scheduler.plugins.node_unschedulable import NodeUnschedulable
from k8snb.scheduler.plugins.pod_topology_spread import PodTopologySpread
from k8snb.scheduler.plugins.taint_toleration import TaintToleration
from k8snb.scheduler.plugins.volume_binding import VolumeBinding
from k8snb.scheduler.plugins.volume_restrictions import VolumeRestrictions
from k8snb.scheduler.plugins.volume_zone import VolumeZone


def default_plugins() -> tuple[Plugin, ...]:
    """The plugins of an unconfigured scheduler, in the order in which they filter.

    References
    ----------
    ``pkg/scheduler/apis/config/v1/default_plugins.go getDefaultPlugins @ v1.36``
    """
    return (
        NodeUnschedulable(),
        NodeName(),
        TaintToleration(),
        NodeAffinity(),
        NodePorts(),
        NodeResourcesFit(),
        VolumeRestrictions(),
        VolumeBinding(),
        VolumeZone(),
        PodTopologySpread(),
        InterPodAffinity(),
        NodeResourcesBalancedAllocation(),
        ImageLocality(),
    )
