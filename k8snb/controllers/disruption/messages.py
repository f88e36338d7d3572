"""Objects as Go prints them into messages.

References
----------
``staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/generated.pb.go LabelSelector.String @ v1.36``
"""

from __future__ import annotations

from k8snb.api.types.meta import LabelSelector


def go_selector(selector: LabelSelector | None) -> str:
    """A selector of labels as ``%v`` prints it.

    Examples
    --------
    >>> go_selector(LabelSelector(match_labels={"app": "web"}))
    '&LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{},}'
    """
    if selector is None:
        return "nil"
    labels = "".join(f"{key}: {selector.match_labels[key]}," for key in sorted(selector.match_labels))
    expressions = "".join(
        f"LabelSelectorRequirement{{Key:{e.key},Operator:{e.operator},Values:[{' '.join(e.values)}],}},"
        for e in selector.match_expressions
    )
    return (
        f"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},"
        f"MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}"
    )
