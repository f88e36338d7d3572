"""``kubectl run``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/run/run.go`` and
``staging/src/k8s.io/kubectl/pkg/generate/versioned/{run,service}.go @ v1.36``
"""

from __future__ import annotations

import re
from typing import Any

from k8snb.api.field_errors import go_quote
from k8snb.api.validation.formats import is_env_var_name
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.commands.expose import overridden, OVERRIDES, parse_labels
from k8snb.kubectl.common_flags import DRY_RUN, field_manager, FILES, OUTPUT, RECORD, SAVE_CONFIG
from k8snb.kubectl.deletion import cascade_flag
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import array, duration, number, switch, text
from k8snb.kubectl.generated import Generator, metadata_for
from k8snb.kubectl.go_values import parse_decimal
from k8snb.kubectl.recording import recorded

Body = dict[str, Any]

_DOMAIN_PART = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"(?:{_DOMAIN_PART}(?:\.{_DOMAIN_PART})*|\[(?:[a-fA-F0-9:]+)\])(?::[0-9]+)?"
_PATH_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?:{_DOMAIN}/)?{_PATH_PART}(?:/{_PATH_PART})*(?::[\w][\w.-]{{0,127}})?"
    r"(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?",
    re.ASCII,
)
_ATTACHING = "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)"


def _run(session: Session) -> None:
    flags = session.flags
    generator = Generator(session)
    if not session.args or flags.args_at_dash == 0:
        raise session.usage_error("NAME is required for run")
    if flags["pod-running-timeout"] <= 0:
        raise session.usage_error("--pod-running-timeout must be higher than zero")
    _check_image(flags["image"])
    _check(session)
    pod = recorded(session, overridden(session, _pod(session)))
    made = generator.store(pod)
    if flags["expose"]:
        service = generator.store(_service(session))
        generator.output.print(service, "created")
        if generator.output.format == "yaml":
            session.say("---")  # beside the one that parts the documents anyway
    generator.output.print(made, "created")


def _check_image(image: str) -> None:
    if not image:
        raise KubectlError("--image is required")
    if not _IMAGE.fullmatch(image):
        raise KubectlError(f"Invalid image name {go_quote(image)}: invalid reference format")


def _check(session: Session) -> None:
    flags = session.flags
    if flags["tty"] and not flags["stdin"]:
        raise session.usage_error("-i/--stdin is required for containers with -t/--tty=true")
    if flags["expose"] and not flags["port"]:
        raise session.usage_error("--port must be set when exposing a service")
    if flags["restart"] not in ("", "Always", "OnFailure", "Never"):
        raise session.usage_error(f"invalid restart policy: {flags['restart']}")
    attach = flags["attach"] or (flags["stdin"] and not flags.changed("attach"))
    if flags["rm"] and not attach:
        raise session.usage_error("--rm should only be used for attached containers")
    if attach and flags["dry-run"] != "none":
        raise session.usage_error(_ATTACHING)
    if flags["image-pull-policy"] not in ("", "Always", "IfNotPresent", "Never"):
        raise session.usage_error(f"invalid image pull policy: {flags['image-pull-policy']}")
    if attach:
        raise KubectlError("attaching to containers (--attach, --stdin, --tty, --rm) is not built in this simulator")


def _labels(session: Session) -> dict[str, str]:
    spec = session.flags["labels"]
    return parse_labels(spec) if spec else {"run": session.args[0]}


def _pod(session: Session) -> Body:
    flags, name = session.flags, session.args[0]
    container: Body = {"name": name, "image": flags["image"]}
    if flags["privileged"]:
        container["securityContext"] = {"privileged": True}
    if arguments := session.args[1:]:
        container["command" if flags["command"] else "args"] = arguments
    if variables := [_variable(spec) for spec in flags["env"]]:
        container["env"] = variables
    if flags["image-pull-policy"]:
        container["imagePullPolicy"] = flags["image-pull-policy"]
    if flags["port"]:
        container["ports"] = [{"containerPort": _port(flags["port"])}]
    annotations = _annotations(flags["annotations"])
    metadata = metadata_for(
        session, name, labels=_labels(session), **({"annotations": annotations} if annotations else {})
    )
    spec = {
        "containers": [container],
        "restartPolicy": flags["restart"] or "Always",
        "dnsPolicy": "ClusterFirst",
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _variable(spec: str) -> Body:
    name, equals, value = spec.partition("=")
    if not equals or not name or is_env_var_name(name):
        raise KubectlError(f"invalid env: {spec}")
    return {"name": name, "value": value}


def _annotations(specs: list[str]) -> dict[str, str]:
    found = {}
    for spec in specs:
        key, equals, value = spec.partition("=")
        if not equals or not key:
            raise KubectlError(f"unexpected annotation: {spec}")
        found[key] = value
    return found


def _port(word: str) -> int:
    try:
        return parse_decimal(word)
    except ValueError as error:
        raise KubectlError(str(error)) from None


def _service(session: Session) -> Body:
    """The service that ``--expose`` asks for."""
    flags, name = session.flags, session.args[0]
    port = _port(flags["port"])
    spec = {"ports": [{"protocol": "TCP", "port": port, "targetPort": port}], "selector": _labels(session)}
    labels = {"labels": parse_labels(flags["labels"])} if flags["labels"] else {}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata_for(session, name, **labels), "spec": spec}


COMMAND = CommandSpec(
    "run",
    "Run a particular image on the cluster",
    _run,
    (
        *OUTPUT,
        *FILES,
        *OVERRIDES,
        DRY_RUN,
        RECORD,
        SAVE_CONFIG,
        array("annotations"),
        switch("attach"),
        cascade_flag(),
        switch("command"),
        text("detach-keys", "ctrl-p,ctrl-q"),
        array("env"),
        switch("expose"),
        field_manager("kubectl-run"),
        switch("force"),
        number("grace-period", -1),
        text("image", required=True),
        text("image-pull-policy"),
        text("labels", short="l"),
        switch("leave-stdin-open"),
        duration("pod-running-timeout", 60_000),
        text("port"),
        switch("privileged"),
        switch("quiet", short="q"),
        text("restart", "Always"),
        switch("rm"),
        switch("stdin", short="i"),
        duration("timeout"),
        switch("tty", short="t"),
        switch("wait"),
    ),
    usage=(
        'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] '
        "[--command] -- [COMMAND] [args...]"
    ),
)
