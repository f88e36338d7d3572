"""Doing many things at once, but carefully at first: where one is refused, the others would be refused as well.

References
----------
``pkg/controller/replicaset/replica_set.go slowStartBatch``, the same loop in
``pkg/controller/daemon/daemon_controller.go syncNodes`` and ``pkg/controller/job/job_controller.go manageJob``, and
``pkg/controller/statefulset/stateful_set_control.go slowStartBatch @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from k8snb.errors import ApiError

SLOW_START_INITIAL_BATCH_SIZE = 1
MAX_BATCH_SIZE = 500

T = TypeVar("T")


class SlowStart(NamedTuple):
    """How often something succeeded, and what went wrong; the rest was not tried."""

    succeeded: int
    failures: list[ApiError]


def slow_start(items: Sequence[T], act: Callable[[T], object]) -> SlowStart:
    """Act on items in batches of 1, 2, 4 … 500, up to the first batch in which something fails.

    Examples
    --------
    >>> def refuse_2(item):
    ...     if item == 2:
    ...         raise ApiError("no")
    >>> slow_start(range(9), refuse_2)
    SlowStart(succeeded=2, failures=[ApiError('no')])
    """
    failures: list[ApiError] = []
    tried, size = 0, SLOW_START_INITIAL_BATCH_SIZE
    while tried < len(items) and not failures:
        batch = items[tried : tried + size]
        for item in batch:
            try:
                act(item)
            except ApiError as error:
                failures.append(error)
        tried, size = tried + len(batch), min(2 * size, MAX_BATCH_SIZE)
    return SlowStart(tried - len(failures), failures)
