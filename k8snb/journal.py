"""The journal: what was done to a cluster, and when; enough to do it all again."""

from __future__ import annotations

from typing import Any, NamedTuple


class JournalEntry(NamedTuple):
    """One input.

    ``steps`` is how many events of the simulation had run before it, which fixes its place among the events of the
    same millisecond. ``action`` is a step as a scenario has it: ``{"apply": text}``, ``{"kubectl": line}`` (with
    ``stdin``) or ``{"fault": {…}}``.
    """

    time_ms: int
    steps: int
    action: dict[str, Any]


def describe_action(action: dict[str, Any]) -> tuple[str, str]:
    """The kind of an input and how a person would say it.

    Examples
    --------
    >>> describe_action({"fault": {"node": "node-2", "state": "down"}})
    ('fault', 'node node-2 down')
    >>> describe_action({"fault": {"pod": "web-0", "state": "failing", "probe": "liveness"}})
    ('fault', 'pod web-0 failing liveness')
    """
    if "apply" in action:
        return "apply", "apply -f -"
    if "kubectl" in action:
        return "kubectl", str(action["kubectl"])
    fault = action["fault"]
    subject = next(k for k in ("node", "pod", "registry") if k in fault)
    more = fault.get("probe") or fault.get("container", "")
    return "fault", f"{subject} {fault[subject]} {fault['state']} {more}".rstrip()
