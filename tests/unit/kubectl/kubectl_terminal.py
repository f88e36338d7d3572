"""A terminal on a small cluster: command lines in, what they print out."""

from __future__ import annotations

from typing import Any

import yaml

from k8snb.cluster import Cluster
from k8snb.kubectl import execute_at_once, Result

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: nginx
        image: nginx:1.7.9
        ports: [{containerPort: 80}]
"""
SETTINGS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue}
"""


class Terminal:
    """Runs command lines. Nothing in the cluster moves but while a command waits, or when it is `run`."""

    def __init__(self, nodes: int = 2) -> None:
        self.cluster = Cluster(nodes=nodes)

    def out(self, line: str, stdin: str = "") -> list[str]:
        """The lines that a command which succeeds prints."""
        result = self.cluster.kubectl(line, stdin)
        assert (result.exit, result.stderr) == (0, "")
        return result.stdout.splitlines()

    def fails(self, line: str, stdin: str = "") -> list[str]:
        """The error of a command that only fails."""
        result = self.cluster.kubectl(line, stdin)
        assert (result.exit, result.stdout) == (1, "")
        return result.stderr.splitlines()

    def both(self, line: str, stdin: str = "") -> Result:
        """All that a command leaves."""
        return self.cluster.kubectl(line, stdin)

    def once(self, line: str, stdin: str = "") -> Result:
        """All that a command leaves which must not wait."""
        return execute_at_once(line, self.cluster.server, stdin)

    def body(self, line: str, stdin: str = "") -> Any:
        """The object that a command prints as YAML."""
        return yaml.safe_load("\n".join(self.out(f"{line} -o yaml", stdin)))

    def value(self, what: str, path: str) -> str:
        """What a JSONPath says of an object."""
        return "\n".join(self.out(f"get {what} -o jsonpath={{{path}}}"))

    def run(self, seconds: float = 20) -> None:
        """Let simulated time pass."""
        self.cluster.run(seconds)
