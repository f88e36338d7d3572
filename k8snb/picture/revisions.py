"""Which revision of a workload made a pod, numbered in order of creation, for colours and lanes."""

from __future__ import annotations

from dataclasses import dataclass

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import ControllerRevision, ReplicaSet
from k8snb.api.types.batch import Job
from k8snb.api.types.meta import ObjectMeta, OwnerReference
from k8snb.api.types.pod import Pod, PodSpec, PodTemplateSpec

REVISION_ANNOTATION = "deployment.kubernetes.io/revision"
HASH_LABELS = ("controller-revision-hash",)


@dataclass(frozen=True, slots=True)
class Revision:
    """One template of a workload; or one job of a cron job, whose jobs share a template until that is changed.

    ``key`` is unique; ``owner`` the uid of the workload (a ReplicaSet that stands alone owns itself); ``index``
    counts the templates from 0 in order of creation; ``object_key`` is the store's key of the replica set or job,
    ``record_key`` that of the controller revision; both are empty when the revision is no object of its own.
    """

    key: str
    owner: str
    index: int
    name: str
    object_key: str
    images: tuple[str, ...]
    owner_name: str = ""
    record_key: str = ""
    kind: str = "ReplicaSet"

    @property
    def ref(self) -> str:
        """What a click selects, where the revision is an object: ``replicaset/default/web-5d9c``."""
        return f"{self.kind.lower()}/{self.object_key}" if self.object_key else ""


def controller_of(meta: ObjectMeta) -> OwnerReference | None:
    """The owner that controls an object, if one does."""
    return next((ref for ref in meta.owner_references if ref.controller), None)


def images_of(template: PodTemplateSpec) -> tuple[str, ...]:
    """The images of a template's containers."""
    return tuple(c.image for c in template.spec.containers)


def revision_images(revision: ControllerRevision) -> tuple[str, ...]:
    """The images of a controller revision's template."""
    data = revision.data if isinstance(revision.data, dict) else {}
    containers = data.get("spec", {}).get("template", {}).get("spec", {}).get("containers", ())
    return tuple(str(container.get("image", "")) for container in containers)


class Revisions:
    """All revisions seen so far, by the uid of their replica set or by owner and hash.

    A stateful set or a daemon set that is made anew under its name adopts the pods and the revisions of the one before
    (``--cascade=orphan``): both count as one owner, by the uid of the first.
    """

    def __init__(self) -> None:
        self._by_key: dict[str, Revision] = {}
        self._of_owner: dict[str, list[Revision]] = {}
        self._named: dict[tuple[str, str, str], str] = {}  # kind, namespace and name to the first uid
        self._first: dict[str, str] = {}  # any of their uids to the first
        self._templates: dict[str, list[PodSpec]] = {}  # those of each cron job's jobs

    def of_owner(self, owner_uid: str) -> list[Revision]:
        """A workload's revisions in order of creation; what is a revision of another one has itself alone."""
        found = self._of_owner.get(self._first.get(owner_uid, owner_uid))
        if found is None:
            return [self._by_key[owner_uid]] if owner_uid in self._by_key else []
        return found

    def all(self) -> list[Revision]:
        """Every revision in order of creation."""
        return list(self._by_key.values())

    def see(self, obj: KubernetesObject) -> None:
        """Learn of a replica set, of a cron job's job, or of who owns hashed revisions."""
        meta = obj.metadata
        if isinstance(obj, Job):
            self._see_run(obj)
        elif not isinstance(obj, ReplicaSet):
            self._first_uid(obj.kind, meta.namespace, meta.name, meta.uid)
        elif meta.uid not in self._by_key:
            controller = controller_of(meta)
            owner = controller.uid if controller is not None else meta.uid
            name = controller.name if controller is not None else meta.name
            images, number = images_of(obj.spec.template), self._next(owner)
            self._add(Revision(meta.uid, owner, number, meta.name, f"{meta.namespace}/{meta.name}", images, name))

    def _see_run(self, job: Job) -> None:
        """Learn of a job, if a cron job has it."""
        meta, controller = job.metadata, controller_of(job.metadata)
        if controller is None or controller.kind != "CronJob" or meta.uid in self._by_key:
            return
        templates = self._templates.setdefault(controller.uid, [])
        if job.spec.template.spec not in templates:
            templates.append(job.spec.template.spec)
        number = templates.index(job.spec.template.spec)
        key, images = f"{meta.namespace}/{meta.name}", images_of(job.spec.template)
        self._add(Revision(meta.uid, controller.uid, number, meta.name, key, images, controller.name, kind=job.kind))

    def of_pod(self, pod: Pod) -> Revision | None:
        """The revision that a pod belongs to; None for a pod without a controller."""
        controller = controller_of(pod.metadata)
        if controller is None:
            return None
        found = self._by_key.get(controller.uid)
        if found is not None:
            return found
        word = next((pod.metadata.labels[name] for name in HASH_LABELS if name in pod.metadata.labels), "")
        named = (controller.kind, pod.metadata.namespace, controller.name)
        owner = self._first_uid(*named, controller.uid) if word else controller.uid
        key = f"{owner} {word}"
        if key not in self._by_key:
            whole = not word or word.startswith(f"{controller.name}-")  # a stateful set's label has the whole name
            name = (word or controller.name) if whole else f"{controller.name}-{word}"
            record = f"{pod.metadata.namespace}/{name}" if word else ""
            images, number = tuple(c.image for c in pod.spec.containers), self._next(owner)
            self._add(Revision(key, owner, number, name, "", images, controller.name, record))
        return self._by_key[key]

    def _first_uid(self, kind: str, namespace: str, name: str, uid: str) -> str:
        """The uid of the first owner of that kind and name."""
        if uid not in self._first:
            self._first[uid] = self._named.setdefault((kind, namespace, name), uid)
        return self._first[uid]

    def _next(self, owner: str) -> int:
        """The number of a workload's next revision."""
        return len(self._of_owner.get(owner, ()))

    def _add(self, revision: Revision) -> None:
        self._of_owner.setdefault(revision.owner, []).append(revision)
        self._by_key[revision.key] = revision
