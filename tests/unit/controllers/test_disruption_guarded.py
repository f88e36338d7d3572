"""The pods that budgets guard, kept up to date, are those that a look at all pods would find."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from k8snb.api.selectors import matches
from k8snb.api.types.meta import LabelSelector, ObjectMeta
from k8snb.api.types.pod import Pod
from k8snb.api.types.policy import PodDisruptionBudget, PodDisruptionBudgetSpec
from k8snb.controllers.disruption.guarded import GuardedPods

NAMES, APPS, NAMESPACES = st.sampled_from("abcd"), st.sampled_from(["web", "db"]), st.sampled_from(["one", "two"])
LABELS = {app: {"app": app} for app in ("web", "db")}
PODS = st.tuples(st.just("pod"), NAMESPACES, NAMES, st.none() | APPS)
BUDGETS = st.tuples(st.just("budget"), NAMESPACES, NAMES, st.none() | APPS)


def pod_of(namespace: str, name: str, app: str) -> Pod:
    return Pod(metadata=ObjectMeta(namespace=namespace, name=name, labels=LABELS[app]))


def budget_of(namespace: str, name: str, app: str) -> PodDisruptionBudget:
    spec = PodDisruptionBudgetSpec(selector=LabelSelector(match_labels=LABELS[app]))
    return PodDisruptionBudget(metadata=ObjectMeta(namespace=namespace, name=name), spec=spec)


@given(st.lists(st.one_of(PODS, BUDGETS), max_size=40))
def test_they_are_what_a_look_at_all_pods_would_find(changes: list[tuple[str, str, str, str | None]]) -> None:
    guarded, pods, budgets = GuardedPods(), dict[str, Pod](), dict[str, PodDisruptionBudget]()
    for what, namespace, name, app in changes:
        key = f"{namespace}/{name}"
        if what == "budget":
            budget = budget_of(namespace, name, app) if app else None
            guarded.on_budget(key, budget, pods)
            budgets.pop(key, None)
            if budget is not None:
                budgets[key] = budget
        else:
            old, new = pods.pop(key, None), pod_of(namespace, name, app) if app else None
            if new is not None:
                pods[key] = new
            told = guarded.on_pod(old, new) if old or new else ()
            last = new or old
            assert sorted(told) == sorted(k for k, b in budgets.items() if last and guards(b, last))
        for budget_key, each in budgets.items():
            found = [pod for pod in pods.values() if guards(each, pod)]
            assert sorted(guarded.of(budget_key), key=where) == sorted(found, key=where)


def guards(budget: PodDisruptionBudget, pod: Pod) -> bool:
    same = budget.metadata.namespace == pod.metadata.namespace
    return same and matches(budget.spec.selector, pod.metadata.labels)


def where(pod: Pod) -> tuple[str, str]:
    return pod.metadata.namespace, pod.metadata.name


def test_labels_that_change_in_place_of_others_are_seen() -> None:
    guarded, pod = GuardedPods(), pod_of("one", "a", "web")
    guarded.on_budget("one/b", budget_of("one", "b", "web"), {"one/a": pod})
    other = replace(pod, metadata=replace(pod.metadata, labels={"app": "db"}))
    assert guarded.on_pod(pod, other) == [] and guarded.of("one/b") == []
    assert guarded.on_pod(other, pod) == ["one/b"] and guarded.of("one/b") == [pod]


def test_of_a_pods_budgets_the_oldest_stays_the_first() -> None:
    guarded, pods = GuardedPods(), {"one/a": pod_of("one", "a", "web")}
    for name in "bc":
        guarded.on_budget(f"one/{name}", budget_of("one", name, "web"), pods)
    guarded.on_budget("one/b", budget_of("one", "b", "web"), pods)
    other = replace(pods["one/a"], metadata=replace(pods["one/a"].metadata, labels={"app": "web"}))
    assert guarded.on_pod(pods["one/a"], other) == ["one/b", "one/c"]
