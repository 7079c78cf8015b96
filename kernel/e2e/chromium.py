"""Finds the browser the tests drive: $CHROMIUM, else chromium on PATH, else
Debian's package, which is installed when the tests run as root."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

# The background services of the browser look for hosts outside; a test must not.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--force-color-profile=srgb"]


class Missing(Exception):
    """There is no browser, and none can be installed."""


def find() -> str:
    named = os.environ.get("CHROMIUM")
    if named:
        if not (shutil.which(named) or os.path.exists(named)):
            raise Missing(f"CHROMIUM names {named}, which is not there")
        return named
    found = shutil.which("chromium")
    if found:
        return found
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for args in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *args], check=True, env=env, stdout=subprocess.DEVNULL)
        found = shutil.which("chromium")
    if not found:
        raise Missing("the browser tests need chromium: install Debian's package chromium, "
                      "or name a browser in CHROMIUM")
    return found


@contextlib.contextmanager
def launch() -> Iterator[Browser]:
    path = find()
    with sync_playwright() as p:
        b = p.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        try:
            yield b
        finally:
            b.close()
