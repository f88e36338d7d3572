"""The kinds that an API server serves and this one keeps no objects of: they can be asked for, and named.

Most of them are empty in a new cluster. Endpoints are made from endpoint slices when they are read.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, NamedTuple

from msgspec import defstruct

from k8snb.api.schema import ALWAYS, Int32, KubernetesObject, Struct
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.persistent_volume import ObjectReference


class EndpointAddress(Struct):
    ip: Annotated[str, ALWAYS] = ""
    hostname: str = ""
    node_name: str | None = None
    target_ref: ObjectReference | None = None


class EndpointPort(Struct):
    name: str = ""
    port: Annotated[Int32, ALWAYS] = 0
    protocol: str = ""
    app_protocol: str | None = None


class EndpointSubset(Struct):
    addresses: tuple[EndpointAddress, ...] = ()
    not_ready_addresses: tuple[EndpointAddress, ...] = ()
    ports: tuple[EndpointPort, ...] = ()


class Endpoints(KubernetesObject):
    api_version: ClassVar[str] = "v1"
    metadata: ObjectMeta = ObjectMeta()
    subsets: tuple[EndpointSubset, ...] = ()


class ServedKind(NamedTuple):
    """A kind as the server's discovery tells of it; ``verbs`` are those of requests, none: all."""

    cls: type[KubernetesObject]
    plural: str
    short_names: tuple[str, ...]
    namespaced: bool
    verbs: tuple[str, ...]
    categories: tuple[str, ...]


# Group version, then lines of: kind, plural, short names or -, n for namespaced, categories or verbs.
_TEXT = """
v1
 Binding bindings - n create
 ComponentStatus componentstatuses cs - get,list
 PodTemplate podtemplates - n
admissionregistration.k8s.io/v1
 MutatingAdmissionPolicy mutatingadmissionpolicies - - api-extensions
 MutatingAdmissionPolicyBinding mutatingadmissionpolicybindings - - api-extensions
 MutatingWebhookConfiguration mutatingwebhookconfigurations - - api-extensions
 ValidatingAdmissionPolicy validatingadmissionpolicies - - api-extensions
 ValidatingAdmissionPolicyBinding validatingadmissionpolicybindings - - api-extensions
 ValidatingWebhookConfiguration validatingwebhookconfigurations - - api-extensions
apiextensions.k8s.io/v1
 CustomResourceDefinition customresourcedefinitions crd,crds - api-extensions
apiregistration.k8s.io/v1
 APIService apiservices - - api-extensions
authentication.k8s.io/v1
 SelfSubjectReview selfsubjectreviews - - create
 TokenReview tokenreviews - - create
authorization.k8s.io/v1
 LocalSubjectAccessReview localsubjectaccessreviews - n create
 SelfSubjectAccessReview selfsubjectaccessreviews - - create
 SelfSubjectRulesReview selfsubjectrulesreviews - - create
 SubjectAccessReview subjectaccessreviews - - create
autoscaling/v2
 HorizontalPodAutoscaler horizontalpodautoscalers hpa n all
certificates.k8s.io/v1
 CertificateSigningRequest certificatesigningrequests csr -
events.k8s.io/v1
 Event events ev n
flowcontrol.apiserver.k8s.io/v1
 FlowSchema flowschemas - -
 PriorityLevelConfiguration prioritylevelconfigurations - -
networking.k8s.io/v1
 IngressClass ingressclasses - -
 Ingress ingresses ing n
 IPAddress ipaddresses ip -
 NetworkPolicy networkpolicies netpol n
 ServiceCIDR servicecidrs - -
node.k8s.io/v1
 RuntimeClass runtimeclasses - -
rbac.authorization.k8s.io/v1
 ClusterRoleBinding clusterrolebindings - -
 ClusterRole clusterroles - -
 RoleBinding rolebindings - n
 Role roles - n
resource.k8s.io/v1
 DeviceClass deviceclasses - -
 ResourceClaim resourceclaims - n
 ResourceClaimTemplate resourceclaimtemplates - n
 ResourceSlice resourceslices - -
storage.k8s.io/v1
 CSIDriver csidrivers - -
 CSINode csinodes - -
 CSIStorageCapacity csistoragecapacities - n
 VolumeAttachment volumeattachments - -
 VolumeAttributesClass volumeattributesclasses vac -
"""
_CATEGORIES = ("all", "api-extensions")


def _served() -> tuple[ServedKind, ...]:
    found = [ServedKind(Endpoints, "endpoints", ("ep",), True, (), ())]
    version = ""
    for line in _TEXT.splitlines():
        if not line.startswith(" "):
            version = line
            continue
        kind, plural, short, scope, *more = line.split()
        verbs = tuple(more[0].split(",")) if more and more[0] not in _CATEGORIES else ()
        categories = () if verbs else tuple(more)
        names = () if short == "-" else tuple(short.split(","))
        found.append(ServedKind(_class(kind, version), plural, names, scope == "n", verbs, categories))
    return tuple(found)


def _class(kind: str, api_version: str) -> type[KubernetesObject]:
    """A class of objects that have metadata only, for there are none."""
    fields = [("metadata", ObjectMeta, ObjectMeta())]
    made: type[KubernetesObject] = defstruct(  # type: ignore[assignment]
        kind,
        fields,
        bases=(KubernetesObject,),
        namespace={"api_version": api_version, "__doc__": None},
        module=__name__,
        frozen=True,
        kw_only=True,
        rename="camel",
        gc=False,
    )
    return made


SERVED_KINDS = _served()
