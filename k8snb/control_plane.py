"""Puts the components of a cluster together: the control plane's controllers and scheduler, and the nodes' kubelets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8snb.controllers.cronjob import CronJobController
from k8snb.controllers.daemonset import DaemonSetController
from k8snb.controllers.deployment import DeploymentController
from k8snb.controllers.disruption import DisruptionController
from k8snb.controllers.endpointslice import EndpointSliceController
from k8snb.controllers.ephemeral import EphemeralVolumeController
from k8snb.controllers.garbagecollector import GarbageCollector
from k8snb.controllers.job import JobController
from k8snb.controllers.kubernetesservice import KubernetesServiceController
from k8snb.controllers.namespace import NamespaceController
from k8snb.controllers.nodelifecycle import NodeLifecycleController
from k8snb.controllers.persistentvolume import (
    ClaimProtectionController,
    PersistentVolumeController,
    VolumeProtectionController,
)
from k8snb.controllers.podgc import PodGarbageCollector
from k8snb.controllers.replicaset import ReplicaSetController, ReplicationManager
from k8snb.controllers.rootcacertpublisher import RootCACertPublisher
from k8snb.controllers.serviceaccount import ServiceAccountsController
from k8snb.controllers.statefulset import StatefulSetController
from k8snb.controllers.tainteviction import TaintEvictionController
from k8snb.controllers.ttlafterfinished import TTLAfterFinishedController
from k8snb.kubelet import Kubelets
from k8snb.kubelet.program import ImageProgram
from k8snb.machinery.controller import Controller, Environment
from k8snb.machinery.server import ApiServer
from k8snb.scheduling import SchedulerComponent
from k8snb.sim.loop import Loop
from k8snb.sim.streams import Streams

CONTROLLERS: tuple[type[Controller], ...] = (
    DeploymentController,
    ReplicaSetController,
    ReplicationManager,
    StatefulSetController,
    DaemonSetController,
    PersistentVolumeController,
    ClaimProtectionController,
    VolumeProtectionController,
    EphemeralVolumeController,
    JobController,
    CronJobController,
    TTLAfterFinishedController,
    EndpointSliceController,
    DisruptionController,
    GarbageCollector,
    NamespaceController,
    ServiceAccountsController,
    RootCACertPublisher,
    KubernetesServiceController,
    NodeLifecycleController,
    TaintEvictionController,
    PodGarbageCollector,
)


class ControlPlane:
    """All components of one cluster, on one loop and one store."""

    def __init__(
        self, seed: int, kubelet: str, missing_images: Sequence[str], image_programs: Mapping[str, ImageProgram]
    ) -> None:
        self.loop = Loop()
        self.streams = Streams(seed)
        self.server = ApiServer(self.loop, self.streams)
        environment = Environment(self.server, self.streams)
        self.controllers = [controller(environment) for controller in CONTROLLERS]
        self.scheduler = SchedulerComponent(environment)
        self.kubelets = Kubelets(environment, kubelet, missing_images, image_programs)
