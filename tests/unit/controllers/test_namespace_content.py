"""What every namespace gets by itself: an account, and a ConfigMap with the cluster's certificates."""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.types.config import ConfigMap, Namespace, ServiceAccount
from k8snb.api.types.meta import ObjectMeta
from k8snb.controllers.namespace import NamespaceController
from k8snb.controllers.rootcacertpublisher import RootCACertPublisher
from k8snb.controllers.serviceaccount import ServiceAccountsController


def names(cluster, cls) -> list[str]:
    return [f"{obj.metadata.namespace}/{obj.metadata.name}" for obj in cluster.all(cls)]


def test_every_namespace_gets_its_account_and_its_certificates(world):
    cluster = world(ServiceAccountsController, RootCACertPublisher)
    cluster.namespace("one")
    cluster.namespace("two")
    cluster.run()
    assert names(cluster, ServiceAccount) == ["one/default", "two/default"]
    assert names(cluster, ConfigMap) == ["one/kube-root-ca.crt", "two/kube-root-ca.crt"]


def test_what_is_deleted_or_changed_comes_back(world):
    cluster = world(ServiceAccountsController, RootCACertPublisher)
    cluster.namespace("one")
    cluster.run()
    (account,), (config,) = cluster.all(ServiceAccount), cluster.all(ConfigMap)
    cluster.server.delete_object(account)
    mine = ObjectMeta(name="mine", namespace="one")
    cluster.server.create_object(ConfigMap(metadata=mine, data={"a": "b"}))
    cluster.server.update_object(replace(config, data={"ca.crt": "other"}))
    cluster.run()
    assert names(cluster, ServiceAccount) == ["one/default"]
    assert [c.data for c in cluster.all(ConfigMap)] == [{"ca.crt": ""}, {"a": "b"}]
    cluster.server.delete_object(cluster.all(ConfigMap)[0])
    cluster.run()
    assert names(cluster, ConfigMap) == ["one/kube-root-ca.crt", "one/mine"]


def test_a_namespace_that_is_deleted_gets_nothing_any_more(world):
    cluster = world(NamespaceController, ServiceAccountsController, RootCACertPublisher)
    cluster.namespace("one")
    other = cluster.namespace("other")
    cluster.run()
    assert len(names(cluster, ConfigMap)) == 2
    cluster.server.delete_object(other)
    cluster.run(30)
    assert [n.metadata.name for n in cluster.all(Namespace)] == ["default", "one"]
    assert names(cluster, ConfigMap) == ["one/kube-root-ca.crt"]
    assert names(cluster, ServiceAccount) == ["one/default"]
