"""``kubectl create secret``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/create/create_secret{,_docker,_tls}.go @ v1.36``
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from k8snb.api.field_errors import go_quote
from k8snb.api.files import read_file
from k8snb.api.validation.formats import is_config_map_key
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import slices, switch, text
from k8snb.kubectl.generated import check_name, CREATE_FLAGS, Generator, metadata_for, name_of_args
from k8snb.kubectl.go_format import marshal
from k8snb.kubectl.key_values import add_all, check_sources, DATA_FLAGS, hash_of

Body = dict[str, Any]

DOCKER_CONFIG, TLS = "kubernetes.io/dockerconfigjson", "kubernetes.io/tls"
_FAILURE = "failed to create secret "


def _generic(session: Session) -> None:
    name, flags = name_of_args(session), session.flags
    generator = Generator(session)
    check_name(name)
    check_sources(session)
    data = _data(session, flags["from-literal"], flags["from-env-file"])
    generator.create(_body(session, name, flags["type"], data), _FAILURE)


def _docker_registry(session: Session) -> None:
    name, flags = name_of_args(session), session.flags
    generator = Generator(session)
    check_name(name)
    user, password, server = flags["docker-username"], flags["docker-password"], flags["docker-server"]
    if not flags["from-file"] and not (user and password and server):
        needed = "--docker-username, --docker-password and --docker-server"
        raise KubectlError(f"either --from-file or the combination of {needed} is required")
    if flags["from-file"]:
        data = _data(session, (), ())
    else:
        entry = {"username": user, "password": password, "email": flags["docker-email"]}
        entry = {key: value for key, value in entry.items() if value} | {
            "auth": _encoded(f"{user}:{password}".encode())
        }
        data = {".dockerconfigjson": _encoded(marshal({"auths": {server: entry}}, sort=False).encode())}
    generator.create(_body(session, name, DOCKER_CONFIG, data), _FAILURE)


def _tls(session: Session) -> None:
    """The key is not checked against the certificate."""
    name, flags = name_of_args(session), session.flags
    generator = Generator(session)
    if not flags["cert"] or not flags["key"]:
        raise KubectlError("key and cert must be specified")
    certificate, key = _read(flags["cert"]), _read(flags["key"])
    for what, text_ in (("certificate", certificate), ("key", key)):
        if b"-----BEGIN " not in text_:
            raise KubectlError(f"tls: failed to find any PEM data in {what} input")
    data = {"tls.crt": _encoded(certificate), "tls.key": _encoded(key)}
    generator.create(_body(session, name, TLS, data), _FAILURE)


def _data(session: Session, literals: tuple[str, ...], env_files: tuple[str, ...]) -> dict[str, str]:
    data: dict[str, str] = {}

    def add(key: str, value: bytes) -> None:
        if problems := is_config_map_key(key):
            raise KubectlError(f"{go_quote(key)} is not valid key name for a Secret {';'.join(problems)}")
        if key in data:
            raise KubectlError(f"cannot add key {key}, another key by that name already exists")
        data[key] = _encoded(value)

    add_all(literals, session.flags["from-file"], env_files, add, "env secret file")
    return data


def _body(session: Session, name: str, kind: str, data: dict[str, str]) -> Body:
    if session.flags["append-hash"]:
        name = f"{name}-{hash_of({'kind': 'Secret', 'type': kind, 'name': name, 'data': data})}"
    fields = {field: value for field, value in (("data", data), ("type", kind)) if value}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata_for(session, name), **fields}


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _read(path: str) -> bytes:
    try:
        return read_file(Path(path))
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise KubectlError(f"Cannot read file {path}, open {path}: {problem}") from None


_LONG = """Create a secret with specified type.

 A docker-registry type secret is for accessing a container registry.

 A generic type secret indicate an Opaque secret type.

 A tls type secret holds TLS certificate and its associated key."""

SECRET = CommandSpec(
    "secret",
    "Create a secret using a specified subcommand",
    long=_LONG,
    usage="(docker-registry | generic | tls)",
    subcommands=(
        CommandSpec(
            "docker-registry",
            "Create a secret for use with a Docker registry",
            _docker_registry,
            (
                *CREATE_FLAGS,
                switch("append-hash"),
                text("docker-email"),
                text("docker-password"),
                text("docker-server", "https://index.docker.io/v1/"),
                text("docker-username"),
                slices("from-file"),
            ),
        ),
        CommandSpec(
            "generic",
            "Create a secret from a local file, directory, or literal value",
            _generic,
            (*CREATE_FLAGS, *DATA_FLAGS, text("type")),
        ),
        CommandSpec(
            "tls", "Create a TLS secret", _tls, (*CREATE_FLAGS, switch("append-hash"), text("cert"), text("key"))
        ),
    ),
)
