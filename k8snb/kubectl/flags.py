"""Flags of a command: their table, and reading them from its arguments.

References
----------
``spf13/pflag`` ``flag.go parseArgs, parseLongArg, parseSingleShortArg`` and ``errors.go``;
``k8s.io/component-base/cli/flag WordSepNormalizeFunc``
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from k8snb.api.field_errors import go_quote
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.go_values import parse_bool, parse_duration, parse_int, split_commas

Value = Any

_PARSERS: dict[str, Callable[[str], Value]] = {
    "string": str,
    "bool": parse_bool,
    "int": parse_int,
    "int32": lambda text: parse_int(text, 32),
    "duration": parse_duration,
    "slice": split_commas,
    "array": lambda text: [text],
}
_LISTS = ("slice", "array")


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag.

    Parameters
    ----------
    name, short
        ``--name`` and ``-n``.
    type
        ``string``, ``bool``, ``int``, ``int32``, ``duration`` (milliseconds), ``slice`` (values between commas, the
        flag may be repeated) or ``array`` (one value each time).
    default
        What it is without being given.
    bare
        What it means without a value; None when it needs one.
    required
        The command refuses to run without it.
    deprecated
        What its use is warned of with.
    """

    name: str
    type: str = "string"
    default: Value = ""
    short: str = ""
    bare: str | None = None
    required: bool = False
    deprecated: str = ""

    @property
    def shown(self) -> str:
        """The flag in messages: ``-r, --replicas``."""
        return f"-{self.short}, --{self.name}" if self.short else f"--{self.name}"


def text(name: str, default: str = "", short: str = "", *, required: bool = False) -> Flag:
    """A flag with a text."""
    return Flag(name, "string", default, short, required=required)


def switch(name: str, default: bool = False, short: str = "") -> Flag:
    """A flag that is given or not, or with ``=true`` or ``=false``."""
    return Flag(name, "bool", default, short, bare="true")


def number(name: str, default: int = 0, short: str = "", *, bits: int = 64, required: bool = False) -> Flag:
    """A flag with an integer."""
    return Flag(name, "int32" if bits == 32 else "int", default, short, required=required)


def duration(name: str, default_ms: int = 0) -> Flag:
    """A flag with a duration."""
    return Flag(name, "duration", default_ms)


def slices(name: str, short: str = "", *, required: bool = False) -> Flag:
    """A flag with values between commas that may be repeated."""
    return Flag(name, "slice", [], short, required=required)


def array(name: str, short: str = "") -> Flag:
    """A flag that may be repeated."""
    return Flag(name, "array", [], short)


class HelpWanted(KubectlError):
    """``-h`` or ``--help`` was given."""


@dataclass
class Flags:
    """The flags that a command line gave, and its other arguments.

    ``args_at_dash`` is how many arguments stood before ``--``, or -1 without it; ``given`` has the flags in the order
    of the line.
    """

    values: dict[str, Value]
    args: list[str] = field(default_factory=list)
    args_at_dash: int = -1
    given: list[tuple[Flag, str]] = field(default_factory=list)

    def __getitem__(self, name: str) -> Value:
        return self.values[name]

    def changed(self, name: str) -> bool:
        """Whether the line gave the flag."""
        return any(flag.name == name for flag, _ in self.given)


class _Reader:
    """Reads one command's arguments."""

    def __init__(self, table: Iterable[Flag], arguments: Sequence[str]) -> None:
        self.by_name = {flag.name: flag for flag in table}
        self.by_short = {flag.short: flag for flag in self.by_name.values() if flag.short}
        self.left = list(arguments)
        defaults = {f.name: list(f.default) if f.type in _LISTS else f.default for f in self.by_name.values()}
        self.flags = Flags(defaults)

    def read(self) -> Flags:
        while self.left:
            argument = self.left.pop(0)
            if not argument.startswith("-") or argument == "-":
                self.flags.args.append(argument)
            elif argument == "--":
                self.flags.args_at_dash = len(self.flags.args)
                self.flags.args += self.left
                break
            elif argument.startswith("--"):
                self.long(argument)
            else:
                self.short(argument[1:])
        return self.flags

    def long(self, argument: str) -> None:
        name, equals, value = argument[2:].partition("=")
        if not name or name[0] == "-":
            raise KubectlError(f"bad flag syntax: {argument}")
        flag = self.by_name.get(name.replace("_", "-"))
        if flag is None:
            if name == "help":
                raise HelpWanted("help requested")
            raise KubectlError(f"unknown flag: --{name}")
        if not equals:
            value = self.value_of(flag, f"flag needs an argument: {argument}")
        self.set(flag, value)

    def short(self, letters: str) -> None:
        """Several flags of one letter; the first that needs a value takes the rest."""
        while letters:
            letter, rest = letters[0], letters[1:]
            flag = self.by_short.get(letter)
            if flag is None:
                if letter == "h":
                    raise HelpWanted("help requested")
                raise KubectlError(f"unknown shorthand flag: '{letter}' in -{letters}")
            if len(rest) > 1 and rest[0] == "=":
                value, rest = rest[1:], ""
            elif flag.bare is None and rest:
                value, rest = rest, ""
            else:
                value = self.value_of(flag, f"flag needs an argument: '{letter}' in -{letters}")
            self.set(flag, value)
            letters = rest

    def value_of(self, flag: Flag, complaint: str) -> str:
        if flag.bare is not None:
            return flag.bare
        if not self.left:
            raise KubectlError(complaint)
        return self.left.pop(0)

    def set(self, flag: Flag, value: str) -> None:
        try:
            parsed = _PARSERS[flag.type](value)
        except ValueError as error:
            raise KubectlError(f'invalid argument {go_quote(value)} for "{flag.shown}" flag: {error}') from None
        if flag.type in _LISTS:
            parsed = parsed if not self.flags.changed(flag.name) else self.flags.values[flag.name] + parsed
        self.flags.values[flag.name] = parsed
        self.flags.given.append((flag, value))


def read_flags(table: Iterable[Flag], arguments: Sequence[str]) -> Flags:
    """Read a command's arguments.

    Raises
    ------
    KubectlError
        In pflag's words, without the hint at the help.
    HelpWanted
        When help was asked for.

    Examples
    --------
    >>> flags = read_flags([text("output", short="o"), switch("watch", short="w")], ["web", "-wo", "yaml", "--", "-x"])
    >>> flags["output"], flags["watch"], flags.args, flags.args_at_dash
    ('yaml', True, ['web', '-x'], 1)
    """
    return _Reader(table, arguments).read()


def missing(table: Iterable[Flag], flags: Flags) -> list[str]:
    """The required flags that were not given."""
    return sorted(flag.name for flag in table if flag.required and not flags.changed(flag.name))
