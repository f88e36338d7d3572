"""Flags that several commands share, in kubectl's own groups.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go Add*Flag*``,
``staging/src/k8s.io/cli-runtime/pkg/genericclioptions`` and
``staging/src/k8s.io/kubectl/pkg/cmd/cmd.go NewKubectlCommand @ v1.36``
"""

from __future__ import annotations

from k8snb.kubectl.flags import array, duration, Flag, number, slices, switch, text

GLOBAL = (
    text("as"),
    array("as-group"),
    text("as-uid"),
    array("as-user-extra"),
    text("cache-dir"),
    text("certificate-authority"),
    text("client-certificate"),
    text("client-key"),
    text("cluster"),
    text("context"),
    switch("disable-compression"),
    switch("insecure-skip-tls-verify"),
    text("kubeconfig"),
    text("kuberc"),
    duration("log-flush-frequency", 5000),
    switch("match-server-version"),
    text("namespace", short="n"),
    text("password"),
    text("profile", "none"),
    text("profile-output", "profile.pprof"),
    text("request-timeout", "0"),
    text("server", short="s"),
    text("tls-server-name"),
    text("token"),
    text("user"),
    text("username"),
    number("v", short="v", bits=32),
    text("vmodule"),
    switch("warnings-as-errors"),
)
FILES = (slices("filename", "f"), text("kustomize", short="k"), switch("recursive", short="R"))
OUTPUT = (
    text("output", short="o"),
    text("template"),
    switch("allow-missing-template-keys", True),
    switch("show-managed-fields"),
)
DRY_RUN = Flag("dry-run", default="none", bare="unchanged")
VALIDATE = Flag("validate", default="strict", bare="strict")
SELECTOR = text("selector", short="l")
FIELD_SELECTOR = text("field-selector")
ALL_NAMESPACES = switch("all-namespaces", short="A")
ALL = switch("all")
LOCAL = switch("local")
RECORD = Flag("record", "bool", False, bare="true", deprecated="--record will be removed in the future")
SAVE_CONFIG = switch("save-config")
CHUNK_SIZE = number("chunk-size", 500)
SUBRESOURCE = text("subresource")
RESOURCE_VERSION = text("resource-version")


def field_manager(name: str) -> Flag:
    """The name under which a command's changes would be tracked."""
    return text("field-manager", name)
