"""A notebook in JupyterLab, handled through the browser as a person does."""

from __future__ import annotations

import pathlib
import re
import time
from typing import Any

from playwright.sync_api import Browser, TimeoutError as Late

from labserver import Lab

JS = (pathlib.Path(__file__).parent / "page.js").read_text()
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"

# WCAG's contrast of each text on the page with what is behind it, where it is
# below what a reader can be asked for.
FAINT = """selector => {
    const rgb = s => s.match(/[\\d.]+/g).map(Number);
    const lum = c => { const [r, g, b] = c.map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const back = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
        if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
    const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    const all = [...document.querySelectorAll(selector)].flatMap(o => [...o.querySelectorAll('*')])
        .filter(e => own(e) && e.getBoundingClientRect().height > 0);
    if (!all.length) return ['no text is there'];
    return all.map(e => [e, lum(rgb(getComputedStyle(e).color).slice(0, 3)), lum(back(e))])
        .filter(([, a, b]) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5)
        .map(([e]) => e.outerHTML.slice(0, 160)); }"""


class Page:
    def __init__(self, lab: Lab, browser: Browser) -> None:
        self.lab = lab
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.add_init_script(JS)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))

    def close(self) -> None:
        for k in self.lab.kernels():
            self.lab.api(f"/api/kernels/{k}", "DELETE")
        self.context.close()

    def js(self, code: str, arg: Any = None) -> Any:
        return self.page.evaluate(code, arg)

    def open(self, notebook: str) -> Page:
        self.page.goto(f"{self.lab.url}/lab/tree/{notebook}?reset")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)
        self.page.wait_for_selector(f"{PANEL} .jp-Cell", timeout=60_000)
        self.idle(60)
        self.js("() => window.__runnext.listen()")
        return self

    def poll(self, what: str, timeout: float, test: Any) -> Any:
        """Ask until test gives something true, and return that."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            got = test()
            if got:
                return got
            self.page.wait_for_timeout(30)
        raise AssertionError(f"{what}: not within {timeout} s; status {self.status()}")

    def status(self) -> dict[str, Any] | None:
        return self.js("() => window.__runnext.status()")

    def idle(self, timeout: float = 30) -> None:
        self.poll("kernel idle, no cell running", timeout, lambda: (
            (self.status() or {}).get("status") == "idle" and self.js("() => window.__runnext.running()") == 0))

    def cells(self) -> list[dict[str, Any]]:
        return self.js("() => window.__runnext.cells()")

    def cell(self, i: int) -> dict[str, Any]:
        return self.cells()[i]

    def add(self, code: str, run: bool = True) -> int:
        """Append a code cell as the + button does, type into it, and press
        Control-Enter; its index."""
        self.js("""() => { const n = window.__runnext.panel().content;
            n.activeCellIndex = n.widgets.length - 1; n.mode = 'command'; n.deselectAll(); }""")
        self.js("() => window.jupyterapp.commands.execute('notebook:insert-cell-below')")
        editor = self.page.locator(f"{PANEL} .jp-Cell.jp-mod-active .cm-content")
        editor.wait_for()
        editor.click()
        if run:
            editor.fill(code)
            self.page.keyboard.press("Control+Enter")
        else:
            self.page.keyboard.insert_text(code)
        return self.js("() => window.__runnext.panel().content.activeCellIndex")

    def run(self, code: str, timeout: float = 20) -> int:
        """Append a cell and wait until it has a number; its index."""
        i = self.add(code)
        self.poll(f"cell {i} has run", timeout, lambda: (
            re.search(r"\d", self.cell(i)["prompt"]) and self.js("() => window.__runnext.running()") == 0))
        return i

    def text(self, i: int, pattern: str, timeout: float = 20) -> str:
        """Wait until the output of a cell holds the pattern."""
        return self.poll(f"cell {i} shows {pattern!r}", timeout, lambda: next(
            (t for t in [self.js("i => window.__runnext.text(i)", i)] if re.search(pattern, t)), None))

    def toolbar(self, command: str) -> None:
        self.page.click(f"{PANEL} [data-command='{command}']")

    def menu(self, *labels: str) -> None:
        self.page.click(f".lm-MenuBar-itemLabel:text-is('{labels[0]}')")
        for label in labels[1:]:
            name = re.compile("^" + re.escape(label) + "(…)?$")
            self.page.locator(".lm-Menu-itemLabel", has_text=name).last.click()

    def appears(self, selector: str, timeout: float = 5) -> bool:
        try:
            self.page.wait_for_selector(selector, timeout=timeout * 1000)
            return True
        except Late:
            return False

    def shot(self, path: pathlib.Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(path))
