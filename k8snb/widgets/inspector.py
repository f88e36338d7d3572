"""The inspector: why an object is as it is, its description, its events and its probes, at the moment shown."""

from __future__ import annotations

import re
from typing import Any

import traitlets

from k8snb.api.resources import BY_CLASS
from k8snb.api.types.event import Event
from k8snb.cluster import Cluster, get_object
from k8snb.errors import K8snbError
from k8snb.kubectl import execute_at_once
from k8snb.widgets.assets import module, styles
from k8snb.widgets.part import Part
from k8snb.widgets.past import PastClient
from k8snb.widgets.probe_words import NO_POD, probe_text
from k8snb.widgets.references import Reference
from k8snb.widgets.session import Session

_COLUMNS = re.compile(r" {2,}")
TABS = ("why", "describe", "events", "probes")


class Inspector(Part):
    """Tells about the selected object; about the workload when nothing is selected.

    Parameters
    ----------
    source
        The cluster to ask, or the session of other parts.
    kind
        The kind of the workload that is told about; by default whatever the session follows.
    """

    _esm = module("dom", "tabs", "inspector")
    _css = styles("inspector")

    tab = traitlets.Enum(list(TABS), default_value="why").tag(sync=True)
    named = traitlets.Unicode().tag(sync=True)
    links: traitlets.List[Any] = traitlets.List().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)

    def __init__(self, source: Cluster | Session, kind: str = "") -> None:
        self._shown: tuple[Any, ...] = ()
        super().__init__(source, kind)
        self.update()

    @property
    def reference(self) -> Reference | None:
        """The object that is told about."""
        session = self.session
        if session.selected:
            return Reference.read(session.selected)
        subject = self.subject
        return Reference.read(f"{subject.kind.lower()}/{subject.key}") if subject is not None else None

    @traitlets.observe("tab")
    def _show_tab(self, _change: Any) -> None:
        self.update()

    def update(self) -> None:
        """Tell about the object, if anything changed since it was told last."""
        session = self.session
        reference = self.reference
        shown = (reference, self.tab, session.moment_ms, len(session.cluster.log), session.cluster)
        if shown == self._shown:
            return
        self._shown = shown
        with self.hold_sync():
            self.named = str(reference) if reference is not None else "nothing selected"
            if reference is None:
                self.links, self.text = [], ""
            elif self.tab == "why":
                self.links = self._why(reference)
            elif self.tab == "probes":
                self.text = self._probes(reference)
            else:
                self.text = self._read(reference)

    def _why(self, reference: Reference) -> list[list[Any]]:
        session = self.session
        at = None if session.past_ms is None else session.past_ms / 1000
        try:
            links = session.cluster.why(reference.for_why, at=at).links
        except K8snbError as error:
            return [[str(error), None, ""]]
        return [
            [link.sentence, round(link.time * 1000) if link.seq >= 0 else None, _select_form(link.reference, reference)]
            for link in links
        ]

    def _probes(self, reference: Reference) -> str:
        """What there is to know of a pod's probes and hooks at the moment shown."""
        session = self.session
        if reference.kind_name != "Pod":
            return NO_POD
        try:
            pod = get_object(session.reader, "pod", reference.name, reference.namespace)
            live = not session.in_past
            reports = session.cluster.probes(reference.name, reference.namespace) if live else ()
        except K8snbError as error:
            return str(error)
        events = [
            event
            for event in session.reader.list(BY_CLASS[Event], reference.namespace)
            if isinstance(event, Event) and event.involved_object.uid == pod.metadata.uid
        ]
        return probe_text(pod, reports, events, live=live)

    def _read(self, reference: Reference) -> str:
        """What kubectl says of the object at the moment shown."""
        if self.tab == "describe":
            line = f"describe {reference.kind} {reference.name}{reference.flags}"
        else:
            wanted = f"involvedObject.name={reference.name},involvedObject.kind={reference.kind_name}"
            line = f"get events --field-selector={wanted}{reference.flags}"
        try:
            found = str(execute_at_once(line, PastClient(self.session.reader)))
        except K8snbError as error:
            return str(error)
        return found if self.tab == "describe" else told_events(found)

    def handle(self, message: dict[str, Any]) -> None:
        """Follow a link: select its object and show its moment."""
        if message.get("do") == "follow":
            reference, moment = message.get("ref"), message.get("ms")
            if isinstance(reference, str) and reference:
                self.session.select(reference)
            if isinstance(moment, int | float):
                self.session.look(round(moment))


def told_events(table: str) -> str:
    """The events in kubectl's table, a line each, without what is said above them or goes without saying.

    Examples
    --------
    >>> table = "LAST SEEN   TYPE      REASON   OBJECT      MESSAGE"
    >>> table += "\\n5s          Normal    Pulled   pod/web-0   Image is there"
    >>> table += "\\n3s          Warning   Failed   pod/web-0   Error:  it failed"
    >>> print(told_events(table))
    5s Pulled: Image is there
    3s Warning Failed: Error:  it failed
    """
    rows = [_COLUMNS.split(line, maxsplit=4) for line in table.splitlines()]
    if any(len(row) < 5 for row in rows):
        return table  # there are none
    told = []
    for age, kind, reason, _, message in rows[1:]:
        told.append(f"{age} {reason}: {message}" if kind == "Normal" else f"{age} {kind} {reason}: {message}")
    return "\n".join(told)


def _select_form(reference: str, about: Reference) -> str:
    """A link's ``pod/web-x`` as selections have it, in the namespace of the object that it explains."""
    found = Reference.within(reference, about.namespace)
    return found.selection if found is not None else ""
