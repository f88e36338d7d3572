"""Takes the pictures of `docs/` anew, in JupyterLab in Chromium: `make pictures`.

Each picture is a notebook that leads up to one moment; a cluster is a pure function of its inputs, so that the same
moment comes again. Nothing plays while a picture is taken.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import nbformat

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))  # the page that the browser tests look at

from lab_page import browsing, Lab, notebook_of, serving  # noqa: E402
from small_png import small  # noqa: E402

WIDTH, HEIGHT = 1400, 1700  # of the window: a lab in its full width, all of it in sight
LAST_CELL = 15  # of the notebook about the life of a pod: there the timeline shows four pods

DEPLOYMENT = """
lab.run(6)
lab.controls.replicas = 6
lab.run(8)
lab.controls.image = "nginx:1.26"
lab.run(3.6)
select("q686g")
"""
STATEFUL_SET = """
lab.controls.replicas = 5
lab.run(7)
lab.controls.replicas = 4
lab.run(4)
lab.controls.partition = 1
lab.run(2)
lab.controls.image = "postgres:16.2"
lab.run(6.1)
select("db-1")
"""
DAEMON_SET = """
lab.run(4)
lab.controls.node = "node-5"
lab.controls.press("label")
lab.run(6)
lab.controls.max_surge = "1"
lab.controls.accept()
lab.run(3)
lab.controls.image = "agent:1.5"
lab.run(4.9)
select("md5n4")
"""
JOB = """
lab.run(7)
lab.controls.parallelism = 4
lab.run(6.6)
"""
CLUSTER = """
lab.run(4)
begin = lab.cluster.now_ms
lab.session.kubectl("drain node-1 --ignore-daemonsets")
lab.run(3)
lab.session.seek(begin + 900)
select("jkdq9")
"""
SELECT = """
def select(name):
    pod = next(pod for pod in lab.session.chronicle.pods_at(lab.session.moment_ms) if pod.name.endswith(name))
    lab.session.select(f"pod/{pod.key}")
    lab.timeline.unfold(pod.name)
"""
CONTAINERS = "notebooks/06_life_of_a_pod.ipynb"


class Picture(NamedTuple):
    """A picture: its file, which lab, what leads up to the moment, and what of the page is taken."""

    file: str
    lab: str
    story: str
    taken: str = ".k8snb-lab"


PICTURES = (
    Picture("lab.png", "DeploymentLab", DEPLOYMENT),
    Picture("lab-statefulset.png", "StatefulSetLab", STATEFUL_SET),
    Picture("lab-daemonset.png", "DaemonSetLab", DAEMON_SET),
    Picture("lab-job.png", "JobLab", JOB),
    Picture("lab-cluster.png", "ClusterLab", CLUSTER),
    Picture("timeline-containers.png", "", "", ".k8snb-timeline"),
)


def cells_of(picture: Picture) -> list[str]:
    """The cells that lead up to a picture: of a lab, or the first ones of a notebook."""
    if picture.lab:
        return [f"from k8snb import {picture.lab}\nlab = {picture.lab}()\n{SELECT}{picture.story}", "lab"]
    notebook = nbformat.read(ROOT / CONTAINERS, as_version=4)
    return [cell.source for cell in notebook.cells[:LAST_CELL] if cell.cell_type == "code"]


def take(page: Any, url: str, folder: Path, picture: Picture) -> bytes:
    """Run a picture's notebook and look at it."""
    notebook = notebook_of(folder / f"{Path(picture.file).stem}.ipynb", *cells_of(picture))
    lab = Lab(page, url, notebook.name)
    lab.open()
    lab.command("application:toggle-left-area")  # the list of files
    lab.run_all()
    shown = lab.page.locator(picture.taken).last
    shown.scroll_into_view_if_needed()
    lab.page.wait_for_timeout(1500)  # the last pictures are on their way
    problems = [*lab.outputs("error"), *lab.errors]
    if problems:
        raise RuntimeError(f"{picture.file}: {problems}")
    image: bytes = shown.screenshot()
    lab.shut()
    return image


def main(names: Iterable[str]) -> None:
    """Take the pictures of these files, or all."""
    wanted = {Path(name).name for name in names} or {picture.file for picture in PICTURES}
    with TemporaryDirectory() as home, serving(Path(home)) as (url, folder), browsing() as browser:
        for picture in PICTURES:
            if picture.file in wanted:
                page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
                file = ROOT / "docs" / picture.file
                file.write_bytes(small(take(page, url, folder, picture)))
                print(file, file.stat().st_size)


if __name__ == "__main__":
    main(sys.argv[1:])
