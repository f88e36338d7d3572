"""``kubectl wait``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/wait/{wait,condition,create,delete,json}.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from k8snb.api.encode import to_dict
from k8snb.api.field_errors import go_quote
from k8snb.errors import K8snbError, NotFound
from k8snb.kubectl.command import CommandSpec, Session, Wait, Waiting
from k8snb.kubectl.common_flags import ALL, ALL_NAMESPACES, FIELD_SELECTOR, FILES, LOCAL, OUTPUT, SELECTOR
from k8snb.kubectl.deletion import FOR_EVER_MS, is_gone
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import raise_all
from k8snb.kubectl.flags import array, duration, switch
from k8snb.kubectl.go_format import sprint
from k8snb.kubectl.infos import Info, meta_of
from k8snb.kubectl.jsonpath import JSONPath, JSONPathError
from k8snb.kubectl.output import Output
from k8snb.kubectl.printers.sorting import relaxed_json_path
from k8snb.kubectl.resource_builder import find_objects, Found, LOCAL_RESOURCE, Query

Body = dict[str, Any]
Check = Callable[[Body], bool]

_TIMED_OUT = "timed out waiting for the condition"
_TOO_LATE = "client rate limiter Wait returned an error: context deadline exceeded"
_FORMAT = (
    "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or "
    "--for=jsonpath='{.status.readyReplicas}'"
)
_NO_VALUE = "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3"


def _wait(session: Session) -> Waiting:
    output = Output(session)
    wanted: list[str] = session.flags["for"]
    conditions = _conditions(session, output, wanted)
    timeout = session.flags["timeout"] if session.flags["timeout"] >= 0 else FOR_EVER_MS
    deadline = session.server.now_ms + timeout
    lowered = [condition.lower() for condition in wanted]
    if "create" in lowered:
        yield from _created(session, deadline)
    found = _find(session)
    if "delete" in lowered:
        found = found.without_not_found()
    errors: list[K8snbError] = list(found.errors)
    for info in found.infos:
        try:
            for condition in conditions:
                yield from condition(info, deadline)
        except K8snbError as error:
            errors.append(error)
    raise_all(errors)
    if not found.infos and "delete" not in lowered:
        raise KubectlError("no matching resources found")


def _find(session: Session) -> Found:
    flags = session.flags
    if flags["local"] and session.args:
        raise KubectlError(LOCAL_RESOURCE)
    query = Query(
        session.args,
        labels=flags["selector"],
        fields=flags["field-selector"],
        everything=flags["all"],
        all_namespaces=flags["all-namespaces"],
        latest=True,
        local=flags["local"],
    )
    return find_objects(session, query)


def _created(session: Session, deadline: int) -> Waiting:
    """Wait until there is anything of what the line names."""

    def exists() -> bool:
        found = _find(session)
        others = [error for error in found.errors if not isinstance(error, NotFound)]
        raise_all(others)
        return bool(found.infos) and not found.errors

    if exists():
        return
    if not (yield Wait(exists, max(deadline - session.server.now_ms, 0))):
        raise KubectlError(_TIMED_OUT)


# -- conditions

Condition = Callable[[Info, int], Waiting]


def _conditions(session: Session, output: Output, wanted: Sequence[str]) -> list[Condition]:
    found: list[Condition] = []
    for condition in wanted:
        if condition.lower() == "delete":
            found.append(partial(_until_deleted, session, output))
        elif condition.lower() == "create":
            found.append(partial(_is_there, output))
        elif condition.startswith("condition="):
            name, _, status = condition.removeprefix("condition=").partition("=")
            has_value = "=" in condition.removeprefix("condition=")
            check = partial(_has_condition, name, status if has_value else "true")
            found.append(partial(_until, session, output, check))
        elif condition.startswith("jsonpath="):
            found.append(partial(_until, session, output, _path_check(condition.removeprefix("jsonpath="))))
        else:
            raise KubectlError(f"unrecognized condition: {go_quote(condition)}")
    if not found:
        raise KubectlError("unrecognized condition: []")
    return found


def _is_there(output: Output, info: Info, _deadline: int) -> Waiting:
    assert info.obj is not None
    output.print(info.obj, "condition met")
    yield from ()


def _until_deleted(session: Session, output: Output, info: Info, deadline: int) -> Waiting:
    assert info.obj is not None
    uid = meta_of(info.obj).uid
    if session.server.now_ms >= deadline and session.flags["timeout"]:
        raise KubectlError(_TOO_LATE)  # as an object before this one took all of the time
    if not is_gone(session, info, uid):
        if session.flags["timeout"] == 0:
            raise KubectlError(f"condition not met for {info.object_name}")
        if not (yield Wait(partial(is_gone, session, info, uid), deadline - session.server.now_ms)):
            raise KubectlError(f"{_TIMED_OUT} on {info.object_name}")
    output.print(info.obj, "condition met")


def _until(session: Session, output: Output, check: Check, info: Info, deadline: int) -> Waiting:
    """Wait until an object is as `check` wants it; at once, when it is no more.

    All objects share one deadline: past it, an object counts as late even if it is as wanted.
    """
    left = deadline - session.server.now_ms
    if left <= 0 and session.flags["timeout"]:
        raise KubectlError(f"{_TIMED_OUT} on {info.object_name}")
    current = session.server.get(info.resource, info.namespace, info.name)
    if not check(to_dict(current)):
        if session.flags["timeout"] == 0:
            raise KubectlError(f"condition not met for {info.object_name}")
        if not (yield Wait(partial(_holds, session, info, check), left)):
            raise KubectlError(f"{_TIMED_OUT} on {info.object_name}")
        current = session.server.get(info.resource, info.namespace, info.name)
        if not check(to_dict(current)):
            raise KubectlError(f"{_TIMED_OUT} on {info.object_name}")
    output.print(current, "condition met")


def _holds(session: Session, info: Info, check: Check) -> bool:
    """Whether the object is as wanted, or the check itself fails, which ends the waiting too."""
    try:
        return check(to_dict(session.server.get(info.resource, info.namespace, info.name)))
    except NotFound:
        return False
    except KubectlError:
        return True


def _has_condition(name: str, status: str, body: Body) -> bool:
    """Whether a condition of the status has that status, and was written for the present spec."""
    conditions = (body.get("status") or {}).get("conditions") or []
    for condition in conditions:
        if condition.get("type", "").casefold() != name.casefold():
            continue
        generation = body["metadata"].get("generation")
        observed = condition.get("observedGeneration", body["status"].get("observedGeneration"))
        if generation is not None and observed is not None and observed < generation:
            return False
        return bool(condition.get("status", "").casefold() == status.casefold())
    return False


def _path_check(text: str) -> Check:
    parts = _split_path(text)
    if len(parts) > 2:
        raise KubectlError(_FORMAT)
    path = relaxed_json_path(parts[0])
    value = parts[1].strip("'\"") if len(parts) == 2 else None
    if value == "":
        raise KubectlError(_NO_VALUE)
    if not path:
        raise KubectlError("jsonpath expression cannot be empty")
    try:
        parsed = JSONPath(path, allow_missing_keys=True)
    except JSONPathError as error:
        raise KubectlError(str(error)) from None
    return partial(_path_has, parsed, value)


def _split_path(text: str) -> list[str]:
    """Path and value, divided by a single ``=``; doubled ones belong to the path."""
    parts, at, current = [], 0, ""
    while at < len(text):
        if text.startswith("==", at):
            current, at = current + "==", at + 2
        elif text[at] == "=":
            parts.append(current)
            current, at = "", at + 1
        else:
            current, at = current + text[at], at + 1
    return [*parts, current]


def _path_has(path: JSONPath, wanted: str | None, body: Body) -> bool:
    try:
        results = path.find(body)
    except JSONPathError as error:
        raise KubectlError(str(error)) from None
    if not results or not results[0]:
        return False
    if len(results) > 1:
        raise KubectlError("given jsonpath expression matches more than one list")
    if len(results[0]) > 1:
        raise KubectlError("given jsonpath expression matches more than one value")
    if wanted is None:
        return True
    value = results[0][0]
    if isinstance(value, dict | list):
        raise KubectlError("jsonpath leads to a nested object or list which is not supported")
    return sprint(value).strip() == wanted.strip()


COMMAND = CommandSpec(
    "wait",
    "Wait for a specific condition on one or many resources",
    _wait,
    (
        *OUTPUT,
        *(flag for flag in FILES if flag.name != "recursive"),
        switch("recursive", True, "R"),
        ALL,
        ALL_NAMESPACES,
        FIELD_SELECTOR,
        LOCAL,
        SELECTOR,
        array("for"),
        duration("timeout", 30_000),
    ),
    usage=(
        "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|"
        "--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]"
    ),
)
