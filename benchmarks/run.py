"""Measures how fast the simulator is, and prints a table.

    python benchmarks/run.py            everything
    python benchmarks/run.py rollouts   one measure: deployment, mixed, spread, probes, rollouts, import, picture

Each measure runs in a process of its own. Absolute times depend on the machine and what else it does; ratios within one
run, and the growth exponent, say more.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

SIZES = (1_000, 10_000, 30_000)
NODES = 200
PHASES = ("create", "roll", "drain")
FLEETS = {
    "deployment": "a deployment of {} pods on 200 nodes",
    "mixed": "30 Deployments, 10 StatefulSets, 5 DaemonSets, 20 Jobs, 2 budgets on {} nodes, ten pods each",
    "spread": "a deployment of {} pods spread over 4 zones, five pods a node",
}


def deployment(size: int) -> dict[str, float]:
    """Create a deployment of so many replicas on 200 nodes, and roll it to a new image."""
    from k8snb import Cluster

    pods_per_node = max(500, 2 * size // NODES)
    Cluster(1).kubectl("version")  # kubectl is imported at first use
    cluster = Cluster([{"name": "node", "count": NODES, "cpu": "64", "pods": str(pods_per_node)}])
    started = time.process_time()
    cluster.kubectl(f"create deployment web --image=nginx:1 --replicas={size}")
    cluster.run_until_settled()
    created = time.process_time()
    cluster.kubectl("set image deployment/web nginx=nginx:2")
    cluster.run_until_settled()
    rolled = time.process_time()
    status = cluster.get("deployment", "web").status
    assert status.updated_replicas == status.available_replicas == status.replicas == size, status
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "create": created - started,
        "roll": rolled - created,
        "pods": 2 * size,  # a roll creates every pod anew
        "memory": memory,
        "log": len(cluster.log),
    }


def rollouts(count: int) -> dict[str, float]:
    """So many seeded runs: 20 pods created and rolled, each in a cluster of its own."""
    from k8snb import Cluster

    started = time.perf_counter()
    for seed in range(count):
        cluster = Cluster(5, seed=seed)
        cluster.kubectl("create deployment web --image=nginx:1 --replicas=20")
        cluster.run_until_settled()
        cluster.kubectl("set image deployment/web nginx=nginx:2")
        cluster.run_until_settled()
        assert cluster.get("deployment", "web").status.updated_replicas == 20
    return {"seconds": time.perf_counter() - started}


def import_time(_: int) -> dict[str, float]:
    """`import k8snb`, and that with its Cluster, in a new interpreter, without the interpreter's own start."""
    code = (
        "import time; t = time.perf_counter(); import k8snb; i = time.perf_counter(); k8snb.Cluster; "
        "print(i - t, time.perf_counter() - t)"
    )
    runs = []
    for _ in range(5):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
        runs.append([float(number) for number in done.stdout.split()])
    plain, full = (sorted(column)[2] for column in zip(*runs, strict=True))
    return {"import k8snb": plain, "with Cluster": full}


def picture(pods: int) -> dict[str, float]:
    """From a slider's move to the finished pictures in the kernel, with so many pods on show."""
    from k8snb import Cluster
    from k8snb.widgets import DeploymentLab

    cluster = Cluster([{"name": "node", "count": 10, "cpu": "64"}])
    cluster.kubectl(f"create deployment web --image=nginx:1 --replicas={pods}")
    cluster.run_until_settled()
    lab = DeploymentLab(cluster)
    times = []
    for step in range(1, 11):
        started = time.perf_counter()
        lab.controls.replicas = pods + step % 2 + 1
        times.append(time.perf_counter() - started)
    lab.close()
    return {"median": sorted(times)[5], "worst": max(times)}


def mixed_fleet(nodes: int) -> dict[str, float]:
    """So many nodes with ten pods each of all kinds of workloads: created, rolled and drained."""
    from fleets import mixed

    return mixed(nodes)


def spread_fleet(size: int) -> dict[str, float]:
    """So many pods spread over zones and nodes."""
    from fleets import spread

    return spread(size)


def probed_pods(pods: int) -> dict[str, float]:
    """So many pods with three probes each."""
    from probes import probes

    return probes(pods)


MEASURES: dict[str, tuple[Callable[[int], dict[str, float]], tuple[int, ...]]] = {
    "deployment": (deployment, SIZES),
    "mixed": (mixed_fleet, (250, 500)),
    "spread": (spread_fleet, (5_000, 10_000)),
    "probes": (probed_pods, (1_000,)),
    "rollouts": (rollouts, (1_000,)),
    "import": (import_time, (0,)),
    "picture": (picture, (100,)),
}


def measured(name: str, argument: int) -> dict[str, float]:
    """Run one measure in a process of its own."""
    command = [sys.executable, __file__, "--one", name, str(argument)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    if done.returncode:
        raise SystemExit(f"{name} {argument} failed:\n{done.stderr}")
    result: dict[str, float] = json.loads(done.stdout)
    return result


def report(name: str) -> None:
    """Print the rows of one measure."""
    rows = [(argument, measured(name, argument)) for argument in MEASURES[name][1]]
    if name in FLEETS:
        report_fleets(FLEETS[name], rows)
        return
    for argument, row in rows:
        shown = "{} {:,.0f} times real time" if name == "probes" else "{} {:.3f} s"
        values = ", ".join(shown.format(key, value) for key, value in row.items())
        print(f"| {name} {argument or ''} | {values} |")


def report_fleets(what: str, rows: list[tuple[int, dict[str, Any]]]) -> None:
    """Pods per second (all that were created, by the processor's time), memory, and how the time grows."""
    seconds = {}
    for size, row in rows:
        phases = {name: value for name, value in row.items() if name in PHASES}
        seconds[size] = sum(phases.values())
        shown = ", ".join(f"{name} {value:.2f} s" for name, value in phases.items())
        print(
            f"| {what.format(f'{size:,}')} | {shown}: {row['pods']:,} pods created, "
            f"{row['pods'] / seconds[size]:,.0f} a processor second, "
            f"{row['memory']:.0f} MB, {row['log']:,} log entries |"
        )
    for small, large in itertools.pairwise(seconds):
        exponent = math.log(seconds[large] / seconds[small]) / math.log(large / small)
        print(f"| growth {small:,} to {large:,} | exponent {exponent:.2f} |")


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measures", nargs="*", choices=[*MEASURES, []], help="which measures; all by default")
    parser.add_argument("--one", nargs=2, metavar=("NAME", "ARGUMENT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        name, argument = arguments.one
        print(json.dumps(MEASURES[name][0](int(argument))))
        return
    print("| measure | result |\n| --- | --- |")
    for name in arguments.measures or MEASURES:
        report(name)


if __name__ == "__main__":
    main()
