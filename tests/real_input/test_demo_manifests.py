"""Manifests as the public demos have them: a folder of files in versions that no cluster serves any more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from k8snb import Cluster

FILES = {
    "client.yaml": """\
apiVersion: v1
kind: Pod
metadata:
    name: client
    namespace: shop
spec:
    containers:
    - name: client
      image: example/client:1
      command:
      - sh
      - -c
      - while true; do sleep 1; done
""",
    "server.yaml": """\
apiVersion: VERSION
kind: Deployment
metadata:
  namespace: shop
  name: server
spec:
  replicas: 4
  template:
    metadata:
      labels:
        role: server
        version: v1.0.0
    spec:
      containers:
      - name: server
        image: example/server:1.0.0
        ports:
        - containerPort: 80
""",
    "service.yaml": """\
apiVersion: v1
kind: Service
metadata:
  namespace: shop
  name: server
spec:
  ports:
  - port: 80
    protocol: TCP
  selector:
    role: server
""",
}
VERSIONS = ("extensions/v1beta1", "apps/v1beta1")


def demo(folder: Path, version: str) -> Path:
    for name, text in FILES.items():
        (folder / name).write_text(text.replace("VERSION", version), encoding="utf-8")
    return folder


def ready_addresses(cluster: Cluster) -> int:
    """How many addresses the service sends traffic to."""
    path = '{range .items[*].endpoints[*]}{.conditions.ready}{"\\n"}{end}'
    listed = cluster.kubectl(f"get endpointslices -n shop -l kubernetes.io/service-name=server -o jsonpath='{path}'")
    assert listed.exit == 0
    return listed.stdout.splitlines().count("true")


def status_of(cluster: Cluster) -> Any:
    return cluster.get("deployment", "server", "shop").status


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Cluster:
    """The demo, applied file by file as its script does, and running."""
    cluster, version = Cluster(3), str(request.param)
    folder = demo(tmp_path, version)
    cluster.kubectl("create namespace shop")
    for name in ("service.yaml", "server.yaml"):
        assert cluster.kubectl(f"apply -f {folder / name}").exit == 0
    cluster.run_until_settled()
    assert cluster.get("deployment", "server", "shop").spec.selector.match_labels["role"] == "server"
    assert (status_of(cluster).available_replicas, ready_addresses(cluster)) == (4, 4)
    return cluster


@pytest.mark.parametrize("version", VERSIONS)
def test_the_whole_folder_at_once(tmp_path: Path, version: str) -> None:
    cluster = Cluster(3)
    cluster.kubectl("create namespace shop")
    result = cluster.apply(demo(tmp_path, version))
    assert result.stdout.splitlines() == [
        "pod/client created",
        "deployment.apps/server created",
        "service/server created",
    ]
    assert f"{version} Deployment is deprecated in v1.8+, unavailable in v1.16+; converted to apps/v1" in result.stderr
    cluster.run_until_settled()
    assert ready_addresses(cluster) == 4
    again = cluster.kubectl(f"apply -f {tmp_path}")
    assert again.stdout.splitlines() == [
        "pod/client unchanged",
        "deployment.apps/server unchanged",
        "service/server unchanged",
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_cluster_of_today_does_not_serve_it(tmp_path: Path, version: str) -> None:
    cluster = Cluster(1, legacy_versions=False)
    cluster.kubectl("create namespace shop")
    result = cluster.apply(demo(tmp_path, version) / "server.yaml")
    assert f'no matches for kind "Deployment" in version "{version}"\nensure CRDs are installed first' in result.stderr
    assert (result.exit, cluster.kubectl("get deployments -n shop -o name").stdout) == (
        1,
        "",
    )


def test_a_deleted_pod_is_replaced(shop: Cluster) -> None:
    pods = shop.kubectl("get pods -n shop -l role=server -o name").stdout.split()
    assert shop.kubectl(f"delete {pods[0]} -n shop").exit == 0
    shop.run_until_settled()
    left = shop.kubectl("get pods -n shop -l role=server -o name").stdout.split()
    assert (len(left), len(set(left) & set(pods))) == (4, 3)
    assert ready_addresses(shop) == 4


def test_a_broken_image_stops_the_rollout_and_a_good_one_ends_it(shop: Cluster) -> None:
    assert shop.kubectl("set image deployment/server server=example/server:broken -n shop").exit == 0
    least = 4
    for _ in range(120):
        shop.run(1)
        least = min(least, ready_addresses(shop))
    status = status_of(shop)
    assert 0 < status.updated_replicas < 4
    assert least == status.available_replicas >= 3
    assert shop.kubectl("rollout status deployment/server -n shop --timeout=10s").exit == 1
    waiting = shop.kubectl("get pods -n shop -l role=server")
    assert "ImagePullBackOff" in waiting.stdout or "ErrImagePull" in waiting.stdout

    assert shop.kubectl("set image deployment/server server=example/server:1.0.1 -n shop").exit == 0
    done = shop.kubectl("rollout status deployment/server -n shop --timeout=300s")
    assert done.stdout.endswith('deployment "server" successfully rolled out\n')
    shop.run_until_settled()
    images = shop.kubectl("get pods -n shop -l role=server -o jsonpath={.items[*].spec.containers[0].image}").stdout
    assert images.split() == ["example/server:1.0.1"] * 4
    assert ready_addresses(shop) == 4


def test_the_broken_rollout_can_be_undone(shop: Cluster) -> None:
    shop.kubectl("set image deployment/server server=example/server:broken -n shop")
    shop.run(30)
    undone = shop.kubectl("rollout undo deployment/server -n shop")
    assert undone.stdout == "deployment.apps/server rolled back\n"
    shop.run_until_settled()
    assert (status_of(shop).available_replicas, ready_addresses(shop)) == (4, 4)
    history = shop.kubectl("rollout history deployment/server -n shop").stdout
    assert [row.split()[0] for row in history.splitlines()[2:] if row] == ["2", "3"]
