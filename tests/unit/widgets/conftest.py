"""Widgets without a kernel: a cluster with a small deployment, and a page that takes messages as a browser does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from k8snb.cluster import Cluster
from k8snb.widgets.labs import DeploymentLab
from k8snb.widgets.manifests import WEB
from k8snb.widgets.part import PicturePart


class Page:
    """A browser's copy of a part's picture: its state, then numbered changes, as ``static/store.js`` keeps it."""

    def __init__(self, part: PicturePart) -> None:
        self.part = part
        self.messages: list[dict[str, Any]] = []
        self.data = self.plain(part.get_state()["picture"])
        part.send = self.receive  # type: ignore[method-assign]

    @staticmethod
    def plain(value: Any) -> Any:
        """What is left of a value after JSON."""
        return json.loads(json.dumps(value))

    def receive(self, message: dict[str, Any], _buffers: Any = None) -> None:
        message = self.plain(message)
        self.messages.append(message)
        if message["kind"] == "whole":
            self.data = message["data"]
            return
        assert message["n"] == self.data["n"] + 1
        self.data["n"] = message["n"]
        for name in ("items", "links", "lanes", "containers"):
            for key in message.get(name, {}).get("gone", ()):
                del self.data[name][key]
            self.data.get(name, {}).update(message.get(name, {}).get("set", {}))
        for name, (start, tail) in message.get("curves", {}).items():
            self.data["curves"][name] = [*self.data["curves"].get(name, [])[:start], *tail]
        for name in ("marks", "traffic"):
            if name in message:
                start, tail = message[name]
                self.data[name] = [*self.data[name][:start], *tail]
        self.data.update(message.get("head", {}))

    def is_in_step(self) -> bool:
        """Whether the copy is what a page that opens now would get."""
        whole = self.plain(self.part.get_state()["picture"])
        assert {k: v for k, v in self.data.items() if whole.get(k) != v} == {}
        return bool(self.data == whole)


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    assert cluster.apply(WEB).exit == 0
    cluster.run(8)
    return cluster


@pytest.fixture
def lab(cluster: Cluster) -> Iterator[DeploymentLab]:
    lab = DeploymentLab(cluster)
    yield lab
    lab.close()


def press(part: Any, **message: Any) -> None:
    """What the browser sends when a person acts."""
    part._handle_custom_msg(message, [])


@pytest.fixture(name="press")
def press_fixture() -> Any:
    return press


@pytest.fixture
def page_of() -> type[Page]:
    return Page
