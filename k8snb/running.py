"""A kubectl command under way: where it waits, and how it ended."""

from __future__ import annotations

from k8snb.kubectl import Command, Result, Wait


class RunningCommand:
    """A command that was begun for an input of the log.

    ``waiting`` is what it waits for, None once it is done; then ``result`` is how it ended.
    """

    def __init__(self, command: Command, cause: int) -> None:
        self.cause = cause
        self.waiting: Wait | None = None
        self.result = Result()
        self._command = command
        self._proceed(None)

    def resume(self, held: bool) -> None:
        """Go on; `held` says whether what the command waited for came true."""
        self._proceed(held)

    def _proceed(self, held: bool | None) -> None:
        try:
            self.waiting = next(self._command) if held is None else self._command.send(held)
        except StopIteration as end:
            self.waiting, self.result = None, end.value
