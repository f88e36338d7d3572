"""Where a provisioned volume can be reached from, as a zonal provisioner decides it.

References
----------
``kubernetes-csi/external-provisioner pkg/controller/topology.go GenerateAccessibilityRequirements``, which tells a
driver where a volume is wanted; the volume carries the answer as ``spec.nodeAffinity``
"""

from __future__ import annotations

from collections.abc import Mapping

from k8snb.api.topology import ZONE
from k8snb.api.types.claims import StorageClass
from k8snb.api.types.node import Node
from k8snb.api.types.persistent_volume import VolumeNodeAffinity
from k8snb.api.types.placement import NodeSelector, NodeSelectorRequirement, NodeSelectorTerm


def affinity_of(class_: StorageClass, node: Node | None) -> VolumeNodeAffinity | None:
    """The node affinity of a new volume: the zone of the node that was selected, or else the first that is allowed.

    Parameters
    ----------
    class_
        The storage class; what its ``allowedTopologies`` name counts as topology, without any the zone.
    node
        The node that the scheduler selected, if it did.

    Returns
    -------
    VolumeNodeAffinity or None
        None when the node has no such label, or when nothing is asked for: the volume can be reached from everywhere.
    """
    place = _place_of(class_, node.metadata.labels) if node is not None else _first_allowed(class_)
    if not place:
        return None
    expressions = tuple(NodeSelectorRequirement(key=key, operator="In", values=(place[key],)) for key in place)
    terms = (NodeSelectorTerm(match_expressions=expressions),)
    return VolumeNodeAffinity(required=NodeSelector(node_selector_terms=terms))


def _place_of(class_: StorageClass, labels: Mapping[str, str]) -> Mapping[str, str]:
    keys = [e.key for term in class_.allowed_topologies for e in term.match_label_expressions] or [ZONE]
    return {key: labels[key] for key in dict.fromkeys(keys) if key in labels}


def _first_allowed(class_: StorageClass) -> Mapping[str, str]:
    expressions = class_.allowed_topologies[0].match_label_expressions if class_.allowed_topologies else ()
    return {expression.key: expression.values[0] for expression in expressions if expression.values}
