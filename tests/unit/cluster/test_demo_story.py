"""The story of the talk's first demo, with manifests of its shape: old versions, an update that fails."""

import pytest

from k8snb import Cluster

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {namespace: demo, name: shop}
spec:
  ports: [{port: 80, protocol: TCP}]
  selector: {demo: rollout}
"""
DEPLOYMENT = """\
apiVersion: %s
kind: Deployment
metadata:
  namespace: demo
  name: shop
spec:
  replicas: 3
  selector: {matchLabels: {demo: rollout}}
  template:
    metadata:
      labels: {demo: rollout, version: v1.7.9}
    spec:
      containers: [{name: nginx, image: 'nginx:1.7.9'}]
"""


def ready_addresses(cluster: Cluster) -> int:
    services = cluster.services
    return int(services[services["name"] == "shop"]["ready"].iloc[0])


# The oldest version let one pod of any number be missing and one be surplus; the later ones a quarter of them.
@pytest.mark.parametrize(
    ("version", "available", "updated"),
    [("extensions/v1beta1", 2, 2), ("apps/v1beta1", 3, 1), ("apps/v1beta2", 3, 1)],
)
def test_a_failed_update_stops_and_the_service_still_answers(version: str, available: int, updated: int) -> None:
    cluster = Cluster(3, seed=3)
    assert cluster.kubectl("create namespace demo").exit == 0
    assert str(cluster.apply(SERVICE)) == "service/shop created"
    applied = cluster.apply(DEPLOYMENT % version)
    assert applied.stdout == "deployment.apps/shop created\n"
    assert f"{version} Deployment is deprecated" in applied.stderr
    assert "converted to apps/v1 Deployment" in applied.stderr
    cluster.run_until_settled()
    assert ready_addresses(cluster) == 3

    victim = cluster.pods["name"].iloc[0]
    cluster.kubectl(f"delete pod {victim} -n demo --wait=false")
    cluster.run_until_settled()
    assert victim not in set(cluster.pods["name"])
    assert ready_addresses(cluster) == 3

    cluster.kubectl("set image deployment/shop nginx=nginx:broken -n demo")
    cluster.run(60)
    status = cluster.get("deployment", "shop", "demo").status
    assert (status.available_replicas, status.updated_replicas) == (available, updated)
    assert ready_addresses(cluster) == available
    assert "ImagePull" in str(cluster.why("demo:deployment/shop"))

    cluster.kubectl("set image deployment/shop nginx=nginx:1.9.1 -n demo")
    cluster.run_until_settled()
    assert cluster.kubectl("rollout status deployment/shop -n demo").stdout.endswith("successfully rolled out\n")
    assert ready_addresses(cluster) == 3


def test_a_manifest_for_a_namespace_that_is_not_there_changes_nothing() -> None:
    cluster = Cluster(1)
    result = cluster.apply(SERVICE)
    assert (result.exit, cluster.kubectl("get services -A -o name").stdout) == (1, "service/kubernetes\n")
    assert 'namespaces "demo" not found' in result.stderr
