"""All commands of kubectl: those that are built, and the others, which say that they are not."""

from __future__ import annotations

from typing import Any

from k8snb.kubectl.command import CommandSpec, not_built, Session
from k8snb.kubectl.commands import (
    annotate,
    apply,
    auth,
    autoscale,
    cluster,
    containers,
    cordon,
    create,
    delete,
    describe,
    drain,
    events,
    expose,
    get,
    label,
    options,
    patch,
    replace,
    rollout,
    run,
    scale,
    set_,
    taint,
    wait,
)
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.resource_builder import MISSING_RESOURCE

_EXPLAIN_USAGE = (
    'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported '
    "resources.\n"
)


def _unbuilt(name: str, about: str, without_arguments: str, *, usage_hint: bool = False) -> CommandSpec:
    """A command that is not built; without arguments it complains as kubectl does."""

    def run(session: Session) -> None:
        if not session.args:
            raise session.usage_error(without_arguments) if usage_hint else KubectlError(without_arguments)
        raise KubectlError(f'"{session.path}" is not built in this simulator')

    return CommandSpec(name, about, run, open_ended=True)


def _top(name: str, aliases: tuple[str, ...]) -> CommandSpec:
    """Nothing measures what pods use."""

    def run(_session: Session) -> None:
        raise KubectlError("Metrics API not available")

    return CommandSpec(name, f"Display resource (CPU/memory) usage of {name}s", run, aliases=aliases, open_ended=True)


def _unbuilt_group(name: str, about: str, usage: str, *subcommands: tuple[str, str], **more: Any) -> CommandSpec:
    """A command whose subcommands are known, and not built."""
    made = tuple(not_built(*subcommand) for subcommand in subcommands)
    return CommandSpec(name, about, usage=usage, subcommands=made, **more)


def _alpha(session: Session) -> None:
    session.complain("No alpha commands are available in this version of kubectl")


_ROOT_LONG = """kubectl controls the Kubernetes cluster manager.

 Find more information at: https://kubernetes.io/docs/reference/kubectl/"""

ROOT = CommandSpec(
    "kubectl",
    "kubectl controls the Kubernetes cluster manager",
    long=_ROOT_LONG,
    usage="[flags]",
    subcommands=(
        CommandSpec("alpha", "Commands for features in alpha", _alpha, open_ended=True),
        annotate.COMMAND,
        cluster.API_RESOURCES,
        cluster.API_VERSIONS,
        apply.COMMAND,
        _unbuilt("attach", "Attach to a running container", "at least 1 argument is required for attach"),
        auth.COMMAND,
        autoscale.COMMAND,
        _unbuilt_group(
            "certificate",
            "Modify certificate resources",
            "SUBCOMMAND",
            ("approve", "Approve a certificate signing request"),
            ("deny", "Deny a certificate signing request"),
            help_to_stdout=True,
            help_exit=0,
        ),
        cluster.CLUSTER_INFO,
        _unbuilt(
            "completion",
            "Output shell completion code for the specified shell (bash, zsh, fish, or powershell)",
            "Shell not specified.",
            usage_hint=True,
        ),
        not_built("config", "Modify kubeconfig files"),
        cordon.CORDON,
        _unbuilt("cp", "Copy files and directories to and from containers", "source and destination are required"),
        create.COMMAND,
        _unbuilt(
            "debug",
            "Create debugging sessions for troubleshooting workloads and nodes",
            "NAME or filename is required for debug",
        ),
        delete.COMMAND,
        describe.COMMAND,
        not_built("diff", "Diff the live version against a would-be applied version"),
        drain.COMMAND,
        _unbuilt("edit", "Edit a resource on the server", MISSING_RESOURCE),
        events.COMMAND,
        containers.EXEC,
        _unbuilt("explain", "Get documentation for a resource", _EXPLAIN_USAGE),
        expose.COMMAND,
        get.COMMAND,
        not_built("kuberc", "Manage kuberc configuration files"),
        not_built("kustomize", "Build a kustomization target from a directory or URL"),
        label.COMMAND,
        containers.LOGS,
        options.COMMAND,
        patch.COMMAND,
        _unbuilt_group(
            "plugin",
            "Provides utilities for interacting with plugins",
            "[flags]",
            ("list", "List all visible plugin executables on a user's PATH"),
        ),
        _unbuilt(
            "port-forward",
            "Forward one or more local ports to a pod",
            "TYPE/NAME and list of ports are required for port-forward",
            usage_hint=True,
        ),
        not_built("proxy", "Run a proxy to the Kubernetes API server"),
        replace.COMMAND,
        rollout.COMMAND,
        run.COMMAND,
        scale.COMMAND,
        set_.COMMAND,
        taint.COMMAND,
        CommandSpec(
            "top",
            "Display resource (CPU/memory) usage",
            usage="[flags]",
            subcommands=(_top("node", ("nodes", "no")), _top("pod", ("pods", "po"))),
        ),
        cordon.UNCORDON,
        cluster.VERSION_COMMAND,
        wait.COMMAND,
    ),
)
