"""What a DaemonSet's status says of its pods.

References
----------
``pkg/controller/daemon/daemon_controller.go updateDaemonSetStatus, storeDaemonSetStatus @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.types.apps import DaemonSetStatus
from k8snb.controllers.daemonset.daemons import Daemons


def calculate_status(daemons: Daemons, observed: bool) -> DaemonSetStatus:
    """The status that fits these daemons; of the pods of a node, the oldest counts.

    Parameters
    ----------
    observed
        The controller has acted on this generation.
    """
    desired = current = misscheduled = ready = updated = available = 0
    for state, nodes in daemons.groups.items():
        number = len(nodes)
        if not state.should_run:
            misscheduled += number * (state.known and state.occupied)
            continue
        desired += number
        current += number * state.occupied
        ready += number * state.ready
        updated += number * state.updated
        available += number * state.available
    daemon_set = daemons.daemon_set
    generation = daemon_set.metadata.generation
    return replace(
        daemon_set.status,
        observed_generation=generation if observed else daemon_set.status.observed_generation,
        desired_number_scheduled=desired,
        current_number_scheduled=current,
        number_misscheduled=misscheduled,
        number_ready=ready,
        updated_number_scheduled=updated,
        number_available=available,
        number_unavailable=desired - available,
    )
