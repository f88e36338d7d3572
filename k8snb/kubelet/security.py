"""Whether a container may run as the user that it is to run as.

What user an image asks for is not known; it is taken for one that may.

References
----------
``pkg/kubelet/kuberuntime/security_context_others.go verifyRunAsNonRoot @ v1.36``
"""

from __future__ import annotations

from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.kubelet.hooks import full_name


def must_not_be_root(spec: PodSpec, container: Container) -> bool:
    """Whether a container, or else its pod, says that it must not run as root."""
    own, pods = container.security_context, spec.security_context
    if own is not None and own.run_as_non_root is not None:
        return own.run_as_non_root
    return pods is not None and bool(pods.run_as_non_root)


def root_problem(pod: Pod, container: Container) -> str:
    """Why a container cannot be created: it would be root and must not; empty: nothing."""
    if not must_not_be_root(pod.spec, container):
        return ""
    own, pods = container.security_context, pod.spec.security_context
    user = None if own is None else own.run_as_user
    if user is None and pods is not None:
        user = pods.run_as_user
    if user != 0:
        return ""
    return f'container\'s runAsUser breaks non-root policy (pod: "{full_name(pod)}", container: {container.name})'
