"""``kubectl apply view-last-applied``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/apply/apply_view_last_applied.go @ v1.36``
"""

from __future__ import annotations

from k8snb.api.json_reader import parse_json
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.common_flags import ALL, FILES, SELECTOR
from k8snb.kubectl.flags import text
from k8snb.kubectl.go_format import marshal
from k8snb.kubectl.last_applied import LAST_APPLIED
from k8snb.kubectl.printers.yaml_text import to_yaml
from k8snb.kubectl.resource_builder import find_objects, Query


def _view_last_applied(session: Session) -> None:
    """What objects without the annotation remember is nothing, and no error."""
    flags = session.flags
    query = Query(
        session.args,
        labels=flags["selector"],
        everything=session.namespace_given,
        every=flags["all"],
        latest=True,
        continue_on_error=False,
    )
    remembered = []
    for info in find_objects(session, query).all():
        annotations = info.body["metadata"].get("annotations") or {}
        if LAST_APPLIED in annotations:
            remembered.append(annotations[LAST_APPLIED])
    for configuration in remembered:
        body = parse_json(configuration)
        if flags["output"] == "json":
            session.say(marshal(body, 2, sort=False))
        elif flags["output"] == "yaml":
            session.write(to_yaml(body))
        else:
            problem = f"Unexpected -o output mode: {flags['output']}, the flag 'output' must be one of yaml|json"
            raise session.usage_error(problem)


VIEW_LAST_APPLIED = CommandSpec(
    "view-last-applied",
    "View the latest last-applied-configuration annotations of a resource/object",
    _view_last_applied,
    (*FILES, ALL, SELECTOR, text("output", "yaml", "o")),
    usage="(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)",
)
