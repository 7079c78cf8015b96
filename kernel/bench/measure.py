"""The measurements: each takes the name of a kernel and its cells, starts
kernels of its own, and gives numbers by name. Times are milliseconds."""

from __future__ import annotations

import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import psutil

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from wireclient import Kernel, processes, resident_mib  # noqa: E402

RESULT = re.compile(r"^RESULT (\w+) ([-+0-9.eE]+)", re.M)
Numbers = dict[str, float]


class Wrong(Exception):
    """A cell did not do what is timed: its time would mean nothing."""


def start(kernel: str, cells: dict[str, str]) -> Numbers:
    k = Kernel(kernel)
    try:
        if k.request("kernel_info_request", {}, 60).reply_s is None:
            raise Wrong(f"{kernel} does not answer")
        info = time.perf_counter() - k.started
        c = k.execute(cells["trivial"].replace("{i}", "1"), 60, need_idle=False)
        if c.status != "ok":
            raise Wrong(f"{kernel}: first cell: {c.status} {c.told}")
        first = time.perf_counter() - k.started
    finally:
        k.close()
    return {"start to kernel_info_reply": info * 1000, "start to the first cell's reply": first * 1000}


def trivial(kernel: str, cells: dict[str, str], n: int = 200) -> Numbers:
    idle = []
    with Kernel(kernel) as k:
        for i in range(n + 10):
            c = k.execute(cells["trivial"].replace("{i}", str(i)), 30)
            if c.value != str(i + 1):
                raise Wrong(f"{kernel}: {i} + 1 is {c.value!r}")
            if i >= 10:
                idle.append(c.idle_s * 1000)
    idle.sort()
    return {"trivial cell to idle, p50": statistics.median(idle),
            "trivial cell to idle, p99": idle[int(0.99 * len(idle))]}


def output(kernel: str, cells: dict[str, str]) -> Numbers:
    want = "".join(f"line {i}\n" for i in range(100_000))
    with Kernel(kernel) as k:
        c = k.execute(cells["print"], 120)
        if c.stdout != want:
            raise Wrong(f"{kernel}: of 100,000 lines {c.stdout.count(chr(10))} came, or not in order")
        return {"100,000 printed lines to idle": c.idle_s * 1000}


def interrupt(kernel: str, cells: dict[str, str]) -> Numbers:
    with Kernel(kernel) as k:
        cell = k.start(cells["forever"])
        k.wait(cell, 30, until="READY")
        time.sleep(0.2)
        t = time.perf_counter()
        k.interrupt()
        c = k.wait(cell, 30, need_idle=False)
        if c.status != "error":
            raise Wrong(f"{kernel}: an interrupted cell ends as {c.status}")
        return {"interrupt of an endless loop to the reply": (time.perf_counter() - t) * 1000}


def idle(kernel: str, cells: dict[str, str]) -> Numbers:
    with Kernel(kernel) as k:
        k.execute(cells["trivial"].replace("{i}", "1"), 30)
        time.sleep(2)
        shared = 0.0
        for p in processes(k.pid):
            try:
                shared += p.memory_full_info().pss / 2**20
            except (psutil.Error, AttributeError):
                shared = float("nan")
        return {"idle memory, RSS of all processes, MiB": resident_mib(k.pid),
                "idle memory, PSS of all processes, MiB": shared}


def work(kernel: str, cells: dict[str, str], name: str) -> float:
    with Kernel(kernel) as k:
        c = k.execute(cells[name], 120)
        got = dict(RESULT.findall(c.stdout))
        if name not in got:
            raise Wrong(f"{kernel}: {name}: {c.status} {c.told}")
        return float(got[name])


def compiled(source: str, name: str) -> float:
    """The same cell as a program of the Go toolchain."""
    with tempfile.TemporaryDirectory() as d:
        file = pathlib.Path(d) / "main.go"
        file.write_text(source)
        subprocess.run(["go", "build", "-o", "prog", "main.go"], cwd=d, check=True)
        out = subprocess.run(["./prog"], cwd=d, check=True, capture_output=True, text=True).stdout
    return float(dict(RESULT.findall(out))[name])
