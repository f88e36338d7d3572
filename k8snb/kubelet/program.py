"""Programs: what a container does once it is started, for no container really runs.

A program comes from the container's variable ``SIM``, from what was registered for its image, or is the default: it
runs for ever, and stops when it is asked to.
"""

from __future__ import annotations

import math
from collections import UserDict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from k8snb.api.types.containers import Container
from k8snb.errors import K8snbError

SCRIPT = "SIM"
EVER, NEVER = "ever", "never"
DEFAULT_TERM_SECONDS = 0.3
LONGEST_SECONDS = 1e9


class Program(NamedTuple):
    """One run of a container.

    Parameters
    ----------
    run
        It exits by itself so many seconds after its start; None: never.
    exit
        With this code.
    term
        Asked to stop, it exits after so many seconds; None: it ignores that, and has to be killed.
    term_exit
        With this code.
    serve
        What HTTP, TCP and gRPC probes find, as a command of `k8snb.kubelet.commands`: ``true``, ``ok-after 5`` …
    """

    run: float | None = None
    exit: int = 0
    term: float | None = DEFAULT_TERM_SECONDS
    term_exit: int = 0
    serve: str = "true"


DEFAULT = Program()


class Start(NamedTuple):
    """What an image's function is told of the container that starts."""

    number: int
    container: str
    image: str
    pod: str
    node: str


ImageProgram = Program | str | Callable[[Start], Program | str | None]


class ImagePrograms(UserDict[str, ImageProgram]):
    """What containers do, by image: a `Program`, a script, or a function that gives either for each start.

    Raises
    ------
    K8snbError
        When something else is registered.

    Examples
    --------
    >>> images = ImagePrograms()
    >>> images["job:1"] = "run=3 exit=1"
    >>> images["job:2"] = lambda start: Program(run=start.number)
    """

    def __setitem__(self, image: str, program: ImageProgram) -> None:
        if not (isinstance(program, Program | str) or callable(program)):
            raise K8snbError(f"image {image!r}: {program!r} is neither a Program, nor a script, nor a function")
        super().__setitem__(image, program)


def script_of(container: Container) -> str | None:
    """The script in the container's variable ``SIM``, if it has one."""
    for variable in container.env:
        if variable.name == SCRIPT and variable.value:
            return variable.value
    return None


def read_script(script: str, number: int) -> Program:
    """The program of a script's start `number`, counted from 0; words that say nothing are passed over.

    Examples
    --------
    >>> read_script("run=3,ever exit=1 term=never", 0)
    Program(run=3.0, exit=1, term=None, term_exit=0, serve='true')
    >>> read_script("run=3,ever exit=1 term=never", 7).run is None
    True
    """
    words = dict(word.split("=", 1) for word in script.split() if "=" in word)
    return Program(
        run=_seconds(_nth(words.get("run", EVER), number), EVER, None),
        exit=_code(_nth(words.get("exit", "0"), number)),
        term=_seconds(_nth(words.get("term", ""), number), NEVER, DEFAULT_TERM_SECONDS),
        term_exit=_code(_nth(words.get("termexit", "0"), number)),
    )


def run_image(registered: ImageProgram, start: Start) -> Program:
    """The program that was registered for an image, or that its function gives for a start.

    Raises
    ------
    K8snbError
        When the function gives something else.
    """
    given = registered(start) if callable(registered) else registered
    if given is None:
        return DEFAULT
    if isinstance(given, str):
        return read_script(given, start.number)
    if isinstance(given, Program):
        return given
    raise K8snbError(f"the function of image {start.image!r} gave {given!r}: neither a Program nor a script")


def _nth(text: str, number: int) -> str:
    values: Sequence[str] = text.split(",")
    return values[min(number, len(values) - 1)]


def _seconds(text: str, never: str, default: float | None) -> float | None:
    if text == never:
        return None
    try:
        seconds = float(text)
    except ValueError:
        return default
    return seconds if math.isfinite(seconds) and 0 <= seconds <= LONGEST_SECONDS else default


def _code(text: str) -> int:
    return int(text) & 255 if text.isascii() and text.isdecimal() and len(text) < 10 else 0
