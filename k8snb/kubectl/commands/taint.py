"""``kubectl taint``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/taint/{taint,utils}.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from k8snb.api.field_errors import go_quote
from k8snb.api.resources import find
from k8snb.api.validation.formats import is_qualified_name, is_valid_label_value
from k8snb.errors import K8snbError
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.common_flags import ALL, DRY_RUN, field_manager, OUTPUT, SELECTOR, VALIDATE
from k8snb.kubectl.dry_run import check_validate, dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import raise_all, Verbatim
from k8snb.kubectl.flags import switch
from k8snb.kubectl.infos import Info
from k8snb.kubectl.output import Output
from k8snb.kubectl.resource_builder import find_objects, Found, Query
from k8snb.kubectl.template_changes import calculate

Body = dict[str, Any]

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


class _Taint(NamedTuple):
    key: str
    value: str = ""
    effect: str = ""

    def __str__(self) -> str:
        value = f"={self.value}" if self.value else ""
        return f"{self.key}{value}:{self.effect}" if self.effect or value else self.key


def _taint(session: Session) -> None:
    dry_run = dry_run_of(session)
    check_validate(session)
    resources, specs = _split(session.args)
    try:
        added, removed = _parse(specs)
    except KubectlError as error:
        raise session.usage_error(str(error)) from None
    _check(session, resources[0], added, removed)
    _find(session, resources).visit(lambda info: _taint_one(session, dry_run, info, added, removed))


def _split(args: Sequence[str]) -> tuple[list[str], list[str]]:
    resources: list[str] = []
    specs: list[str] = []
    for arg in args:
        if "=" in arg or ":" in arg or arg.endswith("-"):
            specs.append(arg)
        elif specs:
            raise KubectlError(f"all resources must be specified before taint changes: {arg}")
        else:
            resources.append(arg)
    if not resources:
        raise KubectlError("one or more resources must be specified as <resource> <name>")
    if not specs:
        raise KubectlError("at least one taint update is required")
    return resources, specs


def _parse(specs: Sequence[str]) -> tuple[list[_Taint], list[_Taint]]:
    added: list[_Taint] = []
    removed = []
    for spec in specs:
        if spec.endswith("-"):
            removed.append(_parse_one(spec.removesuffix("-")))
            continue
        taint = _parse_one(spec)
        if not taint.effect:
            raise KubectlError(f"invalid taint spec: {spec}")
        if any((t.key, t.effect) == (taint.key, taint.effect) for t in added):
            shown = f"{{{taint.key} {taint.value} {taint.effect} <nil>}}"
            raise KubectlError(f"duplicated taints with the same key and effect: {shown}")
        added.append(taint)
    return added, removed


def _parse_one(spec: str) -> _Taint:
    key, *effects = spec.split(":")
    value = ""
    if len(effects) > 1:
        raise KubectlError(f"invalid taint spec: {spec}")
    if effects:
        if effects[0] not in _EFFECTS:
            raise KubectlError(f"invalid taint effect: {effects[0]}, unsupported taint effect")
        key, *values = key.split("=")
        if len(values) > 1:
            raise KubectlError(f"invalid taint spec: {spec}")
        value = values[0] if values else ""
        if problems := is_valid_label_value(value):
            raise KubectlError(f"invalid taint spec: {spec}, {'; '.join(problems)}")
    if problems := is_qualified_name(key):
        raise KubectlError(f"invalid taint spec: {spec}, {'; '.join(problems)}")
    return _Taint(key, value, effects[0] if effects else "")


def _check(session: Session, word: str, added: Sequence[_Taint], removed: Sequence[_Taint]) -> None:
    flags = session.flags
    resource = find(word)
    if resource is None:
        raise Verbatim(f"the server doesn't have a resource type {go_quote(word.lower())}")
    if resource.kind != "Node":
        raise KubectlError(f"invalid resource type {word.lower()}, only node types are supported")
    both = [
        f"{gone.key}={gone.effect}"
        for new in added
        for gone in removed
        if new.key == gone.key and gone.effect in ("", new.effect)
    ]
    if both:
        raise KubectlError(
            f"can not both modify and remove the following taint(s) in the same command: {', '.join(both)}"
        )
    if flags["all"] and flags["selector"]:
        raise KubectlError("setting 'all' parameter with a non empty selector is prohibited")


def _find(session: Session, resources: Sequence[str]) -> Found:
    flags = session.flags
    if flags["all"] or flags["selector"]:
        return find_objects(session, Query(["node"], labels=flags["selector"], every=flags["all"], files=False))
    if len(resources) < 2:
        raise KubectlError("at least one resource name must be specified since 'all' parameter is not set")
    words = [word if "/" in word else f"node/{word}" for word in resources[1:]]
    return find_objects(session, Query(words, files=False, latest=True))


def _taint_one(
    session: Session,
    dry_run: DryRun,
    info: Info,
    added: Sequence[_Taint],
    removed: Sequence[_Taint],
) -> None:
    done = ""
    if info.resource.kind != "Node":
        raise KubectlError(f"unexpected type *{info.resource.version}.{info.resource.kind}, expected Node")

    def mutate(_info: Info, body: Body) -> Body:
        nonlocal done
        old = body["spec"].get("taints", [])
        done, taints = _reorganized(session, info.name, old, added, removed)
        body["spec"].pop("taints", None)
        return {**body, "spec": {**body["spec"], **({"taints": taints} if taints else {})}}

    (change,) = calculate([info], mutate)
    if change.error is not None:
        raise change.error
    output = Output(session, typed=dry_run is not DryRun.CLIENT)
    if dry_run is DryRun.CLIENT:
        output.print(change.after, done)
        return
    server_dry_run = dry_run is DryRun.SERVER
    obj = session.server.patch(info.resource, "", info.name, "strategic", change.patch, dry_run=server_dry_run)
    output.print(obj, done)


def _reorganized(
    session: Session, name: str, old: Sequence[Body], added: Sequence[_Taint], removed: Sequence[_Taint]
) -> tuple[str, list[Body]]:
    """What is done, and the node's taints after it: the new ones, then the old ones that they do not replace."""
    present = [(taint["key"], taint["effect"]) for taint in old]
    if not session.flags["overwrite"]:
        again = [taint.key for taint in added if (taint.key, taint.effect) in present]
        if again:
            shown = ",".join(again)
            raise KubectlError(f"node {name} already has {shown} taint(s) with same effect(s) and --overwrite is false")
    new = [(taint.key, taint.effect) for taint in added]
    taints: list[Body] = [_body(taint) for taint in added]
    taints += [taint for taint, identity in zip(old, present, strict=True) if identity not in new]
    grew = len(taints) != len(old)
    deleted, errors = False, list[K8snbError]()
    for gone in removed:
        kept = [t for t in taints if t["key"] != gone.key or gone.effect not in ("", t["effect"])]
        deleted = len(kept) != len(taints)
        if not deleted:
            errors.append(KubectlError(f'taint "{gone._replace(value="")}" not found'))
        taints = kept
    raise_all(errors)
    if (grew and deleted) or session.flags["overwrite"]:
        return "modified", taints
    return "tainted" if grew else "untainted", taints


def _body(taint: _Taint) -> Body:
    value = {"value": taint.value} if taint.value else {}
    return {"key": taint.key, **value, "effect": taint.effect}


COMMAND = CommandSpec(
    "taint",
    "Update the taints on one or more nodes",
    _taint,
    (*OUTPUT, ALL, DRY_RUN, SELECTOR, VALIDATE, field_manager("kubectl-taint"), switch("overwrite")),
    usage="NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N",
)
