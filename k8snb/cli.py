"""The command line: ``k8snb run``, ``k8snb frames``, ``k8snb lives``, ``k8snb answer`` and ``k8snb verify``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from k8snb import __version__
from k8snb.cluster import Cluster
from k8snb.errors import K8snbError
from k8snb.recording.answers import answer_file
from k8snb.recording.lives import record_lives_file
from k8snb.recording.play import record_file
from k8snb.recording.verify import agrees, verify
from k8snb.scenario import load_scenario, Player, replay, Scenario
from k8snb.story import tell_story

OK, FAILED, INTERRUPTED = 0, 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns its exit code.

    Parameters
    ----------
    arguments
        The words after ``k8snb``; by default those of the process.
    """
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (K8snbError, OSError) as error:
        _complain(error)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="k8snb", description="Plays scenarios on a simulated Kubernetes cluster.")
    parser.add_argument("--version", action="version", version=f"k8snb {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="play a scenario and tell its story")
    run.add_argument("scenario", type=Path, metavar="SCENARIO.yaml")
    run.set_defaults(run=_run)

    frames = commands.add_parser("frames", help="record scenarios, a file NAME.json each")
    frames.add_argument("scenarios", type=Path, nargs="+", metavar="SCENARIO.yaml")
    frames.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the recordings go")
    frames.set_defaults(run=_frames)

    lives = commands.add_parser("lives", help="record the lives of scenarios' pods, a file NAME.json each")
    lives.add_argument("scenarios", type=Path, nargs="+", metavar="SCENARIO.yaml")
    lives.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the recordings go")
    lives.set_defaults(run=_lives)

    answer = commands.add_parser("answer", help="answer recorded requests, a file KIND.jsonl each")
    answer.add_argument("requests", type=Path, nargs="+", metavar="REQUESTS.jsonl")
    answer.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the answers go")
    answer.set_defaults(run=_answer)

    check = commands.add_parser("verify", help="play everything recorded below a folder, and compare")
    check.add_argument("folder", type=Path, metavar="DIR")
    check.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="PATTERN",
        help="only such names: deployment-*, lives/*, requests/pod",
    )
    check.add_argument("--workers", type=_positive, metavar="N", help="how many processes play (default: one a core)")
    check.set_defaults(run=_verify)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _run(options: argparse.Namespace) -> int:
    scenario = load_scenario(options.scenario)
    about = f": {scenario.description}" if scenario.description else ""
    print(f"{scenario.name}{about}\n")
    cluster, outputs = _played(scenario)
    for line in tell_story(cluster.log, outputs):
        print(line)
    print(f"{cluster.now:8.3f} s  the end: {cluster!r}")
    return OK


def _played(scenario: Scenario) -> tuple[Cluster, list[str]]:
    """The cluster at the scenario's end, and what its commands printed; a saved session is replayed as it was."""
    if scenario.is_session:
        return replay(scenario), []
    player = Player(scenario)
    return player.play(), [str(step.result) for step in player.results]


def _frames(options: argparse.Namespace) -> int:
    options.out.mkdir(parents=True, exist_ok=True)
    return _each(options.scenarios, lambda path: str(record_file(path, options.out)))


def _lives(options: argparse.Namespace) -> int:
    options.out.mkdir(parents=True, exist_ok=True)
    return _each(options.scenarios, lambda path: str(record_lives_file(path, options.out)))


def _answer(options: argparse.Namespace) -> int:
    options.out.mkdir(parents=True, exist_ok=True)

    def answered(path: Path) -> str:
        target = options.out / path.name
        return f"{target}: {answer_file(path, target)} answers"

    return _each(options.requests, answered)


def _verify(options: argparse.Namespace) -> int:
    if not options.folder.is_dir():
        raise K8snbError(f"{options.folder}: no such folder")
    outcomes = verify(options.folder, lambda line: print(line, flush=True), options.only, options.workers)
    return OK if all(agrees(outcome) for outcome in outcomes) else FAILED


def _each(paths: Sequence[Path], act: Callable[[Path], str]) -> int:
    """Do it with every file, and say what came of it; one that is no good does not stop the others."""
    code = OK
    for path in paths:
        try:
            print(act(path), flush=True)
        except (K8snbError, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            _complain(error)
            code = FAILED
    return code


def _complain(error: Exception) -> None:
    text = str(error)
    if isinstance(error, OSError) and error.filename is not None:
        text = f"{error.filename}: {error.strerror}"
    print(f"k8snb: {text}", file=sys.stderr)
