"""The start notebook in JupyterLab in Chromium: it runs, the slider moves the picture, a reload keeps it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

START = Path(__file__).parents[2] / "notebooks" / "00_start_here.ipynb"
BIG = """\
from k8snb import Cluster, DeploymentLab
cluster = Cluster(nodes=6)
cluster.kubectl("create deployment web --image=nginx:1.25 --replicas=100")
cluster.run(10)
lab = DeploymentLab(cluster)
lab
"""
SLIDE_AND_WAIT = """([label, value]) => new Promise((done) => {
  const slider = document.querySelector(`.k8snb-controls input[aria-label=${label}]`);
  const cy = document.querySelector('.k8snb-canvas')._cyreg.cy;
  const begin = performance.now();
  cy.one('add', '.pod', () => requestAnimationFrame(() => done(performance.now() - begin)));
  slider.value = value;
  slider.dispatchEvent(new Event('input'));
  slider.dispatchEvent(new Event('change'));
})"""

FIRST_POD = """() => {
  const canvas = document.querySelector('.k8snb-canvas'), pod = canvas._cyreg.cy.nodes('.pod')[0];
  const box = canvas.getBoundingClientRect(), at = pod.renderedPosition();
  return [pod.data('ref'), box.x + at.x, box.y + at.y];
}"""


def replicas_of(page: Any) -> int:
    return int(page.locator(".k8snb-controls input[aria-label=replicas]").first.input_value())


def test_the_start_notebook_from_run_to_reload(open_notebook: Callable[[Path], Any]) -> None:
    lab = open_notebook(START)
    lab.run_all()
    page = lab.page
    assert lab.outputs("error") == []
    page.wait_for_selector(".k8snb-lab .k8snb-canvas canvas")
    before = replicas_of(page)
    lab.wait_drawn(".pod", before)

    keys = "document.querySelectorAll('.k8snb-lab :is(button, input, select):not([data-lm-suppress-shortcuts])').length"
    assert page.evaluate(keys) == 0  # shortcuts of Notebook 7 ask for the focused element, whatever it stands in
    lab.slide("replicas", "ArrowRight")
    lab.wait_drawn(".ready", before + 1)
    assert f"--replicas={before + 1}" in page.locator(".k8snb-echo").first.inner_text()
    page.wait_for_function("document.querySelector('.k8snb-status').textContent.includes('settled')")

    lab.save()
    lab.open(reset=False)
    page.wait_for_selector(".k8snb-lab .k8snb-canvas canvas")
    lab.wait_drawn(".ready", before + 1)
    assert replicas_of(page) == before + 1
    lab.slide("replicas", "ArrowLeft")
    lab.wait_drawn(".pod", before)
    assert lab.errors == []


def test_a_refusal_is_shown_and_the_control_goes_back(open_notebook: Callable[[Path], Any]) -> None:
    lab = open_notebook(START)
    lab.run_all()
    page = lab.page
    page.wait_for_selector(".k8snb-lab .k8snb-canvas canvas")
    lab.slide("maxSurge", "Home")
    page.wait_for_function("document.querySelector('.k8snb-echo').innerText.includes('patched')")
    lab.slide("maxUnavailable", "Home")
    page.wait_for_function("document.querySelector('.k8snb-echo').innerText.includes('may not be 0')")
    page.wait_for_function("document.querySelector('.k8snb-controls input[aria-label=maxUnavailable]').value !== '0'")
    assert lab.errors == []


def test_the_past_is_shown_and_the_controls_rest(open_notebook: Callable[[Path], Any]) -> None:
    lab = open_notebook(START)
    lab.run_all()
    page = lab.page
    page.wait_for_selector(".k8snb-lab .k8snb-canvas canvas")
    pods = lab.drawn(".pod")
    assert pods
    page.get_by_role("button", name="Back to the start").first.click()
    lab.wait_drawn(".pod", 0)
    page.wait_for_selector(".k8snb-controls input[aria-label=replicas]:disabled")
    page.get_by_role("button", name="back to now").first.click()
    lab.wait_drawn(".pod", pods)
    page.wait_for_selector(".k8snb-controls input[aria-label=replicas]:enabled")
    page.get_by_role("tab", name="Ownership").first.click()
    page.wait_for_function("document.querySelector('.k8snb-canvas')._cyreg.cy.edges('.owns').length > 0")
    assert lab.drawn(".pod") == pods
    page.locator(".k8snb-canvas").first.focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.querySelector('.k8snb-subject').textContent.startsWith('pod/')")
    assert lab.errors == []


def test_a_slider_moves_the_picture_at_once_at_100_pods(open_notebook: Callable[[Path], Any], tmp_path: Path) -> None:
    source = json.loads(START.read_text())
    source["cells"] = [
        {"cell_type": "code", "id": "big", "metadata": {}, "execution_count": None, "outputs": [], "source": BIG}
    ]
    notebook = tmp_path / "big.ipynb"
    notebook.write_text(json.dumps(source))
    lab = open_notebook(notebook)
    lab.run_all()
    lab.wait_drawn(".ready", 100)
    times = []
    for replicas in range(101, 121):  # the machine may be busy with other tests: the best counts
        times.append(lab.page.evaluate(SLIDE_AND_WAIT, ["replicas", replicas]))
        lab.page.wait_for_timeout(200)
        if len(times) >= 5 and min(times) < 150:
            break
    print("milliseconds from the slider to a new pod:", [round(t) for t in times])
    assert min(times) < 150, times
    assert lab.errors == []


def test_a_person_explores_with_mouse_and_keys(open_notebook: Callable[[Path], Any]) -> None:
    lab = open_notebook(START)
    lab.run_all()
    page = lab.page
    page.wait_for_selector(".k8snb-lab .k8snb-canvas canvas")
    page.locator(".k8snb-canvas").first.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    ref, x, y = page.evaluate(FIRST_POD)
    page.mouse.click(x, y)
    page.wait_for_function("name => document.querySelector('.k8snb-subject').textContent.endsWith(name)", arg=ref[12:])

    page.keyboard.press("Escape")
    page.wait_for_function("document.querySelector('.k8snb-subject').textContent === 'deployment/web'")
    page.mouse.click(x, y)
    page.wait_for_function("name => document.querySelector('.k8snb-subject').textContent.endsWith(name)", arg=ref[12:])
    area = page.locator(".k8snb-canvas").first.bounding_box()
    page.mouse.click(x, area["y"] + area["height"] - 3)  # below everything
    page.wait_for_function("document.querySelector('.k8snb-subject').textContent === 'deployment/web'")

    plot = page.locator(".k8snb-plot").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + 400, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 60, steps=6)
    page.mouse.up()
    page.get_by_role("button", name="branch here").first.click()
    page.wait_for_function("document.querySelector('.k8snb-status').textContent.includes('branched')")

    console = page.get_by_label("kubectl command line").first
    console.fill("get deployments w")
    console.press("Tab")
    page.wait_for_function("document.querySelector('.k8snb-prompt input').value === 'get deployments web '")
    console.press("Enter")
    page.wait_for_function("document.querySelector('.k8snb-out').textContent.includes('UP-TO-DATE')")
    page.get_by_role("button", name="leave branch").first.click()
    page.wait_for_function("document.querySelector('.k8snb-status').textContent.includes('back on the cluster')")
    assert lab.errors == []
