"""The EndpointSlice controller: the addresses of the pods behind each service, and what they are good for."""

from k8snb.controllers.endpointslice.controller import EndpointSliceController

__all__ = ["EndpointSliceController"]
