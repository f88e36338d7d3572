"""``kubectl create`` of namespaces, quotas, config maps, service accounts, priority classes and budgets.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/create/create_{namespace,quota,configmap,serviceaccount,priorityclass,pdb}.go
@ v1.36``
"""

from __future__ import annotations

import base64
import re
from typing import Any

from k8snb.api.field_errors import go_quote
from k8snb.api.integers import integer
from k8snb.api.selectors import parse_selector, SelectorError
from k8snb.api.validation.formats import is_config_map_key
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import number, switch, text
from k8snb.kubectl.generated import check_name, CREATE_FLAGS, Generator, metadata_for, name_of_args, resource_list
from k8snb.kubectl.key_values import add_all, check_sources, DATA_FLAGS, hash_of

Body = dict[str, Any]

_COUNT = re.compile(r"[0-9]+%?")


def _core(kind: str, metadata: Body, **fields: Any) -> Body:
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **fields}


def _namespace(session: Session) -> None:
    name = name_of_args(session)
    generator = Generator(session)
    check_name(name)
    generator.create(_core("Namespace", {"name": name}))


def _quota(session: Session) -> None:
    name, flags = name_of_args(session), session.flags
    generator = Generator(session)
    check_name(name)
    spec: Body = {}
    if flags["hard"]:
        spec["hard"] = resource_list(flags["hard"])
    scopes = flags["scopes"].split(",") if flags["scopes"] else []
    if "" in scopes:
        raise KubectlError('invalid resource quota scope ""')
    if scopes:
        spec["scopes"] = scopes
    generator.create(_core("ResourceQuota", metadata_for(session, name), spec=spec), "failed to create quota: ")


def _config_map(session: Session) -> None:
    name, flags = name_of_args(session), session.flags
    generator = Generator(session)
    check_name(name)
    check_sources(session)
    body = _core("ConfigMap", metadata_for(session, name))
    data: dict[str, str] = {}
    binary: dict[str, str] = {}

    def add(key: str, value: bytes) -> None:
        if problems := is_config_map_key(key):
            raise KubectlError(f"{go_quote(key)} is not a valid key name for a ConfigMap: {','.join(problems)}")
        for field, taken in (("Data", data), ("BinaryData", binary)):
            if key in taken:
                problem = f"another key by that name already exists in {field} for ConfigMap {go_quote(name)}"
                raise KubectlError(f"cannot add key {go_quote(key)}, {problem}")
        try:
            data[key] = value.decode("utf-8")
        except UnicodeDecodeError:
            binary[key] = base64.b64encode(value).decode()

    add_all(flags["from-literal"], flags["from-file"], flags["from-env-file"], add, "env config file")
    body |= {field: values for field, values in (("data", data), ("binaryData", binary)) if values}
    if flags["append-hash"]:
        hashed: Body = {"kind": "ConfigMap", "name": name, "data": data}
        body["metadata"]["name"] = f"{name}-{hash_of(hashed | ({'binaryData': binary} if binary else {}))}"
    generator.create(body, "failed to create configmap: ")


def _service_account(session: Session) -> None:
    name = name_of_args(session)
    generator = Generator(session)
    check_name(name)
    generator.create(_core("ServiceAccount", metadata_for(session, name)), "failed to create serviceaccount: ")


def _priority_class(session: Session) -> None:
    name, flags = name_of_args(session), session.flags
    generator = Generator(session)
    check_name(name)
    body: Body = {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": name},
        "value": flags["value"],
        "preemptionPolicy": flags["preemption-policy"],
    }
    if flags["global-default"]:
        body["globalDefault"] = True
    if flags["description"]:
        body["description"] = flags["description"]
    generator.create(body, "failed to create priorityclass: ")


def _budget(session: Session) -> None:
    name, flags = name_of_args(session), session.flags
    generator = Generator(session)
    check_name(name)
    least, most = flags["min-available"], flags["max-unavailable"]
    if not flags["selector"]:
        raise KubectlError("a selector must be specified")
    if not least and not most:
        raise KubectlError("one of min-available or max-unavailable must be specified")
    if least and most:
        raise KubectlError("min-available and max-unavailable cannot be both specified")
    if not _COUNT.fullmatch(least or most):
        raise KubectlError(f"invalid format specified for {'min-available' if least else 'max-unavailable'}")
    spec: Body = {"selector": label_selector(flags["selector"])}
    spec["minAvailable" if least else "maxUnavailable"] = int_or_text(least or most)
    body = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata_for(session, name),
        "spec": spec,
    }
    generator.create(body, "failed to create poddisruptionbudgets: ")


def int_or_text(value: str) -> int | str:
    """A number where the text is one, as an int-or-string field takes it."""
    number_ = integer(value)
    return value if number_ is None or abs(number_) >= 2**31 else number_


_OPERATORS = {"in": "In", "notin": "NotIn", "exists": "Exists", "!": "DoesNotExist"}
_OPERATOR_NAMES = {"!=": "!=", ">": "gt", "<": "lt"}
_UNSUPPORTED = "isn't supported in label selectors"


def label_selector(selector: str) -> Body:
    """A selector as one writes it after ``-l``, as an object's field has it.

    References
    ----------
    ``staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go ParseToLabelSelector @ v1.36``
    """
    try:
        parsed = parse_selector(selector)
    except SelectorError as error:
        raise KubectlError(f"couldn't parse the selector string {go_quote(selector)}: {error}") from None
    labels: dict[str, str] = {}
    expressions: list[Body] = []
    for requirement in parsed.requirements:
        if requirement.operator in ("=", "=="):
            labels[requirement.key] = requirement.values[0]
            continue
        if requirement.operator not in _OPERATORS:
            problem = "is not a valid label selector operator" if requirement.operator == "!=" else _UNSUPPORTED
            raise KubectlError(f"{go_quote(_OPERATOR_NAMES[requirement.operator])} {problem}")
        expression: Body = {"key": requirement.key, "operator": _OPERATORS[requirement.operator]}
        if requirement.values:
            expression["values"] = sorted(requirement.values)
        expressions.append(expression)
    return {
        **({"matchLabels": labels} if labels else {}),
        **({"matchExpressions": expressions} if expressions else {}),
    }


NAMESPACE = CommandSpec(
    "namespace", "Create a namespace with the specified name", _namespace, CREATE_FLAGS, aliases=("ns",)
)
QUOTA = CommandSpec(
    "quota",
    "Create a quota with the specified name",
    _quota,
    (*CREATE_FLAGS, text("hard"), text("scopes")),
    aliases=("resourcequota",),
)
CONFIG_MAP = CommandSpec(
    "configmap",
    "Create a config map from a local file, directory or literal value",
    _config_map,
    (*CREATE_FLAGS, *DATA_FLAGS),
    aliases=("cm",),
)
SERVICE_ACCOUNT = CommandSpec(
    "serviceaccount",
    "Create a service account with the specified name",
    _service_account,
    CREATE_FLAGS,
    aliases=("sa",),
)
PRIORITY_CLASS = CommandSpec(
    "priorityclass",
    "Create a priority class with the specified name",
    _priority_class,
    (
        *CREATE_FLAGS,
        text("description"),
        switch("global-default"),
        text("preemption-policy", "PreemptLowerPriority"),
        number("value", bits=32),
    ),
    aliases=("pc",),
)
BUDGET = CommandSpec(
    "poddisruptionbudget",
    "Create a pod disruption budget with the specified name",
    _budget,
    (*CREATE_FLAGS, text("max-unavailable"), text("min-available"), text("selector")),
    aliases=("pdb",),
)
