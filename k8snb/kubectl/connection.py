"""The flags that say which cluster to talk to, and how. There is one cluster here, and no configuration that names it.

References
----------
``staging/src/k8s.io/client-go/tools/clientcmd/client_config.go getContext, getAuthInfo, getCluster @ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import go_quote
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import Flags
from k8snb.kubectl.timeouts import request_timeout_ms

_NAMES = {"context": "context", "user": "auth info", "cluster": "cluster"}


def check_connection(flags: Flags) -> None:
    """Refuse a context, a user or a cluster by name, for none has one, and a timeout that is none.

    Raises
    ------
    KubectlError
        As kubectl does when its configuration does not have them.
    """
    for flag, what in _NAMES.items():
        name = flags.values.get(flag, "")
        if name and isinstance(name, str):  # a list is of a command's own flag
            raise KubectlError(f"{what} {go_quote(name)} does not exist")
    request_timeout_ms(str(flags.values.get("request-timeout", "0")))
