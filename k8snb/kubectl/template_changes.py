"""Changes of objects that kubectl works out itself and sends as a patch: ``set``, ``rollout pause`` and the like.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/set/helper.go CalculatePatches, selectContainers, selectString`` and
``staging/src/k8s.io/kubectl/pkg/polymorphichelpers/updatepodspec.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from k8snb.api.decode import DecodeError, from_dict
from k8snb.api.patch import create_two_way_merge_patch
from k8snb.api.schema import KubernetesObject
from k8snb.errors import K8snbError
from k8snb.kubectl.command import Session
from k8snb.kubectl.dry_run import DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.infos import Info
from k8snb.kubectl.output import Output

Body = dict[str, Any]

_WITH_TEMPLATE = (
    "ReplicationController",
    "Deployment",
    "DaemonSet",
    "ReplicaSet",
    "StatefulSet",
    "Job",
)


@dataclass
class Change:
    """An object as it is to be, the patch that makes it so, or why that cannot be."""

    info: Info
    after: Body = field(default_factory=dict)
    patch: Body = field(default_factory=dict)
    error: K8snbError | None = None

    @property
    def typed(self) -> KubernetesObject:
        """The object as it is to be."""
        try:
            return from_dict(self.info.resource.cls, self.after)
        except DecodeError as error:
            raise KubectlError(str(error)) from None


def calculate(infos: Iterable[Info], mutate: Callable[[Info, Body], Body]) -> list[Change]:
    """The changes that `mutate` makes. It is given each object's JSON form, which it may change, and returns it."""
    changes = []
    for info in infos:
        before = info.body
        try:
            after = mutate(info, deepcopy(before))
        except K8snbError as error:
            changes.append(Change(info, error=error))
            continue
        patch = create_two_way_merge_patch(info.resource.cls, before, after)
        changes.append(Change(info, after, patch))
    return changes


def send(
    session: Session, dry_run: DryRun, output: Output, changes: Sequence[Change], verb: str, failure: str
) -> list[K8snbError]:
    """Send the changes and print their objects.

    Parameters
    ----------
    verb
        What the message says was done.
    failure
        What the error begins with when the server refuses a change.

    Returns
    -------
    list of K8snbError
        What went wrong with single objects. Objects that did not change are not printed.
    """
    errors: list[K8snbError] = []
    for change in changes:
        info = change.info
        if change.error is not None:
            errors.append(KubectlError(f"error: {info.object_name} {change.error}\n"))
        elif change.patch:
            try:
                _send_one(session, dry_run, output, change, verb, failure)
            except K8snbError as error:
                errors.append(error)
    return errors


def _send_one(session: Session, dry_run: DryRun, output: Output, change: Change, verb: str, failure: str) -> None:
    info = change.info
    local = bool(session.flags.values.get("local"))
    if local or dry_run is DryRun.CLIENT:
        output.print(change.typed, verb)
        return
    try:
        obj = session.server.patch(
            info.resource, info.namespace, info.name, "strategic", change.patch, dry_run=dry_run is DryRun.SERVER
        )
    except K8snbError as error:
        raise KubectlError(f"{failure}{error}") from None
    output.print(obj, verb)


def pod_spec_of(info: Info, body: Body) -> Body:
    """The pod spec within an object, to be changed in place.

    Raises
    ------
    KubectlError
        When the object has none.
    """
    if info.resource.kind == "Pod":
        return _child(body, "spec")
    if info.resource.kind in _WITH_TEMPLATE:
        return _child(body, "spec", "template", "spec")
    if info.resource.kind == "CronJob":
        return _child(body, "spec", "jobTemplate", "spec", "template", "spec")
    shown = f"*{info.resource.version}.{info.resource.kind}"
    raise KubectlError(f"the object is not a pod or does not have a pod template: {shown}")


def _child(body: Body, *path: str) -> Body:
    for name in path:
        if not isinstance(body.get(name), dict):
            body[name] = {}
        body = body[name]
    return body


def select_containers(pod_spec: Body, pattern: str) -> list[Body]:
    """The containers, and after them the init containers, whose names match a pattern with ``*``."""
    everything = [*(pod_spec.get("containers") or ()), *pod_spec.get("initContainers", ())]
    return [container for container in everything if _matches(container.get("name", ""), pattern)]


def _matches(name: str, pattern: str) -> bool:
    """Whether a name matches; as loosely as kubectl, whose pattern is read from left to right, once."""
    if pattern == "*" or "*" not in pattern:
        return pattern in ("*", name)
    position, parts = 0, pattern.split("*")
    for index, part in enumerate(parts):
        if not part:
            continue
        found = name[position:].find(part)
        last = index == len(parts) - 1
        if found < position or (index == 0 and position != 0) or (last and len(name) != len(part) + found):
            return False
        position = found
    return True
