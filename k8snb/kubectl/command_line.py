"""A line of text to a command of kubectl and its flags.

References
----------
``spf13/cobra`` ``command.go Find, execute, legacyArgs, findSuggestions``;
``staging/src/k8s.io/kubectl/pkg/cmd/plugin.go HandlePluginCommand`` and
``staging/src/k8s.io/kubectl/pkg/util/templates/templater.go FlagErrorFunc @ v1.36``
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from k8snb.api.field_errors import go_quote
from k8snb.kubectl.command import CommandSpec
from k8snb.kubectl.common_flags import GLOBAL
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import Verbatim
from k8snb.kubectl.flags import Flags, HelpWanted, missing, read_flags

_BY_NAME = {flag.name: flag for flag in GLOBAL}
_BY_SHORT = {flag.short: flag for flag in GLOBAL if flag.short}
_SUGGESTION_DISTANCE = 2
_PIECE = re.compile(
    r"""(?P<blank>[ \t\r\n]+) | \\(?P<continued>\n) | \\(?P<escaped>.) | '(?P<single>[^']*)'
    | "(?P<double>[^"\\]*(?:\\.[^"\\]*)*)" | (?P<plain>[^ \t\r\n'"\\]+)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE_IN_QUOTES = re.compile(r'\\(?:\n|(["\\$`]))')


class Invocation(NamedTuple):
    """A command that a line means. ``path`` has its parents' names, ``words`` the line as ``--record`` notes it."""

    spec: CommandSpec
    path: str
    flags: Flags
    words: tuple[str, ...]
    help_wanted: bool = False


def tokenize(line: str) -> list[str]:
    """The words of a line, as a shell divides them; ``kubectl`` itself, where it leads, is left out.

    Raises
    ------
    KubectlError
        When a quotation does not end.

    Examples
    --------
    >>> tokenize("kubectl get pods -l 'app in (web)'")
    ['get', 'pods', '-l', 'app in (web)']
    """
    pieces: list[list[str]] = []
    at, open_word = 0, False
    while at < len(line):
        found = _PIECE.match(line, at)
        if found is None:
            problem = "a backslash has nothing after it" if line[at] == "\\" else "a quotation does not end"
            raise KubectlError(f"cannot read the command line: {problem}: {line.strip()}")
        at = found.end()
        if found.lastgroup == "blank":
            open_word = False
        elif found.lastgroup != "continued":
            if not open_word:
                pieces.append([])
            pieces[-1].append(_piece(found))
            open_word = True
    words = ["".join(piece) for piece in pieces]
    return words[1:] if words[:1] == ["kubectl"] else words


def read_command(root: CommandSpec, arguments: Sequence[str]) -> Invocation:
    """The command that arguments mean, with its flags read.

    Raises
    ------
    KubectlError
        When there is no such command or flag, or a required flag is missing; in kubectl's words.
    """
    path, left = [root], list(arguments)
    while True:
        words = _without_flags(left)
        if not words:
            break
        found = path[-1].subcommand(words[0])
        if found is None:
            break
        path.append(found)
        left = _without_word(left, words[0])
    spec, shown = path[-1], " ".join(command.name for command in path)
    if spec is root and words:
        raise _unknown_command(root, arguments, words[0])
    words_of_line = tuple(command.name for command in path)
    if spec.open_ended:
        return Invocation(spec, shown, Flags({"namespace": ""}, _after_flags(left)), words_of_line)
    return _with_flags(spec, shown, left, words_of_line)


def _with_flags(spec: CommandSpec, path: str, arguments: Sequence[str], words: tuple[str, ...]) -> Invocation:
    own = {flag.name for flag in spec.flags}
    table = (*spec.flags, *(flag for flag in GLOBAL if flag.name not in own))
    try:
        flags = read_flags(table, arguments)
    except HelpWanted:
        return Invocation(spec, path, Flags({}), words, help_wanted=True)
    except KubectlError as error:
        raise KubectlError(f"{error}\nSee '{path} --help' for usage.") from None
    absent = missing(table, flags)
    if absent:
        raise KubectlError(f"required flag(s) {', '.join(map(go_quote, absent))} not set")
    return Invocation(spec, path, flags, words)


def change_cause(invocation: Invocation) -> str:
    """The line as ``--record`` writes it into an object.

    References
    ----------
    ``staging/src/k8s.io/cli-runtime/pkg/genericclioptions/record_flags.go parseCommandArguments @ v1.36``
    """
    flags = "".join(f" --{flag.name}={value}" for flag, value in invocation.flags.given)
    return " ".join((*invocation.words, *invocation.flags.args)) + flags


def _piece(found: re.Match[str]) -> str:
    """What a part of a word stands for."""
    if found.lastgroup == "double":
        return _ESCAPE_IN_QUOTES.sub(r"\1", found["double"])
    return found[found.lastgroup or 0]


# -- finding the command


def _takes_value(word: str) -> bool:
    """Whether the word after a flag is its value, as far as can be told before the command is known."""
    if word.startswith("--"):
        flag = _BY_NAME.get(word[2:])
        return "=" not in word and (flag is None or flag.bare is None)
    short = _BY_SHORT.get(word[1:])
    return "=" not in word and len(word) == 2 and (short is None or short.bare is None)


def _without_flags(arguments: Sequence[str]) -> list[str]:
    found, left = [], list(arguments)
    while left:
        word = left.pop(0)
        if word == "--":
            break
        if word.startswith("-") and _takes_value(word):
            if len(left) <= 1:
                break
            left.pop(0)
        elif word and not word.startswith("-"):
            found.append(word)
    return found


def _after_flags(arguments: Sequence[str]) -> list[str]:
    """What stands after the flags of all commands that the arguments begin with."""
    at = 0
    while at < len(arguments) and _is_global(arguments[at]):
        at += 2 if _takes_value(arguments[at]) else 1
    return list(arguments[at:])


def _is_global(word: str) -> bool:
    name = word.partition("=")[0]
    return name[2:] in _BY_NAME if name.startswith("--") else name[:1] == "-" and name[1:2] in _BY_SHORT


def _without_word(arguments: Sequence[str], word: str) -> list[str]:
    """The arguments without the first that is this word and no flag's value."""
    at = 0
    while at < len(arguments):
        argument = arguments[at]
        if argument == "--":
            break
        if argument.startswith("-") and _takes_value(argument):
            at += 1
        elif argument == word:
            return [*arguments[:at], *arguments[at + 1 :]]
        at += 1
    return list(arguments)


def _unknown_command(root: CommandSpec, arguments: Sequence[str], word: str) -> KubectlError:
    """No such command. A real kubectl looks for a plugin of that name first, and trips over flags before it."""
    if arguments[0].startswith("-"):
        return Verbatim(f"Error: flags cannot be placed before plugin name: {arguments[0]}")
    suggestions = "".join(f"\t{name}\n" for name in _suggestions(root, word))
    hint = f"\n\nDid you mean this?\n{suggestions}" if suggestions else ""
    return KubectlError(f"unknown command {go_quote(word)} for {go_quote(root.name)}{hint}")


def _suggestions(root: CommandSpec, word: str) -> list[str]:
    found = []
    for command in sorted(root.subcommands, key=lambda c: c.name):
        near = abs(len(word) - len(command.name)) <= _SUGGESTION_DISTANCE
        near = near and _distance(word.lower(), command.name.lower()) <= _SUGGESTION_DISTANCE
        if near or command.name.lower().startswith(word.lower()):
            found.append(command.name)
        found += [command.name for other in command.suggest_for if other.lower() == word.lower()]
    return found


def _distance(one: str, other: str) -> int:
    """How many letters must be changed, added or left out to make one word the other."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            previous, row[j] = row[j], previous if a == b else 1 + min(previous, row[j], row[j - 1])
    return row[-1]
