"""Rules for volumes that put objects' keys, the pod's own fields, tokens and certificates into files.

References
----------
``pkg/apis/core/validation/validation.go validateProjectionSources, validateDownwardAPIVolumeFile`` and
``pkg/apis/core/validation/names.go @ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import FieldError, forbidden, go_quote, invalid, not_supported, required, too_long
from k8snb.api.schema import EMPTY
from k8snb.api.types.volumes import (
    ClusterTrustBundleProjection,
    ConfigMapProjection,
    ConfigMapVolumeSource,
    DownwardAPIProjection,
    DownwardAPIVolumeFile,
    DownwardAPIVolumeSource,
    KeyToPath,
    PodCertificateProjection,
    ProjectedVolumeSource,
    SecretProjection,
    SecretVolumeSource,
    ServiceAccountTokenProjection,
    VolumeProjection,
)
from k8snb.api.validation.environment import validate_field_ref, validate_resource_field_ref
from k8snb.api.validation.formats import is_dns1123_label, is_dns1123_subdomain, is_domain_prefixed_key, size
from k8snb.api.validation.internal_form import internal_value
from k8snb.api.validation.metadata import ANNOTATIONS_LIMIT_BYTES, name_is_dns_subdomain
from k8snb.api.validation.paths import validate_file_mode, validate_non_reserved_path
from k8snb.api.validation.selectors import validate_label_selector

VOLUME_FIELDS = ("metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid")
_KEY_TYPES = ("RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519")
_DAY_SECONDS = 24 * 60 * 60
_CONFLICT = "conflicting duplicate paths"


def validate_key_to_path(item: KeyToPath, path: str) -> list[FieldError]:
    """The faults of a key that becomes a file."""
    errors = []
    if not item.key:
        errors.append(required(f"{path}.key"))
    if not item.path:
        errors.append(required(f"{path}.path"))
    errors += validate_non_reserved_path(item.path, f"{path}.path")
    return errors + validate_file_mode(item.mode, f"{path}.mode")


def validate_secret(source: SecretVolumeSource, path: str) -> list[FieldError]:
    """The faults of a volume made of a secret."""
    errors = [] if source.secret_name else [required(f"{path}.secretName")]
    return errors + _validate_keys(source, path)


def validate_config_map(source: ConfigMapVolumeSource, path: str) -> list[FieldError]:
    """The faults of a volume made of a config map."""
    errors = [] if source.name else [required(f"{path}.name")]
    return errors + _validate_keys(source, path)


def _validate_keys(source: SecretVolumeSource | ConfigMapVolumeSource, path: str) -> list[FieldError]:
    errors = validate_file_mode(source.default_mode, f"{path}.defaultMode")
    for index, item in enumerate(source.items):
        errors += validate_key_to_path(item, f"{path}.items[{index}]")
    return errors


def validate_downward_api(source: DownwardAPIVolumeSource, path: str) -> list[FieldError]:
    """The faults of a volume made of the pod's own fields; all files are reported at the volume."""
    errors = validate_file_mode(source.default_mode, f"{path}.defaultMode")
    for file in source.items:
        errors += _validate_downward_file(file, path)
    return errors


def _validate_downward_file(file: DownwardAPIVolumeFile, path: str) -> list[FieldError]:
    errors = [] if file.path else [required(f"{path}.path")]
    errors += validate_non_reserved_path(file.path, f"{path}.path")
    if file.field_ref is not None:
        errors += validate_field_ref(file.field_ref, VOLUME_FIELDS, f"{path}.fieldRef")
        if file.resource_field_ref is not None:
            detail = "fieldRef and resourceFieldRef can not be specified simultaneously"
            errors.append(invalid(path, "resource", detail))
    elif file.resource_field_ref is not None:
        place = f"{path}.resourceFieldRef"
        errors += validate_resource_field_ref(file.resource_field_ref, place, in_volume=True)
    else:
        errors.append(required(path, "one of fieldRef and resourceFieldRef is required"))
    return errors + validate_file_mode(file.mode, f"{path}.mode")


def validate_projected(source: ProjectedVolumeSource, path: str) -> list[FieldError]:
    """The faults of a volume made of several sources: each names one, and no two files share a path."""
    errors = validate_file_mode(source.default_mode, f"{path}.defaultMode")
    taken: list[str] = []
    for index, projection in enumerate(source.sources):
        place = f"{path}.sources[{index}]"
        errors += _validate_projection(projection, taken, path, place)
        parts = (
            projection.secret,
            projection.config_map,
            projection.downward_api,
            projection.service_account_token,
            projection.cluster_trust_bundle,
            projection.pod_certificate,
        )
        if sum(part is not None for part in parts) > 1:
            errors.append(forbidden(place, "may not specify more than 1 volume type per source"))
    return errors


def _validate_projection(projection: VolumeProjection, taken: list[str], path: str, place: str) -> list[FieldError]:
    errors = []
    if projection.secret is not None:
        errors += _validate_key_projection(projection.secret, taken, path, f"{place}.secret")
    if projection.config_map is not None:
        errors += _validate_key_projection(projection.config_map, taken, path, f"{place}.configMap")
    if projection.downward_api is not None:
        errors += _validate_downward_projection(projection.downward_api, taken, path, f"{place}.downwardAPI")
    if projection.service_account_token is not None:
        token = projection.service_account_token
        errors += _validate_token(token, path, f"{place}.serviceAccountToken")
    if projection.cluster_trust_bundle is not None:
        bundle = projection.cluster_trust_bundle
        errors += _validate_trust_bundle(bundle, taken, path, f"{place}.clusterTrustBundle")
    if projection.pod_certificate is not None:
        errors += _validate_certificate(projection.pod_certificate, taken, path, f"{place}.podCertificate")
    return errors


def _take(target: str, taken: list[str], shown: str, path: str) -> list[FieldError]:
    """One fault where another source has put a file there; else the path is taken from now on."""
    if target in taken:
        return [invalid(path, shown, _CONFLICT)]
    taken.append(target)
    return []


def _validate_key_projection(
    source: SecretProjection | ConfigMapProjection, taken: list[str], path: str, place: str
) -> list[FieldError]:
    errors = [] if source.name else [required(f"{place}.name")]
    for index, item in enumerate(source.items):
        errors += validate_key_to_path(item, f"{place}.items[{index}]")
        if item.path:
            errors += _take(item.path, taken, source.name, path)
    return errors


def _validate_downward_projection(
    source: DownwardAPIProjection, taken: list[str], path: str, place: str
) -> list[FieldError]:
    errors = []
    for file in source.items:
        errors += _validate_downward_file(file, place)
        if file.path:
            errors += _take(file.path, taken, file.path, path)
    return errors


def _validate_token(token: ServiceAccountTokenProjection, path: str, place: str) -> list[FieldError]:
    seconds = token.expiration_seconds or 0
    errors = []
    if seconds < 600:
        detail = "may not specify a duration less than 10 minutes"
        errors.append(invalid(f"{place}.expirationSeconds", seconds, detail))
    if seconds > 1 << 32:
        detail = "may not specify a duration larger than 2^32 seconds"
        errors.append(invalid(f"{place}.expirationSeconds", seconds, detail))
    if not token.path:
        return [*errors, required(f"{path}.path")]
    return errors + validate_non_reserved_path(token.path, f"{path}.path")


def _validate_trust_bundle(
    bundle: ClusterTrustBundleProjection, taken: list[str], path: str, place: str
) -> list[FieldError]:
    errors = []
    if bundle.name is not None and bundle.signer_name is not None:
        errors.append(invalid(place, internal_value(bundle), "only one of name and signerName may be used"))
    elif bundle.name is not None:
        errors += _validate_bundle_name(bundle.name, f"{place}.name")
        if bundle.label_selector is not None:
            detail = "labelSelector must be unset if name is specified"
            errors.append(invalid(f"{place}.labelSelector", bundle.label_selector, detail))
    elif bundle.signer_name is not None:
        if not bundle.signer_name:
            errors.append(required(f"{place}.signerName", "must be a valid signer name"))
        errors += validate_signer_name(bundle.signer_name, f"{place}.signerName")
        errors += validate_label_selector(bundle.label_selector, path=f"{place}.labelSelector")
    else:
        errors.append(required(place, "either name or signerName must be specified"))
    if not bundle.path:
        errors.append(required(f"{place}.path"))
    errors += validate_non_reserved_path(bundle.path, f"{place}.path")
    return errors + _take(bundle.path, taken, bundle.path, path)


def _validate_bundle_name(name: str, path: str) -> list[FieldError]:
    errors = [] if name else [required(path, "must be a valid object name")]
    signer, colon, rest = name.rpartition(":")
    complaints = name_is_dns_subdomain(rest if colon and signer else name)
    if colon and not signer:
        complaints = ['ClusterTrustBundle without signer name must not have ":" in its name']
    return errors + [invalid(path, name, f"not a valid clustertrustbundlename: {c}") for c in complaints]


def validate_signer_name(name: str, path: str) -> list[FieldError]:
    """The faults of a signer's name: a domain and a path below it."""
    if not name:
        return [required(path)]
    if name.count("/") != 1:
        detail = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
        return [invalid(path, name, detail)]
    domain, _, rest = name.partition("/")
    errors = [too_long(path, 253)] if size(domain) > 253 else []
    labels = domain.split(".")
    wrong = next((label for label in labels if is_dns1123_label(label)), None)
    if wrong is not None:
        errors += [invalid(path, domain, _label_wrong(wrong, c)) for c in is_dns1123_label(wrong)]
    if len(labels) < 2:
        errors.append(invalid(path, domain, "should be a domain with at least two segments separated by dots"))
    wrong = next((label for label in rest.split(".") if is_dns1123_subdomain(label)), None)
    if wrong is not None:
        errors += [invalid(path, rest, _label_wrong(wrong, c)) for c in is_dns1123_subdomain(wrong)]
    return [*errors, too_long(path, 571)] if size(name) > 571 else errors


def _label_wrong(label: str, complaint: str) -> str:
    return f"validating label {go_quote(label)}: {complaint}"


def _validate_certificate(
    certificate: PodCertificateProjection, taken: list[str], path: str, place: str
) -> list[FieldError]:
    errors = validate_signer_name(certificate.signer_name, f"{place}.signerName")
    annotations = certificate.user_annotations
    if annotations is not EMPTY:
        where = f"{place}.userAnnotations"
        for key in sorted(annotations):
            lower = key.lower()
            errors += [invalid(where, lower, c) for c in is_domain_prefixed_key(lower)] if key else [required(where)]
        if sum(size(k) + size(v) for k, v in annotations.items()) > ANNOTATIONS_LIMIT_BYTES:
            errors.append(too_long(where, ANNOTATIONS_LIMIT_BYTES))
    if certificate.key_type not in _KEY_TYPES:
        errors.append(not_supported(f"{place}.keyType", certificate.key_type, _KEY_TYPES))
    errors += _validate_expiration(certificate, f"{place}.maxExpirationSeconds")
    files = (
        ("credentialBundlePath", certificate.credential_bundle_path),
        ("keyPath", certificate.key_path),
        ("certificateChainPath", certificate.certificate_chain_path),
    )
    for name, target in files:
        if target:
            errors += validate_non_reserved_path(target, f"{place}.{name}") + _take(target, taken, target, path)
    if not any(target for _, target in files):
        detail = "specify at least one of credentialBundlePath, keyPath, and certificateChainPath"
        errors.append(required(place, detail))
    return errors


def _validate_expiration(certificate: PodCertificateProjection, path: str) -> list[FieldError]:
    seconds = certificate.max_expiration_seconds
    if seconds is None:
        return []
    host = certificate.signer_name.partition("/")[0]
    kubernetes = host == "kubernetes.io" or host.endswith(".kubernetes.io")
    maximum = _DAY_SECONDS if kubernetes else 91 * _DAY_SECONDS
    errors = []
    if seconds < 3600:
        errors.append(invalid(path, seconds, "if provided, maxExpirationSeconds must be >= 3600"))
    if seconds > maximum:
        errors.append(invalid(path, seconds, f"if provided, maxExpirationSeconds must be <= {maximum}"))
    return errors
