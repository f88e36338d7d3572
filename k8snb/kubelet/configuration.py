"""What a container needs of ConfigMaps and Secrets before it can be created.

References
----------
``pkg/kubelet/kubelet_pods.go makeEnvironmentVariables`` and ``pkg/volume/{configmap,secret}/*.go SetUpAt @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from k8snb.api.types.config import ConfigMap, Secret
from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod
from k8snb.api.types.volumes import KeyToPath, Volume
from k8snb.kubelet.claimed_volumes import used_volumes
from k8snb.machinery.server import ApiServer

_KINDS: Mapping[str, type[ConfigMap] | type[Secret]] = {"ConfigMap": ConfigMap, "Secret": Secret}


class Reference(NamedTuple):
    """A ConfigMap or Secret that is needed, perhaps with a key."""

    kind: str
    name: str
    key: str | None
    optional: bool


def needs_configuration(container: Container) -> bool:
    """Whether a container's environment comes from somewhere."""
    return bool(container.env_from) or any(variable.value_from is not None for variable in container.env)


def missing_configuration(server: ApiServer, pod: Pod, container: Container) -> str:
    """What a container's environment lacks, in the kubelet's words; empty: nothing."""
    for reference in _references(container):
        problem = _problem(server, pod.metadata.namespace, reference)
        if problem:
            return problem
    return ""


def _references(container: Container) -> Iterator[Reference]:
    for source in container.env_from:
        if source.config_map_ref is not None:
            yield Reference("ConfigMap", source.config_map_ref.name, None, bool(source.config_map_ref.optional))
        if source.secret_ref is not None:
            yield Reference("Secret", source.secret_ref.name, None, bool(source.secret_ref.optional))
    for variable in container.env:
        source_of = variable.value_from
        if variable.value or source_of is None:
            continue
        for kind, chosen in (("ConfigMap", source_of.config_map_key_ref), ("Secret", source_of.secret_key_ref)):
            if chosen is not None:
                yield Reference(kind, chosen.name, chosen.key, bool(chosen.optional))


def _problem(server: ApiServer, namespace: str, reference: Reference) -> str:
    found = server.find(_KINDS[reference.kind], namespace, reference.name)
    if reference.optional:
        return ""
    if found is None:
        return f'{reference.kind.lower()} "{reference.name}" not found'
    assert isinstance(found, ConfigMap | Secret)
    keys: Mapping[str, object] = found.data
    if reference.key is not None and reference.key not in keys:
        return f"couldn't find key {reference.key} in {reference.kind} {namespace}/{reference.name}"
    return ""


def missing_volumes(server: ApiServer, pod: Pod) -> list[tuple[str, str]]:
    """The volumes that cannot be mounted yet, each with what is wrong, in the kubelet's words."""
    found = []
    for volume in used_volumes(pod):
        problem = _volume_problem(server, pod.metadata.namespace, volume)
        if problem:
            found.append((volume.name, problem))
    return found


def _volume_problem(server: ApiServer, namespace: str, volume: Volume) -> str:
    sources = []
    if volume.config_map is not None:
        source = volume.config_map
        sources.append(("ConfigMap", source.name, source.items, bool(source.optional)))
    if volume.secret is not None:
        secret = volume.secret
        sources.append(("Secret", secret.secret_name, secret.items, bool(secret.optional)))
    for projection in volume.projected.sources if volume.projected is not None else ():
        for kind, projected in (("ConfigMap", projection.config_map), ("Secret", projection.secret)):
            if projected is not None:
                sources.append((kind, projected.name, projected.items, bool(projected.optional)))
    for kind, name, items, optional in sources:
        problem = _source_problem(server, namespace, kind, name, items, optional)
        if problem:
            return problem
    return ""


def _source_problem(
    server: ApiServer, namespace: str, kind: str, name: str, items: tuple[KeyToPath, ...], optional: bool
) -> str:
    problem = _problem(server, namespace, Reference(kind, name, None, optional))
    found = server.find(_KINDS[kind], namespace, name)
    if problem or found is None or optional:
        return problem
    assert isinstance(found, ConfigMap | Secret)
    keys = {*found.data, *(found.binary_data if isinstance(found, ConfigMap) else ())}
    absent = [item.key for item in items if item.key not in keys]
    if not absent:
        return ""
    what = "configmap references non-existent config" if kind == "ConfigMap" else "references non-existent secret"
    return f"{what} key: {absent[0]}"
