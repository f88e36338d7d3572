"""What goes wrong in kubectl itself, before or after the API server was asked."""

from __future__ import annotations

from k8snb.errors import K8snbError


class KubectlError(K8snbError):
    """kubectl gives up.

    Parameters
    ----------
    message
        kubectl's words, without the leading ``error:``.
    code
        The exit code.
    stdout
        What was written to standard output before the failure.
    """

    def __init__(self, message: str, code: int = 1, stdout: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.stdout = stdout
