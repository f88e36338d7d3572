"""The help of a command; that of a command which only has subcommands is kubectl's own, word for word.

References
----------
``staging/src/k8s.io/kubectl/pkg/util/templates/templates.go``, ``staging/src/k8s.io/kubectl/pkg/cmd/cmd.go
NewKubectlCommand @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k8snb.kubectl.command import CommandSpec
from k8snb.kubectl.command_line import Invocation
from k8snb.kubectl.flags import Flag
from k8snb.kubectl.go_values import go_string

_ROOT = "kubectl"
_SECTIONS = (
    ("Basic Commands (Beginner):", "create expose run set"),
    ("Basic Commands (Intermediate):", "explain get edit delete"),
    ("Deploy Commands:", "rollout scale autoscale"),
    ("Cluster Management Commands:", "certificate cluster-info top cordon uncordon drain taint"),
    (
        "Troubleshooting and Debugging Commands:",
        "describe logs attach exec port-forward proxy cp auth debug events",
    ),
    ("Advanced Commands:", "diff apply patch replace wait kustomize"),
    ("Settings Commands:", "label annotate completion"),
    ("Subcommands provided by plugins:", ""),
    ("Other Commands:", "api-resources api-versions config kuberc plugin version"),
)
_LEAST_WIDTH = 11  # of the names of commands, before the three blanks that follow them


def help_text(invocation: Invocation) -> str:
    """What ``--help`` prints, and a command of which only subcommands do anything."""
    spec, path = invocation.spec, invocation.path
    lines = [spec.long or f"{spec.about}.", ""] if spec.about else []
    if spec.aliases:
        lines += ["Aliases:", ", ".join((spec.name, *spec.aliases)), ""]
    if path == _ROOT:
        for heading, names in _SECTIONS:
            commands = [c for name in names.split() if (c := spec.subcommand(name)) is not None]
            lines += [heading, *_listed(commands, spec.subcommands), ""]
    elif spec.subcommands:
        lines += ["Available Commands:", *_listed(spec.subcommands, spec.subcommands), ""]
    if spec.flags:
        lines += ["Options:", *listed_flags(spec.flags), ""]
    usage = spec.usage or ("SUBCOMMAND" if spec.subcommands else "")
    lines += ["Usage:", " ".join(filter(None, (f"  {path}", usage, "[options]"))), ""]
    if spec.subcommands:
        lines.append(f'Use "{path} <command> --help" for more information about a given command.')
    lines.append('Use "kubectl options" for a list of global command-line options (applies to all commands).')
    return "\n".join(lines) + "\n"


def _listed(commands: Sequence[CommandSpec], all_commands: Sequence[CommandSpec]) -> list[str]:
    width = max([_LEAST_WIDTH, *(len(command.name) for command in all_commands)])
    return [f"  {command.name.ljust(width)}   {command.about}".rstrip() for command in commands]


def listed_flags(flags: Iterable[Flag]) -> list[str]:
    """A line for each flag, with what it is without being given."""
    return [f"    {flag.shown}={_default(flag)}" for flag in sorted(flags, key=lambda flag: flag.name)]


def _default(flag: Flag) -> str:
    shown = go_string(flag.default)
    return f"'{shown}'" if flag.type == "string" else f"{flag.default // 1000}s" if flag.type == "duration" else shown
