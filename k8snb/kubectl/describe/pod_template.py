"""The template of the pods that a workload makes.

References
----------
``staging/src/k8s.io/kubectl/pkg/describe/describe.go DescribePodTemplate, describeTopologySpreadConstraints @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence

from k8snb.api.selectors import format_label_selector
from k8snb.api.types.placement import TopologySpreadConstraint
from k8snb.api.types.pod import PodSchedulingGroup, PodTemplateSpec
from k8snb.kubectl.describe.containers import describe_containers
from k8snb.kubectl.describe.metadata import annotation_lines, label_lines, lines, tolerations
from k8snb.kubectl.describe.volumes import describe_volumes
from k8snb.kubectl.describe.writer import Writer


def describe_pod_template(w: Writer, template: PodTemplateSpec | None) -> None:
    """Write a template, beginning with ``Pod Template:``."""
    w.write(0, "Pod Template:\n")
    if template is None:
        w.write(1, "<unset>")
        return
    meta, spec = template.metadata, template.spec
    label_lines(w, "  Labels", meta.labels)
    if meta.annotations:
        annotation_lines(w, "  Annotations", meta.annotations)
    if spec.service_account_name:
        w.field(1, "Service Account", spec.service_account_name)
    if spec.init_containers:
        describe_containers(w, "Init Containers", spec.init_containers, indent="  ")
    describe_containers(w, "Containers", spec.containers, indent="  ")
    describe_volumes(w, spec.volumes, "  ")
    describe_spread(w, spec.topology_spread_constraints, "  ")
    if spec.priority_class_name:
        w.field(1, "Priority Class Name", spec.priority_class_name)
    label_lines(w, "  Node-Selectors", spec.node_selector)
    tolerations(w, "  Tolerations", spec.tolerations)
    describe_scheduling_group(w, spec.scheduling_group, "  ")


def describe_spread(w: Writer, constraints: Sequence[TopologySpreadConstraint], indent: str = "") -> None:
    """Write how pods are spread, where that is asked for."""
    if constraints:
        ordered = sorted(constraints, key=lambda c: c.topology_key)
        lines(w, "Topology Spread Constraints", [_constraint(c) for c in ordered], indent)


def _constraint(constraint: TopologySpreadConstraint) -> str:
    text = f"{constraint.topology_key}:{constraint.when_unsatisfiable} when max skew {constraint.max_skew} is exceeded"
    if constraint.label_selector is not None:
        text += f" for selector {format_label_selector(constraint.label_selector)}"
    return text


def describe_scheduling_group(w: Writer, group: PodSchedulingGroup | None, indent: str = "") -> None:
    """Write the group that the pods are scheduled with, where there is one."""
    if group is not None:
        w.write(0, f"{indent}SchedulingGroup:\n")
        w.field(1, "PodGroupName", group.pod_group_name or "")
