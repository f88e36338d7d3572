"""The pods that each budget guards, kept up to date one pod at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8snb.api.types.pod import Pod
from k8snb.api.types.policy import PodDisruptionBudget
from k8snb.machinery.budgets import guards
from k8snb.machinery.controller import key_of

_REMEMBERED = 4096


class GuardedPods:
    """The pods of every budget, by the budget's key; pods of one template are matched once, for they share labels."""

    def __init__(self) -> None:
        self._budgets: dict[str, PodDisruptionBudget] = {}
        self._pods: dict[str, dict[str, Pod]] = {}
        self._known: dict[tuple[int, str], tuple[Mapping[str, str], Sequence[str]]] = {}

    def of(self, key: str) -> list[Pod]:
        """The pods of a budget."""
        return list(self._pods.get(key, {}).values())

    def on_budget(self, key: str, budget: PodDisruptionBudget | None, pods: Mapping[str, Pod]) -> None:
        """Hear of a budget's next version, None when it is gone; `pods` are all that there are."""
        before = self._budgets.get(key)
        if budget is None:
            self._budgets.pop(key, None)
            self._pods.pop(key, None)
        else:
            self._budgets[key] = budget
            if before is not None and before.spec.selector == budget.spec.selector:
                return
            self._pods[key] = {name: pod for name, pod in pods.items() if guards(budget, pod)}
        self._known.clear()

    def on_pod(self, old: Pod | None, new: Pod | None) -> Sequence[str]:
        """Hear of a pod's next version, and name the budgets of the pod."""
        before: Sequence[str] = () if old is None else self._budgets_of(old)
        if old is not None and new is not None and old.metadata.labels is new.metadata.labels:
            after = before
        else:
            after = () if new is None else self._budgets_of(new)
        if old is not None and before is not after:
            for key in before:
                self._pods[key].pop(key_of(old), None)
        if new is not None:
            for key in after:
                self._pods[key][key_of(new)] = new
        return before if new is None else after

    def _budgets_of(self, pod: Pod) -> Sequence[str]:
        meta = pod.metadata
        place = id(meta.labels), meta.namespace
        known = self._known.get(place)
        if known is None or known[0] is not meta.labels:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = [key for key, budget in self._budgets.items() if guards(budget, pod)]
            known = self._known[place] = meta.labels, found
        return known[1]
