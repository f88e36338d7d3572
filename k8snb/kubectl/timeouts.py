"""``--request-timeout``.

References
----------
``staging/src/k8s.io/client-go/tools/clientcmd/helpers.go ParseTimeout @ v1.36``
"""

from __future__ import annotations

from k8snb.api.integers import integer
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.go_values import parse_duration


def request_timeout_ms(text: str) -> int | None:
    """How long a single request may take: seconds, or a duration with its unit; None for ever.

    Raises
    ------
    KubectlError
        When it is neither.

    Examples
    --------
    >>> request_timeout_ms("5"), request_timeout_ms("1m"), request_timeout_ms("0")
    (5000, 60000, None)
    """
    seconds = integer(text)
    if seconds is not None and seconds >= 0:
        return seconds * 1000 or None
    try:
        return max(parse_duration(text), 0) or None
    except ValueError:
        raise KubectlError(
            "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a "
            "corresponding time unit (e.g. 1s | 2m | 3h)"
        ) from None
