"""The Kubernetes API: typed objects, how they are read and written, their defaults, rules and patches."""
