"""``kubectl create`` of roles and their bindings, which are shown by a dry run only: nothing here asks who may do what.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/create/create_{role,clusterrole,rolebinding,clusterrolebinding}.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from k8snb.api.field_errors import go_quote
from k8snb.api.resources import find
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import array, slices, text
from k8snb.kubectl.generated import CREATE_FLAGS, metadata_for, name_of_args, Shown

Body = dict[str, Any]

_GROUP = "rbac.authorization.k8s.io"
_VERBS = (
    *("*", "get", "delete", "list", "create", "update", "patch", "watch", "proxy", "deletecollection", "use", "bind"),
    *("escalate", "impersonate"),
)
_URL_VERBS = ("*", "get", "post", "put", "delete", "patch", "head", "options")
_ROLES = ((_GROUP, "roles"), (_GROUP, "clusterroles"))
_SPECIAL = {
    "use": (("policy", "podsecuritypolicies"), ("extensions", "podsecuritypolicies")),
    "bind": _ROLES,
    "escalate": _ROLES,
    "impersonate": (("", "users"), ("", "serviceaccounts"), ("", "groups"), ("authentication.k8s.io", "userextras")),
}


class _Target(NamedTuple):
    """A resource that a rule is about, as the line names it."""

    resource: str
    group: str
    subresource: str

    def known(self) -> tuple[str, str] | None:
        """The group and plural of it, where the server has it."""
        found = find(f"{self.resource}.{self.group}" if self.group else self.resource)
        return (found.group, found.plural) if found else None


def _role(session: Session) -> None:
    name, shown = name_of_args(session), Shown(session)
    verbs, targets = _verbs(session), _targets(session)
    if not verbs:
        raise KubectlError("at least one verb must be specified")
    _warn_of_verbs(session, verbs)
    if not targets:
        raise KubectlError("at least one resource must be specified")
    _check_targets(targets, verbs)
    rules = _rules(session, verbs, targets, ())
    shown.show(_body("Role", metadata_for(session, name), rules=rules), session.namespace)


def _cluster_role(session: Session) -> None:
    name, shown, flags = name_of_args(session), Shown(session), session.flags
    verbs, targets, urls = _verbs(session), _targets(session), list(dict.fromkeys(flags["non-resource-url"]))
    labels = dict(_pair(word) for word in flags["aggregation-rule"])
    if labels:
        if urls or verbs or targets or flags["resource-name"]:
            problem = "without nonResourceURLs, verbs, resources or resourceNames"
            raise KubectlError(f"aggregation rule must be specified {problem}")
        rule = {"clusterRoleSelectors": [{"matchLabels": labels}]}
        shown.show(_body("ClusterRole", {"name": name}, rules=None, aggregationRule=rule), "")
        return
    if not verbs:
        raise KubectlError("at least one verb must be specified")
    if not targets and not urls:
        raise KubectlError("one of resource or nonResourceURL must be specified")
    if targets:
        _warn_of_verbs(session, verbs)
        _check_targets(targets, verbs)
    _check_urls(urls, verbs)
    shown.show(_body("ClusterRole", {"name": name}, rules=_rules(session, verbs, targets, urls)), "")


def _role_binding(session: Session) -> None:
    name, shown, flags = name_of_args(session), Shown(session), session.flags
    if bool(flags["clusterrole"]) == bool(flags["role"]):
        raise KubectlError("exactly one of clusterrole or role must be specified")
    reference = _reference("Role" if flags["role"] else "ClusterRole", flags["role"] or flags["clusterrole"])
    body = _body("RoleBinding", metadata_for(session, name), **_subjects(session), roleRef=reference)
    shown.show(body, session.namespace)


def _cluster_role_binding(session: Session) -> None:
    name, shown = name_of_args(session), Shown(session)
    reference = _reference("ClusterRole", session.flags["clusterrole"])
    shown.show(_body("ClusterRoleBinding", {"name": name}, **_subjects(session), roleRef=reference), "")


# -- parts


def _body(kind: str, metadata: Body, **fields: Any) -> Body:
    return {"kind": kind, "apiVersion": f"{_GROUP}/v1", "metadata": metadata, **fields}


def _reference(kind: str, name: str) -> Body:
    return {"apiGroup": _GROUP, "kind": kind, "name": name}


def _subjects(session: Session) -> Body:
    flags = session.flags
    found: list[Body] = [{"kind": "User", "apiGroup": _GROUP, "name": user} for user in flags["user"]]
    found += [{"kind": "Group", "apiGroup": _GROUP, "name": group} for group in flags["group"]]
    for account in flags["serviceaccount"]:
        tokens = account.split(":")
        if len(tokens) != 2 or not all(tokens):
            raise KubectlError("serviceaccount must be <namespace>:<name>")
        found.append({"kind": "ServiceAccount", "name": tokens[1], "namespace": tokens[0]})
    return {"subjects": found} if found else {}


def _verbs(session: Session) -> list[str]:
    verbs = list(dict.fromkeys(session.flags["verb"]))
    return ["*"] if "*" in verbs else verbs


def _targets(session: Session) -> list[_Target]:
    found: list[_Target] = []
    for word in session.flags["resource"]:
        name, _, subresource = word.partition("/")
        resource, _, group = name.partition(".")
        target = _Target(resource, group, subresource)
        if word == "*":
            return [target]
        found.append(target)
    return found


def _pair(word: str) -> tuple[str, str]:
    key, equals, value = word.partition("=")
    if not equals:
        raise KubectlError(f'malformed pair, expect string=string for "--aggregation-rule" flag: {word}')
    return key, value


def _warn_of_verbs(session: Session, verbs: Sequence[str]) -> None:
    for verb in verbs:
        if verb not in _VERBS:
            session.warn(f"'{verb}' is not a standard resource verb")


def _check_targets(targets: Sequence[_Target], verbs: Sequence[str]) -> None:
    for target in targets:
        if not target.resource:
            raise KubectlError("resource must be specified if apiGroup/subresource specified")
        if target.resource == "*":
            return
        known = target.known()
        group, plural = known or (target.group, target.resource)
        special = [verb for verb in verbs if verb in _SPECIAL]
        for verb in special:
            if (group, plural) not in _SPECIAL[verb]:
                raise KubectlError(f"can not perform '{verb}' on '{plural}' in group '{group}'")
        if known is None and not special:
            where = f" in group {go_quote(target.group)}" if target.group else ""
            raise KubectlError(f"the server doesn't have a resource type {go_quote(target.resource)}{where}")


def _check_urls(urls: Sequence[str], verbs: Sequence[str]) -> None:
    if urls and (wrong := [verb for verb in verbs if verb not in _URL_VERBS]):
        raise KubectlError(f"invalid verb: '{wrong[0]}' for nonResourceURL")
    for url in urls:
        if url == "*":
            continue
        if not url.startswith("/"):
            raise KubectlError("nonResourceURL should start with /")
        if "*" in url[:-1]:
            raise KubectlError("nonResourceURL only supports wildcard matches when '*' is at the end")


def _rules(session: Session, verbs: Sequence[str], targets: Sequence[_Target], urls: Sequence[str]) -> list[Body]:
    """A rule for each API group, and one for URLs."""
    groups: dict[str, list[str]] = {}
    for target in targets:
        group, plural = target.known() or (target.group, target.resource)
        name = f"{plural}/{target.subresource}" if target.subresource else plural
        resources = groups.setdefault(group, [])
        if name not in resources:
            resources.append(name)
    names = list(dict.fromkeys(session.flags["resource-name"]))
    rules: list[Body] = []
    for group in sorted(groups):
        rule: Body = {"verbs": list(verbs), "apiGroups": [group], "resources": groups[group]}
        rules.append(rule | ({"resourceNames": names} if names else {}))
    return [*rules, *([{"verbs": list(verbs), "nonResourceURLs": list(urls)}] if urls else [])]


_RULE_FLAGS = (*CREATE_FLAGS, slices("verb"), slices("resource"), array("resource-name"))
_SUBJECT_FLAGS = (*CREATE_FLAGS, text("clusterrole"), array("user"), array("group"), array("serviceaccount"))

ROLE = CommandSpec("role", "Create a role with single rule", _role, _RULE_FLAGS)
CLUSTER_ROLE = CommandSpec(
    "clusterrole",
    "Create a cluster role",
    _cluster_role,
    (*_RULE_FLAGS, slices("non-resource-url"), slices("aggregation-rule")),
)
ROLE_BINDING = CommandSpec(
    "rolebinding",
    "Create a role binding for a particular role or cluster role",
    _role_binding,
    (*_SUBJECT_FLAGS, text("role")),
)
CLUSTER_ROLE_BINDING = CommandSpec(
    "clusterrolebinding",
    "Create a cluster role binding for a particular cluster role",
    _cluster_role_binding,
    tuple(f if f.name != "clusterrole" else text("clusterrole", required=True) for f in _SUBJECT_FLAGS),
)
