"""Labels, annotations, tolerations and the like: a line each, under one title.

References
----------
``staging/src/k8s.io/kubectl/pkg/describe/describe.go printLabelsMultilineWithIndent, printAnnotationsMultiline,
printTolerationsMultilineWithIndent, printTaintsMultilineWithIndent, printController @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.placement import Taint, Toleration
from k8snb.kubectl.describe.writer import Writer

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_LONGEST = 140


def name_and_namespace(w: Writer, meta: ObjectMeta) -> None:
    """The two lines that most descriptions begin with."""
    w.field(0, "Name", meta.name)
    w.field(0, "Namespace", meta.namespace)


def labels_and_annotations(w: Writer, meta: ObjectMeta) -> None:
    """All labels, and the annotations worth a look."""
    label_lines(w, "Labels", meta.labels)
    annotation_lines(w, "Annotations", meta.annotations)


def lines(w: Writer, title: str, values: Sequence[str], indent: str = "") -> None:
    """A title, and a line for each value; ``<none>`` where there are none."""
    w.write(0, f"{indent}{title}:\t")
    if not values:
        w.line("<none>")
    for i, value in enumerate(values):
        w.write(0, f"{indent}\t{value}\n" if i else f"{value}\n")


def label_lines(w: Writer, title: str, pairs: Mapping[str, str], indent: str = "") -> None:
    """Labels, or any pairs that are written like them."""
    lines(w, title, [f"{key}={pairs[key]}" for key in sorted(pairs)], indent)


def annotation_lines(w: Writer, title: str, pairs: Mapping[str, str]) -> None:
    """Annotations. Long values begin on a line of their own and are cut off."""
    keys = sorted(key for key in pairs if key != _LAST_APPLIED)
    w.write(0, f"{title}:\t")
    if not keys:
        w.line("<none>")
    for i, key in enumerate(keys):
        w.write(0, "\t" if i else "")
        value = pairs[key].removesuffix("\n")
        if len((value + key).encode()) + 2 > _LONGEST or "\n" in value:
            w.write(0, f"{key}:\n")
            for line in value.split("\n"):
                w.write(0, f"\t  {_shorten(line)}\n")
        else:
            w.write(0, f"{key}: {value}\n")


def _shorten(text: str) -> str:
    limit = _LONGEST - 2
    return f"{text[:limit]}..." if len(text) > limit else text


def tolerations(w: Writer, title: str, given: Sequence[Toleration]) -> None:
    """Tolerations by their keys."""
    lines(w, title, [_toleration(t) for t in sorted(given, key=lambda t: t.key)])


def _toleration(toleration: Toleration) -> str:
    text = toleration.key
    if toleration.value:
        text += f"={toleration.value}"
    if toleration.effect:
        text += f":{toleration.effect}"
    if toleration.operator == "Exists" and not toleration.value:
        text += " op=Exists" if toleration.key or toleration.effect else "op=Exists"
    if toleration.toleration_seconds is not None:
        text += f" for {toleration.toleration_seconds}s"
    return text


def taints(w: Writer, title: str, given: Sequence[Taint]) -> None:
    """Taints by their effects and keys."""
    lines(w, title, [_taint(t) for t in sorted(given, key=lambda t: f"{t.effect},{t.key}")])


def _taint(taint: Taint) -> str:
    if not taint.effect:
        return f"{taint.key}={taint.value}:" if taint.value else taint.key
    return f"{taint.key}={taint.value}:{taint.effect}" if taint.value else f"{taint.key}:{taint.effect}"


def controller(meta: ObjectMeta) -> str:
    """What controls an object: ``ReplicaSet/web-5d4``; empty where nothing does."""
    return next((f"{o.kind}/{o.name}" for o in meta.owner_references if o.controller), "")


def controlled_by(w: Writer, meta: ObjectMeta) -> None:
    """The line that names the controller, where there is one."""
    if owner := controller(meta):
        w.field(0, "Controlled By", owner)


def or_none(text: str) -> str:
    """The text, or ``<none>``."""
    return text or "<none>"


def or_unset(value: object) -> str:
    """The value, or ``<unset>`` where there is none."""
    return "<unset>" if value is None else str(value)


def go_bool(value: object) -> str:
    """``true`` or ``false``."""
    return "true" if value else "false"


def listed(values: Sequence[object]) -> str:
    """Values as Go prints a list: ``[a b]``."""
    return f"[{' '.join(map(str, values))}]"
