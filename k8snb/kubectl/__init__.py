"""kubectl: command lines to calls on the API server, and its answers to text."""

from __future__ import annotations

from k8snb.kubectl.command import Client, Command, Result, Wait
from k8snb.kubectl.runner import execute_at_once, run, run_words

__all__ = ["Client", "Command", "Result", "Wait", "execute_at_once", "run", "run_words"]
