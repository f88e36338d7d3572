"""Objects as the API server's internal types print in some of its messages: Go's field names, nothing left out.

Upstream validates internal types, which have no JSON names of their own. Where a message shows one of them whole, or
the difference of two, its fields stand under their Go names, empty ones as ``null``, ``""``, ``0`` or ``false``.

References
----------
``pkg/apis/core/types.go``, ``staging/src/k8s.io/apimachinery/pkg/util/diff/diff.go Diff @ v1.36``
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from k8snb.api.encode import to_dict
from k8snb.api.field_errors import escape_html, Shown
from k8snb.api.schema import EMPTY, Field, fields_of, is_absent, Struct
from k8snb.api.types import meta
from k8snb.api.types.pod import PodSecurityContext, PodSpec

_WORDS = {
    "apiGroup": "APIGroup",
    "apiVersion": "APIVersion",
    "awsElasticBlockStore": "AWSElasticBlockStore",
    "cephfs": "CephFS",
    "chapAuthDiscovery": "DiscoveryCHAPAuth",
    "chapAuthSession": "SessionCHAPAuth",
    "csi": "CSI",
    "dnsConfig": "DNSConfig",
    "dnsPolicy": "DNSPolicy",
    "fc": "FC",
    "fsGroup": "FSGroup",
    "fsGroupChangePolicy": "FSGroupChangePolicy",
    "fsType": "FSType",
    "gcePersistentDisk": "GCEPersistentDisk",
    "gmsaCredentialSpec": "GMSACredentialSpec",
    "gmsaCredentialSpecName": "GMSACredentialSpecName",
    "grpc": "GRPC",
    "httpGet": "HTTPGet",
    "httpHeaders": "HTTPHeaders",
    "ip": "IP",
    "iqn": "IQN",
    "iscsi": "ISCSI",
    "iscsiInterface": "ISCSIInterface",
    "nfs": "NFS",
    "os": "OS",
    "pdName": "PDName",
    "rbd": "RBD",
    "seLinuxChangePolicy": "SELinuxChangePolicy",
    "seLinuxOptions": "SELinuxOptions",
    "sslEnabled": "SSLEnabled",
    "storageos": "StorageOS",
    "tcpSocket": "TCPSocket",
    "tty": "TTY",
    "wwids": "WWIDs",
}
_NAMES = {
    ("AzureDiskVolumeSource", "diskURI"): "DataDiskURI",
    ("GlusterfsVolumeSource", "endpoints"): "EndpointsName",
    ("RBDVolumeSource", "monitors"): "CephMonitors",
    ("RBDVolumeSource", "image"): "RBDImage",
    ("RBDVolumeSource", "pool"): "RBDPool",
    ("RBDVolumeSource", "user"): "RadosUser",
}
# Fields that the internal types keep in another place: behind which one.
_MOVED = {
    ("PodSecurityContext", "fs_group_change_policy"): "fs_group",
    ("PodSpec", "set_hostname_as_fqdn"): "subdomain",
    ("PodSpec", "preemption_policy"): "priority",
    ("PodSpec", "overhead"): "runtime_class_name",
    ("Volume", "quobyte"): "rbd",
}
_HOST_FIELDS = ("host_network", "host_pid", "host_ipc", "share_process_namespace", "host_users")
_NOT_INTERNAL = ("service_account", *_HOST_FIELDS)


@cache
def _rows(cls: type[Struct]) -> tuple[tuple[str, Field], ...]:
    """The fields of a structure with their Go names, in the order of the internal type."""
    rows = [f for f in fields_of(cls) if cls is not PodSpec or f.attr not in _NOT_INTERNAL]
    for (structure, attr), behind in _MOVED.items():
        if structure == cls.__name__:
            moved = rows.pop([f.attr for f in rows].index(attr))
            rows.insert([f.attr for f in rows].index(behind) + 1, moved)
    return tuple((_go_name(cls.__name__, f.json), f) for f in rows)


def _go_name(structure: str, name: str) -> str:
    return _NAMES.get((structure, name)) or _WORDS.get(name) or name[0].upper() + name[1:]


def internal_form(value: Any, *, stored: bool = False) -> Any:
    """The JSON value of an internal type.

    Parameters
    ----------
    value
        A structure of the API, or anything in one.
    stored
        Whether it was read from the store, which keeps no empty lists and maps.
    """
    if isinstance(value, Struct):
        return to_dict(value) if type(value).__module__ == meta.__name__ else _internal_struct(value, stored)
    if isinstance(value, tuple):
        absent = not value if stored else is_absent(value)
        return None if absent else [internal_form(v, stored=stored) for v in value]
    if isinstance(value, Mapping):
        absent = not value if stored else value is EMPTY
        return None if absent else {k: internal_form(value[k], stored=stored) for k in sorted(value)}
    return value


def _internal_struct(value: Struct, stored: bool) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name, field in _rows(type(value)):
        item = getattr(value, field.attr)
        if isinstance(item, meta.ObjectMeta):
            body |= to_dict(item)  # embedded, with JSON names of its own
        elif isinstance(value, PodSpec) and isinstance(item, PodSecurityContext):
            body[name] = _host_namespaces(value) | _internal_struct(item, stored)
        else:
            body[name] = internal_form(item, stored=stored)
    return body


def _host_namespaces(spec: PodSpec) -> dict[str, Any]:
    """The internal security context holds what the API has directly in the pod's spec."""
    fields = {f.attr: f for f in fields_of(PodSpec)}
    return {_go_name("PodSecurityContext", fields[attr].json): getattr(spec, attr) for attr in _HOST_FIELDS}


def internal_value(value: Any) -> Shown:
    """A value of an internal type as a message shows it."""
    return Shown(escape_html(json.dumps(internal_form(value), separators=(",", ":"), ensure_ascii=False)))


def internal_diff(old: Struct, new: Struct) -> str:
    """The unified difference of a stored and a new internal value, as messages about changed fields carry it."""
    before, after = _pretty(internal_form(old, stored=True)), _pretty(internal_form(new))
    hunks = list(difflib.unified_diff(before, after, n=3))[2:]  # without the lines that name two files
    return "".join(hunks)


def _pretty(form: Any) -> list[str]:
    text = escape_html(json.dumps(form, indent=1, ensure_ascii=False))
    return [f"{line}\n" for line in text.split("\n")]
