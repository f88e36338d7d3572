"""In which turn statuses that are due together are written: one after another, so that controllers act between them."""

from __future__ import annotations

WRITE_MS = 1
SPREAD_MS = 30  # all of one slot of a second are written by then: every moment more is work for controllers


class Turns:
    """Gives a turn to each of the statuses that are due at one moment."""

    def __init__(self) -> None:
        self._taken: dict[int, int] = {}

    def next(self, moment: int, requests: int = 1) -> int:
        """How long after the moment the status that comes next for it is written, in milliseconds.

        Parameters
        ----------
        requests
            How many requests it takes, before the next can be written.
        """
        turn = self._taken.get(moment, 0)
        self._taken[moment] = turn + requests
        return wait_ms(turn)

    def forget(self, moment: int) -> None:
        """The moment has come."""
        self._taken.pop(moment, None)


def wait_ms(turn: int) -> int:
    """How long a status waits that so many others come before.

    Examples
    --------
    >>> wait_ms(0), wait_ms(3), wait_ms(5000)
    (0, 3, 30)
    """
    return min(turn * WRITE_MS, SPREAD_MS)
