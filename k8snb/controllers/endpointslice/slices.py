"""The slices themselves: a new one, its labels, whose it is.

References
----------
``staging/src/k8s.io/endpointslice/utils.go newEndpointSlice, setEndpointSliceLabels, ownedBy @ v1.36``
"""

from __future__ import annotations

from k8snb.api.pods import controller_reference
from k8snb.api.services import IS_HEADLESS, SERVICE_NAME
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.service import EndpointSlice, Service
from k8snb.controllers.endpointslice.endpoints import HEADLESS, Ports

CONTROLLER_NAME = "endpointslice-controller.k8s.io"
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
_RESERVED = (MANAGED_BY, SERVICE_NAME, IS_HEADLESS)
_MAX_NAME_LENGTH = 253


def new_slice(service: Service, address_type: str, ports: Ports) -> EndpointSlice:
    """An empty slice of a service, not stored yet."""
    meta = service.metadata
    prefix = f"{meta.name}-" if len(meta.name) < _MAX_NAME_LENGTH else meta.name
    return EndpointSlice(
        metadata=ObjectMeta(
            generate_name=prefix,
            namespace=meta.namespace,
            labels=slice_labels(service),
            owner_references=(controller_reference(service),),
        ),
        address_type=address_type,
        ports=ports,
    )


def slice_labels(service: Service) -> dict[str, str]:
    """The labels of a service's slices: its own, and those that say whose slices they are."""
    labels = {key: value for key, value in service.metadata.labels.items() if key not in _RESERVED}
    if service.spec.cluster_ip in ("", HEADLESS):
        labels[IS_HEADLESS] = ""
    labels[SERVICE_NAME] = service.metadata.name
    labels[MANAGED_BY] = CONTROLLER_NAME
    return labels


def is_managed(slice_: EndpointSlice) -> bool:
    """The slice is one of this controller's."""
    return slice_.metadata.labels.get(MANAGED_BY) == CONTROLLER_NAME


def service_key(slice_: EndpointSlice) -> str | None:
    """The key of the service that a slice says it is of."""
    name = slice_.metadata.labels.get(SERVICE_NAME)
    return f"{slice_.metadata.namespace}/{name}" if name else None


def owned_by(slice_: EndpointSlice, service: Service) -> bool:
    """The slice is owned by this very service, not by an earlier one of its name."""
    return any(r.uid == service.metadata.uid and r.kind == "Service" for r in slice_.metadata.owner_references)
