"""Defaults of resource lists: nothing finer than a thousandth is kept.

References
----------
``pkg/apis/core/v1/defaults.go SetDefaults_ResourceList @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from k8snb.api.defaults.sharing import revised
from k8snb.api.quantity import rounded_up
from k8snb.api.types.claims import VolumeResourceRequirements
from k8snb.api.types.containers import ResourceRequirements


@lru_cache(65536)
def _rounded(quantity: str) -> str:
    return rounded_up(quantity, -3)


def default_resource_list(resources: Mapping[str, str]) -> Mapping[str, str]:
    """Quantities rounded up to thousandths."""
    if all(_rounded(q) is q for q in resources.values()):
        return resources
    return {name: _rounded(quantity) for name, quantity in resources.items()}


def default_requirements(resources: ResourceRequirements) -> ResourceRequirements:
    """A container's or pod's requests and limits, rounded."""
    return revised(
        resources,
        limits=default_resource_list(resources.limits),
        requests=default_resource_list(resources.requests),
    )


def default_volume_requirements(resources: VolumeResourceRequirements) -> VolumeResourceRequirements:
    """A claim's requests and limits, rounded."""
    return revised(
        resources,
        limits=default_resource_list(resources.limits),
        requests=default_resource_list(resources.requests),
    )
