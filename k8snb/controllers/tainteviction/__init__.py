"""The taint eviction controller: pods leave nodes whose ``NoExecute`` taints they do not tolerate, or not for ever."""

from k8snb.controllers.tainteviction.controller import TaintEvictionController

__all__ = ["TaintEvictionController"]
