"""What Go cannot survive costs the worker, never the kernel: the next cell
runs, functions live on, and the learner is told which variables are gone."""

import os
import signal
import time

import pytest

DEATHS = {
    # name: code, what ename or the text must hold
    "os.Exit": ("os.Exit(3)", "exit", "exit status 3"),
}


# Only what cannot be computed anew is lost: a literal would come back.
IMPURE = "lostSoul := os.Getpid()"


def prepare(k):
    for code in ("func double(n int) int { return 2 * n }", "type point struct{ X, Y int }",
                 "const seven = 7", IMPURE):
        c = k.execute(code)
        assert c.status == "ok", c.told


def recovered(k, c):
    """The next cells after a death."""
    assert "lostSoul" in c.told, f"the lost variable is not named:\n{c.told}"
    after = k.execute("double(seven) + point{X: 1}.X", 20)
    assert after.value == "15", after.told
    gone = k.execute("lostSoul", 20)
    assert gone.status == "error" and "lostSoul" in gone.told
    assert k.execute("lostSoul := 6\nlostSoul", 20).value == "6"


@pytest.mark.parametrize("name", DEATHS)
def test_death(kernel, name):
    code, ename, text = DEATHS[name]
    prepare(kernel)
    c = kernel.execute(code, 60)
    assert c.status == "error", f"{c.status}: {c.told}"
    assert c.error["ename"] == ename, c.told
    assert text in c.told
    assert kernel.alive()
    recovered(kernel, c)


def test_killed_while_a_cell_runs(kernel):
    prepare(kernel)
    cell = kernel.start('fmt.Println(os.Getpid(), "READY")\nfor {\n}')
    before = kernel.wait(cell, 30, until="READY")
    os.kill(int(before.stdout.split()[0]), signal.SIGKILL)
    c = kernel.wait(cell, 20)
    assert c.status == "error", c.told
    recovered(kernel, c)


def test_killed_while_nothing_runs(kernel):
    prepare(kernel)
    pid = int(kernel.execute("os.Getpid()").value)
    os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 20
    while True:  # the death may be noticed before the next cell or by it
        c = kernel.execute("double(21)", 20)
        if c.value == "42":
            break
        assert c.status == "error" and time.monotonic() < end, c.told
    assert kernel.execute("os.Getpid()").value != str(pid)
    assert kernel.execute("lostSoul").status == "error"


def test_a_panic_costs_nothing(kernel):
    prepare(kernel)
    c = kernel.execute('go func() {\n\tpanic("boom")\n}()\ntime.Sleep(time.Hour)', 30)
    assert c.status == "error" and c.error["ename"] == "panic", c.told
    assert c.error["evalue"].startswith("panic: boom") or c.error["evalue"] == "boom", c.told
    assert c.error["traceback"][0].startswith("[cell 5]:2:"), c.told
    assert kernel.execute("lostSoul == os.Getpid()").value == "true"


def test_an_unlock_too_many_costs_nothing(kernel):
    """Go would end the program; it is seen before that comes to it."""
    prepare(kernel)
    c = kernel.execute("var mu sync.Mutex\nmu.Unlock()", 30)
    assert c.status == "error" and c.error["ename"] == "fatal error", c.told
    assert "unlock of unlocked mutex" in c.told and c.error["traceback"][0].startswith("[cell 5]:2:"), c.told
    assert kernel.execute("lostSoul == os.Getpid()").value == "true"


def test_two_goroutines_at_one_map_cost_nothing(kernel):
    """Go would end the program; it is seen before that comes to it."""
    prepare(kernel)
    c = kernel.execute(
        "m := map[int]int{}\nvar wg sync.WaitGroup\nfor g := range 8 {\n\twg.Go(func() {\n"
        "\t\tfor i := range 10_000_000 {\n\t\t\tm[i] = g\n\t\t}\n\t})\n}\nwg.Wait()", 60)
    assert c.error["evalue"] == "fatal error: concurrent map writes", c.told
    assert c.error["traceback"][0].startswith("[cell 5]:6:") and c.told.count("goroutine ") > 1, c.told
    assert kernel.execute("lostSoul == os.Getpid()").value == "true"


@pytest.mark.parametrize("code", [
    "func f(n int) int { return f(n+1) + 1 }\nf(0)",
    'func f(s string) string { return f(s) + s }\nf("")',
])
def test_an_endless_recursion_costs_nothing(kernel, code):
    """Its depth is seen before the runtime ends the process."""
    prepare(kernel)
    c = kernel.execute(code, 120)
    assert c.status == "error" and c.error["ename"] == "fatal error", c.told
    assert c.error["evalue"] == "fatal error: stack overflow" and c.error["traceback"][0].startswith("[cell 5]:1:"), c.told
    assert kernel.execute("lostSoul == os.Getpid()").value == "true"


@pytest.mark.parametrize("code, place, detail", [
    ("n := 4\n\tos.Exit(n)", "[cell 2]:2:", None),
    ("bye(4)", "[cell 1]:4:", None),
    ("go bye(4)\nselect {}", "[cell 1]:4:", "in goroutine 2 of cell 2, started at line 1 of cell 2"),
    ("go func() {\n\tdefer os.Exit(4)\n}()\nselect {}", "[cell 2]:2:", "in goroutine 2 of cell 2, started at line 1 of cell 2"),
])
def test_exit_has_its_line(kernel, code, place, detail):
    assert kernel.execute('import "os"\n\nfunc bye(status int) {\n\tos.Exit(status)\n}').status == "ok"
    c = kernel.execute(code, 20)
    assert c.error["evalue"] == "exit status 4", c.told
    assert c.error["traceback"][0].startswith(place) and (detail is None or detail in c.told), c.told


def test_exit_after_its_cell(kernel):
    assert kernel.execute('go func() {\n\ttime.Sleep(200 * time.Millisecond)\n\tlog.Fatal("gone")\n}()').status == "ok"
    c = kernel.execute("for {\n}", 20)
    assert c.error["ename"] == "exit" and c.error["traceback"][0].startswith("[cell 1]:3:"), c.told
    assert kernel.execute("1 + 1", 20).value == "2"


def test_many_deaths(kernel):
    prepare(kernel)
    for n in range(5):
        c = kernel.execute(f"os.Exit({n + 1})", 20)
        assert c.status == "error" and f"exit status {n + 1}" in c.told, c.told
        assert kernel.execute("double(2)", 20).value == "4"
    end = time.monotonic() + 10
    while len(kernel.worker_pids) > 2:  # one at work, one spare
        assert time.monotonic() < end, f"{len(kernel.worker_pids)} workers are left"
        time.sleep(0.05)


def test_exit_zero_is_said(kernel):
    c = kernel.execute("os.Exit(0)", 20)
    assert c.status == "error" and c.error["ename"] == "exit", c.told
    assert kernel.execute("1 + 1").value == "2"


def test_a_name_that_stands_for_something_else_by_now(kernel):
    """A variable that a function, an import or another variable has taken the
    name of does not come back with the worker."""
    for code in ("twice := 2", "func twice(n int) int { return 2 * n }",
                 "fmt := 3", 'import "fmt"', "word := 1", 'word := "new"'):
        assert kernel.execute(code).status == "ok"
    c = kernel.execute("os.Exit(1)", 20)
    assert c.status == "error" and "twice" not in c.told, c.told
    assert kernel.execute("fmt.Sprint(twice(4), word)", 20).value == '"8new"'
