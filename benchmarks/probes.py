"""Pods with three probes each: how many simulated seconds pass in one of the processor's."""

from __future__ import annotations

import json
import time

SECONDS = 600


def probes(pods: int) -> dict[str, float]:
    """So many pods with three probes each, all well; then with readiness that fails for ever, look after look."""
    return {what: speed(pods, command) for what, command in (("well", "true"), ("failing", "false"))}


def speed(pods: int, readiness: str) -> float:
    """Simulated seconds in a second of the processor, once all pods have started."""
    from k8snb import Cluster

    cluster = Cluster([{"name": "node", "count": 20, "cpu": "64"}])
    container = {
        "name": "c",
        "image": "app:1",
        "startupProbe": {"exec": {"command": ["ok-after", "4"]}, "periodSeconds": 2},
        "readinessProbe": {"exec": {"command": [readiness]}, "periodSeconds": 5},
        "livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 10},
    }
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    spec = {"replicas": pods, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}
    cluster.apply(json.dumps(body) + "\n")
    cluster.run(30)
    started = time.process_time()
    cluster.run(SECONDS)
    return SECONDS / (time.process_time() - started)
