"""The root CA publisher: every namespace has a ConfigMap with the certificates of the cluster."""

from k8snb.controllers.rootcacertpublisher.controller import RootCACertPublisher

__all__ = ["RootCACertPublisher"]
