"""Cells that the Go toolchain builds, and those whose run is observed."""

import json
import os
import pathlib
import time

import psutil
import pytest

VEGA = "application/vnd.vegalite.v5+json"


def shown(cell):
    """The bundles a cell has displayed."""
    return [c["data"] for kind, c in cell.messages if kind == "display_data"]


def folders():
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    return set((cache / "runnext" / "native").glob("run-*"))


def gone(check, seconds=10):
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it is still there"
        time.sleep(0.05)


def test_cell(kernel):
    kernel.execute('func twice(n int) int { return 2 * n }\nimport "fmt"')
    c = kernel.execute('%%native -with\nfmt.Println("a")\nlab.Table([]string{"n"}, [][]any{{1}})\nfmt.Println("b")\ntwice(21)')
    assert c.status == "ok" and c.value == "42", c.told
    assert [m["data"]["text/plain"] for k, m in c.messages if k == "display_data"] == ["n\n-\n1"]
    assert c.stdout == "a\nb\n"
    c = kernel.execute("%%native\nfunc f(m map[int]int) {\n\tm[1] = 1\n}\nf(nil)")
    assert c.error["ename"] == "panic" and c.error["traceback"][0].startswith("[cell 3]:3:1: panic: assignment to entry in nil map"), c.told
    c = kernel.execute("%%native\nos.Exit(7)")
    assert (c.error["ename"], c.error["evalue"]) == ("exit", "exit status 7"), c.told


def test_interrupt_and_kill(kernel):
    before = folders()
    cell = kernel.start('%%native\nfmt.Println("READY")\nfor {\n}')
    kernel.wait(cell, 60, until="READY")
    program = next(p for p in psutil.Process(kernel.pid).children(recursive=True) if p.name() == "cell")
    kernel.interrupt()
    c = kernel.wait(cell, 10)
    assert c.error["ename"] == "interrupted", c.told
    gone(lambda: not program.is_running() and folders() <= before)

    cell = kernel.start('%%native\nfmt.Println("READY")\nfor {\n}')
    kernel.wait(cell, 60, until="READY")
    program = next(p for p in psutil.Process(kernel.pid).children(recursive=True) if p.name() == "cell")
    psutil.Process(kernel.pid).kill()
    gone(lambda: not program.is_running() and folders() <= before)


PROGRAM = """
ch := make(chan int)
for i := range 3 {
	go func() {
		time.Sleep(5 * time.Millisecond)
		ch <- i
	}()
}
for range 3 {
	<-ch
}"""


@pytest.mark.parametrize("flags", ["", "-native"])
def test_trace(kernel, flags):
    c = kernel.execute(f"%%trace {flags}" + PROGRAM)
    assert c.status == "ok", c.told
    bundle = shown(c)[-1]
    text = bundle["text/plain"]
    assert text.startswith("Observed:") and "<img " in bundle["text/html"]
    assert "[cell 1]:5" in text and "sleep" in text and "[cell 1]:10" in text and "chan receive" in text, text
    assert len(json.dumps(bundle)) < 300 * 1024


def test_schedtrace(kernel):
    c = kernel.execute("%%schedtrace -every 1ms\ntime.Sleep(300 * time.Millisecond)")
    assert c.status == "ok", c.told
    assert any(VEGA in b for b in shown(c)) and "Observed:" in shown(c)[-1]["text/plain"]


RACY = "\nn := 0\ndone := make(chan bool)\ngo func() {\n\tn++\n\tdone <- true\n}()\nn++\n<-done"


def test_race(kernel):
    c = kernel.execute("%%race" + RACY)
    assert c.status == "ok", c.told
    text = "\n".join(b["text/plain"] for b in shown(c))
    assert "data race" in text and "line 5" in text and "line 8" in text, text
    assert not any("application/json" in b for b in shown(c)), "JupyterLab would open it as a tree"
    c = kernel.execute("%%race -native" + RACY)
    if c.error.get("ename") == "refused":
        assert "cgo" in c.error["evalue"], c.told
        return
    assert shown(c), c.told
    text = shown(c)[-1]["text/plain"]
    assert "[cell 2]:5" in text and "[cell 2]:8" in text and ".go:" not in text, text


def test_handle_as_value(kernel):
    c = kernel.execute('h := lab.Show("a")\nh')
    assert c.value and c.value.startswith("lab.Handle of what was shown"), c.value
    c = kernel.execute('%%native\nh := lab.Show("a")\nh')
    assert c.status == "ok" and c.value.startswith("lab.Handle of what was shown"), c.told


def test_lab_measures(kernel):
    c = kernel.execute("lab.TwoPC(time.Millisecond, 2*time.Millisecond)")
    assert c.status == "ok" and "both rounds at once" in c.value, c.told
    assert [b for b in shown(c) if VEGA in b and "█" in b["text/plain"]], "no plot"
    c = kernel.execute("lab.Threads(1_000_000)")
    assert c.status == "ok" and "Not measured: 1,000,000 threads are too many here" in c.value, c.told
    c = kernel.execute('g := lab.Goroutines(20_000)\nfmt.Println(g.Of("goroutine", "stack each").Median, runtime.NumGoroutine())')
    stack, left = c.stdout.split()
    assert 1900 < float(stack) < 2600 and left == "1", c.stdout
