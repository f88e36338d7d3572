"""How a cluster looks as the value of a notebook cell."""

from __future__ import annotations

from collections import Counter
from html import escape

from k8snb.api.resources import BY_KIND
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.cluster import Cluster
from k8snb.picture.axis import clock
from k8snb.picture.pod_state import pod_state, STATES

SHOWN = ("Deployment", "StatefulSet", "DaemonSet", "Job", "Service")
_STYLE = "border:1px solid #b8c2cc;border-radius:8px;padding:8px 14px;display:inline-block"


def cluster_html(cluster: Cluster) -> str:
    """A cluster's counts and time as a small table."""
    rows = "".join(
        f'<tr><th style="text-align:left">{escape(name)}</th><td style="text-align:left">{escape(value)}</td></tr>'
        for name, value in cluster_facts(cluster)
    )
    return f'<div style="{_STYLE}"><b>Cluster</b> at {clock(cluster.now_ms)}<table>{rows}</table></div>'


def cluster_facts(cluster: Cluster) -> list[tuple[str, str]]:
    """What there is in a cluster, in words: nodes, pods by state, and the names of its workloads."""
    server = cluster.server
    nodes = [n for n in server.list(BY_KIND["Node"]) if isinstance(n, Node)]
    ready = sum(any(c.type == "Ready" and c.status == "True" for c in n.status.conditions) for n in nodes)
    pods = [p for p in server.list(BY_KIND["Pod"]) if isinstance(p, Pod)]
    counts = Counter(pod_state(p).word for p in pods)
    states = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
    facts = [("nodes", f"{ready} of {len(nodes)} ready"), ("pods", f"{len(pods)}" + (f" ({states})" if states else ""))]
    for kind in SHOWN:
        names = [o.metadata.name for o in server.list(BY_KIND[kind]) if o.metadata.name != "kubernetes"]
        if names:
            more = f" and {len(names) - 8} more" if len(names) > 8 else ""
            facts.append((BY_KIND[kind].plural, ", ".join(names[:8]) + more))
    return facts
