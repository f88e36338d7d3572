"""``--dry-run`` and ``--validate``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go GetDryRunStrategy, GetValidationDirective @ v1.36``
"""

from __future__ import annotations

from enum import Enum

from k8snb.api.field_errors import go_quote
from k8snb.kubectl.command import Session
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.go_values import parse_bool


class DryRun(Enum):
    """Who only pretends: nobody, kubectl, or the API server. The value is what messages end with."""

    NONE = ""
    CLIENT = " (dry run)"
    SERVER = " (server dry run)"


_STRATEGIES = {"none": DryRun.NONE, "client": DryRun.CLIENT, "server": DryRun.SERVER}


def dry_run_of(session: Session) -> DryRun:
    """What the line asks for; raises `KubectlError` when it is none of the strategies."""
    value = session.flags["dry-run"]
    if value in _STRATEGIES:
        return _STRATEGIES[value]
    if value == "unchanged":
        session.warn("--dry-run is deprecated and can be replaced with --dry-run=client.")
        return DryRun.CLIENT
    try:
        pretend = parse_bool(value)
    except ValueError:
        raise KubectlError(f'Invalid dry-run value ({value}). Must be "none", "server", or "client".') from None
    strategy = "client" if pretend else "none"
    session.warn(f"--dry-run={value} is deprecated (boolean value) and can be replaced with --dry-run={strategy}.")
    return _STRATEGIES[strategy]


def check_validate(session: Session) -> None:
    """Refuse a value of ``--validate`` that kubectl does not know."""
    value = session.flags["validate"]
    if value in ("strict", "warn", "ignore"):
        return
    try:
        parse_bool(value)
    except ValueError:
        raise KubectlError(
            f"invalid - validate option {go_quote(value)}; must be one of: strict (or true), warn, ignore (or false)"
        ) from None
