"""Measure %%native beside the toolchain's own build and run, in one sitting.

    python kernel/bench/native.py --runnext bin/runnext

Each round changes the program, so that nothing is answered from a cache, and
takes both in turn; the ratio is of the medians.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

PROGRAM = """{first}import "fmt"

func collatz(n int) (steps int) {{
	for ; n != 1; steps++ {{
		if n%2 == 0 {{
			n /= 2
		}} else {{
			n = 3*n + 1
		}}
	}}
	return steps
}}

{begin}	best := 0
	for n := 1; n < 1000; n++ {{
		best = max(best, collatz(n))
	}}
	fmt.Println(best, {round})
{end}"""


def notebook(cells):
    return {
        "nbformat": 4, "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "runnext", "display_name": "Go", "language": "go"}},
        "cells": [{"cell_type": "code", "id": f"c{i}", "metadata": {}, "outputs": [], "execution_count": None, "source": c}
                  for i, c in enumerate(cells)],
    }


def ours(runnext, folder, stamp, rounds):
    """Seconds from one cell's end to the next one's, in one kernel."""
    cells = ["%%native\n" + PROGRAM.format(first="", begin="", end="", round=f'"{stamp}", {i}') for i in range(rounds + 1)]
    path = folder / "cells.ipynb"
    path.write_text(json.dumps(notebook(cells)))
    ends = []
    with subprocess.Popen([runnext, "run", path], stdout=subprocess.PIPE, text=True) as p:
        for line in p.stdout:
            if line.startswith("178 "):
                ends.append(time.perf_counter())
    assert p.returncode == 0 and len(ends) == rounds + 1, (p.returncode, len(ends))
    return [b - a for a, b in zip(ends, ends[1:])]


def theirs(folder, stamp, i):
    folder = folder / "module"
    folder.mkdir(exist_ok=True)
    (folder / "go.mod").write_text("module cell\n\ngo 1.26\n")
    (folder / "main.go").write_text(PROGRAM.format(first="package main\n", begin="func main() {\n", end="}\n", round=f'"{stamp}", {i}'))
    begun = time.perf_counter()
    subprocess.run(["go", "build", "-o", "cell", "."], cwd=folder, check=True)
    subprocess.run([folder / "cell"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--runnext", default="bin/runnext")
    args.add_argument("--rounds", type=int, default=7)
    args = args.parse_args()
    runnext, stamp = os.path.abspath(args.runnext), time.time_ns()
    with tempfile.TemporaryDirectory() as d:
        folder = pathlib.Path(d)
        theirs(folder, stamp, -1)
        a, b = [], []
        for part in range(args.rounds):
            b.append(theirs(folder, stamp, part))
            a += ours(runnext, folder, f"{stamp}.{part}", 2)
    m, n = statistics.median(a), statistics.median(b)
    print(f"%%native of a small cell      {m * 1e3:7.0f} ms (least {min(a) * 1e3:.0f})")
    print(f"go build and run of the same  {n * 1e3:7.0f} ms (least {min(b) * 1e3:.0f})")
    print(f"ratio                         {m / n:7.2f}")


if __name__ == "__main__":
    main()
