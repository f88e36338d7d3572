"""Runs a command line against an API server."""

from __future__ import annotations

from collections.abc import Sequence

from k8snb.errors import K8snbError
from k8snb.kubectl.client import Client
from k8snb.kubectl.command import Command, Result, Session
from k8snb.kubectl.command_line import change_cause, Invocation, read_command, tokenize
from k8snb.kubectl.command_tree import ROOT
from k8snb.kubectl.connection import check_connection
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import failure_text, SilentExit
from k8snb.kubectl.help import help_text


def run(
    line: str, server: Client, stdin: str = "", *, legacy: bool = True, pace_ms: int = 0, flags: Sequence[str] = ()
) -> Command:
    """Run a command line.

    Parameters
    ----------
    line
        The line as one types it into a shell, with or without the leading ``kubectl``.
    server
        The API server that the command talks to.
    stdin
        What ``-f -`` reads.
    legacy
        Accept documents of API versions that are gone, with a warning, instead of refusing them as a cluster of
        today does.
    pace_ms
        Simulated milliseconds from one object to the next; at 0 all are applied, or deleted, at once.
    flags
        Words that stand before those of the line, and that ``--record`` leaves out.

    Yields
    ------
    Wait
        Where the command waits for the cluster; it goes on when it is sent whether the predicate holds.

    Returns
    -------
    Result
        Never an exception for what a user got wrong.
    """
    try:
        words = tokenize(line)
    except KubectlError as error:
        return Result(error.code, "", _ended(failure_text(error)))
    return (yield from run_words(words, server, stdin, legacy=legacy, pace_ms=pace_ms, flags=flags))


def run_words(
    words: Sequence[str],
    server: Client,
    stdin: str = "",
    *,
    legacy: bool = True,
    pace_ms: int = 0,
    flags: Sequence[str] = (),
) -> Command:
    """Run a command whose words are divided already, as a program's arguments are; else as `run`."""
    topic = list(words[1:]) if words[:1] == ["help"] else None
    try:
        invocation = read_command(ROOT, [*flags, *(words if topic is None else (*topic, "--help"))])
    except KubectlError as error:
        if topic is not None:
            shown = " ".join(f"`{word}`" for word in topic)
            return Result(0, help_text(read_command(ROOT, ["--help"])), f"Unknown help topic [{shown}]\n")
        return Result(error.code, "", _ended(failure_text(error)))
    if invocation.help_wanted:
        return Result(0, help_text(invocation))
    if invocation.spec.run is None:
        return _without_action(invocation)
    cause = change_cause(read_command(ROOT, words) if flags else invocation)
    session = Session(server, invocation.flags, invocation.path, cause, stdin, legacy, pace_ms)
    for flag, _ in invocation.flags.given:
        if flag.deprecated:
            session.complain(f"Flag --{flag.name} has been deprecated, {flag.deprecated}")
    code = 0
    try:
        check_connection(session.flags)
        waiting = invocation.spec.run(session)
        if waiting is not None:
            yield from waiting
    except K8snbError as error:
        code = error.code if isinstance(error, KubectlError) else 1
        _note_failure(session, error)
    else:
        count = len(session.server.warnings)
        if count and invocation.flags["warnings-as-errors"]:
            code = 1
            session.complain(f"error: {count} warning{'s' * (count > 1)} received")
    return Result(code, "".join(session.out), "".join(session.err))


def execute_at_once(line: str, server: Client, stdin: str = "", *, legacy: bool = True) -> Result:
    """Run a command that does not wait.

    Raises
    ------
    K8snbError
        When it does.
    """
    command = run(line, server, stdin, legacy=legacy)
    try:
        next(command)
    except StopIteration as stop:
        result: Result = stop.value
        return result
    command.close()
    raise K8snbError(f"the command waits for the cluster: {line}")


def _without_action(invocation: Invocation) -> Result:
    """A command that only has subcommands: its help, or what is wrong with the words after it."""
    if invocation.spec is ROOT:
        return Result(0, help_text(invocation))
    if invocation.flags.args:
        words = " ".join(invocation.flags.args)
        return Result(1, "", f"error: unknown command \"{words}\"\nSee '{invocation.path} -h' for help and examples\n")
    shown = help_text(invocation)
    code = invocation.spec.help_exit
    return Result(code, shown) if invocation.spec.help_to_stdout else Result(code, "", shown)


def _note_failure(session: Session, error: K8snbError) -> None:
    if isinstance(error, KubectlError) and error.stdout:
        session.write(error.stdout)
    if not isinstance(error, SilentExit):
        session.err.append(_ended(failure_text(error)))


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"
