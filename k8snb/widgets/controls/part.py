"""The controls of a workload: sliders, choices and buttons, each of which runs a kubectl line and shows the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import traitlets

from k8snb.cluster import Cluster
from k8snb.kubectl import Result
from k8snb.picture.workloads import is_among, workloads_at
from k8snb.widgets.assets import module, styles
from k8snb.widgets.controls.fields import Button, Field, KindControls, Menu
from k8snb.widgets.controls.kinds import KINDS
from k8snb.widgets.controls.steps import Fault, kubectl, Line, Offer, Refused, Step, Steps, target
from k8snb.widgets.controls.view import View
from k8snb.widgets.part import Part
from k8snb.widgets.session import Session

PAST = "the past cannot be changed: branch here, or go back to now"
KEPT = "kept for the next run"


class Controls(Part):
    """The controls of the session's workload, as its kind has them.

    Every field is an attribute: setting ``replicas`` runs the kubectl line for it, and ``answer`` says what was said
    to it. What the API refuses changes nothing, and the value goes back. `press` does what a button does.

    Parameters
    ----------
    source
        The cluster to control, or the session of other parts.
    kind
        The kind of the workloads to control; by default whatever the session follows.

    Examples
    --------
    >>> cluster = Cluster()
    >>> _ = cluster.kubectl("create deployment web --image=nginx:1.25")
    >>> controls = Controls(cluster)
    >>> controls.replicas = 3
    >>> controls.answer["line"], controls.answer["out"]
    ('kubectl scale deployment/web --replicas=3', 'deployment.apps/web scaled\\n')
    >>> controls.replicas = -1
    >>> controls.replicas
    3
    """

    _esm = module("dom", "fields", "prompt", "controls")
    _css = styles("controls")

    named = traitlets.Unicode().tag(sync=True)
    choices: traitlets.List[Any] = traitlets.List().tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)
    state = traitlets.Unicode().tag(sync=True)
    troubled = traitlets.Bool().tag(sync=True)
    resting = traitlets.Bool().tag(sync=True)
    fields: traitlets.List[Any] = traitlets.List().tag(sync=True)
    buttons: traitlets.List[Any] = traitlets.List().tag(sync=True)
    answer: traitlets.Dict[str, Any] = traitlets.Dict(
        {"n": 0, "line": "", "out": "", "err": "", "exit": 0, "offer": ""}
    ).tag(sync=True)

    def __init__(self, source: Cluster | Session, kind: str = "") -> None:
        self.acted: Callable[[], None] | None = None  # called after a person's action in the browser
        self.drafts: dict[str, Any] = {}  # what was set for the next time that the workload is made
        self._offer: Offer | None = None
        super().__init__(source, kind)
        self.update()

    # -- the workload

    @property
    def declared(self) -> KindControls | None:
        """What its kind declares; None for a kind without controls, or without a workload."""
        subject = self.subject
        return KINDS.get(subject.kind if subject is not None else self.kind)

    def view(self) -> View:
        """The workload at the moment shown."""
        session, subject = self.session, self.subject
        obj = None
        if subject is not None and subject.kind in KINDS:
            obj = session.chronicle.track_of(subject.kind, subject.key).at(session.moment_ms)
        return View(session, obj, self.drafts)

    def field(self, name: str) -> Field | None:
        """The declaration of a field, if the kind has it."""
        declared = self.declared
        return next((f for f in declared.fields if f.name == name), None) if declared is not None else None

    # -- showing

    def update(self) -> None:
        """Show the workload as it is at the moment shown."""
        view, declared = self.view(), self.declared
        if declared and view.obj is not None and self.drafts:
            known = {field.name: field for field in declared.fields}
            live = {n: known[n].read(view) for n in self.drafts if n in known}
            self.drafts = {n: value for n, value in self.drafts.items() if n in live and live[n] != value}
            view = self.view()
        with self.hold_sync():
            self.resting = self.session.in_past
            self.named = target(view.obj) if view.obj is not None else ""
            self.chosen = f"{self.subject.kind} {self.subject.key}" if self.subject is not None else ""
            self.state, self.troubled = declared.state(view) if declared and view.obj is not None else ("", False)
            self.fields = [field.row(view) for field in declared.fields] if declared else []
            self.buttons = [button.row(view) for button in declared.buttons] if declared else []
            self.choices = self._choices()

    def _choices(self) -> list[list[str]]:
        """The workloads to choose from: all, unless the controls are those of one kind."""
        found = workloads_at(self.session.chronicle, self.session.now_ms)
        return [[w.kind, w.key, target(w.obj)] for w in found if is_among(w.kind, self.kind)]

    def label(self, name: str) -> str:
        """A button's words at the moment shown."""
        return next(str(row["label"]) for row in self.buttons if row["name"] == name)

    # -- values

    def __getattr__(self, name: str) -> Any:
        field = None if name.startswith("_") or "session" not in vars(self) else self.field(name)
        if field is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return field.value(self.view())

    def __setattr__(self, name: str, value: Any) -> None:
        known = name.startswith("_") or "session" not in vars(self) or hasattr(type(self), name)
        field = None if known else self.field(name)
        if field is not None:
            self.set_field(field, value)
        else:
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        declared = self.declared
        return sorted([*super().__dir__(), *(f.name for f in (declared.fields if declared else ()))])

    def set_field(self, field: Field, value: Any) -> None:
        """Run what sets a field; offer what would do what the API refuses."""
        field.check(value)
        view = self.view()
        if not self._can_act(view.obj is None):
            return
        if field.steps is None:
            self._keep(field, value)
            return
        result = self._do(field.steps(view, value))
        if result.exit and field.remedy is not None:
            self._make_offer(field.remedy(view, value))

    def _keep(self, field: Field, value: Any) -> None:
        self.drafts.pop(field.name, None)
        if field.read(self.view()) != value:
            self.drafts[field.name] = value
        self._say("", Result(0, f"{field.label}: {value}, {KEPT}\n", ""))

    def _make_offer(self, offer: Offer | None) -> None:
        self._offer = offer
        self.answer = {**self.answer, "offer": offer.label if offer is not None else ""}

    # -- doing

    def run(self, line: str) -> Result:
        """Run a kubectl line, and show it with its answer."""
        return self._do(kubectl(line))

    def press(self, name: str, choice: Any = None) -> Result:
        """Do what a button does.

        Parameters
        ----------
        name
            ``kill``, ``unready``, ``node``, ``undo`` and what else the kind has.
        choice
            What to choose in a menu: the revision of an undo. Only the undo does without: to the revision before.
        """
        declared = self.declared
        button = next((b for b in declared.buttons if b.name == name), None) if declared is not None else None
        if button is None:
            return self._refuse(f"{self.named or 'this'} has no button {name!r}")
        view = self.view()
        if not self._can_act(view.obj is None and not button.alone):
            return self._last()
        try:
            return self._do(_steps_of(button, view, choice))
        except Refused as why:
            return self._refuse(str(why))

    def undo(self, revision: int = 0) -> None:
        """Go back to a revision, or to the one before."""
        self.press("undo", revision)

    def accept(self) -> None:
        """Do what was offered after a refusal."""
        offer = self._offer
        if offer is not None and self._can_act(False):
            self._do(offer.steps)

    def _can_act(self, nothing: bool) -> bool:
        """Whether something can be done now; says why not."""
        if self.session.in_past:
            self._refuse(PAST)
        elif nothing:
            self._refuse(f"there is no {(self.kind or 'workload').lower()} to control")
        return not self.session.in_past and not nothing

    def _do(self, steps: Steps) -> Result:
        """Do steps one after the other, until one fails."""
        lines: list[str] = []
        out = err = ""
        code = 0
        for step in steps:
            result = self._do_one(step)
            lines += [step.shown] if step.shown else []
            out, err, code = out + result.stdout, err + result.stderr, result.exit
            if code:
                break
        if not lines:
            return Result(0, "", "")
        result = self._say("\n".join(lines), Result(code, out, err))
        if self._from_browser and self.acted is not None and not code:
            self.acted()
        return result

    def _do_one(self, step: Step) -> Result:
        if isinstance(step, Line):
            return self.session.kubectl(step.text, step.stdin)
        if isinstance(step, Fault):
            return self.session.fault(**step.settings)
        self.session.select(step.reference)
        return Result(0, "", "")

    def _say(self, line: str, result: Result) -> Result:
        self._offer = None
        said = {"line": line, "out": result.stdout, "err": result.stderr, "exit": result.exit, "offer": ""}
        self.answer = {"n": self.answer["n"] + 1, **said}
        self.update()
        return result

    def _refuse(self, why: str) -> Result:
        return self._say("", Result(1, "", why))

    def _last(self) -> Result:
        return Result(self.answer["exit"], self.answer["out"], self.answer["err"])

    # -- the browser

    def handle(self, message: dict[str, Any]) -> None:
        """Do what a person did in the browser."""
        what, name = message.get("do"), message.get("name")
        if what == "set" and isinstance(name, str):
            self._take_value(name, message.get("value"))
        elif what == "press" and isinstance(name, str):
            self.press(name, message.get("choice"))
        elif what == "accept":
            self.accept()
        elif what == "choose" and [message.get("kind"), message.get("key")] in [row[:2] for row in self.choices]:
            self.session.follow(message["kind"], message["key"])

    def _take_value(self, name: str, value: Any) -> None:
        field = self.field(name)
        if field is None:
            return
        try:
            self.set_field(field, value)
        except traitlets.TraitError as error:
            self._refuse(str(error))


def _steps_of(button: Button | Menu, view: View, choice: Any) -> Sequence[Step]:
    return button.chosen(view, choice) if isinstance(button, Menu) else button.steps(view)
