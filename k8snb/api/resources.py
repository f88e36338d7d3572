"""The resources of the API: kinds with their group, plural, short names, scope and categories."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from k8snb.api.schema import KubernetesObject
from k8snb.api.types import apps, batch, claims, config, event, node, persistent_volume, pod, policy, quota, service
from k8snb.api.types.served import SERVED_KINDS

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


class Resource(NamedTuple):
    """One kind of object that the API server serves.

    ``short_names`` and ``categories`` are kubectl's (``deploy``; ``all``), ``verbs`` what can be asked of it.
    """

    cls: type[KubernetesObject]
    plural: str
    short_names: tuple[str, ...] = ()
    namespaced: bool = True
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = VERBS

    @property
    def kind(self) -> str:
        """The kind, ``Deployment``."""
        return self.cls.__name__

    @property
    def singular(self) -> str:
        """The singular name, ``deployment``."""
        return self.kind.lower()

    @property
    def api_version(self) -> str:
        """Group and version, ``apps/v1``."""
        return self.cls.api_version

    @property
    def group(self) -> str:
        """The API group, ``apps``; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """The version within the group, ``v1``."""
        return self.api_version.rpartition("/")[2]

    @property
    def qualified(self) -> str:
        """The plural with its group, as error messages have it: ``deployments.apps``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_kind(self) -> str:
        """The kind with its group, as error messages have it: ``Deployment.apps``."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    @property
    def qualified_singular(self) -> str:
        """The singular with its group, as kubectl prints it: ``deployment.apps``."""
        return f"{self.singular}.{self.group}" if self.group else self.singular


ALL = ("all",)

RESOURCES = (
    Resource(config.ConfigMap, "configmaps", ("cm",)),
    Resource(event.Event, "events", ("ev",)),
    Resource(quota.LimitRange, "limitranges", ("limits",)),
    Resource(
        config.Namespace,
        "namespaces",
        ("ns",),
        namespaced=False,
        verbs=tuple(verb for verb in VERBS if verb != "deletecollection"),
    ),
    Resource(node.Node, "nodes", ("no",), namespaced=False),
    Resource(claims.PersistentVolumeClaim, "persistentvolumeclaims", ("pvc",)),
    Resource(persistent_volume.PersistentVolume, "persistentvolumes", ("pv",), namespaced=False),
    Resource(pod.Pod, "pods", ("po",), categories=ALL),
    Resource(apps.ReplicationController, "replicationcontrollers", ("rc",), categories=ALL),
    Resource(quota.ResourceQuota, "resourcequotas", ("quota",)),
    Resource(config.Secret, "secrets"),
    Resource(config.ServiceAccount, "serviceaccounts", ("sa",)),
    Resource(service.Service, "services", ("svc",), categories=ALL),
    Resource(apps.ControllerRevision, "controllerrevisions"),
    Resource(apps.DaemonSet, "daemonsets", ("ds",), categories=ALL),
    Resource(apps.Deployment, "deployments", ("deploy",), categories=ALL),
    Resource(apps.ReplicaSet, "replicasets", ("rs",), categories=ALL),
    Resource(apps.StatefulSet, "statefulsets", ("sts",), categories=ALL),
    Resource(batch.CronJob, "cronjobs", ("cj",), categories=ALL),
    Resource(batch.Job, "jobs", categories=ALL),
    Resource(node.Lease, "leases"),
    Resource(service.EndpointSlice, "endpointslices"),
    Resource(policy.PodDisruptionBudget, "poddisruptionbudgets", ("pdb",)),
    Resource(config.PriorityClass, "priorityclasses", ("pc",), namespaced=False),
    Resource(claims.StorageClass, "storageclasses", ("sc",), namespaced=False),
)

# Of these, the store keeps no objects.
SERVED = tuple(
    Resource(s.cls, s.plural, s.short_names, s.namespaced, s.categories, s.verbs or VERBS) for s in SERVED_KINDS
)
DISCOVERED = tuple(sorted((*RESOURCES, *SERVED), key=lambda r: (r.group, r.plural)))

BY_CLASS = {r.cls: r for r in RESOURCES}
DISCOVERED_BY_CLASS = {r.cls: r for r in DISCOVERED}
BY_KIND = {r.kind: r for r in RESOURCES}


@cache
def find(word: str) -> Resource | None:
    """The resource that a user names by plural, singular, short name or kind, with or without its group.

    Notes
    -----
    Only short names must be written as they are. A group may be cut short, and follows the version where there is one.

    References
    ----------
    ``staging/src/k8s.io/cli-runtime/pkg/resource/builder.go mappingFor``,
    ``staging/src/k8s.io/client-go/restmapper/shortcut.go expandResourceShortcut`` and
    ``staging/src/k8s.io/apimachinery/pkg/api/meta/restmapper.go ResourcesFor @ v1.36``

    Examples
    --------
    >>> find("deploy").plural, find("Deployments.apps").kind, find("jobs.v1.batch").kind, find("sts.ap").plural
    ('deployments', 'Deployment', 'Job', 'statefulsets')
    >>> find("nonsense"), find("DEPLOY"), find("pods.v1")
    (None, None, None)
    """
    name, _, group = word.partition(".")
    named = [r for r in (*RESOURCES, *SERVED) if name in r.short_names or name.lower() in (r.plural, r.singular)]
    version, full, of = group.partition(".")
    fits: tuple[Callable[[Resource], bool], ...] = (
        lambda r: bool(full) and (r.version, r.group) == (version, of),
        lambda r: group in ("", r.group),
        lambda r: r.group.startswith(group),
    )
    return next((resource for fit in fits for resource in named if fit(resource)), None)
