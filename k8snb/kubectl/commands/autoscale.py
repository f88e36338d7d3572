"""``kubectl autoscale``: its object is shown (``--dry-run``), but this simulator has no autoscaler to create it for.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/autoscale/autoscale.go`` and ``pkg/apis/autoscaling/v2/defaults.go @ v1.36``
"""

from __future__ import annotations

import re
from typing import Any

from k8snb.api.integers import integer
from k8snb.api.quantity import canonical, QuantityError
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.common_flags import DRY_RUN, field_manager, FILES, OUTPUT, RECORD, SAVE_CONFIG
from k8snb.kubectl.dry_run import dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import Flag, number, text
from k8snb.kubectl.generated import metadata_as_stored
from k8snb.kubectl.infos import Info
from k8snb.kubectl.output import Output
from k8snb.kubectl.resource_builder import find_objects, Query
from k8snb.kubectl.subresources import has_scale

Body = dict[str, Any]

_UNITS = {"cpu": "m", "memory": "Mi"}
_CPU_PERCENT = Flag(
    "cpu-percent",
    "int32",
    -1,
    deprecated=(
        "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU)."
    ),
)


def _autoscale(session: Session) -> None:
    dry_run = dry_run_of(session)
    _check(session)
    found = find_objects(session, Query(session.args, typed=True))
    found.visit(lambda info: _autoscale_one(session, dry_run, info))
    if not found.infos:
        raise KubectlError("no objects passed to autoscale")


def _check(session: Session) -> None:
    flags = session.flags
    least, most = flags["min"], flags["max"]
    if most < 1:
        raise KubectlError(f"--max=MAXPODS is required and must be at least 1, max: {most}")
    if most < least:
        raise KubectlError(f"--max=MAXPODS must be larger or equal to --min=MINPODS, max: {most}, min: {least}")
    if flags["cpu-percent"] > 0 and flags["cpu"]:
        raise KubectlError("--cpu-percent and --cpu are mutually exclusive")
    for name in _UNITS:
        if flags[name]:
            _target(name, flags[name])


def _autoscale_one(session: Session, dry_run: DryRun, info: Info) -> None:
    if not has_scale(info.resource):
        shown = f"{info.resource.group}/{info.resource.version}, Resource={info.resource.plural}"
        problem = f"could not find scale subresource for {shown} in discovery information"
        raise KubectlError(f"cannot autoscale a {info.resource.kind}: {problem}")
    body = _autoscaler(session, info)
    if dry_run is DryRun.NONE:
        raise KubectlError("creating a HorizontalPodAutoscaler is not built in this simulator")
    if dry_run is DryRun.SERVER:
        body = _defaulted(session, body)
    Output(session, dry_run, typed=True).print(body, "created" if dry_run is DryRun.CLIENT else "autoscaled")


def _autoscaler(session: Session, info: Info) -> Body:
    flags = session.flags
    metadata = {"name": flags["name"] or info.name}
    if session.namespace_given:
        metadata["namespace"] = session.namespace
    reference = {"kind": info.resource.kind, "name": info.name, "apiVersion": info.resource.api_version}
    spec: Body = {"scaleTargetRef": reference}
    if flags["min"] > 0:
        spec["minReplicas"] = flags["min"]
    spec["maxReplicas"] = flags["max"]
    if metrics := _metrics(session):
        spec["metrics"] = metrics
    return {
        "kind": "HorizontalPodAutoscaler",
        "apiVersion": "autoscaling/v2",
        "metadata": metadata,
        "spec": spec,
        "status": {"desiredReplicas": 0, "currentMetrics": None},
    }


def _metrics(session: Session) -> list[Body]:
    flags = session.flags
    found = []
    if flags["cpu-percent"] > 0:
        found.append(_metric("cpu", {"type": "Utilization", "averageUtilization": flags["cpu-percent"]}))
    return [*found, *(_metric(name, _target(name, flags[name])) for name in _UNITS if flags[name])]


def _metric(name: str, target: Body) -> Body:
    return {"type": "Resource", "resource": {"name": name, "target": target}}


def _target(name: str, word: str) -> Body:
    """``70%`` is a share of the request, ``500m`` or ``500`` an amount."""
    word = word.strip()
    if word.endswith("%"):
        share = word[:-1]
        if not re.fullmatch(r"\+?[0-9]+", share, re.ASCII) or integer(share, 32) is None:
            raise KubectlError(f"invalid percentage value: {share}")
        return {"type": "Utilization", "averageUtilization": int(share)}
    amount = word + _UNITS[name] if re.fullmatch(r"[+-]?[0-9]*\.?[0-9]+", word, re.ASCII) else word
    try:
        return {"type": "AverageValue", "averageValue": canonical(amount)}
    except QuantityError:
        raise KubectlError(f"invalid resource {name} value: {word}") from None


def _defaulted(session: Session, body: Body) -> Body:
    """What the server would fill in."""
    spec = {"minReplicas": 1, **body["spec"]}
    spec.setdefault("metrics", [_metric("cpu", {"type": "Utilization", "averageUtilization": 80})])
    return {**body, "metadata": metadata_as_stored(session, body["metadata"], session.namespace), "spec": spec}


COMMAND = CommandSpec(
    "autoscale",
    "Auto-scale a deployment, replica set, stateful set, or replication controller",
    _autoscale,
    (
        *OUTPUT,
        *FILES,
        DRY_RUN,
        RECORD,
        SAVE_CONFIG,
        text("cpu"),
        _CPU_PERCENT,
        field_manager("kubectl-autoscale"),
        number("max", -1, bits=32, required=True),
        text("memory"),
        number("min", -1, bits=32),
        text("name"),
    ),
    usage="(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]",
)
