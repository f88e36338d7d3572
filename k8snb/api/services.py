"""What objects say of the service that they belong to."""

SERVICE_NAME = "kubernetes.io/service-name"  # the label of an endpoint slice that names its service
