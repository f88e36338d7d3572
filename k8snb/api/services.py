"""What objects say of the service that they belong to."""

SERVICE_NAME = "kubernetes.io/service-name"  # the label of an endpoint slice that names its service
IS_HEADLESS = "service.kubernetes.io/headless"  # the label of what belongs to a service without an address
TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time"  # the annotation: when the change behind it came
