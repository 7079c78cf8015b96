"""Measure lab in cells beside the same experiments as a plain Go program.

    python kernel/bench/lab.py --runnext bin/runnext

Both are taken in turns. A time is the best of the rounds: others may use the
machine at the same time, and what they take is not the experiment's. A size or
a count is the median: nobody takes from it, and it may fall out either way.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

# Each in a process of its own: what ended goroutines leave is used again.
CELLS = {"costs": """g := lab.Goroutines(100_000)
fmt.Println("goroutine-memory", g.Of("goroutine", "stack each").Median + g.Of("goroutine", "heap each").Median)
fmt.Println("goroutine-time", g.Of("goroutine", "time to start").Median)
s := lab.Switch()
fmt.Println("gosched", s.Of("Gosched").Median)
fmt.Println("channel", s.Of("channel ping-pong").Median)
fmt.Println("locked", s.Of("locked ping-pong").Median)
fmt.Println("thread-time", lab.Threads(200).Of("thread", "time to create").Median)
r := lab.Requests(20, 0, 5*time.Millisecond)
fmt.Println("waiting-serial", r.Figures[0].Median)
fmt.Println("waiting-at-once", r.Figures[len(r.Figures)-1].Median)
r = lab.Requests(40, time.Millisecond, 5*time.Millisecond)
fmt.Println("work-serial", r.Figures[0].Median)
fmt.Println("work-at-once", r.Figures[len(r.Figures)-1].Median)
t := lab.StackTouch()
for _, part := range []string{"10", "100"} {
	fmt.Println("touch-"+part+"-resident", t.Of(part+" % touched", "resident memory").Median)
	fmt.Println("touch-"+part+"-time", t.Of(part+" % touched", "time to touch").Median)
}
data, _ := os.ReadFile("/proc/self/status")
for line := range strings.Lines(string(data)) {
	if strings.HasPrefix(line, "VmHWM:") {
		fmt.Println("peak-KiB", strings.Fields(line)[1])
	}
}
fmt.Println("left", runtime.NumGoroutine())""",
    "servers": """v := lab.Server(400)
for _, way := range [][2]string{{"threads", "thread per client"}, {"loop", "event loop"}, {"goroutines", "goroutine per client"}} {
	for _, of := range []string{"throughput", "p50", "p99", "memory", "threads"} {
		fmt.Println("server-"+way[0]+"-"+of, v.Of(way[1], of).Median)
	}
}"""}

AIM = {"goroutine-memory": 1.05}
COUNTED = ("memory", "resident", "threads")


def figures(argv):
    text = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    return {a: float(b) for a, b in (line.split() for line in text.splitlines() if line.count(" ") == 1 and "imported" not in line)}


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--runnext", default="bin/runnext")
    args.add_argument("--rounds", type=int, default=5)
    args = args.parse_args()
    here = pathlib.Path(__file__).parent
    with tempfile.TemporaryDirectory() as d:
        folder = pathlib.Path(d)
        subprocess.run(["go", "build", "-o", folder / "plain", "./testdata/plain"], cwd=here, check=True)
        for name, source in CELLS.items():
            (folder / f"{name}.ipynb").write_text(json.dumps({
                "nbformat": 4, "nbformat_minor": 5,
                "metadata": {"kernelspec": {"name": "runnext", "display_name": "Go", "language": "go"}},
                "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None, "source": source}],
            }))
        ours, theirs = [], []
        for _ in range(args.rounds):
            ours.append({})
            theirs.append({})
            for name in CELLS:
                ours[-1] |= figures([os.path.abspath(args.runnext), "run", folder / f"{name}.ipynb"])
                theirs[-1] |= figures([folder / "plain", name])
    print(f"{'':28} {'lab':>14} {'plain Go':>14} {'ratio':>7}  aim")
    for name in theirs[0]:
        best = max if name.endswith("throughput") else statistics.median if name.endswith(COUNTED) else min
        a, b = (best(r[name] for r in rows) for rows in (ours, theirs))
        print(f"{name:28} {a:14.1f} {b:14.1f} {a / b:7.3f}  {AIM.get(name, 1.3)}")
    print(f"worker's peak with 100,000 goroutines: {max(r['peak-KiB'] for r in ours) / 1024:.0f} MiB; goroutines left: {max(r['left'] for r in ours):.0f}")


if __name__ == "__main__":
    main()
