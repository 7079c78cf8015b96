"""A long sitting: thousands of cells, errors, deaths and interrupts in one
kernel. Its memory, its processes and its answers stay what they were."""

import time

import psutil
import pytest

from wireclient import processes, resident_mib

ROUNDS = 300


def round_of(k, n: int) -> None:
    assert k.execute(f"total += {n}\ntotal", 20).value is not None
    assert k.execute(f"func f{n % 7}(x int) int {{ return x + {n} }}", 20).status == "ok"
    assert k.execute(f"f{n % 7}(1)", 20).value == str(n + 1)
    assert k.execute("for i := range 100 {\n\tfmt.Println(i)\n}", 20).stdout.count("\n") == 100
    assert k.execute("undefinedName", 20).status == "error"
    c = k.execute("var wg sync.WaitGroup\nfor range 100 {\n\twg.Go(func() { runtime.Gosched() })\n}\nwg.Wait()", 20)
    assert c.status == "ok", c.told
    if n % 10 == 0:
        assert k.execute('go func() {\n\tpanic("late")\n}()\nselect {}', 20).status == "error"
        cell = k.start('fmt.Println("READY")\nfor {\n}')
        k.wait(cell, 20, until="READY")
        k.interrupt()
        assert k.wait(cell, 10).status == "error"
        assert k.execute("total", 20).value is not None


@pytest.mark.full
@pytest.mark.timeout(1200)
def test_a_long_sitting(kernel):
    assert kernel.execute("total := 0").status == "ok"
    marks = []
    for n in range(ROUNDS):
        round_of(kernel, n)
        if n in (50, ROUNDS - 1):
            marks.append((resident_mib(kernel.pid), len(processes(kernel.pid)),
                          sum(p.num_threads() for p in processes(kernel.pid)), psutil.Process(kernel.pid).num_fds()))
    (mib0, procs0, threads0, fds0), (mib1, procs1, threads1, fds1) = marks
    assert kernel.execute("total").value == str(ROUNDS * (ROUNDS - 1) // 2)
    assert mib1 < mib0 * 1.5 + 30, f"memory grew from {mib0:.0f} to {mib1:.0f} MiB"
    assert procs1 <= procs0, f"processes: {procs0}, then {procs1}"
    assert threads1 <= threads0 + 20, f"threads: {threads0}, then {threads1}"
    assert fds1 <= fds0 + 5, f"descriptors: {fds0}, then {fds1}"


@pytest.mark.full
@pytest.mark.timeout(600)
def test_deaths_in_a_row(kernel):
    assert kernel.execute("func double(n int) int { return 2 * n }").status == "ok"
    fds = None
    for n in range(100):
        assert kernel.execute(f"os.Exit({n % 100 + 1})", 20).status == "error"
        assert kernel.execute(f"double({n})", 20).value == str(2 * n)
        if n == 10:
            fds = psutil.Process(kernel.pid).num_fds()
    end = time.monotonic() + 10
    while len(kernel.worker_pids) > 2 and time.monotonic() < end:
        time.sleep(0.05)
    assert len(kernel.worker_pids) <= 2
    assert psutil.Process(kernel.pid).num_fds() <= fds + 5
