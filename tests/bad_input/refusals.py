"""What every refusal must be: the cluster stays as it is, and the words are Kubernetes', not Python's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from k8snb import Cluster
from k8snb.api.schema import KubernetesObject
from k8snb.kubectl import Result
from k8snb.machinery.log import Change

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: "nginx:1"}]}
"""

_PYTHON = re.compile(
    r"Traceback|NoneType|object at 0x|<class |<function |dict_(keys|values|items)|msgspec|k8snb\.(?!dev)[a-z]|"
    r"\b(Key|Type|Value|Attribute|Index|Recursion|Overflow|Assertion|Memory|Unicode\w+)Error\b|InvalidOperation|"
    r"Expecting (value|property)|Exceeds the limit"
)

Tables = dict[str, dict[str, KubernetesObject]]


def tables(cluster: Cluster) -> Tables:
    """Everything that is stored."""
    return {kind: dict(table) for kind, table in cluster.server.store.tables.items()}


def changes(cluster: Cluster) -> list[Change]:
    """Every write so far."""
    return list(cluster.log.changes())


def user_changes(cluster: Cluster, since: int) -> list[Change]:
    """The writes that users' own requests made from an entry of the log on."""
    return [change for change in cluster.log.changes(since) if change.actor == "user"]


def python_words(result: Result) -> list[str]:
    """Words of Python's in what was printed."""
    return [found[0] for found in _PYTHON.finditer(str(result))]


def check_words(result: Result) -> None:
    """Nothing printed speaks of Python, and all of it can be written to a terminal."""
    assert isinstance(result, Result)
    assert python_words(result) == []
    str(result).encode("utf-8")


def refused(cluster: Cluster, act: Callable[[], Result]) -> str:
    """What standard error says of an input that is refused and changes nothing."""
    before, entries = tables(cluster), len(cluster.log)
    result = act()
    check_words(result)
    assert result.exit == 1
    assert result.stderr.strip()
    assert list(cluster.log.changes(entries)) == []
    assert len(cluster.log) <= entries + 1  # the input itself
    assert tables(cluster) == before
    return result.stderr


def refused_manifest(cluster: Cluster, manifest: Any) -> str:
    """What is said of a manifest that is refused."""
    return refused(cluster, lambda: cluster.apply(manifest))


def refused_line(cluster: Cluster, line: str, stdin: str = "") -> str:
    """What is said of a command line that is refused."""
    return refused(cluster, lambda: cluster.kubectl(line, stdin))
