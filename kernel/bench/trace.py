#!/usr/bin/env python3
"""Measure how soon a long trace is shown, and how large what is shown is.

    python kernel/bench/trace.py --runnext bin/runnext

The cells of %%trace tell the time as their last deed; the clock runs until the
picture has come over the wire. Each shape of program is run live and compiled.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from wireclient import Kernel  # noqa: E402

END = '\nfmt.Println("END", time.Now().UnixNano())'
SHAPES = {
    "ping-pong": """ch, back := make(chan int), make(chan int)
go func() {
	for v := range ch {
		back <- v
	}
}()
for i := range %d {
	ch <- i
	<-back
}
close(ch)""",
    "many goroutines": """for range %d {
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { runtime.Gosched() })
	}
	wg.Wait()
}""",
    "sleepers": """var wg sync.WaitGroup
for range %d {
	wg.Go(func() {
		for range 100 {
			time.Sleep(time.Microsecond)
		}
	})
}
wg.Wait()""",
}
START = {"ping-pong": 20_000, "many goroutines": 20, "sleepers": 20}
AIM_MS, AIM_BYTES = 2000, 300_000


def run(k: Kernel, flags: str, code: str) -> tuple[int, float, int]:
    """Events, milliseconds from the cell's end until its picture is here, and bytes of it."""
    cell = k.start(f"%%trace {flags}\n{code}{END}")
    pictures = []
    while not pictures:
        c = k.wait(cell, 0.02)
        pictures = [m["data"] for kind, m in c.messages if kind == "display_data" and "Observed:" in m["data"]["text/plain"]]
        if "END" in c.stdout:
            end = int(c.stdout.split("END")[1])
        if c.reply_s is not None and c.status != "ok":
            raise SystemExit(f"trace: {c.told}")
    shown = time.time_ns()
    if c.reply_s is None:
        k.wait(cell, 10)
    events = int(re.search(r"(\d+) events;", pictures[0]["text/plain"])[1])
    return events, (shown - end) / 1e6, len(json.dumps(pictures[0], ensure_ascii=False).encode())


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--runnext", type=pathlib.Path, default="bin/runnext")
    ap.add_argument("--events", type=int, default=100_000)
    a = ap.parse_args()
    with tempfile.TemporaryDirectory() as d:
        subprocess.run([a.runnext.resolve(), "install", "--prefix", d], check=True, stdout=subprocess.DEVNULL)
        os.environ["JUPYTER_PATH"] = f"{d}/share/jupyter"
        os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
        print(f"{'':26} {'events':>8} {'shown after':>12} {'bundle':>11}   (aim: {AIM_MS} ms, {AIM_BYTES:,} bytes)")
        with Kernel() as k:
            for flags in ("", "-native"):
                for name, code in SHAPES.items():
                    few, _, _ = run(k, flags, code % START[name])  # how many events a turn makes
                    n = max(1, round(START[name] * a.events / few))
                    events, ms, size = run(k, flags, code % n)
                    print(f"{name + ' ' + flags:26} {events:8,} {ms:9.0f} ms {size:9,} B")


if __name__ == "__main__":
    main()
