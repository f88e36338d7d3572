"""Arguments of the forms ``KEY=value`` and ``KEY-`` after the resources that they are for.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go GetResourcesAndPairs, ParsePairs @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence

from k8snb.kubectl.errors import KubectlError


def split_resources_and_pairs(args: Sequence[str], pair_type: str) -> tuple[list[str], list[str]]:
    """The resources, and the pairs after them.

    Raises
    ------
    KubectlError
        When a resource stands after a pair.

    Examples
    --------
    >>> split_resources_and_pairs(["pod", "web", "a=b", "c-"], "label")
    (['pod', 'web'], ['a=b', 'c-'])
    """
    resources: list[str] = []
    pairs: list[str] = []
    for arg in args:
        if _is_pair(arg):
            pairs.append(arg)
        elif pairs:
            raise KubectlError(f"all resources must be specified before {pair_type} changes: {arg}")
        else:
            resources.append(arg)
    return resources, pairs


def _is_pair(arg: str) -> bool:
    return ("=" in arg and not arg.startswith("=")) or (arg.endswith("-") and arg != "-")


def parse_pairs(pairs: Sequence[str], pair_type: str, *, removals: bool) -> tuple[dict[str, str], list[str]]:
    """New values by key, and the keys to remove where `removals` are allowed."""
    new: dict[str, str] = {}
    removed: list[str] = []
    invalid: list[str] = []
    for pair in pairs:
        if "=" in pair and not pair.startswith("="):
            key, _, value = pair.partition("=")
            new[key] = value
        elif removals and pair.endswith("-") and pair != "-":
            removed.append(pair[:-1])
        else:
            invalid.append(pair)
    if invalid:
        raise KubectlError(f"invalid {pair_type} format: {', '.join(invalid)}")
    return new, removed
