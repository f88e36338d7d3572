"""What becomes of a service's requests: where they are sent, and whether somebody answers."""

from k8snb.network.traffic import Outcome, Request, Traffic

__all__ = ["Outcome", "Request", "Traffic"]
