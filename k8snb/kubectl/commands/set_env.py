"""``kubectl set env``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/set/set_env.go`` and ``set/env/env_{parse,resolve}.go @ v1.36``
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from typing import Any

from k8snb.api.encode import to_dict
from k8snb.api.field_errors import go_quote
from k8snb.api.types.config import ConfigMap, Secret
from k8snb.api.validation.formats import is_env_var_name
from k8snb.errors import K8snbError
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.common_flags import ALL, DRY_RUN, field_manager, FILES, LOCAL, OUTPUT, SELECTOR
from k8snb.kubectl.dry_run import dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import raise_all
from k8snb.kubectl.flags import array, slices, switch, text
from k8snb.kubectl.infos import Info, resource_of
from k8snb.kubectl.output import Output
from k8snb.kubectl.resource_builder import find_objects, Query
from k8snb.kubectl.template_changes import calculate, pod_spec_of, select_containers, send

Body = dict[str, Any]

_ENVIRONMENT = re.compile(r"(?ms)^(.+)=(.*)$")
_NOT_IN_NAME = re.compile(r"[^a-zA-Z0-9_]")
_NEVER_SET = "at least one environment variable must be provided"


def _env(session: Session) -> None:
    flags = session.flags
    if flags["all"] and flags["selector"]:
        raise KubectlError("cannot set --all and --selector at the same time")
    resources, arguments = _split(session.args)
    dry_run = dry_run_of(session)
    output = Output(session, dry_run, typed=True)
    _check(session, dry_run, resources)
    variables, removed = _parse([*flags["env"], *arguments], session.stdin)
    variables += _variables_from(session)
    for variable in variables:
        variable["name"] = flags["prefix"] + variable["name"]
    query = Query(
        [] if flags["local"] else resources,
        labels=flags["selector"],
        everything=flags["all"],
        latest=True,
        local=flags["local"],
        typed=True,
    )
    infos = find_objects(session, query).all()
    changes = calculate(infos, lambda info, body: _mutate(session, info, body, variables, removed))
    if flags["list"]:
        return
    errors = send(session, dry_run, output, changes, "env updated", "failed to patch env update to pod template: ")
    if not errors and not variables and not arguments and any(change.patch for change in changes):
        raise KubectlError(_NEVER_SET)
    raise_all(errors)


def _split(args: Sequence[str]) -> tuple[list[str], list[str]]:
    resources: list[str] = []
    environment: list[str] = []
    for arg in args:
        if _ENVIRONMENT.search(arg) or arg.endswith("-"):
            environment.append(arg)
        elif environment:
            raise KubectlError(f"all resources must be specified before environment changes: {' '.join(args)}")
        else:
            resources.append(arg)
    return resources, environment


def _check(session: Session, dry_run: DryRun, resources: Sequence[str]) -> None:
    flags = session.flags
    if flags["local"] and dry_run is DryRun.SERVER:
        raise KubectlError("cannot specify --local and --dry-run=server - did you mean --dry-run=client?")
    if not flags["filename"] and not resources:
        raise KubectlError("one or more resources must be specified as <resource> <name> or <resource>/<name>")
    if flags["list"] and flags["output"]:
        raise KubectlError("--list and --output may not be specified together")
    if flags["keys"] and not flags["from"]:
        raise KubectlError("when specifying --keys, a configmap or secret must be provided with --from")


def _parse(specs: Sequence[str], stdin: str) -> tuple[list[Body], list[str]]:
    """Variables to set, and names of those to remove."""
    variables: list[Body] = []
    removed: list[str] = []
    named: list[str] = []
    for spec in specs:
        if spec == "-":
            variables += _variables_of_lines(stdin)
        elif "=" in spec:
            name, _, value = spec.partition("=")
            if problems := is_env_var_name(name):
                raise KubectlError(f"{go_quote(name)} is not a valid key name: {';'.join(problems)}")
            named.append(name)
            variables.append({"name": name, "value": value})
        elif spec.endswith("-"):
            removed.append(spec[:-1])
        else:
            raise KubectlError(f"unknown environment variable: {spec}")
    if any(name in named for name in removed):
        raise KubectlError("can not both modify and remove the same environment variable in the same command")
    return variables, removed


def _variables_of_lines(text_: str) -> Iterator[Body]:
    for line in text_.splitlines():
        name, equals, value = line.partition("#")[0].partition("=")
        if equals:
            yield {"name": name, "value": value}


def _variables_from(session: Session) -> list[Body]:
    """One variable for each key of the config maps or secrets that ``--from`` names."""
    source, keys = session.flags["from"], session.flags["keys"]
    if not source:
        return []
    query = Query([source], labels=session.flags["selector"], everything=session.flags["all"], files=False, latest=True)
    variables = []
    for info in find_objects(session, query).all():
        obj = info.obj
        if not isinstance(obj, ConfigMap | Secret):
            raise KubectlError("unsupported resource specified in --from")
        reference = "configMapKeyRef" if isinstance(obj, ConfigMap) else "secretKeyRef"
        for key in sorted(obj.data):
            if not keys or key in keys:
                value = {reference: {"name": info.name, "key": key}}
                variables.append({"name": _variable_name(session, key), "valueFrom": value})
    return variables


def _variable_name(session: Session, key: str) -> str:
    name = _NOT_IN_NAME.sub("_", key).upper()
    if name != key:
        session.warn(f"key {key} transferred to {name}")
    return name


def _mutate(session: Session, info: Info, body: Body, variables: Sequence[Body], removed: Sequence[str]) -> Body:
    flags = session.flags
    containers = select_containers(pod_spec_of(info, body), flags["containers"])
    if not containers:
        shown = f"{info.resource.kind}/{info.name}"
        session.warn(f"{shown} does not have any containers matching {go_quote(flags['containers'])}")
    failed = False
    for container in containers:
        present = container.get("env", [])
        if not flags["overwrite"]:
            _refuse_overwrite(present, variables)
        container["env"] = _updated(present, variables, removed)
        if flags["list"]:
            failed |= _list(session, info, body, container)
        if not container["env"]:
            del container["env"]
    if failed:
        raise KubectlError("failed to retrieve valueFrom references")
    return body


def _refuse_overwrite(present: Sequence[Body], variables: Sequence[Body]) -> None:
    for variable in variables:
        current = next((v for v in present if v["name"] == variable["name"]), None)
        if current is not None and current.get("value", "") != variable.get("value", ""):
            raise KubectlError(
                f"'{current['name']}' already has a value ({current.get('value', '')}), and --overwrite is false"
            )


def _updated(present: Sequence[Body], variables: Sequence[Body], removed: Sequence[str]) -> list[Body]:
    """The variables with the new ones in the places of those they replace, and the rest of them at the end."""
    new: dict[str, Body] = {}
    covered = set(removed)
    for variable in variables:
        new.setdefault(variable["name"], variable)
    found = []
    for variable in present:
        name = variable["name"]
        if name in covered:
            continue
        if name in new:
            covered.add(name)
        found.append(new.get(name, variable))
    for name, variable in new.items():
        if name not in covered:
            covered.add(name)
            found.append(variable)
    return found


# -- listing


def _list(session: Session, info: Info, body: Body, container: Body) -> bool:
    """Print a container's variables; whether a reference could not be resolved."""
    session.say(f"# {info.resource.kind} {info.name}, container {container['name']}")
    failures: dict[str, list[str]] = {}
    for variable in container["env"]:
        name, source = variable["name"], variable.get("valueFrom")
        if source is None:
            session.say(f"{name}={variable.get('value', '')}")
            continue
        if session.flags["resolve"]:
            try:
                session.say(f"{name}={_resolved(session, body, source)}")
                continue
            except K8snbError as error:
                failures.setdefault(str(error), []).append(name)
        session.say(f"# {name} from {_reference(source)}")
    for problem in sorted(f"error retrieving reference for {', '.join(sorted(v))}: {k}" for k, v in failures.items()):
        session.complain(problem)
    return bool(failures)


def _reference(source: Body) -> str:
    for field, shown in (("configMapKeyRef", "configmap"), ("secretKeyRef", "secret")):
        if field in source:
            return f"{shown} {source[field].get('name', '')}, key {source[field].get('key', '')}"
    if "fieldRef" in source:
        return f"field path {source['fieldRef'].get('fieldPath', '')}"
    if "resourceFieldRef" in source:
        container = source["resourceFieldRef"].get("containerName", "")
        return f"resource field {container + '/' if container else ''}{source['resourceFieldRef'].get('resource', '')}"
    return "invalid valueFrom"


def _resolved(session: Session, body: Body, source: Body) -> str:
    for field, kind, shown in (
        ("secretKeyRef", "secrets", "secret"),
        ("configMapKeyRef", "configmaps", "config map"),
    ):
        if field in source:
            name, key = source[field].get("name", ""), source[field].get("key", "")
            data = to_dict(session.server.get(resource_of(kind), session.namespace, name)).get("data", {})
            if key not in data:
                raise KubectlError(f"key {key} not found in {shown} {name}")
            return base64.b64decode(data[key]).decode("utf-8", "replace") if kind == "secrets" else str(data[key])
    if "fieldRef" in source:
        path = source["fieldRef"].get("fieldPath", "")
        if path in ("metadata.name", "metadata.namespace", "metadata.uid"):
            return str(body["metadata"].get(path.partition(".")[2], ""))
        raise KubectlError(f"unsupported fieldPath: {path}")
    raise KubectlError("resolving resource fields is not built in this simulator")


ENV = CommandSpec(
    "env",
    "Update environment variables on a pod template",
    _env,
    (
        *OUTPUT,
        *FILES,
        ALL,
        DRY_RUN,
        LOCAL,
        SELECTOR,
        text("containers", "*", "c"),
        array("env", "e"),
        field_manager("kubectl-set"),
        text("from"),
        slices("keys"),
        switch("list"),
        switch("overwrite", True),
        text("prefix"),
        switch("resolve"),
    ),
    usage="RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N",
)
