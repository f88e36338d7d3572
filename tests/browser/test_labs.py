"""Each lab in Chromium: its sliders are moved as a person does, and the page says what the cluster says."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lab_page import notebook_of

from k8snb.widgets.manifests import TICK

pytestmark = pytest.mark.browser

PLOT_HAS_INK = """() => [...document.querySelectorAll('.k8snb-plot canvas:not([hidden])')].every((canvas) => {
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  return data.some((value, index) => index % 4 === 3 && value > 0);
})"""


PROBED = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers: [{name: setup, image: 'setup:1', env: [{name: SIM, value: run=2}]}]
      containers:
      - {name: web, image: 'app:1', livenessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5}}
"""
IMAGES = ".k8snb-controls select[aria-label=image]"
INSPECTED = "document.querySelector('.k8snb-inspector pre')?.textContent ?? ''"


@pytest.fixture
def open_lab(open_notebook: Callable[[Path], Any], tmp_path: Path) -> Callable[..., Any]:
    """Opens a notebook of one cell that shows a lab, of its own example or of a manifest."""

    def open_one(name: str, manifest: str = "") -> Any:
        source = f"from k8snb import {name}\nlab = {name}({repr(manifest) if manifest else ''})\nlab"
        lab = open_notebook(notebook_of(tmp_path / f"{name.lower()}.ipynb", source, ""))
        lab.run_all()
        assert lab.outputs("error") == []
        lab.page.wait_for_selector(".k8snb-lab .k8snb-canvas canvas")
        lab.page.wait_for_selector(".k8snb-controls .k8snb-fields label")
        assert lab.page.evaluate(PLOT_HAS_INK)
        return lab

    return open_one


def state_is(lab: Any, words: str) -> None:
    """Wait until the controls' line of state says something."""
    lab.page.wait_for_function(
        "w => document.querySelector('.k8snb-title [role=status]').textContent.includes(w)", arg=words
    )


def echo_has(lab: Any, words: str) -> None:
    """Wait until the lines under the controls say something."""
    lab.page.wait_for_function("w => document.querySelector('.k8snb-echo').innerText.includes(w)", arg=words)


def choose(lab: Any, label: str, value: str) -> None:
    lab.page.locator(f".k8snb-controls select[aria-label={json.dumps(label)}]").first.select_option(value)


def press(lab: Any, name: str) -> None:
    lab.page.locator(".k8snb-controls").first.get_by_role("button", name=name).first.click()


def go_to(lab: Any, run: str) -> None:
    lab.page.locator(".k8snb-player").first.get_by_role("button", name=run).click()


def chips(lab: Any) -> list[str]:
    return lab.page.locator(".k8snb-chip").all_inner_texts()


def test_a_graph_that_has_no_room_for_long_is_drawn_when_it_gets_some(
    open_notebook: Callable[[Path], Any], tmp_path: Path
) -> None:
    source = "from k8snb import DeploymentLab\nlab = DeploymentLab()\nlab.layout.display = 'none'\nlab"
    lab = open_notebook(notebook_of(tmp_path / "hidden.ipynb", source))
    lab.run_all()
    lab.page.wait_for_selector(".k8snb-lab", state="attached")
    lab.page.wait_for_timeout(11_000)  # as long as a person reads what stands above it
    lab.page.evaluate("document.querySelector('.k8snb-lab').style.display = ''")
    lab.wait_drawn(".pod", 4)
    assert lab.errors == []


def test_a_slider_stays_in_the_hand_that_holds_it_while_time_passes(open_lab: Callable[..., Any]) -> None:
    lab = open_lab("DeploymentLab")
    page, slider = lab.page, lab.page.get_by_label("replicas").first
    page.get_by_label("Speed").first.select_option("1")
    choose(lab, "image", "nginx:1.26")
    page.wait_for_selector(".k8snb-player button[aria-label=Pause]")
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.4, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.88, middle, steps=5)
    held = slider.input_value()
    assert held != "4"
    state_is(lab, "4 updated · complete")  # the controls were shown anew in every step of the rollout
    assert slider.input_value() == held
    page.mouse.up()
    echo_has(lab, f"kubectl scale deployment/web --replicas={held}")
    assert lab.errors == []


def test_an_open_list_keeps_its_options_while_time_passes(open_lab: Callable[..., Any]) -> None:
    lab = open_lab("DeploymentLab")
    first = "s => document.querySelector(s).options[1].marked"
    lab.page.evaluate("s => { document.querySelector(s).options[1].marked = true; }", IMAGES)
    lab.page.get_by_label("Speed").first.select_option("1")
    lab.slide("replicas", "ArrowRight")
    state_is(lab, "5/5 ready")
    assert lab.page.evaluate(first, IMAGES)
    assert lab.errors == []


def test_nothing_jumps_when_words_grow(open_lab: Callable[..., Any]) -> None:
    lab = open_lab("ClusterLab")
    lab.page.set_viewport_size({"width": 1300, "height": 1200})
    lab.wait_drawn(".pod", 8)
    places = """() => [...document.querySelectorAll('.k8snb-controls :is(input, select, button, .k8snb-echo)')]
      .filter((el) => el.offsetParent).map((el) => [el.offsetLeft, el.offsetTop].join())"""
    lab.page.wait_for_timeout(500)
    before = lab.page.evaluate(places)
    press(lab, "Fail a node")
    echo_has(lab, '>>> cluster.fault(node="node-1", state="down")')
    lab.page.locator(".k8snb-folds button").first.click()
    lab.page.get_by_role("button", name="Kill").filter(has_not_text="Kill a pod").first.wait_for()
    choose(lab, "image", "nginx:broken")
    state_is(lab, "rollout blocked")
    assert lab.page.evaluate(places) == before
    console = lab.page.get_by_label("kubectl command line").first
    console.press("ArrowUp")
    console.press("ArrowUp")
    assert console.input_value() == "set image deployment/web nginx=nginx:broken"  # the fault is no line of kubectl's
    assert lab.errors == []


def test_of_many_lanes_those_in_sight_are_painted(open_notebook: Callable[[Path], Any], tmp_path: Path) -> None:
    source = "from k8snb import Cluster, DeploymentLab\ncluster = Cluster(nodes=6)\n"
    source += "cluster.kubectl('create deployment web --image=nginx:1.25 --replicas=90')\ncluster.run(4)\n"
    source += "lab = DeploymentLab(cluster)\nlab.timeline.unfold(lab.session.chronicle.pods[88].name)\nlab"
    lab = open_notebook(notebook_of(tmp_path / "lanes.ipynb", source, ""))
    lab.run_all()
    lab.wait_drawn(".pod", 90)
    lanes = lab.page.locator(".k8snb-lanes")
    lanes.scroll_into_view_if_needed()
    shown, height = lanes.evaluate("el => [el.clientHeight, el.scrollHeight]")
    assert height > 90 * 16
    assert lanes.evaluate("el => el.querySelector('canvas').clientHeight") == shown
    labels = "el => [...el.querySelectorAll('.k8snb-folds button')].map((b) => b.ariaLabel.split('-').at(-1))"
    names = lanes.evaluate(labels)
    told = "document.querySelector('.k8snb-timeline .k8snb-grow').textContent"
    for scrolled, y, name in ((0, 14, names[0]), (160, 14, names[10]), (height, shown - 18, names[89])):
        lanes.evaluate("(el, to) => el.scrollTo(0, to)", scrolled)
        lab.page.wait_for_timeout(200)
        lanes.hover(position={"x": 300, "y": y})
        lab.page.wait_for_function(f"name => {told}.includes(name)", arg=name)
        assert lab.page.evaluate(PLOT_HAS_INK)
    lanes.hover(position={"x": 300, "y": shown - 33})  # the container of the last but one
    lab.page.wait_for_function(f"{told}.includes('nginx: ready')")
    assert lanes.locator("button").first.get_attribute("title").startswith("web-")  # the label is short
    assert lab.errors == []


def test_flags_over_the_clock_keep_apart(open_lab: Callable[..., Any]) -> None:
    lab = open_lab("DeploymentLab")
    lab.page.get_by_label("Speed").first.select_option("10")
    for image in ("nginx:1.26", "nginx:broken", "nginx:1.25", "nginx:1.26"):
        choose(lab, "image", image)
        echo_has(lab, image)
        lab.page.wait_for_timeout(600)
        lab.slide("minReadySeconds", "ArrowRight")
        lab.page.wait_for_timeout(600)
    ends = lab.page.evaluate(
        """() => [...document.querySelectorAll('.k8snb-flags i')].map((el) => {
          const box = el.getBoundingClientRect();
          return [box.left, box.right];
        })"""
    )
    assert len(ends) > 3
    assert [pair for pair in pairwise(ends) if pair[0][1] > pair[1][0]] == []
    assert lab.errors == []


def test_the_nodes_of_three_zones_stand_side_by_side(open_lab: Callable[..., Any]) -> None:
    lab = open_lab("DeploymentLab")
    lab.page.set_viewport_size({"width": 1340, "height": 1200})  # about the least that has two columns
    tops = "new Set(document.querySelector('.k8snb-canvas')._cyreg.cy.nodes('.box').map((n) => n.position('y'))).size"
    lab.page.wait_for_timeout(1000)  # the picture comes along in several steps
    assert lab.page.evaluate(tops) == 1
    assert lab.errors == []


def test_one_column_keeps_what_is_asked_for_beside_what_comes_of_it(open_lab: Callable[..., Any]) -> None:
    lab = open_lab("DeploymentLab")
    tops = """() => ['player', 'controls', 'timeline', 'inspector', 'console'].map((name) =>
      document.querySelector(`.k8snb-lab .k8snb-${name}`).getBoundingClientRect().top)"""
    lab.page.set_viewport_size({"width": 1000, "height": 1200})
    lab.page.wait_for_timeout(500)
    found = lab.page.evaluate(tops)
    assert found == sorted(found)
    assert lab.errors == []


def test_marks_that_fall_together_share_a_label_and_are_told_of(
    open_notebook: Callable[[Path], Any], tmp_path: Path
) -> None:
    source = "from k8snb import DeploymentLab\nlab = DeploymentLab()\nlab.controls.replicas = 5\nlab.run(4)\n"
    source += "lab.controls.image = 'nginx:1.26'\nlab.run(3000)\nlab.controls.replicas = 3\nlab.run(5)\nlab"
    lab = open_notebook(notebook_of(tmp_path / "marks.ipynb", source))
    lab.run_all()
    lab.wait_drawn(".pod", 3)
    flags = lab.page.locator(".k8snb-flags i").all_inner_texts()
    assert [flag.split()[0] for flag in flags if flag] == ["apply", "scale"]
    assert "apply +2" in flags
    lab.page.locator(".k8snb-plot canvas").first.hover(position={"x": 151, "y": 20})
    told = "document.querySelector('.k8snb-timeline .k8snb-grow').textContent"
    lab.page.wait_for_function(f"{told}.includes('scale --replicas=5') && {told}.includes('set image')")
    lab.page.get_by_label("Time shown").select_option("20 s")
    lab.page.get_by_label("Back to the start").first.click()
    plot = lab.page.locator(".k8snb-plot").first
    lab.page.wait_for_function("document.querySelector('.k8snb-plot').getAttribute('aria-valuenow') === '0'")
    box = plot.bounding_box()
    plot.click(position={"x": box["width"] - 97, "y": 60})  # the window has come along: its end is 20 s
    lab.page.wait_for_function(
        "[19, 20].includes(Number(document.querySelector('.k8snb-plot').getAttribute('aria-valuenow')))"
    )
    assert lab.errors == []


def test_a_partition_is_drawn_along_the_ordinals_and_keeps_pods_old(open_lab: Callable[[str], Any]) -> None:
    lab = open_lab("StatefulSetLab")
    lab.wait_drawn(".pod", 4)
    assert chips(lab) == ["0", "1", "2", "3"]
    lab.slide("partition", "PageUp")
    echo_has(lab, '"partition":')
    lab.page.wait_for_function("document.querySelectorAll('.k8snb-stays').length > 0")
    kept = len(lab.page.locator(".k8snb-stays").all())
    assert f'"partition":{kept}' in lab.page.locator(".k8snb-echo").inner_text()
    choose(lab, "image", "postgres:16.2")
    state_is(lab, f"{4 - kept} updated · partitioned")
    hues = lab.page.locator(".k8snb-revisions span").all_inner_texts()
    assert hues == ["revision 1 · postgres:16.1", "revision 2 · postgres:16.2"]
    assert lab.errors == []


def test_a_scaled_away_pod_leaves_its_claim(open_lab: Callable[[str], Any]) -> None:
    lab = open_lab("StatefulSetLab")
    lab.wait_drawn(".pod", 4)
    pills = lab.drawn(".pill")
    lab.slide("replicas", "ArrowLeft")
    lab.wait_drawn(".pod", 3)
    assert lab.drawn(".pill") == pills
    choose(lab, "podManagementPolicy", "Parallel")
    echo_has(lab, "are forbidden")
    press(lab, "Make it anew as Parallel")
    echo_has(lab, "--cascade=orphan")
    policy = "document.querySelector('select[aria-label=podManagementPolicy]').value === 'Parallel'"
    lab.page.wait_for_function(policy)
    state_is(lab, "3/3 ready")
    assert lab.errors == []


def test_nodes_are_labelled_tainted_and_added(open_lab: Callable[[str], Any]) -> None:
    lab = open_lab("DaemonSetLab")
    lab.wait_drawn(".pod", 3)
    choose(lab, "node", "node-5")
    lab.page.wait_for_function("document.querySelector('.k8snb-subject').textContent === 'node/node-5'")
    press(lab, "Label monitored=true")
    lab.wait_drawn(".ready", 4)
    press(lab, "Add a node")
    lab.wait_drawn(".ready", 5)
    assert lab.drawn(".box") == 6
    menu = lab.page.get_by_label("Taint the node, or take a taint away").first
    menu.select_option("add maintenance:NoExecute")
    lab.wait_drawn(".pod", 4)
    lab.slide("maxSurge", "ArrowRight")
    echo_has(lab, "may not be set when maxUnavailable is non-zero")
    press(lab, "Set maxUnavailable to 0 as well")
    lab.page.wait_for_function("document.querySelector('input[aria-label=maxUnavailable]').value === '0'")
    assert lab.errors == []


def test_a_job_takes_more_workers_and_is_run_again(open_lab: Callable[[str], Any]) -> None:
    lab = open_lab("JobLab")
    lab.page.get_by_label("Speed").first.select_option("20")
    state_is(lab, "0/8 complete")
    lab.slide("parallelism", "ArrowRight")
    echo_has(lab, '"parallelism":3')
    state_is(lab, "8/8 complete")
    lab.slide("failure rate", "Home")
    lab.page.wait_for_selector(".k8snb-draft")
    lab.slide("completions", "ArrowRight")
    echo_has(lab, "field is immutable")
    press(lab, "Run again with completions: 9")
    echo_has(lab, "kubectl replace --force -f -")
    state_is(lab, "9/9 complete · 0 failed · done")
    lab.page.wait_for_function("!document.querySelector('.k8snb-draft')")
    out = lab.page.locator(".k8snb-console .k8snb-out")
    assert out.evaluate("el => el.scrollHeight - el.clientHeight - el.scrollTop") <= 1
    assert lab.errors == []


def test_a_cron_job_runs_now_and_at_its_time(open_lab: Callable[..., Any]) -> None:
    lab = open_lab("JobLab", TICK)
    state_is(lab, "0 active · next at 01:00")
    press(lab, "Run now")
    echo_has(lab, "kubectl create job tick-run-1 --from=cronjob/tick")
    lab.wait_drawn(".pod", 1)
    go_to(lab, "next run at 01:00")
    state_is(lab, "1 active · next at 02:00")
    lab.wait_drawn(".pod", 2)
    choose(lab, "concurrencyPolicy", "Forbid: skip while one runs")
    echo_has(lab, '"concurrencyPolicy":"Forbid"')
    lab.slide("run time", "End")
    echo_has(lab, '"k8snb.dev/run":"180"')
    choose(lab, "schedule", "*/2 * * * *  (every 2 minutes)")
    go_to(lab, "next run at 02:00")
    go_to(lab, "next run at 04:00")
    status = "document.querySelector('.k8snb-status').textContent.includes('was due and started no job')"
    lab.page.wait_for_function(status)
    rows = lab.page.locator(".k8snb-folds button")
    assert rows.count() == 3
    lanes = lab.page.locator(".k8snb-lanes")
    for _ in range(14):
        press(lab, "Run now")
    lab.page.wait_for_function("document.querySelectorAll('.k8snb-folds button').length === 17")
    assert lanes.evaluate("el => el.scrollTop > 0 && el.scrollTop + el.clientHeight >= el.scrollHeight - 2")
    lab.page.get_by_role("tab", name="Ownership").first.click()
    lab.wait_drawn(".band", 17)
    assert lab.errors == []


def test_the_controls_follow_the_chosen_workload(open_lab: Callable[[str], Any]) -> None:
    lab = open_lab("ClusterLab")
    lab.wait_drawn(".pod", 8)
    labels = lab.page.locator(".k8snb-fields label")
    assert "maxSurge" in labels.all_inner_texts()
    choose(lab, "Workload", "StatefulSet default/db")
    lab.page.wait_for_function("document.querySelector('.k8snb-timeline h3').textContent === 'statefulset/db'")
    assert "partition" in labels.all_inner_texts()
    lab.slide("replicas", "ArrowRight")
    state_is(lab, "5/5 ready")
    lab.wait_drawn(".pod", 9)
    lab.page.get_by_role("tab", name="Identity").first.click()
    lab.wait_drawn(".pod", 5)
    console = lab.page.get_by_label("kubectl command line").first
    for line in ("create namespace shop", "create deployment web --image=nginx:1.25 -n shop"):
        console.fill(line)
        console.press("Enter")
    choose(lab, "Workload", "Deployment shop/web")
    state_is(lab, "1/1 ready")
    shown = "document.querySelector('select[aria-label=Workload]').selectedOptions[0].textContent"
    lab.page.wait_for_function(f"{shown} === 'deployment/web -n shop'")
    assert lab.errors == []


def test_a_lane_opens_and_tells_of_a_crash_and_of_probes(open_lab: Callable[..., Any]) -> None:
    lab = open_lab("DeploymentLab", PROBED)
    page, lanes, fold = lab.page, lab.page.locator(".k8snb-lanes canvas"), lab.page.locator(".k8snb-folds button").first
    height = "document.querySelector('.k8snb-lanes canvas').clientHeight"
    closed = page.evaluate(height)
    fold.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".k8snb-folds button[aria-expanded=true]")
    page.wait_for_function(f"{height} === {closed} + 30")  # an init container and another one
    page.get_by_role("tab", name="Probes").first.click()
    press(lab, "Crash")
    echo_has(lab, 'state="exit", code=1')
    page.wait_for_function(
        f"({INSPECTED}).includes('container web: runs since') && ({INSPECTED}).includes('restarted once')"
    )
    page.get_by_label("Let a probe of the selected pod").first.select_option("let liveness fail")
    echo_has(lab, 'state="failing", probe="liveness"')
    page.wait_for_function(f"({INSPECTED}).includes('the container is restarted after 2 more failures')")
    width = lanes.evaluate("el => el.clientWidth")
    told = "w => document.querySelector('.k8snb-timeline .k8snb-grow').textContent.includes(w)"
    for y, words in ((29, "init setup: Completed, exit code 0"), (44, "web: ready · restarted 1")):
        lanes.hover(position={"x": width - 100, "y": y})  # beyond the present: what is so now
        page.wait_for_function(told, arg=words)
    fold.click()
    page.wait_for_function(f"{height} === {closed}")
    assert lab.errors == []


@pytest.mark.parametrize("more", ["", "      - {name: proxy, image: 'app:1'}\n"])
def test_one_container_is_crashed_alone_where_there_are_several(open_lab: Callable[..., Any], more: str) -> None:
    lab = open_lab("DeploymentLab", PROBED + more)
    menu = lab.page.get_by_label("One container of the selected pod").first
    assert menu.is_visible() is bool(more)
    if more:
        menu.select_option("crash proxy alone")
        echo_has(lab, 'state="exit", container="proxy", code=1')
    assert lab.errors == []


@pytest.mark.parametrize("name", ["StatefulSetLab", "DaemonSetLab", "JobLab"])
def test_nothing_sticks_out_at_any_width_and_both_themes(open_lab: Callable[[str], Any], name: str) -> None:
    lab = open_lab(name)
    page = lab.page
    for width in (1400, 1340, 1000):
        page.set_viewport_size({"width": width, "height": 1200})
        page.wait_for_timeout(500)
        outside = page.evaluate(
            """() => {
              const lab = document.querySelector('.k8snb-lab').getBoundingClientRect();
              return [...document.querySelectorAll('.k8snb-lab :is(button, select, input, canvas)')]
                .filter((el) => el.offsetParent && el.getBoundingClientRect().right > lab.right + 1)
                .map((el) => el.outerHTML.slice(0, 80));
            }"""
        )
        assert outside == []
        cut = (
            "[...document.querySelectorAll('.k8snb-fields label')].filter((el) => el.scrollWidth > el.clientWidth + 1)"
        )
        assert page.evaluate(f"{cut}.map((el) => el.textContent)") == []
        narrow = "[...document.querySelectorAll('.k8snb-fields input')].filter((el) => el.clientWidth < 40)"
        assert page.evaluate(f"{narrow}.map((el) => el.ariaLabel)") == []
    page.evaluate("window.jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' })")
    page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
    page.wait_for_timeout(300)
    assert page.evaluate(PLOT_HAS_INK)
    page.evaluate("window.jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Light' })")
    page.wait_for_function("document.body.dataset.jpThemeLight === 'true'")
    assert lab.errors == []
