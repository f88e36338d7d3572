"""The kubelets: they start, watch and stop the pods of their nodes, and report what became of them."""

from k8snb.kubelet.kubelets import Kubelets

__all__ = ["Kubelets"]
