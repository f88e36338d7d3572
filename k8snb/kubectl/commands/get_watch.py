"""``kubectl get --watch``: the objects as they are, and then every change of them.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/get/get.go watch`` and
``staging/src/k8s.io/cli-runtime/pkg/resource/result.go Watch @ v1.36``
"""

from __future__ import annotations

from dataclasses import replace

from k8snb.errors import NotFound
from k8snb.kubectl.command import Session, Waiting
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.infos import selection
from k8snb.kubectl.printers import PrintOptions
from k8snb.kubectl.printers.watched import WatchPrinter
from k8snb.kubectl.resource_builder import find_objects, Found, Query
from k8snb.kubectl.watching import follow, Stream


def watch(session: Session, query: Query, options: PrintOptions) -> Waiting:
    """Print what there is, and then what changes.

    Raises
    ------
    KubectlError
        When the line means objects of several kinds, or several by name.
    """
    flags = session.flags
    if flags["sort-by"]:
        word, part = ("watch", " for watch events received") if flags["watch"] else ("watch-only", "")
        session.complain(f"warning: --{word} requested, --sort-by will be ignored{part}")
    start = session.server.position
    found = _found(session, query)
    if found is None:
        return
    printer = WatchPrinter(options, events=flags["output-watch-events"])
    if not flags["watch-only"]:
        session.write(printer.first([info.obj for info in found.infos if info.obj is not None]))
    if not found.listed and len(found.infos) != 1:
        raise KubectlError("you may only watch a single resource or type of resource at a time")
    yield from follow(session, _stream(session, found, query, start), printer.later)


def _found(session: Session, query: Query) -> Found | None:
    """The objects to begin with; None where there is none, and nobody minds."""
    found = find_objects(session, replace(query, single_type=True, continue_on_error=False))
    if not found.errors:
        return found
    if isinstance(found.errors[0], NotFound) and session.flags["ignore-not-found"]:
        return None
    raise found.errors[0]


def _stream(session: Session, found: Found, query: Query, start: int) -> Stream:
    if found.listed:
        resource, namespace, name = found.listed[0], None if query.all_namespaces else session.namespace, None
    else:
        info = found.infos[0]
        resource, namespace, name = info.resource, info.namespace, info.name
    selects = selection(resource, query.labels, query.fields)
    return Stream(session.server, start, resource, namespace if resource.namespaced else None, name, selects)
