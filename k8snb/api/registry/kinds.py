"""Which strategy each kind has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8snb.api.registry.strategy import SpecStrategy, Strategy
from k8snb.api.schema import KubernetesObject
from k8snb.api.types import apps

STRATEGIES: Mapping[type[KubernetesObject], Strategy[Any]] = {
    apps.Deployment: SpecStrategy(),
    apps.ReplicaSet: SpecStrategy(),
}
