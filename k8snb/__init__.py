"""See and predict how Kubernetes runs workloads."""
