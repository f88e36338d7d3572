"""``kubectl apply --prune``: what was applied once and is in no manifest any more is deleted.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/apply/prune.go`` and
``staging/src/k8s.io/kubectl/pkg/util/prune/prune.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8snb.api.resources import BY_KIND, DISCOVERED, Resource
from k8snb.errors import K8snbError
from k8snb.kubectl.command import Session
from k8snb.kubectl.deletion import cascade_of
from k8snb.kubectl.dry_run import DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.infos import Info, list_infos, meta_of
from k8snb.kubectl.last_applied import LAST_APPLIED
from k8snb.kubectl.output import Output

_KINDS = (
    *("ConfigMap", "Endpoints", "PersistentVolumeClaim", "Pod", "ReplicationController", "Secret", "Service", "Job"),
    *("CronJob", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet", "Namespace", "PersistentVolume"),
)


def check_prune(session: Session) -> None:
    """Refuse to prune everything unless told so."""
    flags = session.flags
    if not flags["prune"]:
        return
    list(_resources(session))
    if flags["force"]:
        raise KubectlError("--force cannot be used with --prune")
    if not flags["all"] and not flags["selector"]:
        raise KubectlError(
            "all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all "
            "flag. If you did not mean to prune all resources, specify a label selector"
        )


def prune(session: Session, dry_run: DryRun, output: Output, applied: Sequence[Info]) -> None:
    """Delete what the selector selects, was applied once, and was not applied now.

    Parameters
    ----------
    applied
        The objects of this run: they stay, and their namespaces are those that are looked through.
    """
    stay = [meta_of(info.obj).uid for info in applied if info.obj is not None]
    namespaces = sorted({info.namespace for info in applied if info.resource.namespaced})
    resources = list(_resources(session))
    places = [(n, r) for n in namespaces for r in resources if r.namespaced]
    for namespace, resource in [*places, *(("", r) for r in resources if not r.namespaced)]:
        try:
            _prune(session, dry_run, output, resource, namespace, stay)
        except K8snbError as error:
            scope = "namespaced" if resource.namespaced else "nonNamespaced"
            shown = f"{resource.group}/{resource.version}, Kind={resource.kind}"
            raise KubectlError(f"error pruning {scope} object {shown}: {error}") from None


def _prune(
    session: Session, dry_run: DryRun, output: Output, resource: Resource, namespace: str, stay: Sequence[str]
) -> None:
    grace = session.flags["grace-period"]
    for info in list_infos(session, resource, namespace, session.flags["selector"], ""):
        assert info.obj is not None
        meta = meta_of(info.obj)
        if LAST_APPLIED not in meta.annotations or meta.uid in stay:
            continue
        if dry_run is not DryRun.CLIENT:
            session.server.delete(
                resource,
                info.namespace,
                info.name,
                grace_period_seconds=grace if grace >= 0 else None,
                propagation_policy=cascade_of(session),
                dry_run=dry_run is DryRun.SERVER,
            )
        output.print(info.obj, "pruned")


def _resources(session: Session) -> Iterator[Resource]:
    """The kinds that are looked through: those of ``--prune-allowlist``, or what one usually applies."""
    allowed = session.flags["prune-allowlist"]
    if not allowed:
        yield from (resource for resource in DISCOVERED if resource.kind in _KINDS)
    for word in allowed:
        parts = word.split("/")
        if len(parts) != 3:
            form = "please follow <group/version/kind>"
            raise KubectlError(f"invalid GroupVersionKind format: {word}, {form}")
        version = "/".join(part for part in (parts[0] if parts[0] != "core" else "", parts[1]) if part)
        resource = BY_KIND.get(parts[2])
        if resource is None or resource.api_version != version:
            raise KubectlError(f'no matches for kind "{parts[2]}" in version "{version}"')
        yield resource
