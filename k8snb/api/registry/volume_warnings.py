"""Warnings about files of a volume that would lie in each other's way.

References
----------
``pkg/api/pod/warnings.go warningsForOverlappingVirtualPaths @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from k8snb.api.field_errors import go_quote
from k8snb.api.types.volumes import DownwardAPIVolumeFile, KeyToPath, Volume, VolumeProjection


class _File(NamedTuple):
    path: str
    source: str = ""

    def __str__(self) -> str:
        return f"{go_quote(self.path)} ({self.source})" if self.source else go_quote(self.path)


def overlap_warnings(volumes: Sequence[Volume]) -> Iterator[str]:
    """Which files of a volume have the same path, or one that leads through another file."""
    for volume in volumes:
        for what, files in _alone(volume):
            yield from (f"volume {go_quote(volume.name)} ({what}): {why}" for why in _overlaps(files))
        if volume.projected is not None:
            files = []
            for source in volume.projected.sources:
                if source == VolumeProjection():
                    yield f"volume {go_quote(volume.name)} (Projected) has no sources provided"
                files += _projected(source)
            yield from (f"volume {go_quote(volume.name)} (Projected): {why}" for why in _overlaps(files))


def _alone(volume: Volume) -> Iterator[tuple[str, list[_File]]]:
    if volume.config_map is not None:
        yield f"ConfigMap {go_quote(volume.config_map.name)}", _files(volume.config_map.items)
    if volume.secret is not None:
        yield f"Secret {go_quote(volume.secret.secret_name)}", _files(volume.secret.items)
    if volume.downward_api is not None:
        yield "DownwardAPI", _files(volume.downward_api.items)


def _files(items: Sequence[KeyToPath | DownwardAPIVolumeFile], source: str = "") -> list[_File]:
    return [_File(item.path, source) for item in items]


def _projected(source: VolumeProjection) -> list[_File]:
    if source.config_map is not None and source.config_map.items:
        return _files(source.config_map.items, f"ConfigMap {go_quote(source.config_map.name)}")
    if source.secret is not None and source.secret.items:
        return _files(source.secret.items, f"Secret {go_quote(source.secret.name)}")
    if source.downward_api is not None and source.downward_api.items:
        return _files(source.downward_api.items, "DownwardAPI")
    if source.service_account_token is not None:
        return [_File(source.service_account_token.path, "ServiceAccountToken")]
    if source.cluster_trust_bundle is not None:
        bundle = source.cluster_trust_bundle
        name = bundle.signer_name if bundle.name is None else bundle.name
        return [_File(bundle.path, f"ClusterTrustBundle {go_quote(name or '')}")]
    if source.pod_certificate is not None:
        certificate = source.pod_certificate
        files = (
            _File(certificate.certificate_chain_path, "PodCertificate chain"),
            _File(certificate.key_path, "PodCertificate key"),
            _File(certificate.credential_bundle_path, "PodCertificate credential bundle"),
        )
        return [file for file in files if file.path]
    return []


def _overlaps(files: Sequence[_File]) -> Iterator[str]:
    before: list[_File] = []
    for given in files:
        file = given._replace(path=given.path.rstrip("/"))
        for other in before:
            if file.path and other.path and _lead_through(file.path, other.path):
                yield f"overlapping paths: {file} with {other}"
        before.append(file)


def _lead_through(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")
