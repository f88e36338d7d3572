"""The API server's own controller of the service ``kubernetes``, which is there again within ten seconds."""

from k8snb.controllers.kubernetesservice.controller import KubernetesServiceController, manifest

__all__ = ["KubernetesServiceController", "manifest"]
