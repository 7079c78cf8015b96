"""The steps of a simulated run in JupyterLab: live, after a reload, in a saved
notebook that is not trusted, and on a page made by nbconvert."""

import json
import subprocess
import sys

import pytest

from page import FAINT

CELL = """%%gmp
jobs, results := make(chan int), make(chan int, 4)
var wg sync.WaitGroup
for w := range 18 {
	wg.Go(func() {
		for j := range jobs {
			results <- j * w
		}
	})
}
go func() {
	for i := range 40 {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	close(results)
}()
sum := 0
for r := range results {
	sum += r
}
"""

# The panels of the steps that the reader sees now.
SEEN = """() => { const stage = document.querySelector('[data-stage]') ||
      document.querySelector('[data-jupyter-id$="-0"]').parentNode;
    const box = stage.getBoundingClientRect();
    return [...stage.children].filter(p => { const r = p.getBoundingClientRect();
      return r.height > 0 && r.bottom > box.top + 40 && r.top < box.top + 40; }).map(p => p.innerText); }"""


@pytest.fixture(scope="module")
def saved(lab, browser):
    """A notebook with a run in it, made once; its live page is checked here."""
    from page import Page

    p = Page(lab, browser)
    p.open(lab.notebook("steps.ipynb", CELL))
    p.run("1")  # the packages of the simulator are read with the first cell
    p.menu("Run", "Run All Cells")
    p.poll("a slider", 30, lambda: p.js("() => document.querySelectorAll('input[type=range]').length"))
    p.idle()
    p.page.keyboard.press("Escape")
    slider = p.page.locator("input[type=range]").first
    slider.focus()
    for key, want in [("ArrowRight", "step 1 of"), ("ArrowRight", "step 2 of"), ("ArrowLeft", "step 1 of"),
                      ("End", "step 200 of 200"), ("Home", "start")]:
        p.page.keyboard.press(key)
        p.poll(f"{want} after {key}", 2, lambda: [t for t in p.js(SEEN) if want in t][:1] and len(p.js(SEEN)) == 1)
    p.page.locator("button[aria-label='one step on']").click()
    assert "step 1 of" in p.js(SEEN)[0]
    p.js("() => window.jupyterapp.commands.execute('docmanager:save')")
    p.poll("it is saved", 10, lambda: "text/html" in (lab.work / "steps.ipynb").read_text())
    p.page.reload()
    p.page.wait_for_selector("input[type=range]", timeout=60_000)
    assert not p.errors
    p.close()
    return json.loads((lab.work / "steps.ipynb").read_text())


def html(nb) -> str:
    return next("".join(o["data"]["text/html"]) for c in nb["cells"] for o in c.get("outputs", [])
                if "data-stage" in "".join(o.get("data", {}).get("text/html", "")))


def test_two_hundred_steps_of_twenty_goroutines(saved, lab):
    assert html(saved).count("data-nav=") == 201  # and the start
    assert (lab.work / "steps.ipynb").stat().st_size < 1 << 20


def test_untrusted_shows_every_step(saved, page):
    other = json.loads(json.dumps(saved).replace("gmp-", "other-"))
    (page.lab.work / "other.ipynb").write_text(json.dumps(other))  # nobody has signed this file
    page.page.goto(f"{page.lab.url}/lab/tree/other.ipynb?reset")
    page.page.wait_for_selector(".jp-RenderedHTML [data-jupyter-id]", timeout=60_000)
    assert page.js("() => document.querySelectorAll('.jp-RenderedHTML script, input[type=range]').length") == 0
    steps = page.js("() => [...document.querySelectorAll('.jp-RenderedHTML [data-jupyter-id]')].map(e => e.innerText)")
    assert len(steps) == 201
    assert all(f"step {n} of 200" in t and "runnext" in t and "global queue" in t for n, t in enumerate(steps) if n)
    for way, want in [("next ▶", "step 1 of"), ("next ▶", "step 2 of"), ("◀ back", "step 1 of")]:
        page.js("""way => { const seen = [...document.querySelectorAll('[data-jupyter-id]')].find(e => {
            const r = e.getBoundingClientRect(), b = e.parentNode.getBoundingClientRect();
            return r.bottom > b.top + 40 && r.top < b.top + 40; });
            [...seen.querySelectorAll('a')].find(a => a.textContent === way).click(); }""", way)
        page.poll(f"{want} after {way}", 3, lambda: [t for t in page.js(SEEN) if want in t][:1])


def test_dark_page_reads_the_same(saved, page):
    """Every text of the card stands out from what is behind it."""
    page.open("steps.ipynb")
    page.page.wait_for_selector("input[type=range]", timeout=60_000)
    page.js("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    page.page.wait_for_selector("body[data-jp-theme-light='false']", state="attached")
    bad = page.js("""() => {
        const rgb = s => s.match(/[\\d.]+/g).map(Number);
        const lum = c => 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
        const back = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
            if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
        return [...document.querySelectorAll('[data-stage] td, [data-stage] th, [data-stage] b, [data-stage] pre, [data-stage] tt')]
            .filter(e => e.getBoundingClientRect().height > 0)
            .filter(e => Math.abs(lum(rgb(getComputedStyle(e).color)) - lum(back(e))) < 90)
            .map(e => e.outerHTML.slice(0, 100)); }""")
    page.js("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})")
    assert not bad, bad[:3]


def test_nbconvert_page(saved, tmp_path, browser):
    (tmp_path / "n.ipynb").write_text(json.dumps(saved))
    subprocess.run([sys.executable, "-m", "nbconvert", "--to", "html", "n.ipynb"], cwd=tmp_path, check=True, capture_output=True)
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts, offline=True)
        view = context.new_page()
        view.goto((tmp_path / "n.html").as_uri(), wait_until="domcontentloaded")
        assert "step 200 of 200" in view.content()
        assert view.locator("input[type=range]").count() == (1 if scripts else 0)
        if not scripts:
            view.locator("a:text-is('next ▶')").first.click()
            assert view.url.endswith("-1")
        context.close()


def test_predict_keeps_the_score(page):
    page.open(page.lab.notebook("predict.ipynb", "%%gmp -predict -seed 7"))
    page.menu("Run", "Run All Cells")
    page.poll("a question", 30, lambda: page.js("() => document.querySelectorAll('[data-question]').length"))
    first = page.page.locator("[data-question]").first
    first.locator("details", has=page.page.locator("[data-answer=yes]")).locator("summary").click()
    page.poll("the score", 3, lambda: "1 right of 1 answered" in page.page.inner_text("[data-score]"))
    first.locator("details", has=page.page.locator("[data-answer=no]")).first.locator("summary").click()
    assert "1 right of 1 answered" in page.page.inner_text("[data-score]"), "the first answer counts"


def test_explore_reads_in_each_theme_and_in_a_narrow_window(page, tmp_path):
    page.open(page.lab.notebook("explore.ipynb", """%%gmp -explore
n := 0
var wg sync.WaitGroup
for range 2 {
	wg.Go(func() { n++ })
}
wg.Wait()
fmt.Println(n)"""))
    page.menu("Run", "Run All Cells")
    page.poll("a finding", 60, lambda: page.js(
        "() => [...document.querySelectorAll('.jp-OutputArea-output')].some(o => /data race/.test(o.innerText))"))
    page.idle()
    page.js("() => document.querySelectorAll('.jp-RenderedHTML details').forEach(d => d.open = true)")
    try:
        for theme in ("Light", "Dark"):
            page.js(f"() => window.jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {theme}'}})")
            page.page.wait_for_selector(f"body[data-jp-theme-light='{str(theme == 'Light').lower()}']", state="attached")
            faint = page.js(FAINT, ".jp-RenderedHTML")
            assert not faint, (theme, faint[:3])
            page.shot(tmp_path / f"explore-{theme.lower()}.png")
        page.page.set_viewport_size({"width": 700, "height": 900})
        # What is wider than the window scrolls within itself, not with the page.
        wide = """() => [...document.querySelectorAll('.jp-RenderedHTML p, .jp-RenderedHTML li, .jp-RenderedHTML summary')]
            .filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML.slice(0, 160))"""
        # JupyterLab lays a page out some frames after its window has another size.
        page.poll("no text is cut off in a narrow window", 10, lambda: not page.js(wide))
        page.shot(tmp_path / "explore-narrow.png")
    finally:
        page.page.set_viewport_size({"width": 1280, "height": 900})
        page.js("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})")
