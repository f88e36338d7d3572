"""Label selectors in the forms that scheduling meets: of objects, of plain label sets, of nodes, and of taints.

A selector that is None selects nothing, one without requirements everything, as upstream's ``labels.Nothing`` and
``labels.Everything`` do.

References
----------
``staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go @ v1.36``
``staging/src/k8s.io/api/core/v1/toleration.go ToleratesTaint @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from k8snb.api.selectors import as_selector, Requirement, Selector
from k8snb.api.taints import tolerates as covers
from k8snb.api.types.meta import LabelSelector
from k8snb.api.types.node import Node
from k8snb.api.types.placement import NodeSelectorRequirement, NodeSelectorTerm, Taint, Toleration

NODE_NAME_FIELD = "metadata.name"

_OPERATORS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!", "Gt": ">", "Lt": "<"}


def selector_of(selector: LabelSelector | None) -> Selector | None:
    """The selector of an object's field."""
    return None if selector is None else as_selector(selector)


def selector_of_set(wanted: Mapping[str, str]) -> Selector:
    """The selector that wants every one of these labels."""
    return Selector(tuple(Requirement(key, "=", (wanted[key],)) for key in sorted(wanted)))


def both(one: Selector | None, other: Selector | None) -> Selector | None:
    """What both selectors select."""
    if one is None or other is None:
        return None
    merged = dict.fromkeys((*one.requirements, *other.requirements))
    return Selector(tuple(sorted(merged, key=lambda r: r.key)))


def selects(selector: Selector | None, labels: Mapping[str, str]) -> bool:
    """Whether a selector, which may be none at all, selects these labels."""
    return selector is not None and selector.matches(labels)


def node_term_matches(term: NodeSelectorTerm, node: Node) -> bool:
    """Whether a node meets every requirement of a term; an empty term matches no node."""
    if not term.match_expressions and not term.match_fields:
        return False
    labels = node.metadata.labels
    return all(_expression_matches(e, labels) for e in term.match_expressions) and all(
        _field_matches(f, node.metadata.name) for f in term.match_fields
    )


def any_node_term_matches(terms: Iterable[NodeSelectorTerm], node: Node) -> bool:
    """Whether a node meets at least one of the terms."""
    return any(node_term_matches(term, node) for term in terms)


def _expression_matches(expression: NodeSelectorRequirement, labels: Mapping[str, str]) -> bool:
    operator = _OPERATORS.get(expression.operator)
    return operator is not None and Requirement(expression.key, operator, expression.values).matches(labels)


def _field_matches(field: NodeSelectorRequirement, node_name: str) -> bool:
    """``metadata.name`` is the only field of a node that can be asked for, with one value."""
    if not node_name:
        return True
    value = node_name if field.key == NODE_NAME_FIELD else ""
    if field.operator == "In":
        return field.values == (value,)
    return field.operator == "NotIn" and len(field.values) == 1 and field.values[0] != value


def tolerates(tolerations: Iterable[Toleration], taint: Taint) -> bool:
    """Whether any of the tolerations tolerates a taint."""
    return any(covers(toleration, taint) for toleration in tolerations)


def untolerated_taint(taints: Iterable[Taint], tolerations: tuple[Toleration, ...]) -> Taint | None:
    """The first taint that keeps new pods away and that nothing tolerates."""
    for taint in taints:
        if taint.effect in ("NoSchedule", "NoExecute") and not tolerates(tolerations, taint):
            return taint
    return None
