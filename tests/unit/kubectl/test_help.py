"""The help of commands that only have subcommands is kubectl's."""

from __future__ import annotations

from kubectl_terminal import Terminal

SET = """Configure application resources.

 These commands help you make changes to existing application resources.

Available Commands:
  env              Update environment variables on a pod template
  image            Update the image of a pod template
  resources        Update resource requests/limits on objects with pod templates
  selector         Set the selector on a resource
  serviceaccount   Update the service account of a resource
  subject          Update the user, group, or service account in a role binding or cluster role binding

Usage:
  kubectl set SUBCOMMAND [options]

Use "kubectl set <command> --help" for more information about a given command.
Use "kubectl options" for a list of global command-line options (applies to all commands).
"""


def test_a_group_without_a_subcommand(terminal: Terminal) -> None:
    assert (terminal.both("set").exit, terminal.both("set").stderr) == (1, SET)
    assert terminal.both("set --help").stdout == SET


def test_names_are_padded_to_eleven_at_least(terminal: Terminal) -> None:
    shown = terminal.both("create service").stderr.splitlines()
    assert shown[:3] == ["Create a service using a specified subcommand.", "", "Aliases:"]
    assert "  nodeport       Create a NodePort service" in shown
    assert terminal.both("auth").stderr.splitlines()[3].startswith("  can-i         Check")


def test_the_root_names_every_command_in_sections(terminal: Terminal) -> None:
    shown = terminal.out("--help")
    assert shown == terminal.out("")
    assert shown[0] == "kubectl controls the Kubernetes cluster manager."
    at = shown.index("Deploy Commands:")
    assert shown[at + 1] == "  rollout         Manage the rollout of a resource"


def test_the_flags_of_all_commands(terminal: Terminal) -> None:
    shown = terminal.out("options")
    assert shown[:3] == ["The following options can be passed to any command:", "", "    --as=''"]
    for line in (
        "    -n, --namespace=''",
        "    --log-flush-frequency=5s",
        "    --request-timeout='0'",
        "    -v, --v=0",
    ):
        assert line in shown
    assert shown[2:] == sorted(shown[2:], key=lambda line: line.partition("--")[2].partition("=")[0])


def test_one_group_succeeds_with_its_help(terminal: Terminal) -> None:
    assert terminal.out("certificate")[0] == "Modify certificate resources."


def test_what_is_not_built_says_so(terminal: Terminal) -> None:
    assert terminal.fails("certificate approve x") == [
        'error: "kubectl certificate approve" is not built in this simulator'
    ]
    assert terminal.both("alpha").stderr == "No alpha commands are available in this version of kubectl\n"
    assert terminal.fails("set subject rolebinding x --user=a") == [
        'Error from server (NotFound): rolebindings.rbac.authorization.k8s.io "x" not found'
    ]
