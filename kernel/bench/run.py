#!/usr/bin/env python3
"""Measures runnext beside ipykernel and compiled Go, and writes a table.

All are measured in turns within one run: on a machine that others use too,
only the ratios mean something.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from typing import Any

import measure
import snippets

KERNELS = {"runnext": snippets.GO, "python3": snippets.PYTHON}
FOLD = {"start": measure.start, "trivial": measure.trivial, "output": measure.output,
        "interrupt": measure.interrupt, "idle": measure.idle}


def gather(only: list[str], reps: int) -> dict[str, dict[str, list[float]]]:
    """row -> kernel -> one number per repetition."""
    rows: dict[str, dict[str, list[float]]] = {}

    def note(row: str, who: str, what: Any) -> None:
        rows.setdefault(row, {}).setdefault(who, []).append(what)

    for group in only:
        for rep in range(reps):
            print(f"{group} {rep + 1}/{reps}", file=sys.stderr)
            for kernel, cells in KERNELS.items():
                if group == "work":
                    for name, title in snippets.WORK.items():
                        note(title, kernel, measure.work(kernel, cells, name))
                    continue
                for row, number in FOLD[group](kernel, cells).items():
                    note(row, kernel, number)
            if group == "work" and shutil.which("go"):
                for name, title in snippets.WORK.items():
                    note(title, "go", measure.compiled(snippets.program(name), name))
    return rows


def figure(values: list[float] | None) -> str:
    if not values:
        return ""
    mid, low = statistics.median(values), min(values)
    return f"{mid:.3g} ({low:.3g})" if mid < 1000 else f"{mid:,.0f} ({low:,.0f})"


def table(rows: dict[str, dict[str, list[float]]], reps: int) -> str:
    lines = [
        f"Medians of {reps} repetitions, least in parentheses; milliseconds unless said. "
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"load {os.getloadavg()[0]:.1f} at the end.", "",
        "| what | runnext | ipykernel | ratio | compiled Go |",
        "|---|---|---|---|---|"]
    for row, by in rows.items():
        ours, theirs = by.get("runnext"), by.get("python3")
        ratio = f"{statistics.median(ours) / statistics.median(theirs):.2f}" if ours and theirs else ""
        lines.append(f"| {row} | {figure(ours)} | {figure(theirs)} | {ratio} | {figure(by.get('go'))} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--runnext", type=pathlib.Path, required=True, help="the binary to measure")
    ap.add_argument("--reps", type=int, default=5)
    ap.add_argument("--only", default=",".join([*FOLD, "work"]), help="groups, comma between: " + " ".join([*FOLD, "work"]))
    ap.add_argument("--out", type=pathlib.Path, help="where the table goes besides standard output")
    a = ap.parse_args()
    groups = a.only.split(",")
    for g in groups:
        if g not in FOLD and g != "work":
            ap.error(f"no group {g}")
    with tempfile.TemporaryDirectory() as d:
        subprocess.run([a.runnext.resolve(), "install", "--prefix", d], check=True, stdout=subprocess.DEVNULL)
        # Our kernel first, and ipykernel's from the environment this runs in.
        os.environ["JUPYTER_PATH"] = f"{d}/share/jupyter"
        os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
        try:
            text = table(gather(groups, a.reps), a.reps)
        except measure.Wrong as e:
            print(f"bench: {e}", file=sys.stderr)
            return 1
    print(text)
    if a.out:
        a.out.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
