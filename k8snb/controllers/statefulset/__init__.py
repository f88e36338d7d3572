"""The StatefulSet controller: pods with an identity, their claims, and their revisions."""

from k8snb.controllers.statefulset.controller import StatefulSetController

__all__ = ["StatefulSetController"]
