"""``--record``: an object says which command changed it last.

References
----------
``staging/src/k8s.io/cli-runtime/pkg/genericclioptions/record_flags.go ChangeCauseRecorder @ v1.36``
"""

from __future__ import annotations

from typing import Any

from k8snb.kubectl.command import Session

CHANGE_CAUSE = "kubernetes.io/change-cause"


def recorded(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """An object that names the running command as its change cause, where ``--record`` was given."""
    if not session.flags.values.get("record"):
        return body
    metadata = dict(body.get("metadata") or {})
    annotations = {**(metadata.get("annotations") or {}), CHANGE_CAUSE: session.change_cause}
    return {**body, "metadata": {**metadata, "annotations": annotations}}
