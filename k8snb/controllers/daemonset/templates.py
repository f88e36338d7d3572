"""What follows from a DaemonSet's template, worked out once for each: its pods' templates, and where they fit."""

from __future__ import annotations

from collections.abc import Mapping

from k8snb.api.types.apps import DaemonSet
from k8snb.api.types.node import Node
from k8snb.api.types.pod import PodTemplateSpec
from k8snb.controllers.daemonset.placement import (
    daemon_template,
    daemon_tolerations,
    node_should_run,
    template_for_node,
    template_generation,
    Verdict,
)


class _Known:
    """What is known of one template."""

    def __init__(self, daemon_set: DaemonSet) -> None:
        self.template = daemon_set.spec.template
        self.tolerations = daemon_tolerations(self.template.spec)
        self.verdicts: dict[str, tuple[Node, Verdict]] = {}
        self.revision: tuple[str, str | None] = ("", None)
        self.of_pods = PodTemplateSpec()
        self.of_nodes: dict[str, PodTemplateSpec] = {}


class Templates:
    """Remembers templates and verdicts by DaemonSet, for as long as its template stays the same."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def forget(self, uid: str) -> None:
        """A DaemonSet is gone."""
        self._known.pop(uid, None)

    def _of(self, daemon_set: DaemonSet) -> _Known:
        known = self._known.get(daemon_set.metadata.uid)
        if known is None or known.template is not daemon_set.spec.template:
            known = self._known[daemon_set.metadata.uid] = _Known(daemon_set)
        return known

    def verdict(self, daemon_set: DaemonSet, node: Node) -> Verdict:
        """What a node means for a DaemonSet."""
        known = self._of(daemon_set)
        before = known.verdicts.get(node.metadata.name)
        if before is not None and before[0] is node:
            return before[1]
        verdict = node_should_run(daemon_set, known.tolerations, node)
        known.verdicts[node.metadata.name] = (node, verdict)
        return verdict

    def verdicts(self, daemon_set: DaemonSet, nodes: Mapping[str, Node]) -> dict[str, Verdict]:
        """What each node means for a DaemonSet, by name."""
        return {name: self.verdict(daemon_set, node) for name, node in nodes.items()}

    def of_node(self, daemon_set: DaemonSet, hash_: str, node: str) -> PodTemplateSpec:
        """The template of the pod of a revision for a node."""
        known = self._of(daemon_set)
        revision = (hash_, template_generation(daemon_set))
        if known.revision != revision:
            known.revision, known.of_pods, known.of_nodes = revision, daemon_template(daemon_set, hash_), {}
        template = known.of_nodes.get(node)
        if template is None:
            template = known.of_nodes[node] = template_for_node(known.of_pods, node)
        return template
