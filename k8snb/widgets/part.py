"""What all parts of a lab have in common."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from k8snb.cluster import Cluster
from k8snb.picture.timeline import Subject
from k8snb.widgets.session import Session


class Part(anywidget.AnyWidget):
    """One widget of a lab: it shows a session and is told when that changes.

    Parameters
    ----------
    source
        The cluster to show, or the session of other parts to stay in step with.
    kind
        The kind of the workload that is told about; by default whatever the session follows.
    """

    _esm = ""
    _css = ""

    def __init__(self, source: Cluster | Session, kind: str = "", **traits: Any) -> None:
        self.kind = kind
        self.session = Session.of(source)
        self._from_browser = False
        super().__init__(**traits)
        self.on_msg(self._take_message)
        self.session.listen(self.update)

    @property
    def subject(self) -> Subject | None:
        """The workload that is told about."""
        return self.session.timeline_of(self.kind).subject

    def update(self) -> None:
        """Show the session as it is now."""

    def handle(self, message: dict[str, Any]) -> None:
        """Do what the browser asks for."""

    def _take_message(self, _widget: Any, message: Any, _buffers: Any) -> None:
        if isinstance(message, dict):
            with self.session.gathered():
                self._from_browser = True
                try:
                    self.handle(message)
                finally:
                    self._from_browser = False

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take values that a person set in the browser."""
        with self.session.gathered():
            self._from_browser = True
            try:
                super().set_state(sync_data)
            finally:
                self._from_browser = False

    def close(self) -> None:
        """Take the part off the page and stop following the cluster."""
        if "session" in vars(self):  # else the making failed halfway
            self.session.forget(self.update)
        super().close()

    def __repr__(self) -> str:
        subject = self.subject
        return f"{type(self).__name__}({subject.title if subject is not None else 'empty cluster'})"


class PicturePart(Part):
    """A part whose picture is kept in the browser and changed by differences.

    ``picture`` is sent whole when a page opens; every later message is numbered, so that a page which missed one asks
    for the whole again.
    """

    picture = traitlets.Dict().tag(sync=True, to_json=lambda _value, widget: widget.whole())

    def whole(self) -> dict[str, Any]:
        """The picture as the browser has it after all messages so far."""
        raise NotImplementedError

    def handle(self, message: dict[str, Any]) -> None:
        """Send the picture again to a page that opened late or missed a message."""
        if message.get("do") == "resync":
            self.send({"kind": "whole", "data": self.whole()})
