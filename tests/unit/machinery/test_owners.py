"""Who is looked at when an object of another kind changes: its owner, the one before, those that would adopt it."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from k8snb.api.types.apps import ReplicaSet, ReplicaSetSpec
from k8snb.api.types.meta import LabelSelector, ObjectMeta, OwnerReference
from k8snb.api.types.pod import Pod
from k8snb.machinery.informer import Informer
from k8snb.machinery.owners import changes_hands, owner_in, Owners
from k8snb.machinery.store import Store
from k8snb.sim.loop import Loop


class Bench:
    """The ReplicaSets ``web`` and ``db``, each of which selects its name, and ``web`` of another namespace."""

    def __init__(self) -> None:
        store = Store(Loop())
        self.informer: Informer[ReplicaSet] = Informer(store, "ReplicaSet")
        self.heard: list[str] = []
        self.owners = Owners(self.informer, lambda rs: self.heard.append(rs.metadata.uid))
        for namespace, name in (("default", "web"), ("default", "db"), ("other", "web")):
            meta = ObjectMeta(name=name, namespace=namespace, uid=f"{namespace}-{name}")
            spec = ReplicaSetSpec(selector=LabelSelector(match_labels={"app": name}))
            store.put("ReplicaSet", f"{namespace}/{name}", ReplicaSet(metadata=meta, spec=spec))
        store.loop.run_until(5)

    def change(self, old: Pod | None, new: Pod) -> tuple[str, list[str]]:
        """The owner, and who else was told."""
        self.heard.clear()
        owner = self.owners.enqueue_others(old, new)
        return "" if owner is None else owner.metadata.uid, list(self.heard)


def pod(owner: str = "", app: str = "", *, kind: str = "ReplicaSet", uid: str = "") -> Pod:
    reference = OwnerReference(kind=kind, name=owner, uid=uid or f"default-{owner}", controller=True)
    labels: Mapping[str, str] = {"app": app} if app else {}
    references = (reference,) if owner else ()
    return Pod(metadata=ObjectMeta(name="p", namespace="default", labels=labels, owner_references=references))


@pytest.mark.parametrize(
    ("of", "owner"),
    [
        (pod("web"), "default-web"),
        (pod(), ""),
        (pod("gone"), ""),
        (pod("web", kind="Job"), ""),
        (pod("web", uid="of one before"), ""),
        (replace(pod("web"), metadata=replace(pod("web").metadata, namespace="other")), ""),
    ],
)
def test_an_owner_is_found_by_its_kind_its_namespace_its_name_and_its_uid(of: Pod, owner: str) -> None:
    bench = Bench()
    found = owner_in(bench.informer, of)
    assert (found.metadata.uid if found is not None else "") == owner
    bench.owners.enqueue_of(of)
    assert bench.heard == ([owner] if owner else [])


@pytest.mark.parametrize(
    ("old", "new", "owner", "others"),
    [
        (None, pod("web", "web"), "default-web", []),
        (None, pod(app="web"), "", ["default-web"]),  # not the one of the other namespace
        (None, pod(app="cache"), "", []),
        (pod(app="db"), pod(app="web"), "", ["default-web"]),
        (pod(app="web"), pod(app="web"), "", []),  # nobody took it when it could
        (pod("db", "web"), pod(app="web"), "", ["default-db", "default-web"]),
        (pod(app="web"), pod("web", "web"), "default-web", []),
        (pod("db", "web"), pod("web", "web"), "default-web", ["default-db"]),
        (pod("web", "db"), pod("web", "web"), "default-web", []),
        (pod("web", uid="of one before"), pod("web"), "default-web", []),
    ],
)
def test_who_has_to_look(old: Pod | None, new: Pod, owner: str, others: list[str]) -> None:
    assert Bench().change(old, new) == (owner, others)


def test_what_an_owner_selects_may_stand_elsewhere() -> None:
    bench = Bench()
    bench.owners = Owners(bench.informer, lambda rs: bench.heard.append(rs.metadata.uid), lambda _: LabelSelector())
    assert bench.change(None, pod(app="cache")) == ("", ["default-web", "default-db"])


def test_equal_references_are_the_same_hands() -> None:
    assert not changes_hands(None, pod("web"))
    assert not changes_hands(pod("web", "a"), pod("web", "b"))
    assert changes_hands(pod("web"), pod("db"))
    assert changes_hands(pod("web"), pod())
    assert changes_hands(pod(), pod("web"))
