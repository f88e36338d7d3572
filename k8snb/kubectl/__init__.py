"""kubectl: command lines to calls on the API server, and its answers to text.

The commands and printers are imported with the first command that is run.
"""

from __future__ import annotations

from typing import Any, TYPE_CHECKING

from k8snb.kubectl.client import Client
from k8snb.kubectl.command import Command, Result, Wait

if TYPE_CHECKING:
    from k8snb.kubectl.runner import execute_at_once, run, run_words

__all__ = ["Client", "Command", "Result", "Wait", "execute_at_once", "run", "run_words"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from k8snb.kubectl import runner

    return getattr(runner, name)
