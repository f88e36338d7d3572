"""The structures of the Kubernetes 1.36 API."""
