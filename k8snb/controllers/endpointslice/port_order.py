"""The order of the ports in a slice: by a hash of each, so that equal sets of ports look alike.

References
----------
``staging/src/k8s.io/endpointslice/util/controller_utils.go NewPortMapKey, portsInOrder @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable

from k8snb.api.types.service import EndpointPort

_FNV_OFFSET = 144066263297769815596495629667062367629
_FNV_PRIME = 309485009821345068724781371
_MASK = (1 << 128) - 1


def in_order(ports: Iterable[EndpointPort]) -> tuple[EndpointPort, ...]:
    """Ports in the one order in which slices carry them."""
    return tuple(sorted(ports, key=_fnv_1a_128))


def _fnv_1a_128(port: EndpointPort) -> int:
    value = _FNV_OFFSET
    for byte in _dump(port).encode():
        value = (value ^ byte) * _FNV_PRIME & _MASK
    return value


def _dump(port: EndpointPort) -> str:
    """The port as upstream prints a structure that it hashes."""
    fields = (
        ("Name", "string", port.name),
        ("Protocol", "v1.Protocol", port.protocol),
        ("Port", "int32", port.port),
        ("AppProtocol", "string", port.app_protocol),
    )
    return "(v1.EndpointPort){" + " ".join(f"{n}:(*{t}){'<nil>' if v is None else v}" for n, t, v in fields) + "}"
