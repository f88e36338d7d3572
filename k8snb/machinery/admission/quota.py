"""ResourceQuota: nothing is made that would use more of a namespace's resources than a quota allows.

What is used is kept up to date with every write, so that a check costs the same however many objects there are. The
quotas' statuses follow at the end of the millisecond, as the quota controller writes them.

References
----------
``staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go CheckRequest``,
``pkg/controller/resourcequota/resource_quota_controller.go syncResourceQuota @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from msgspec.structs import replace

from k8snb.api.pod_resources import Amounts
from k8snb.api.pods import is_terminal
from k8snb.api.quantity import add, number_of, subtract
from k8snb.api.quota_usage import in_scope, is_long_running, missing_amounts, quota_kinds, quota_resources, usage_of
from k8snb.api.resources import BY_CLASS
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.types.quota import ResourceQuota, ResourceQuotaStatus
from k8snb.machinery.admission.lifecycle import forbidden
from k8snb.machinery.log import Change
from k8snb.machinery.store import Store
from k8snb.sim.loop import CONTROL

T = TypeVar("T", bound=KubernetesObject)
ACTOR = "resourcequota-controller"
_REMEMBERED = 10_000


class StatusWriter(Protocol):
    """What the ledger needs of the API server."""

    store: Store

    def update_status(self, obj: T) -> T:
        """Store an object's status."""


class Account:
    """A quota and what is used of it."""

    def __init__(self, quota: ResourceQuota) -> None:
        self.quota = quota
        self.used: Amounts = {}
        self._of_specs: dict[int, tuple[PodSpec, Amounts]] = {}  # live pods of one spec use the same

    def names_for(self, obj: KubernetesObject) -> list[str]:
        """The quota's resources that an object uses; none where its scopes do not select the object."""
        names = quota_resources(BY_CLASS[type(obj)], self.quota.spec.hard)
        return names if names and in_scope(obj, self.quota.spec) else []

    def usage(self, obj: KubernetesObject) -> Amounts:
        """What an object uses of this quota."""
        if not isinstance(obj, Pod) or is_terminal(obj):
            return self._usage(obj)
        known = self._of_specs.get(id(obj.spec))
        if known is None or known[0] is not obj.spec:
            if len(self._of_specs) > _REMEMBERED:
                self._of_specs.clear()
            known = self._of_specs[id(obj.spec)] = (obj.spec, self._usage(obj))
        return known[1]

    def _usage(self, obj: KubernetesObject) -> Amounts:
        names = self.names_for(obj)
        if not names:
            return {}
        usage = usage_of(obj)
        return {name: usage[name] for name in names if name in usage}

    def book(self, usage: Mapping[str, str], *, out: bool = False) -> None:
        """Count what an object uses, or used."""
        for name, amount in usage.items():
            now = self.used.get(name, "0")
            self.used[name] = subtract(now, amount) if out else add(now, amount)


class QuotaLedger:
    """The resource quotas of all namespaces, and what is used of them."""

    def __init__(self, server: StatusWriter) -> None:
        self._server = server
        self._accounts: dict[str, dict[str, Account]] = {}
        self._watched: set[str] = set()
        self._dirty: dict[str, int] = {}
        server.store.watch("ResourceQuota", self._on_quota)

    # -- admission

    def check_create(self, obj: KubernetesObject) -> None:
        """Refuse an object that some quota has no room for; raises Forbidden."""
        if not self._accounts:
            return
        for account in self._of(obj.metadata.namespace):
            _check_specified(account, obj)
        for account in self._of(obj.metadata.namespace):
            _check_room(account, obj, account.usage(obj))

    def check_update(self, new: KubernetesObject, old: KubernetesObject) -> None:
        """Refuse a change that needs more than some quota has room for; raises Forbidden."""
        if isinstance(new, Pod) and isinstance(old, Pod) and is_long_running(new) == is_long_running(old):
            return
        for account in self._of(new.metadata.namespace):
            before, after = account.usage(old), account.usage(new)
            more = {n: subtract(v, before[n]) if n in before else v for n, v in after.items()}
            _check_room(account, new, {n: v for n, v in more.items() if number_of(v) > 0})

    def _of(self, namespace: str) -> Iterator[Account]:
        accounts = self._accounts.get(namespace)
        if accounts:
            yield from (accounts[name] for name in sorted(accounts))

    # -- accounting

    def _on_quota(self, change: Change) -> None:
        namespace, _, name = change.key.partition("/")
        accounts = self._accounts.setdefault(namespace, {})
        quota, known = change.new, accounts.get(name)
        if quota is None:
            accounts.pop(name, None)
            return
        assert isinstance(quota, ResourceQuota)
        if known is not None and known.quota.spec == quota.spec:
            known.quota = quota
            return
        accounts[name] = self._opened(quota)
        self._mark(change.key, change.seq)

    def _opened(self, quota: ResourceQuota) -> Account:
        """An account with everything that is there already."""
        account, tables = Account(quota), self._server.store.tables
        prefix = f"{quota.metadata.namespace}/"
        for resource in quota_kinds(quota.spec.hard):
            account.used.update(dict.fromkeys(quota_resources(resource, quota.spec.hard), "0"))
            for key in sorted(k for k in tables[resource.kind] if k.startswith(prefix)):
                account.book(account.usage(tables[resource.kind][key]))
            if resource.kind not in self._watched:
                self._watched.add(resource.kind)
                self._server.store.watch(resource.kind, self._on_change)
        return account

    def _on_change(self, change: Change) -> None:
        old, new = change.old, change.new
        if isinstance(old, Pod) and isinstance(new, Pod) and _uses_the_same(old, new):
            return
        namespace = change.key.partition("/")[0]
        for name, account in self._accounts.get(namespace, {}).items():
            before = account.usage(old) if old is not None else {}
            after = account.usage(new) if new is not None else {}
            if before != after:
                account.book(before, out=True)
                account.book(after)
                self._mark(f"{namespace}/{name}", change.seq)

    def _mark(self, key: str, cause: int) -> None:
        if not self._dirty:
            self._server.store.loop.call_after(0, self._write_statuses, priority=CONTROL)
        self._dirty.setdefault(key, cause)

    def _write_statuses(self) -> None:
        dirty, self._dirty = self._dirty, {}
        store = self._server.store
        for key, cause in dirty.items():
            namespace, _, name = key.partition("/")
            account = self._accounts.get(namespace, {}).get(name)
            if account is None:
                continue
            status = ResourceQuotaStatus(hard=account.quota.spec.hard, used=dict(account.used))
            if status != account.quota.status:
                with store.on_behalf_of(ACTOR, cause):
                    self._server.update_status(replace(account.quota, status=status))


def _check_specified(account: Account, obj: KubernetesObject) -> None:
    """A quota that counts CPU or memory takes only pods that say how much they need."""
    if isinstance(obj, Pod) and (missing := missing_amounts(obj.spec, account.names_for(obj))):
        raise forbidden(obj, f"failed quota: {account.quota.metadata.name}: must specify {missing}")


def _check_room(account: Account, obj: KubernetesObject, usage: Mapping[str, str]) -> None:
    quota, hard = account.quota, account.quota.spec.hard
    exceeded = {}
    for name, amount in usage.items():
        left = number_of(hard[name]) - number_of(account.used.get(name, "0"))
        if number_of(amount) > 0 and number_of(amount) > left:
            exceeded[name] = amount
    if exceeded:
        raise forbidden(
            obj,
            f"exceeded quota: {quota.metadata.name}, requested: {_shown(exceeded, exceeded)}, "
            f"used: {_shown(account.used, exceeded)}, limited: {_shown(hard, exceeded)}",
        )


def _uses_the_same(old: Pod, new: Pod) -> bool:
    """Whether nothing changed that quotas count."""
    return old.spec is new.spec and is_terminal(old) == is_terminal(new)


def _shown(amounts: Mapping[str, str], names: Iterable[str]) -> str:
    return ",".join(f"{name}={amounts[name]}" for name in sorted(names) if name in amounts)
