"""What a plugin says of a node that a pod cannot go to.

References
----------
``staging/src/k8s.io/kube-scheduler/framework/interface.go Code, Status @ v1.36``
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Code(IntEnum):
    """Whether other pods' leaving the node could help."""

    UNSCHEDULABLE = 2
    UNSCHEDULABLE_AND_UNRESOLVABLE = 3


class Status(NamedTuple):
    """A plugin's refusal: how final it is, in which words, and whose it is."""

    code: Code
    reasons: tuple[str, ...]
    plugin: str = ""

    @property
    def message(self) -> str:
        """All reasons in one line."""
        return ", ".join(self.reasons)


def unschedulable(plugin: str, *reasons: str) -> Status:
    """A refusal that may end when pods leave the node."""
    return Status(Code.UNSCHEDULABLE, reasons, plugin)


def unresolvable(plugin: str, *reasons: str) -> Status:
    """A refusal that no other pod's leaving can end."""
    return Status(Code.UNSCHEDULABLE_AND_UNRESOLVABLE, reasons, plugin)
