"""Containers that must not be root, and are told to be."""

from __future__ import annotations

from typing import Any

import pytest
from one_pod import container, pod

from k8snb.api.types.pod import Pod
from k8snb.cluster import Cluster


def waiting(cluster: Cluster) -> tuple[str, str]:
    found = cluster.get("pod", "p")
    assert isinstance(found, Pod)
    state = found.status.container_statuses[0].state.waiting
    return ("", "") if state is None else (state.reason, state.message)


@pytest.mark.parametrize(
    ("of_pod", "own", "runs"),
    [
        ({"runAsNonRoot": True}, {"runAsUser": 0}, False),
        ({"runAsUser": 0}, {"runAsNonRoot": True}, False),
        ({"runAsUser": 0}, {"runAsNonRoot": True, "runAsUser": 5}, True),
        ({"runAsNonRoot": True}, {"runAsNonRoot": False, "runAsUser": 0}, True),
        ({"runAsNonRoot": True}, {}, True),  # what the image asks for is not known
        ({}, {"runAsUser": 0}, True),
    ],
)
def test_root_is_refused_where_it_must_not_be(of_pod: dict[str, Any], own: dict[str, Any], runs: bool) -> None:
    cluster = pod(container(securityContext=own), securityContext=of_pod)
    cluster.run(5)
    reason, message = waiting(cluster)
    assert reason == ("" if runs else "CreateContainerConfigError")
    if not runs:
        uid = cluster.get("pod", "p").metadata.uid
        assert message == f'container\'s runAsUser breaks non-root policy (pod: "p_default({uid})", container: c)'
