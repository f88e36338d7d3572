"""The labels of a namespace by which its pods are judged; the judgement itself is not simulated.

References
----------
``staging/src/k8s.io/pod-security-admission/admission/admission.go ValidateNamespace`` and
``api/helpers.go PolicyToEvaluate @ v1.36``
"""

from __future__ import annotations

import re

from k8snb.api.field_errors import FieldError, invalid
from k8snb.api.resources import BY_CLASS
from k8snb.api.types.config import Namespace
from k8snb.machinery.requests import refuse_invalid

_PREFIX = "pod-security.kubernetes.io/"
_LEVELS = ("privileged", "baseline", "restricted")
_VERSION = re.compile(r"latest|v1\.(?:0|[1-9][0-9]*)")


def check_policy(new: Namespace, old: Namespace | None = None) -> None:
    """Refuse labels that name no level or version, unless they are as wrong as before; raises Invalid."""
    faults = _faults(new)
    before = [] if old is None else _faults(old)
    if [str(fault) for fault in faults] != [str(fault) for fault in before]:
        refuse_invalid(BY_CLASS[Namespace], new.metadata.name, faults)


def _faults(namespace: Namespace) -> list[FieldError]:
    faults = []
    for mode in ("enforce", "audit", "warn"):
        label = f"{_PREFIX}{mode}"
        level = namespace.metadata.labels.get(label)
        if level is not None and level not in _LEVELS:
            faults.append(invalid(f"metadata.labels[{label}]", level, f"must be one of {', '.join(_LEVELS)}"))
        version = namespace.metadata.labels.get(f"{label}-version")
        if version is not None and not _VERSION.fullmatch(version):
            faults.append(invalid(f"metadata.labels[{label}-version]", version, 'must be "latest" or "v1.x"'))
    return faults
