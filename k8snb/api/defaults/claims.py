"""Defaults of persistent volume claims.

References
----------
``pkg/apis/core/v1/defaults.go SetDefaults_PersistentVolumeClaim @ v1.36``
"""

from __future__ import annotations

from k8snb.api.defaults.quantities import default_resource_list, default_volume_requirements
from k8snb.api.defaults.sharing import revised
from k8snb.api.types.claims import PersistentVolumeClaim, PersistentVolumeClaimSpec


def default_claim_spec(spec: PersistentVolumeClaimSpec) -> PersistentVolumeClaimSpec:
    """A claim's spec: a file system, unless it says otherwise."""
    return revised(
        spec,
        volume_mode="Filesystem" if spec.volume_mode is None else spec.volume_mode,
        resources=default_volume_requirements(spec.resources),
    )


def default_claim(claim: PersistentVolumeClaim) -> PersistentVolumeClaim:
    """A claim, pending until it is bound."""
    status = revised(
        claim.status,
        phase=claim.status.phase or "Pending",
        capacity=default_resource_list(claim.status.capacity),
        allocated_resources=default_resource_list(claim.status.allocated_resources),
    )
    return revised(claim, spec=default_claim_spec(claim.spec), status=status)
