"""``kubectl auth can-i``: yes, for there are no users here, and nobody is refused anything.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/auth/cani.go @ v1.36``
"""

from __future__ import annotations

from k8snb.api.resources import find, Resource
from k8snb.kubectl.command import CommandSpec, not_built, Session
from k8snb.kubectl.common_flags import ALL_NAMESPACES
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import switch, text

_VERBS = (
    *("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind", "impersonate"),
    *("*", "approve", "sign", "escalate", "attest"),
)
_URL_VERBS = ("get", "put", "post", "head", "options", "delete", "patch", "*")
_WITHOUT_KIND = ("users", "groups")  # what one may act as, though the server has no such resource


def _can_i(session: Session) -> None:
    flags = session.flags
    if flags["list"]:
        raise KubectlError('"kubectl auth can-i --list" is not built in this simulator')
    if len(session.args) != 2:
        raise KubectlError(
            "you must specify two arguments: verb resource or verb resource/resourceName.\n"
            "See 'kubectl auth can-i -h' for help and examples."
        )
    verb, what = session.args
    if what.startswith("/"):
        if flags["subresource"]:
            raise KubectlError("--subresource can not be used with NonResourceURL")
        _warn_of_verb(session, verb, _URL_VERBS)
    else:
        _check_resource(session, verb, what.partition("/")[0])
    if flags["no-headers"]:
        raise KubectlError("--no-headers cannot be set without --list specified")
    if not flags["quiet"]:
        session.say("yes")


def _check_resource(session: Session, verb: str, word: str) -> None:
    resource = find(word)
    if resource is None and word != "*" and word not in _WITHOUT_KIND:
        name, _, group = word.lower().partition(".")
        where = f" in group '{group}'" if group else ""
        session.warn(f"the server doesn't have a resource type '{name}'{where}\n")
    if session.flags["all-namespaces"]:
        return
    if resource is not None and not resource.namespaced:
        session.warn(f"resource '{resource.plural}' is not namespace scoped{_in_group(resource)}\n")
    _warn_of_verb(session, verb, _VERBS)


def _in_group(resource: Resource) -> str:
    return f" in group '{resource.group}'" if resource.group else ""


def _warn_of_verb(session: Session, verb: str, known: tuple[str, ...]) -> None:
    if verb not in known:
        session.warn(f"verb '{verb}' is not a known verb\n")


COMMAND = CommandSpec(
    "auth",
    "Inspect authorization",
    usage="[flags]",
    subcommands=(
        CommandSpec(
            "can-i",
            "Check whether an action is allowed",
            _can_i,
            (
                ALL_NAMESPACES,
                switch("list"),
                switch("no-headers"),
                switch("quiet", short="q"),
                text("subresource"),
            ),
            usage="VERB [TYPE | TYPE/NAME | NONRESOURCEURL]",
        ),
        not_built(
            "reconcile", "Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects"
        ),
        not_built("whoami", "Experimental: Check self subject attributes"),
    ),
)
