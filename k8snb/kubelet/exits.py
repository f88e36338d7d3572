"""Exit codes: scripts in an annotation, dealt out to the pods of one owner in turn."""

from __future__ import annotations

from k8snb.api.integers import integer
from k8snb.api.jobs import COMPLETION_INDEX
from k8snb.api.pods import controller_of
from k8snb.api.types.pod import Pod
from k8snb.kubelet.annotated_timing import PREFIX


class ExitCodes:
    """Deals out exit codes: each exit takes its owner's next, and the last repeats.

    ``0,1,0`` is one list for all; ``2:1,0;*:0`` gives completion index 2 a list of its own and every other index a
    copy of ``*``. What is no number of 64 bits is 0.
    """

    def __init__(self) -> None:
        self._taken: dict[tuple[str, str], int] = {}

    def next_code(self, pod: Pod) -> int:
        """The exit code of a container of this pod that exits now."""
        text = pod.metadata.annotations.get(PREFIX + "exit", "0")
        reference = controller_of(pod)
        owner = reference.uid if reference else pod.metadata.uid
        index = ""
        if ":" in text:
            index = pod.metadata.annotations.get(COMPLETION_INDEX, "")
            scripts = dict(part.split(":", 1) for part in text.split(";") if ":" in part)
            text = scripts.get(index, scripts.get("*", "0"))
        codes = text.split(",")
        taken = self._taken.get((owner, index), 0)
        self._taken[owner, index] = taken + 1
        return integer(codes[min(taken, len(codes) - 1)].strip()) or 0
