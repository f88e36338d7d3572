"""``kubectl set image``, ``set resources``, ``set selector`` and ``set serviceaccount``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/set/set_{image,resources,selector,serviceaccount}.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8snb.errors import K8snbError
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.commands.create_config import label_selector
from k8snb.kubectl.commands.set_env import ENV
from k8snb.kubectl.common_flags import (
    ALL,
    DRY_RUN,
    field_manager,
    FILES,
    LOCAL,
    OUTPUT,
    RECORD,
    RESOURCE_VERSION,
    SELECTOR,
)
from k8snb.kubectl.dry_run import dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import raise_all
from k8snb.kubectl.flags import array, switch, text
from k8snb.kubectl.generated import resource_list
from k8snb.kubectl.infos import Info
from k8snb.kubectl.output import Output
from k8snb.kubectl.pairs import parse_pairs, split_resources_and_pairs
from k8snb.kubectl.recording import recorded
from k8snb.kubectl.resource_builder import find_objects, Found, LOCAL_RESOURCE, Query
from k8snb.kubectl.template_changes import calculate, pod_spec_of, select_containers, send

Body = dict[str, Any]

_FLAGS = (*OUTPUT, *FILES, ALL, DRY_RUN, LOCAL, RECORD, field_manager("kubectl-set"))
_LOCAL_ON_SERVER = "cannot specify --local and --dry-run=server - did you mean --dry-run=client?"
_BOTH = "cannot set --all and --selector at the same time"


def find_for_set(session: Session, resources: list[str]) -> Found:
    """The objects of a ``set`` command; with ``--local`` those of its files as they are written there."""
    flags = session.flags
    if flags["local"]:
        if resources:
            raise KubectlError(LOCAL_RESOURCE)
        return find_objects(session, Query(local=True, typed=True))
    labels = flags.values.get("selector", "")
    return find_objects(session, Query(resources, labels=labels, everything=flags["all"], latest=True, typed=True))


# -- image


def _image(session: Session) -> None:
    dry_run = dry_run_of(session)
    output = Output(session, dry_run, typed=True)
    resources, pairs = split_resources_and_pairs(session.args, "image")
    images, _ = parse_pairs(pairs, "image", removals=False)
    infos = find_for_set(session, resources).all()
    _check_image(session, dry_run, resources, images)
    missing: list[K8snbError] = []

    def mutate(info: Info, body: Body) -> Body:
        spec = pod_spec_of(info, body)
        for name, image in images.items():
            containers = [
                c
                for c in (*spec.get("initContainers", ()), *(spec.get("containers") or ()))
                if name in ("*", c["name"])
            ]
            for container in containers:
                container["image"] = image
            if not containers:
                missing.append(KubectlError(f'error: unable to find container named "{name}"'))
        return recorded(session, body)

    changes = calculate(infos, mutate)
    failure = "failed to patch image update to pod template: "
    raise_all([*missing, *send(session, dry_run, output, changes, "image updated", failure)])


def _check_image(session: Session, dry_run: DryRun, resources: list[str], images: Mapping[str, str]) -> None:
    flags, errors = session.flags, list[K8snbError]()
    if flags["all"] and flags["selector"]:
        errors.append(KubectlError(_BOTH))
    if not resources and not flags["filename"]:
        errors.append(KubectlError("one or more resources must be specified as <resource> <name> or <resource>/<name>"))
    if not images:
        errors.append(KubectlError("at least one image update is required"))
    elif len(images) > 1 and "*" in images:
        errors.append(
            KubectlError(
                "all containers are already specified by *, but saw more than one container_name=container_image pairs"
            )
        )
    if flags["local"] and dry_run is DryRun.SERVER:
        errors.append(KubectlError(_LOCAL_ON_SERVER))
    raise_all(errors)


# -- resources


def _resources(session: Session) -> None:
    flags = session.flags
    dry_run = dry_run_of(session)
    output = Output(session, dry_run, typed=True)
    infos = find_for_set(session, session.args).all()
    if flags["local"] and dry_run is DryRun.SERVER:
        raise KubectlError(_LOCAL_ON_SERVER)
    if flags["all"] and flags["selector"]:
        raise KubectlError(_BOTH)
    if not flags["limits"] and not flags["requests"]:
        raise KubectlError("you must specify an update to requests or limits (in the form of --requests/--limits)")
    wanted = {"limits": resource_list(flags["limits"]), "requests": resource_list(flags["requests"])}
    missing: list[K8snbError] = []

    def mutate(info: Info, body: Body) -> Body:
        containers = select_containers(pod_spec_of(info, body), flags["containers"])
        for container in containers:
            requirements = container.setdefault("resources", {})
            for name, quantities in wanted.items():
                if quantities:
                    requirements[name] = {**requirements.get(name, {}), **quantities}
        if not containers:
            missing.append(KubectlError(f"error: unable to find container named {flags['containers']}"))
            return body
        return recorded(session, body)

    changes = calculate(infos, mutate)
    failure = "failed to patch resources update to pod template "
    raise_all([*missing, *send(session, dry_run, output, changes, "resource requirements updated", failure)])


# -- selector


def _selector(session: Session) -> None:
    dry_run = dry_run_of(session)
    *resources, last = session.args or [""]
    selector = label_selector(last) if session.args else None
    output = Output(session, dry_run, typed=True)
    found = find_for_set(session, resources) if selector is not None else None
    if found is None or selector is None:
        raise KubectlError("one selector is required")

    def mutate(info: Info, body: Body) -> Body:
        if info.resource.kind != "Service":
            raise KubectlError("setting a selector is only supported for Services")
        if selector.get("matchExpressions"):
            raise KubectlError("match expression [] not supported on this object")
        body["spec"]["selector"] = selector.get("matchLabels", {})
        if version := session.flags["resource-version"]:
            body["metadata"]["resourceVersion"] = version
        return recorded(session, body)

    def act(info: Info) -> None:
        (change,) = calculate([info], mutate)
        if change.error is not None:
            raise change.error
        if dry_run is DryRun.CLIENT or session.flags["local"]:
            output.print(change.typed, "selector updated")
            return
        server_dry_run = dry_run is DryRun.SERVER
        obj = session.server.patch(
            info.resource, info.namespace, info.name, "strategic", change.patch, dry_run=server_dry_run
        )
        output.print(obj, "selector updated")

    found.visit(act)


# -- service account


def _service_account(session: Session) -> None:
    dry_run = dry_run_of(session)
    if session.flags["local"] and dry_run is DryRun.SERVER:
        raise KubectlError(_LOCAL_ON_SERVER)
    output = Output(session, dry_run, typed=True)
    if not session.args:
        raise KubectlError("serviceaccount is required")
    *resources, name = session.args
    infos = find_for_set(session, resources).all()

    def mutate(info: Info, body: Body) -> Body:
        spec = pod_spec_of(info, body)
        spec["serviceAccountName"] = name
        if "serviceAccount" in spec:
            spec["serviceAccount"] = name
        return recorded(session, body)

    changes = calculate(infos, mutate)
    failure = "failed to patch ServiceAccountName "
    raise_all(send(session, dry_run, output, changes, "serviceaccount updated", failure))


def _subject(session: Session) -> None:
    """Bindings are not built: there is none whose subjects could be set."""
    dry_run_of(session)
    Output(session)
    find_objects(session, Query(session.args, everything=True, latest=True)).all()
    raise KubectlError('"kubectl set subject" is not built in this simulator')


COMMAND = CommandSpec(
    "set",
    "Set specific features on objects",
    long="Configure application resources.\n\n These commands help you make changes to existing application resources.",
    subcommands=(
        ENV,
        CommandSpec("image", "Update the image of a pod template", _image, (*_FLAGS, SELECTOR)),
        CommandSpec(
            "resources",
            "Update resource requests/limits on objects with pod templates",
            _resources,
            (*_FLAGS, SELECTOR, text("containers", "*", "c"), text("limits"), text("requests")),
        ),
        CommandSpec(
            "selector",
            "Set the selector on a resource",
            _selector,
            (
                *OUTPUT,
                *(flag for flag in FILES if flag.name != "recursive"),
                switch("recursive", True, "R"),
                ALL,
                DRY_RUN,
                LOCAL,
                RECORD,
                RESOURCE_VERSION,
                field_manager("kubectl-set"),
            ),
        ),
        CommandSpec(
            "serviceaccount",
            "Update the service account of a resource",
            _service_account,
            _FLAGS,
            aliases=("sa",),
        ),
        CommandSpec(
            "subject",
            "Update the user, group, or service account in a role binding or cluster role binding",
            _subject,
            (*_FLAGS, SELECTOR, *(array(name) for name in ("user", "group", "serviceaccount"))),
        ),
    ),
)
