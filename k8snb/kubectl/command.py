"""What a kubectl command is: a generator that says when it waits, and a session that it reads and writes.

A command runs at once, unless it waits for the cluster (``wait``, ``rollout status``, ``delete``): then it yields a
`Wait`, and whoever drives it lets simulated time pass until the predicate holds or the time is out.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from k8snb.kubectl.client import Client, field_validation_of, WarnedClient
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import Flag, Flags
from k8snb.machinery.server import EPOCH_MS


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended: its exit code and what it printed."""

    exit: int = 0
    stdout: str = ""
    stderr: str = ""

    def __str__(self) -> str:
        return (self.stdout + self.stderr).removesuffix("\n")

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(str(self).rstrip("\n"))


@dataclass(frozen=True, slots=True)
class Wait:
    """A command waits until the predicate holds.

    Parameters
    ----------
    predicate
        Asked again whenever the cluster changed.
    timeout_ms
        Simulated milliseconds to wait at most; None: for ever.
    last
        Whatever happens in the last of these milliseconds comes first.
    """

    predicate: Callable[[], bool]
    timeout_ms: int | None = None
    last: bool = False


Waiting = Generator[Wait, bool, None]
Command = Generator[Wait, bool, Result]


@dataclass
class Session:
    """One run of a command: what it was told, the server it asks, and what it printed.

    ``path`` is the command with its parents, ``kubectl rollout undo``; ``change_cause`` the whole line, as ``--record``
    writes it down; ``legacy`` says whether documents of API versions that are gone are converted,
    ``pace_ms`` how long kubectl takes from one object to the next.
    """

    server: Client
    flags: Flags
    path: str
    change_cause: str = ""
    stdin: str = ""
    legacy: bool = True
    pace_ms: int = 0
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server = WarnedClient(self.server, self.warn, field_validation_of(self.flags))

    @property
    def args(self) -> list[str]:
        """The arguments that are no flags."""
        return self.flags.args

    @property
    def namespace(self) -> str:
        """The namespace that the command works in."""
        return str(self.flags["namespace"]) or "default"

    @property
    def namespace_given(self) -> bool:
        """Whether the line names it, so that documents may name no other."""
        return bool(self.flags["namespace"])

    @property
    def now_ms(self) -> int:
        """The present, in milliseconds since the Unix epoch."""
        return EPOCH_MS + self.server.now_ms

    def say(self, line: str) -> None:
        """Write a line to standard output."""
        self.out.append(f"{line}\n")

    def write(self, text: str) -> None:
        """Write text to standard output."""
        self.out.append(text)

    def complain(self, line: str) -> None:
        """Write a line to standard error."""
        self.err.append(f"{line}\n")

    def warn(self, text: str) -> None:
        """Write a warning to standard error."""
        self.complain(f"Warning: {text}")

    def warn_once(self, text: str) -> None:
        """Write a warning, unless it was written before."""
        if f"Warning: {text}\n" not in self.err:
            self.warn(text)

    def usage_error(self, message: str) -> KubectlError:
        """An error that points at the command's help."""
        return KubectlError(f"{message}\nSee '{self.path} -h' for help and examples")


def paced(session: Session, last: bool = False) -> Waiting:
    """Let the time pass that requests for one object take; with `last`, what happens meanwhile comes first."""
    if session.pace_ms:
        yield Wait(_never, session.pace_ms, last)


def _never() -> bool:
    return False


Runner = Callable[[Session], Waiting | None]


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A command of kubectl: its name, flags and what it does.

    Parameters
    ----------
    name, aliases
        What it is called by.
    about, long
        One line for the help of the command above, and what its own help begins with, where that says more.
    run
        What it does; it returns a generator when it may wait. A command with subcommands only has none.
    suggest_for
        Words that users try for it.
    open_ended
        Flags are not checked: the command is not built, and says just that.
    help_to_stdout
        Where the help goes when the line names no subcommand; kubectl's commands differ.
    help_exit
        What the command exits with then.
    """

    name: str
    about: str = ""
    long: str = field(default="", kw_only=True)
    run: Runner | None = None
    flags: tuple[Flag, ...] = ()
    usage: str = ""
    aliases: tuple[str, ...] = ()
    subcommands: tuple[CommandSpec, ...] = ()
    suggest_for: tuple[str, ...] = ()
    open_ended: bool = False
    help_to_stdout: bool = False
    help_exit: int = 1

    def subcommand(self, word: str) -> CommandSpec | None:
        """The subcommand of a name or alias."""
        return next((c for c in self.subcommands if word == c.name or word in c.aliases), None)


def not_built(name: str, about: str = "", **more: Any) -> CommandSpec:
    """A command of kubectl that this simulator does not have; it says so."""

    def run(session: Session) -> None:
        raise KubectlError(f'"{session.path}" is not built in this simulator')

    return CommandSpec(name, about, run, open_ended=True, **more)
