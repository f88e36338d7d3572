"""Selectors of nodes, and taints with tolerations."""

from __future__ import annotations

from typing import Any

import pytest
from scheduler_builders import node

from k8snb.api.decode import from_dict
from k8snb.api.types.placement import NodeSelectorTerm, Taint, Toleration
from k8snb.scheduler.labels import both, node_term_matches, selector_of_set, selects, tolerates, untolerated_taint

NODE = node("n1", labels={"disk": "ssd", "gen": "5"})


@pytest.mark.parametrize(
    ("expression", "matches"),
    [
        ({"key": "disk", "operator": "In", "values": ["hdd", "ssd"]}, True),
        ({"key": "disk", "operator": "NotIn", "values": ["hdd"]}, True),
        ({"key": "none", "operator": "NotIn", "values": ["hdd"]}, True),
        ({"key": "disk", "operator": "Exists"}, True),
        ({"key": "disk", "operator": "DoesNotExist"}, False),
        ({"key": "gen", "operator": "Gt", "values": ["4"]}, True),
        ({"key": "gen", "operator": "Lt", "values": ["5"]}, False),
        ({"key": "disk", "operator": "Gt", "values": ["4"]}, False),
    ],
)
def test_expressions(expression: dict[str, Any], matches: bool) -> None:
    assert node_term_matches(from_dict(NodeSelectorTerm, {"matchExpressions": [expression]}), NODE) is matches


def test_fields_and_the_empty_term() -> None:
    def term(operator: str, *values: str) -> NodeSelectorTerm:
        field = {"key": "metadata.name", "operator": operator, "values": list(values)}
        return from_dict(NodeSelectorTerm, {"matchFields": [field]})

    assert node_term_matches(term("In", "n1"), NODE)
    assert not node_term_matches(term("In", "n2"), NODE)
    assert not node_term_matches(term("In", "n1", "n2"), NODE)
    assert node_term_matches(term("NotIn", "n2"), NODE)
    assert not node_term_matches(NodeSelectorTerm(), NODE)


@pytest.mark.parametrize(
    ("toleration", "tolerated"),
    [
        (Toleration(operator="Exists"), True),
        (Toleration(key="k", operator="Exists"), True),
        (Toleration(key="k", operator="Exists", effect="NoExecute"), False),
        (Toleration(key="k", value="7"), True),
        (Toleration(key="k", operator="Equal", value="8"), False),
        (Toleration(key="k", operator="Lt", value="8"), True),
        (Toleration(key="k", operator="Gt", value="8"), False),
        (Toleration(key="k", operator="Gt", value="x"), False),
        (Toleration(key="other", operator="Exists"), False),
    ],
)
def test_tolerations(toleration: Toleration, tolerated: bool) -> None:
    assert tolerates((toleration,), Taint(key="k", value="7", effect="NoSchedule")) is tolerated


def test_soft_taints_keep_no_pod_away() -> None:
    hard = Taint(key="a", effect="NoExecute")
    assert untolerated_taint((Taint(key="b", effect="PreferNoSchedule"), hard), ()) is hard
    assert untolerated_taint((Taint(key="b", effect="PreferNoSchedule"),), ()) is None


def test_selectors_that_select_nothing_and_everything() -> None:
    assert not selects(None, {"a": "b"})
    assert selects(selector_of_set({}), {})
    merged = both(selector_of_set({"a": "1"}), selector_of_set({"b": "2"}))
    assert selects(merged, {"a": "1", "b": "2"})
    assert not selects(merged, {"a": "1"})
    assert both(None, selector_of_set({})) is None
