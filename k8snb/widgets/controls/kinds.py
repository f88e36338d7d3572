"""Which controls a kind has."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from k8snb.widgets.controls.cronjob import CRON_JOB
from k8snb.widgets.controls.daemonset import DAEMON_SET
from k8snb.widgets.controls.deployment import DEPLOYMENT
from k8snb.widgets.controls.fields import KindControls
from k8snb.widgets.controls.job import JOB
from k8snb.widgets.controls.replicaset import REPLICA_SET
from k8snb.widgets.controls.statefulset import STATEFUL_SET

_DECLARED = (DEPLOYMENT, STATEFUL_SET, DAEMON_SET, JOB, CRON_JOB, REPLICA_SET)
KINDS: Mapping[str, KindControls] = MappingProxyType({declared.kind: declared for declared in _DECLARED})
