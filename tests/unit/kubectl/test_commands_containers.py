"""``logs`` and ``exec``: what is wrong with a line, and that there are no containers."""

from __future__ import annotations

import pytest
from kubectl_terminal import Terminal

SOMEWHERE = 'in namespace "default"'


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("logs", "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'."),
        ("logs a b c", "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'."),
        ("logs web -l a=b", "error: only a selector (-l) or a POD name is allowed"),
        ("logs ghost", f'error: error from server (NotFound): pods "ghost" not found {SOMEWHERE}'),
        ("logs deploy/ghost", f'error: error from server (NotFound): deployments.apps "ghost" not found {SOMEWHERE}'),
        ("logs ghost/x", 'error: the server doesn\'t have a resource type "ghost"'),
        ("logs web -c ghost", "error: container ghost is not valid for pod web out of: web"),
        ("logs web ghost", "error: container ghost is not valid for pod web out of: web"),
        ("logs web", 'error: "kubectl logs" is not built in this simulator'),
        ("logs -f web web --tail=5", 'error: "kubectl logs" is not built in this simulator'),
        ("logs -l run=web", 'error: "kubectl logs" is not built in this simulator'),
        ("exec", "error: pod, type/name or --filename must be specified"),
        ("exec -- ls", "error: pod, type/name or --filename must be specified"),
        ("exec web", "error: you must specify at least one command for the container"),
        ("exec web ls", "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead"),
        ("exec ghost -- ls", 'Error from server (NotFound): pods "ghost" not found'),
        ("exec -it web -- sh", 'error: "kubectl exec" is not built in this simulator'),
    ],
)
def test_what_is_said(terminal: Terminal, line: str, error: str) -> None:
    terminal.out("run web --image=nginx")
    assert terminal.fails(line)[0] == error


def test_logs_of_no_pod(terminal: Terminal) -> None:
    result = terminal.both("logs -l a=b")
    assert (result.exit, result.stdout, result.stderr) == (0, "", "No resources found in default namespace.\n")
