"""What executing a probe or a hook comes to, in words.

References
----------
``pkg/probe/http/http.go``, ``tcp/tcp.go``, ``grpc/grpc.go``, ``exec/exec.go`` and
``staging/src/k8s.io/cri-client/pkg/remote_runtime.go ExecSync @ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import go_quote
from k8snb.api.go_duration import format_duration
from k8snb.api.types.containers import Container, Probe
from k8snb.kubelet.commands import OUTPUT_OF_FAILURE

FAILED_STATUS = 503


def failure_of(probe: Probe, container: Container, pod_ip: str, late: bool) -> str:
    """Why a probe failed; `late`: it took longer than its timeout."""
    if probe.exec is not None:
        if not late:
            return OUTPUT_OF_FAILURE
        words = go_quote(" ".join(probe.exec.command))
        return f"command timed out: {words} timed out after {format_duration(max(probe.timeout_seconds, 1) * 1000)}"
    if probe.tcp_socket is not None:
        where = f"{probe.tcp_socket.host or pod_ip}:{port_of(probe.tcp_socket.port, container)}"
        return f"dial tcp {where}: {'i/o timeout' if late else 'connect: connection refused'}"
    if probe.grpc is not None:
        if late:
            return (
                f"timeout: health rpc did not complete within {format_duration(max(probe.timeout_seconds, 1) * 1000)}"
            )
        return 'service unhealthy (responded with "NOT_SERVING")'
    if late and probe.http_get is not None:
        get = probe.http_get
        where = f"{get.host or pod_ip}:{port_of(get.port, container)}"
        url = f"{(get.scheme or 'HTTP').lower()}://{where}{get.path or '/'}"
        waited = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
        return f"Get {go_quote(url)}: {waited}"
    return f"HTTP probe failed with statuscode: {FAILED_STATUS}"


def port_of(port: int | str, container: Container) -> int | str:
    """A port's number, when it is given by its name."""
    for known in container.ports:
        if known.name == port:
            return known.container_port
    return port
