"""The service ``kubernetes``: there again within ten seconds, at its own address."""

from __future__ import annotations

from k8snb.api.types.service import Service
from k8snb.cluster import Cluster
from k8snb.controllers.kubernetesservice import KubernetesServiceController, manifest


def test_it_comes_back_at_the_next_look(world):
    cluster = world(KubernetesServiceController)
    cluster.run(13)
    cluster.create(manifest())
    cluster.delete(cluster.server.find(Service, "default", "kubernetes"))
    cluster.run(6.9)
    assert cluster.all(Service) == []
    cluster.run(0.2)
    [service] = cluster.all(Service)
    assert service.spec.cluster_ip == "10.96.0.1"
    assert service.metadata.labels == {"component": "apiserver", "provider": "kubernetes"}


def test_one_that_somebody_made_meanwhile_stays(world):
    cluster = world(KubernetesServiceController)
    cluster.create(manifest())
    cluster.delete(cluster.server.find(Service, "default", "kubernetes"))
    cluster.run(2)
    own = {"kind": "Service", "metadata": {"name": "kubernetes"}, "spec": {"ports": [{"port": 1}]}}
    made = cluster.create(own)
    cluster.run(20)
    assert cluster.all(Service) == [made]


def test_other_services_stay_away(world):
    cluster = world(KubernetesServiceController)
    cluster.delete(cluster.create({"kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 1}]}}))
    cluster.run(20)
    assert cluster.all(Service) == []


def test_deleting_all_leaves_it_after_a_while():
    cluster = Cluster(nodes=1, seed=0)
    cluster.kubectl("delete all --all")
    assert "No resources found" in cluster.kubectl("get svc").stderr
    cluster.run(seconds=11)
    assert "10.96.0.1" in cluster.kubectl("get svc").stdout
