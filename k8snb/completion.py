"""Completion of kubectl lines: commands, kinds, and the names of objects that are there."""

from __future__ import annotations

import re

from k8snb.api.resources import find, RESOURCES
from k8snb.machinery.server import Reader

COMMANDS: dict[str, tuple[str, ...]] = {
    "annotate": (),
    "api-resources": (),
    "apply": (),
    "create": ("configmap", "deployment", "namespace", "secret", "service", "serviceaccount"),
    "delete": (),
    "describe": (),
    "events": (),
    "expose": (),
    "get": (),
    "label": (),
    "patch": (),
    "rollout": ("history", "pause", "restart", "resume", "status", "undo"),
    "run": (),
    "scale": (),
    "set": ("env", "image", "resources"),
    "wait": (),
}
WITHOUT_OBJECTS = ("api-resources", "apply", "create", "events", "run")
FLAGS = (
    "--all-namespaces",
    "--field-selector=",
    "--namespace=",
    "--output=json",
    "--output=name",
    "--output=wide",
    "--output=yaml",
    "--replicas=",
    "--selector=",
    "--show-labels",
    "--to-revision=",
)
MOST = 60


def complete_line(line: str, reader: Reader) -> list[str]:
    """What the last word of a kubectl line may become.

    Parameters
    ----------
    line
        The line up to the cursor, without ``kubectl``.
    reader
        The cluster whose objects are named.

    Returns
    -------
    list of str
        Whole words, sorted; empty when nothing fits.

    Examples
    --------
    >>> from k8snb.cluster import Cluster
    >>> complete_line("rollout st", Cluster().server), complete_line("get no", Cluster().server)
    (['status'], ['nodes'])
    """
    *before, word = re.split(r"\s+", line.lstrip()) if line.strip() else [""]
    if before[:1] == ["kubectl"]:
        del before[0]
    if word.startswith("-"):
        found = [flag for flag in FLAGS if flag.startswith(word)]
    elif not before:
        found = [command for command in COMMANDS if command.startswith(word)]
    else:
        found = _arguments([w for w in before if not w.startswith("-")], word, reader, _namespace(before))
    return sorted(found)[:MOST]


def _namespace(words: list[str]) -> str:
    """The namespace that the line names so far."""
    for flag, value in zip(words, [*words[1:], ""], strict=True):
        if flag in ("-n", "--namespace"):
            return value
        if flag.startswith("--namespace="):
            return flag.partition("=")[2]
    return "default"


def _arguments(before: list[str], word: str, reader: Reader, namespace: str) -> list[str]:
    command = before[0]
    children = COMMANDS.get(command, ())
    if children and len(before) == 1:
        return [child for child in children if child.startswith(word)]
    if command in WITHOUT_OBJECTS or command not in COMMANDS:
        return []
    kind, slash, _ = word.partition("/")
    if slash:
        return [f"{kind}/{name}" for name in names_of(kind, reader, namespace) if f"{kind}/{name}".startswith(word)]
    words = before[2:] if children else before[1:]
    if words and find(words[0]) is not None:
        return [name for name in names_of(words[0], reader, namespace) if name.startswith(word)]
    return [resource.plural for resource in RESOURCES if resource.plural.startswith(word)]


def names_of(kind: str, reader: Reader, namespace: str = "default") -> list[str]:
    """The names of a kind's objects."""
    resource = find(kind)
    return [obj.metadata.name for obj in reader.list(resource, namespace)] if resource is not None else []
