"""Warnings about values of fields: addresses, networks and sizes that are read, but not as their writers may think.

References
----------
``staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go GetWarningsForIP, GetWarningsForCIDR``,
``pkg/api/persistentvolumeclaim/util.go GetWarningsForPersistentVolumeClaimSpec @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from k8snb.api.field_errors import go_quote
from k8snb.api.quantity import canonical, milli_value
from k8snb.api.types.claims import PersistentVolumeClaimSpec
from k8snb.api.validation.formats import go_ip_text, is_valid_ip_legacy, parse_cidr_sloppy, parse_ip_sloppy


def address_warnings(text: str, path: str) -> list[str]:
    """What is wrong with the form of an address.

    Examples
    --------
    >>> address_warnings("1.2.3.04", "spec.ip")
    ['spec.ip: non-standard IP address "1.2.3.04" is invalid: use "1.2.3.4"']
    >>> address_warnings("fd00::0:1", "spec.ip")
    ['spec.ip: IPv6 address "fd00::0:1" should be in RFC 5952 canonical format ("fd00::1")']
    """
    address = parse_ip_sloppy(text)
    if address is None:
        return []
    standard = go_ip_text(address)
    if is_valid_ip_legacy(text):
        return [f'{path}: non-standard IP address {go_quote(text)} is invalid: use "{standard}"']
    if standard != text:
        return [f'{path}: IPv6 address {go_quote(text)} should be in RFC 5952 canonical format ("{standard}")']
    return []


def network_warnings(text: str, path: str) -> list[str]:
    """What is wrong with the form of a network.

    Examples
    --------
    >>> network_warnings("10.0.0.1/8", "spec.net")
    ['spec.net: CIDR value "10.0.0.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)']
    >>> network_warnings("10.0.00.0/08", "spec.net")
    ['spec.net: non-standard CIDR value "10.0.00.0/08" is invalid: use "10.0.0.0/8"']
    """
    network = parse_cidr_sloppy(text)
    if network is None:
        return []
    shown, _, bits = text.partition("/")
    address = parse_ip_sloppy(shown)
    warnings = []
    if address is not None and address != network.network_address:
        single = f"{go_ip_text(address)}/{address.max_prefixlen}"
        warnings.append(
            f'{path}: CIDR value {go_quote(text)} is ambiguous in this context (should be "{network}" or "{single}"?)'
        )
    if is_valid_ip_legacy(shown) or (bits != "0" and bits.startswith("0")):
        warnings.append(f'{path}: non-standard CIDR value {go_quote(text)} is invalid: use "{network}"')
    if not warnings and str(network) != text:
        warnings.append(
            f'{path}: IPv6 CIDR value {go_quote(text)} should be in RFC 5952 canonical format ("{network}")'
        )
    return warnings


def fraction_warnings(quantities: Mapping[str, str], names: Iterable[str], path: str) -> list[str]:
    """Which of the named sizes is no whole number of bytes."""
    return [
        f'{path}[{name}]: fractional byte value "{canonical(quantities[name])}" is invalid, must be an integer'
        for name in names
        if name in quantities and milli_value(quantities[name]) % 1000
    ]


def claim_warnings(spec: PersistentVolumeClaimSpec, path: str) -> list[str]:
    """What is wrong with the sizes that a claim asks for."""
    return [
        *fraction_warnings(spec.resources.requests, ["storage"], f"{path}.resources.requests"),
        *fraction_warnings(spec.resources.limits, ["storage"], f"{path}.resources.limits"),
    ]
