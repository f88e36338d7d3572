"""Rules for pod templates, alone and inside the workloads that use them.

References
----------
``pkg/apis/core/validation/validation.go ValidatePodTemplateSpec`` and
``pkg/apis/apps/validation/validation.go ValidatePodTemplateSpecForReplicaSet @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping

from k8snb.api.field_errors import FieldError, forbidden, invalid, not_supported, required, typed
from k8snb.api.selectors import matches
from k8snb.api.types.meta import LabelSelector
from k8snb.api.types.pod import PodTemplateSpec
from k8snb.api.validation.metadata import validate_annotations, validate_labels
from k8snb.api.validation.pod_annotations import validate_pod_annotations, validate_profiles_match
from k8snb.api.validation.pod_spec import validate_pod_spec

SELECTOR_MISMATCH = "`selector` does not match template `labels`"


def validate_pod_template_spec(template: PodTemplateSpec, path: str) -> list[FieldError]:
    """The faults of a pod template."""
    meta, spec = template.metadata, template.spec
    errors = validate_labels(meta.labels, f"{path}.labels")
    errors += validate_annotations(meta.annotations, f"{path}.annotations")
    errors += validate_pod_annotations(meta.annotations, spec, f"{path}.annotations")
    errors += validate_pod_spec(spec, None, f"{path}.spec")
    errors += validate_profiles_match(meta.annotations, spec, f"{path}.spec")
    if spec.ephemeral_containers:
        detail = "ephemeral containers not allowed in pod template"
        errors.append(forbidden(f"{path}.spec.ephemeralContainers", detail))
    return errors


def validate_pod_template_spec_for_rs(
    template: PodTemplateSpec, selector: LabelSelector | None, replicas: int, path: str
) -> list[FieldError]:
    """The faults of the template of a replica set or of a workload that makes replica sets.

    Parameters
    ----------
    template
        The template.
    selector
        The workload's valid selector, which must match the template's labels; an empty one is not compared.
    replicas
        How many pods are wanted; no rule depends on it any more.
    path
        Where the template stands.
    """
    del replicas
    empty = selector is not None and not selector.match_labels and not selector.match_expressions
    errors = []
    if not empty and not matches(selector, template.metadata.labels):
        errors.append(invalid(f"{path}.metadata.labels", template.metadata.labels, SELECTOR_MISMATCH))
    errors += validate_pod_template_spec(template, path)
    return errors + _validate_long_running(template, "ReplicaSet", path)


def validate_pod_template_spec_for_rc(
    template: PodTemplateSpec | None, selector: Mapping[str, str], path: str
) -> list[FieldError]:
    """The faults of the template of a replication controller, whose selector is a map of labels."""
    if template is None:
        return [required(path)]
    errors = []
    labels = template.metadata.labels
    if any(labels.get(key) != value for key, value in selector.items()):
        errors.append(invalid(f"{path}.metadata.labels", labels, SELECTOR_MISMATCH))
    errors += validate_pod_template_spec(template, path)
    return errors + _validate_long_running(template, "ReplicationController", path)


def _validate_long_running(template: PodTemplateSpec, kind: str, path: str) -> list[FieldError]:
    """Pods of a workload that keeps a number of them running must restart and may not have a deadline."""
    errors = []
    policy = template.spec.restart_policy
    if policy != "Always":
        errors.append(not_supported(f"{path}.spec.restartPolicy", typed(policy), ("Always",)))
    if template.spec.active_deadline_seconds is not None:
        detail = f"activeDeadlineSeconds in {kind} is not Supported"
        errors.append(forbidden(f"{path}.spec.activeDeadlineSeconds", detail))
    return errors
