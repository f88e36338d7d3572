"""The forms that controls take. A kind's module declares them; the browser draws each by its form.

A field says how it is read from the workload, and which steps a new value takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from traitlets import TraitError

from k8snb.widgets.controls.steps import Offer, Refused, Steps
from k8snb.widgets.controls.view import View

Choices = Sequence[tuple[Any, str]]


@dataclass(frozen=True, kw_only=True)
class Field:
    """A value that can be seen and set.

    Parameters
    ----------
    name
        Its name in Python, ``max_surge``.
    label
        Its name in Kubernetes, ``maxSurge``.
    read
        Its value in the workload shown.
    steps
        What sets a value; empty for a draft, which is kept until the workload is made anew.
    remedy
        What would do what the API refused, if anything does.
    """

    form: ClassVar[str]
    blank: ClassVar[Any]

    name: str
    label: str
    read: Callable[[View], Any]
    steps: Callable[[View, Any], Steps] | None = None
    remedy: Callable[[View, Any], Offer | None] | None = None
    hint: str = ""

    def value(self, view: View) -> Any:
        """The value shown: a draft before what the workload has."""
        if view.obj is None:
            return self.blank
        return view.drafts[self.name] if self.name in view.drafts else self.read(view)

    def row(self, view: View) -> dict[str, Any]:
        """What the browser needs to draw the field."""
        about = {"name": self.name, "label": self.label, "form": self.form, "hint": self.hint}
        return {**about, "value": self.value(view), "draft": self.name in view.drafts, **self.more(view)}

    def more(self, view: View) -> dict[str, Any]:  # noqa: ARG002
        """What only fields of this form have."""
        return {}

    def check(self, value: Any) -> Any:
        """The value, if it is of the right type; raises TraitError else."""
        wanted = type(self.blank)
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise TraitError(f"{self.name}: {value!r} is no {wanted.__name__}")
        return value


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A slider for a whole number."""

    form = "number"
    blank = 0

    most: Callable[[View], int]
    least: int = 0
    step: int = 1
    unit: str = ""

    def more(self, view: View) -> dict[str, Any]:
        """The slider's ends."""
        most = self.most(view) if view.obj is not None else self.least
        return {"most": most, "least": self.least, "step": self.step, "unit": self.unit}


@dataclass(frozen=True, kw_only=True)
class Bound(Field):
    """A slider for a number or a percentage, which says what a percentage comes to."""

    form = "bound"
    blank = ""

    of: Callable[[View], int]
    up: bool

    def more(self, view: View) -> dict[str, Any]:
        """What a percentage is of, and whether it is rounded up."""
        return {"of": self.of(view) if view.obj is not None else 0, "up": self.up}


@dataclass(frozen=True, kw_only=True)
class Partition(Number):
    """A slider along the ordinals: pods below it stay as they are."""

    form = "partition"

    ordinals: Callable[[View], Sequence[tuple[str, str, str]]]  # number, name and colour of each pod

    def more(self, view: View) -> dict[str, Any]:
        """The ends, and the pods along the slider."""
        return {
            **super().more(view),
            "ordinals": [list(o) for o in self.ordinals(view)] if view.obj is not None else [],
        }


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of several texts."""

    form = "choice"
    blank = ""

    choices: Callable[[View], Choices]

    def more(self, view: View) -> dict[str, Any]:
        """What there is to choose from, with words."""
        return {"choices": [list(c) for c in self.choices(view)] if view.obj is not None else []}


@dataclass(frozen=True, kw_only=True)
class Toggle(Field):
    """On or off, as a button that says what it does next."""

    form = "toggle"
    blank = False

    on: str
    off: str

    def more(self, view: View) -> dict[str, Any]:
        """The button's words."""
        return {"words": self.off if self.value(view) else self.on}


@dataclass(frozen=True, kw_only=True)
class Button:
    """Does something with the workload, its pods or nodes.

    Parameters
    ----------
    label
        Its words at the moment shown.
    steps
        What it does; raises Refused when there is nothing to do it to.
    alone
        Whether it works without a workload.
    wide
        Whether its words want the room of two.
    """

    name: str
    label: Callable[[View], str]
    steps: Callable[[View], Steps]
    hint: str = ""
    alone: bool = False
    wide: bool = False

    def row(self, view: View) -> dict[str, Any]:
        """What the browser needs to draw the button."""
        row = {"name": self.name, "label": self.label(view), "hint": self.hint}
        return {**row, "alone": self.alone, "wide": self.wide}


@dataclass(frozen=True, kw_only=True)
class Menu:
    """A button that asks which.

    Parameters
    ----------
    choices
        What can be chosen, with its words.
    hides
        It is not shown while there is nothing to choose.
    optional
        It does something without a choice, too.
    """

    alone: ClassVar[bool] = False

    name: str
    label: str
    choices: Callable[[View], Choices]
    steps: Callable[[View, Any], Steps]
    hint: str = ""
    hides: bool = False
    optional: bool = False

    def chosen(self, view: View, choice: Any) -> Steps:
        """What a choice does.

        Raises
        ------
        Refused
            When there is none and there has to be one.
        """
        if choice is None and not self.optional:
            offered = ", ".join(str(value) for value, _ in self.choices(view))
            raise Refused(
                f"{self.name}: choose one of {offered}" if offered else f"{self.name}: nothing to choose from"
            )
        return self.steps(view, choice)

    def row(self, view: View) -> dict[str, Any]:
        """What the browser needs to draw the menu."""
        choices = [list(c) for c in self.choices(view)] if view.obj is not None else []
        row = {"name": self.name, "label": self.label, "hint": self.hint, "alone": False, "choices": choices}
        return {**row, "hidden": self.hides and not choices}


def words(*texts: str) -> Callable[[View], Choices]:
    """Choices that are always the same and speak for themselves."""
    return lambda _view: [(text, text) for text in texts]


@dataclass(frozen=True, kw_only=True)
class KindControls:
    """All controls of one kind, and its state in a few words with whether something is wrong."""

    kind: str
    fields: Sequence[Field]
    buttons: Sequence[Button | Menu]
    state: Callable[[View], tuple[str, bool]]
