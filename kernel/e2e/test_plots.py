"""What lab has measured is drawn as a plot: by JupyterLab in both themes and in a
notebook that nobody has trusted, as bars of text on a page made by nbconvert."""

import json
import subprocess
import sys

import pytest

CELLS = ("import \"time\"\n\nlab.TwoPC(time.Millisecond, 2*time.Millisecond)",
         "lab.Requests(8, 0, time.Millisecond)",
         "lab.StackTouch()")
VEGA = "application/vnd.vegalite.v5+json"

# How many colours each plot has: one when it is empty. The fallback has no picture.
DRAWN = """() => [...document.querySelectorAll('.jp-OutputArea-output canvas.marks')].map(c => {
    const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, seen = new Set();
    for (let i = 0; i < d.length; i += 4) seen.add(d.slice(i, i + 4).join());
    return seen.size; })"""
PAPER = """() => [...document.querySelectorAll('.jp-OutputArea-output canvas.marks')].map(
    c => [...c.getContext('2d').getImageData(3, 3, 1, 1).data].join())"""


def drawn(page):
    return page.poll("every plot is drawn", 30, lambda: next(
        (n for n in [page.js(DRAWN)] if len(n) == len(CELLS) and min(n) > 3), None))


@pytest.fixture(scope="module")
def saved(lab, browser):
    """A notebook with three plots, made once; its live page is checked here."""
    from page import Page

    p = Page(lab, browser)
    p.page.set_viewport_size({"width": 1280, "height": 2600})  # so that no cell is put away
    p.open(lab.notebook("plots.ipynb", *CELLS))
    p.menu("Run", "Run All Cells")
    drawn(p)
    p.idle(60)
    p.js("() => window.jupyterapp.commands.execute('docmanager:save')")
    p.poll("it is saved", 10, lambda: VEGA in (lab.work / "plots.ipynb").read_text())
    p.js("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    p.page.wait_for_selector("body[data-jp-theme-light='false']", state="attached")
    drawn(p)
    paper = p.js(PAPER)
    p.js("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})")
    assert set(paper) == {"255,255,255,255"}, paper  # the text on it is dark
    assert not p.errors
    p.close()
    return json.loads((lab.work / "plots.ipynb").read_text())


def test_untrusted(saved, page):
    (page.lab.work / "others.ipynb").write_text(json.dumps(saved).replace("both rounds", "Both rounds"))  # nobody has signed this
    page.page.set_viewport_size({"width": 1280, "height": 2600})
    page.open("others.ipynb")
    drawn(page)
    assert "Both rounds at once" in page.cell(0)["text"]


def page_of(notebook, folder, browser):
    """What nbconvert makes of it: the text, and how many plots it has as pictures."""
    (folder / "n.ipynb").write_text(json.dumps(notebook))
    subprocess.run([sys.executable, "-m", "nbconvert", "--to", "html", "n.ipynb"], cwd=folder, check=True, capture_output=True)
    context = browser.new_context(java_script_enabled=False, offline=True)
    view = context.new_page()
    view.goto((folder / "n.html").as_uri(), wait_until="domcontentloaded")
    got = view.inner_text("body").replace("\u00a0", " "), view.locator("img[src^='data:image/png']").count()
    context.close()
    return got


def test_nbconvert(saved, tmp_path, browser):
    text, pictures = page_of(saved, tmp_path, browser)
    assert pictures == len(CELLS)  # JupyterLab has put them into the notebook
    assert all(w in text for w in ("both rounds at once", "100 % touched", "least", "Each figure is the median")), text
    for cell in saved["cells"]:  # as a notebook is that no JupyterLab has drawn
        for out in cell.get("outputs", []):
            out.get("data", {}).pop("image/png", None)
    text, pictures = page_of(saved, tmp_path, browser)
    assert pictures == 0 and text.count("█") > 20 and "8 at once" in text, text
