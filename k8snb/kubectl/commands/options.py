"""``kubectl options``: the flags that every command takes.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/options/options.go NewCmdOptions``,
``staging/src/k8s.io/kubectl/pkg/util/templates/templates.go OptionsUsageTemplate @ v1.36``
"""

from __future__ import annotations

from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.common_flags import GLOBAL
from k8snb.kubectl.help import listed_flags


def _run(session: Session) -> None:
    session.say("The following options can be passed to any command:\n")
    for line in listed_flags(GLOBAL):
        session.say(line)


COMMAND = CommandSpec("options", "Print the list of flags inherited by all commands", _run)
