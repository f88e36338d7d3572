"""What a deployment's controls offer: images to ship, revisions to go back to, and its state in a few words."""

from __future__ import annotations

from k8snb.api.resources import BY_KIND
from k8snb.api.types.apps import Deployment, ReplicaSet
from k8snb.machinery.server import Reader
from k8snb.picture.chronicle import Chronicle
from k8snb.picture.pod_state import FAILING
from k8snb.picture.revisions import controller_of, images_of, REVISION_ANNOTATION

BROKEN_TAG = "broken"


def next_version(image: str) -> str:
    """The image's next version, as far as its tag tells.

    Examples
    --------
    >>> next_version("nginx:1.7.9"), next_version("nginx"), next_version("nginx:stable")
    ('nginx:1.8', 'nginx:1.1', 'nginx:2')
    """
    name, _, tag = image.partition(":")
    numbers = tag.split(".") if tag and tag[0].isdigit() else []
    if len(numbers) > 1 and numbers[1].isdigit():
        return f"{name}:{numbers[0]}.{int(numbers[1]) + 1}"
    return f"{name}:2" if tag else f"{name}:1.1"


def offered_images(chronicle: Chronicle, deployment: Deployment) -> list[str]:
    """Images of all revisions so far, the next version, and one that cannot be pulled."""
    current = first_image(deployment)
    used = [i for r in chronicle.revisions.of_owner(deployment.metadata.uid) for i in r.images[:1]]
    names = {image.partition(":")[0]: None for image in (*used, current)}
    good = [image for image in (*used, current) if BROKEN_TAG not in image]
    broken = [f"{name}:{BROKEN_TAG}" for name in names]
    return list(dict.fromkeys([*used, current, *([next_version(good[-1])] if good else []), *broken]))


def first_image(deployment: Deployment) -> str:
    """The image of the first container."""
    return next(iter(images_of(deployment.spec.template)), "")


def revisions_to_undo(reader: Reader, deployment: Deployment) -> list[tuple[int, str]]:
    """The numbers of the revisions that an undo can go to, newest first, and what they ran."""
    found = []
    for rs in reader.list(BY_KIND["ReplicaSet"], deployment.metadata.namespace):
        assert isinstance(rs, ReplicaSet)
        owner = controller_of(rs.metadata)
        number = rs.metadata.annotations.get(REVISION_ANNOTATION, "")
        if owner is not None and owner.uid == deployment.metadata.uid and number.isdigit():
            found.append((int(number), ", ".join(images_of(rs.spec.template))))
    return sorted(found, reverse=True)[1:]


def state_words(chronicle: Chronicle, deployment: Deployment, time_ms: int) -> tuple[str, bool]:
    """A rollout's state in a few words, and whether something is wrong."""
    status, desired = deployment.status, deployment.spec.replicas or 0
    words = f"{status.ready_replicas}/{desired} ready · {status.updated_replicas} updated"
    if deployment.spec.paused:
        return f"{words} · paused", False
    late = any(c.reason == "ProgressDeadlineExceeded" for c in deployment.status.conditions)
    if late or _newest_fails(chronicle, deployment, time_ms):
        return f"{words} · rollout blocked", True
    seen = status.observed_generation >= deployment.metadata.generation
    if seen and status.updated_replicas == status.replicas == status.available_replicas == desired:
        return f"{words} · complete", False
    return f"{words} · rolling out", False


def _newest_fails(chronicle: Chronicle, deployment: Deployment, time_ms: int) -> bool:
    """Whether a pod of the template that is wanted fails."""
    wanted = images_of(deployment.spec.template)
    return any(
        pod.state(time_ms).word == FAILING
        for pod in chronicle.pods_at(time_ms)
        if pod.revision is not None and pod.revision.owner == deployment.metadata.uid and pod.revision.images == wanted
    )
