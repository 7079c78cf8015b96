"""The kernel in the real JupyterLab, in a real browser."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from page import FAINT, PANEL

ROOT = pathlib.Path(__file__).resolve().parents[2]
LESSONS = ROOT / "lessons"


def scratch(page, *cells):
    return page.open(page.lab.notebook("scratch.ipynb", *(cells or ("1 + 1",))))


def first_lesson() -> pathlib.Path:
    found = sorted((LESSONS / "en").glob("*.ipynb"))
    if not found:
        pytest.fail("lessons/en holds no notebook")
    return found[0]


def test_lesson_shows_the_table(page):
    lesson = first_lesson()
    shutil.copy(lesson, page.lab.work / lesson.name)
    page.open(lesson.name)
    page.menu("Run", "Run All Cells")
    page.page.wait_for_timeout(300)
    page.idle(120)
    cells = page.cells()
    code = [c for c in cells if c["type"] == "code" and c["source"].strip()]
    assert all(re.fullmatch(r"\[\d+\]:", c["prompt"]) for c in code), [c["prompt"] for c in code]
    scenes = [c for c in code if c["source"].startswith(("%gmp", "%%gmp"))]
    tables = [c for c in scenes if c["tables"]]
    assert tables and tables == scenes, "a cell with %gmp or %%gmp shows no table"
    assert not page.errors
    picture = os.environ.get("RUNNEXT_PICTURE")  # the file that keeps it, install/lesson.png for README.md
    if picture:
        page.js("i => window.__runnext.panel().content.widgets[i].node.scrollIntoView({block: 'center'})",
                tables[0]["index"])
        page.page.wait_for_timeout(500)
        page.shot(pathlib.Path(picture))


def test_opening_a_lesson_does_not_edit_it(page, binary):
    subprocess.run([binary, "lessons", "copy", page.lab.work / "copies"], check=True, capture_output=True)
    page.open("copies/en/00_start.ipynb")
    page.idle(60)
    page.page.wait_for_timeout(1000)
    assert page.js("() => window.__runnext.panel().context.model.dirty") is False


def test_interrupt_button(page):
    scratch(page)
    page.run("kept := 41")
    i = page.add('fmt.Println("READY")\nfor {\n}')
    page.text(i, "READY")
    assert page.status()["status"] == "busy"
    page.toolbar("notebook:interrupt-kernel")
    page.idle(10)
    assert "interrupted" in page.text(i, "interrupted")
    page.text(page.add("kept + 1"), "42")


def test_tab_while_a_cell_runs(page):
    scratch(page)
    i = page.add('fmt.Println("READY")\nfor {\n}')
    page.text(i, "READY")
    page.add("strings.ToUpp", run=False)
    page.page.keyboard.press("Tab")
    assert page.appears(".jp-Completer:not(.lm-mod-hidden) .jp-Completer-item"), "no proposal while a cell runs"
    items = page.js("() => [...document.querySelectorAll('.jp-Completer-match')].map(e => e.textContent)")
    assert any("ToUpper" in t for t in items), items
    page.page.keyboard.press("Escape")
    page.page.wait_for_timeout(500)  # busy, idle and busy again come one after the other
    assert page.status()["status"] == "busy", "the answer made the notebook look idle"
    page.toolbar("notebook:interrupt-kernel")
    page.idle(10)


def test_tooltip(page):
    scratch(page)
    page.add("strings.ToUpper(", run=False)
    page.page.keyboard.press("Shift+Tab")
    assert page.appears(".jp-Tooltip")
    page.poll("the signature", 5, lambda: "ToUpper(s string) string" in page.page.inner_text(".jp-Tooltip"))


def test_input_box(page):
    scratch(page)
    i = page.add('var name string\nfmt.Print("Your name: ")\nfmt.Scanln(&name)\nfmt.Println("Hello,", name)')
    assert page.appears(".jp-Stdin-input", 10)
    page.page.fill(".jp-Stdin-input", "Ada")
    page.page.keyboard.press("Enter")
    page.text(i, "Hello, Ada")
    page.idle()


def test_error_aborts_what_is_queued(page):
    page.open(page.lab.notebook("abort.ipynb", "6 * 7", 'panic("boom")', "1 + 1"))
    page.menu("Run", "Run All Cells")
    page.text(1, "boom")
    page.idle()
    assert [c["prompt"] for c in page.cells()] == ["[1]:", "[2]:", "[ ]:"]
    assert re.search(r"\[cell 2\]:1:\d+: panic: boom", page.cell(1)["text"])


def test_compile_error_names_the_line(page):
    scratch(page)
    i = page.add("x := 1\ny := undefinedThing")
    assert re.search(r"\[cell \d+\]:2:6: undefined: undefinedThing", page.text(i, "undefinedThing"))


def test_subshell_console_while_a_cell_blocks(page):
    scratch(page)
    page.run("door := make(chan string)")
    page.js("() => { window.jupyterapp.commands.execute('notebook:create-subshell-console', {activate: true}) }")
    page.page.wait_for_selector(".jp-CodeConsole-input .cm-content")
    page.poll("the console has a subshell of its own", 15, lambda: page.js("""() => {
        const all = [...window.jupyterapp.shell.widgets('main')];
        return all.some(w => w.console && w.console.sessionContext.session.kernel.subshellId); }"""))
    # the console is there before the cell waits: without it nobody could help
    i = page.add('fmt.Println("READY")\nfmt.Println("got", <-door)')
    page.text(i, "READY")
    page.page.locator(".jp-CodeConsole-input .cm-content").last.click()
    page.page.keyboard.insert_text('door <- "it"')
    page.page.keyboard.press("Shift+Enter")
    page.poll("the blocked cell gets what the console sends", 15,
              lambda: "got it" in page.js("i => window.__runnext.text(i)", i) or None)


def test_restart_and_kernel_death(page):
    scratch(page)
    page.text(page.add("gone := 5\ngone"), "5")
    page.js("() => { window.__runnext.panel().sessionContext.restartKernel() }")
    page.page.wait_for_timeout(500)
    page.idle(30)
    assert "undefined: gone" in page.text(page.add("gone"), "undefined")


def test_launcher_shows_the_logo(page):
    page.page.goto(f"{page.lab.url}/lab?reset")
    page.page.wait_for_selector(".jp-LauncherCard[title^='Go (runnext)'] img")
    size = page.js("""() => { const i = document.querySelector(".jp-LauncherCard[title^='Go (runnext)'] img");
        return [i.src, i.naturalWidth]; }""")
    assert "kernelspecs/runnext/logo" in size[0] and size[1] > 0, size


def test_go_is_coloured(page):
    scratch(page, "func f() string { return \"x\" }")
    page.idle()
    got = page.js("""() => { const c = window.__runnext.panel().content.widgets[0];
        return {mime: c.model.mimeType, spans: c.node.querySelectorAll('.cm-line span[class]').length}; }""")
    assert got["mime"] == "text/x-go" and got["spans"] > 2, got


def test_dark_theme_and_shipped_output_read_the_same(page):
    """A table keeps its own colours in the dark: every text in it stands out."""
    scratch(page, "%%gmp\ngo println(1)\nruntime.Gosched()")
    page.menu("Run", "Run All Cells")
    page.poll("a table", 30, lambda: page.cell(0)["tables"])
    page.js("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    page.page.wait_for_selector("body[data-jp-theme-light='false']", state="attached")
    bad = page.js(FAINT, ".jp-RenderedHTML")
    page.js("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})")
    assert not bad, bad[:3]
