"""A node, with its pods and what they take of it.

References
----------
``staging/src/k8s.io/kubectl/pkg/describe/describe.go describeNode, describeNodeResource, describeNodeLease @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8snb.api import quantity
from k8snb.api.types.node import Lease, Node
from k8snb.api.types.pod import Pod
from k8snb.kubectl.ages import rfc1123z, since
from k8snb.kubectl.describe.context import Context
from k8snb.kubectl.describe.events import find_events, write_events
from k8snb.kubectl.describe.metadata import go_bool, labels_and_annotations, or_unset, taints
from k8snb.kubectl.describe.resources import add, Amounts, pod_limits, pod_requests
from k8snb.kubectl.describe.writer import Writer
from k8snb.kubectl.printers.kinds.nodes import node_roles

_LEASES = "kube-node-lease"
_ENDED = ("Succeeded", "Failed")
_STANDARD = ("cpu", "memory", "ephemeral-storage", "pods")
_HUGE_PAGES = "hugepages-"


def describe_node(w: Writer, context: Context, obj: Node) -> None:
    """Write everything about a node."""
    w.field(0, "Name", obj.metadata.name)
    w.field(0, "Roles", ",".join(node_roles(obj)) or "<none>")
    labels_and_annotations(w, obj.metadata)
    w.field(0, "CreationTimestamp", rfc1123z(obj.metadata.creation_timestamp))
    taints(w, "Taints", obj.spec.taints)
    w.field(0, "Unschedulable", go_bool(obj.spec.unschedulable))
    _lease(w, context, obj.metadata.name)
    _status(w, obj)
    _system_info(w, obj)
    pods = [
        pod
        for pod in context.list(Pod, None)
        if pod.spec.node_name == obj.metadata.name and pod.status.phase not in _ENDED
    ]
    allocatable = obj.status.allocatable or obj.status.capacity
    _pods(w, pods, allocatable, context.now_ms)
    _allocated(w, pods, allocatable)
    if context.show_events:
        events = [*find_events(context, "Node", obj.metadata, obj.metadata.uid)]
        events += find_events(context, "Node", obj.metadata, obj.metadata.name)
        write_events(w, events, context.now_ms)


def _lease(w: Writer, context: Context, name: str) -> None:
    lease = context.get(Lease, _LEASES, name)
    if lease is None:
        w.field(0, "Lease", f'Failed to get lease: leases.coordination.k8s.io "{name}" not found')
        return
    acquired, renewed = lease.spec.acquire_time, lease.spec.renew_time
    w.write(0, "Lease:\n")
    w.field(1, "HolderIdentity", or_unset(lease.spec.holder_identity))
    w.field(1, "AcquireTime", "<unset>" if acquired is None else rfc1123z(acquired))
    w.field(1, "RenewTime", "<unset>" if renewed is None else rfc1123z(renewed))


def _status(w: Writer, node: Node) -> None:
    if node.status.conditions:
        w.write(0, "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n")
        w.write(1, "----\t------\t-----------------\t------------------\t------\t-------\n")
    for c in node.status.conditions:
        times = f"{rfc1123z(c.last_heartbeat_time)} \t{rfc1123z(c.last_transition_time)}"
        w.write(1, f"{c.type} \t{c.status} \t{times} \t{c.reason} \t{c.message}\n")
    w.write(0, "Addresses:\n")
    for address in node.status.addresses:
        w.field(1, address.type, address.address)
    for title, amounts in (("Capacity", node.status.capacity), ("Allocatable", node.status.allocatable)):
        if amounts:
            w.write(0, f"{title}:\n")
        for name in sorted(amounts):
            w.field(1, name, amounts[name])


def _system_info(w: Writer, node: Node) -> None:
    info = node.status.node_info
    w.write(0, "System Info:\n")
    w.field(1, "Machine ID", info.machine_id)
    w.field(1, "System UUID", info.system_uuid)
    w.field(1, "Boot ID", info.boot_id)
    w.field(1, "Kernel Version", info.kernel_version)
    w.field(1, "OS Image", info.os_image)
    w.field(1, "Operating System", info.operating_system)
    w.field(1, "Architecture", info.architecture)
    w.field(1, "Container Runtime Version", info.container_runtime_version)
    w.field(1, "Kubelet Version", info.kubelet_version)
    if node.spec.pod_cidr:
        w.field(0, "PodCIDR", node.spec.pod_cidr)
    if node.spec.pod_cidrs:
        w.field(0, "PodCIDRs", ",".join(node.spec.pod_cidrs))
    if node.spec.provider_id:
        w.field(0, "ProviderID", node.spec.provider_id)


def _share(amounts: Mapping[str, str], name: str, allocatable: Mapping[str, str]) -> str:
    """An amount, and its share of what the node has."""
    amount, count = amounts.get(name, "0"), quantity.milli_value if name == "cpu" else quantity.value
    whole = count(allocatable.get(name, "0"))
    percent = int(count(amount) / whole * 100) if whole else 0
    return f"{amount} ({percent}%)"


def _pods(w: Writer, pods: Sequence[Pod], allocatable: Mapping[str, str], now_ms: int) -> None:
    w.field(0, "Non-terminated Pods", f"({len(pods)} in total)")
    w.write(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n")
    w.write(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n")
    for pod in pods:
        requests, limits = pod_requests(pod), pod_limits(pod)
        shares = [_share(which, name, allocatable) for name in ("cpu", "memory") for which in (requests, limits)]
        age = since(pod.metadata.creation_timestamp, now_ms)
        w.write(1, "\t".join([pod.metadata.namespace, pod.metadata.name, "", *shares, age]) + "\n")


def _allocated(w: Writer, pods: Sequence[Pod], allocatable: Mapping[str, str]) -> None:
    requests: Amounts = {}
    limits: Amounts = {}
    for pod in pods:
        requests, limits = add(requests, pod_requests(pod)), add(limits, pod_limits(pod))
    w.write(0, "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n")
    w.write(1, "Resource\tRequests\tLimits\n")
    w.write(1, "--------\t--------\t------\n")
    huge = sorted(name for name in allocatable if name.startswith(_HUGE_PAGES))
    for name in ("cpu", "memory", "ephemeral-storage", *huge):
        w.write(1, f"{name}\t{_share(requests, name, allocatable)}\t{_share(limits, name, allocatable)}\n")
    for name in sorted(allocatable):
        if name not in _STANDARD and name not in huge:
            w.write(1, f"{name}\t{requests.get(name, '0')}\t{limits.get(name, '0')}\n")
