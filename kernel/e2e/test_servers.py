"""What lesson 13 says of its table of three servers is true of it each time."""

import json
import pathlib

import pytest

from wireclient import Kernel

LESSON = pathlib.Path(__file__).resolve().parents[2] / "lessons" / "en" / "13_clients.ipynb"
FIGURES = """for _, f := range servers.Figures {
	fmt.Println(f.What + "|" + f.Of + "|" + strconv.FormatFloat(f.Median, 'f', 0, 64))
}"""
THREADS, LOOP, GOROUTINES = WAYS = "thread per client", "event loop", "goroutine per client"


def measured(kernel, cell):
    """The medians of the table that a cell of the lesson shows, by server and quantity."""
    nb = json.loads(LESSON.read_text())
    source = next("".join(c["source"]) for c in nb["cells"] if c["id"] == cell)
    c = kernel.execute("servers := " + source, timeout=300)
    assert c.status == "ok", c.told
    rows = [line.split("|") for line in kernel.execute(FIGURES).stdout.splitlines()]
    return {(what, of): float(value) for what, of, value in rows}


def conclusion(few, many, clients=(50, 400)):
    """Each sentence of the explanation that claims something, and whether it holds."""
    def each(way, figures, n):  # what a client costs besides itself and its connection
        return (figures[way, "memory"] - figures[LOOP, "memory"]) / n

    threads = {way: (few[way, "threads"], many[way, "threads"]) for way in WAYS}
    throughput = [many[way, "throughput"] for way in WAYS]
    return {
        "as many threads as clients": all(n >= c for n, c in zip(threads[THREADS], clients)),
        "the others hardly notice": all(b <= a + 16 and b < clients[1] / 8 for a, b in (threads[LOOP], threads[GOROUTINES])),
        "memory grows in all rows": all(many[way, "memory"] > few[way, "memory"] for way in WAYS),
        "a thread takes several times what a goroutine does": each(THREADS, many, clients[1]) > 2 * each(GOROUTINES, many, clients[1]) > 0,
        "none is hopeless": min(throughput) > max(throughput) / 10,
    }


@pytest.mark.full
def test_conclusion_holds_each_time(installed):
    ahead = 0
    for run in range(10):
        with Kernel() as kernel:  # as a learner comes to the lesson
            few, many = measured(kernel, "s13-run-few"), measured(kernel, "s13-run-many")
        told = conclusion(few, many)
        print(run, many)
        assert all(told.values()), (run, told, few, many)
        ahead += max(WAYS, key=lambda way: many[way, "throughput"]) == LOOP
    assert ahead > 5, f"the loop was ahead in {ahead} of 10: the lesson says mostly"
