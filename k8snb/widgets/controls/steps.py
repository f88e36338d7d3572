"""What a control does: kubectl lines and faults, as they are shown and as they run."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from k8snb.api.encode import to_dict
from k8snb.errors import K8snbError
from k8snb.kubectl.last_applied import LAST_APPLIED
from k8snb.widgets.session import fault_line


class Refused(K8snbError):
    """A control that has nothing to act on."""


class Line(NamedTuple):
    """A kubectl line, with what it reads from its standard input."""

    text: str
    stdin: str = ""
    note: str = ""  # what is new in `stdin`, in a few words

    @property
    def shown(self) -> str:
        """The line as a person would type it."""
        return f"kubectl {self.text}" + (f"  # {self.note}" if self.note else "")


class Fault(NamedTuple):
    """A fault of a pod or a node."""

    settings: Mapping[str, Any]

    @property
    def shown(self) -> str:
        """The fault as Python has it."""
        return fault_line(self.settings)


class Select(NamedTuple):
    """A selection, which is no input of the cluster: nothing is shown for it."""

    reference: str
    shown: str = ""


Step = Line | Fault | Select
Steps = Sequence[Step]


class Offer(NamedTuple):
    """What would do what the API refused: a button's words, and its steps."""

    label: str
    steps: Steps


def kubectl(text: str) -> Steps:
    """The steps of a single line."""
    return (Line(text),)


def fault(**settings: Any) -> Steps:
    """The steps of a single fault."""
    return (Fault(settings),)


def flags(namespace: str) -> str:
    """What a line needs to find an object of a namespace."""
    return f" -n {namespace}" if namespace not in ("", "default") else ""


def target(obj: Any) -> str:
    """An object as a kubectl line names it.

    Examples
    --------
    >>> from k8snb.api.types.apps import Deployment
    >>> from k8snb.api.types.meta import ObjectMeta
    >>> target(Deployment(metadata=ObjectMeta(name="web", namespace="shop")))
    'deployment/web -n shop'
    """
    return f"{obj.kind.lower()}/{obj.metadata.name}{flags(obj.metadata.namespace)}"


def patch(obj: Any, spec: Mapping[str, Any]) -> Steps:
    """The line that changes fields of an object's spec."""
    body = json.dumps({"spec": spec}, separators=(",", ":"))
    return kubectl(f"patch {target(obj)} -p {shlex.quote(body)}")


def manifest(obj: Any, drop: Sequence[str] = ()) -> dict[str, Any]:
    """An object as somebody would write it anew: without what the cluster filled in.

    Parameters
    ----------
    drop
        Fields of the spec to leave out as well.
    """
    body = to_dict(obj)
    meta = body["metadata"]
    kept = {name: meta[name] for name in ("name", "namespace", "labels", "annotations") if meta.get(name)}
    kept["annotations"] = {k: v for k, v in kept.get("annotations", {}).items() if k != LAST_APPLIED}
    spec = {name: value for name, value in body["spec"].items() if name not in drop}
    return {"apiVersion": body["apiVersion"], "kind": body["kind"], "metadata": kept, "spec": spec}
