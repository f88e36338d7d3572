"""The text of a pod template, as ``rollout history --revision`` and ``rollout undo --dry-run`` show it.

References
----------
``staging/src/k8s.io/kubectl/pkg/polymorphichelpers/history.go printTemplate @ v1.36``
"""

from __future__ import annotations

from k8snb.api.types.pod import PodTemplateSpec
from k8snb.kubectl.describe.pod_template import describe_pod_template
from k8snb.kubectl.describe.writer import Writer


def pod_template_text(template: PodTemplateSpec | None) -> str:
    """A template, beginning with ``Pod Template:``. Its tabs are not replaced."""
    w = Writer()
    describe_pod_template(w, template)
    return w.raw
