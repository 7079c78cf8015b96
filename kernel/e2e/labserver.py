"""A private JupyterLab server on loopback, without a token."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from typing import Any

SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"recordTiming": True},
}


class Lab:
    """Everything the server writes stays below out; its notebooks are in
    out/work. What it and its kernels log is out/lab.log."""

    def __init__(self, out: pathlib.Path) -> None:
        self.out, self.work = out, out / "work"
        for name in ("work", "settings", "workspaces"):
            (out / name).mkdir(parents=True)
        for plugin, values in SETTINGS.items():
            package, name = plugin.rsplit(":", 1)
            folder = out / "settings" / package
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.jupyterlab-settings").write_text(json.dumps(values))
        with contextlib.closing(socket.socket()) as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        env = {**os.environ, "JUPYTERLAB_SETTINGS_DIR": str(out / "settings"),
               "JUPYTERLAB_WORKSPACES_DIR": str(out / "workspaces")}
        self.log = open(out / "lab.log", "wb")
        self.proc = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser",
             "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
             "--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True",
             f"--ServerApp.root_dir={self.work}"],
            stdout=self.log, stderr=subprocess.STDOUT, env=env, start_new_session=True, cwd=self.work)
        end = time.monotonic() + 60
        while True:
            try:
                self.api("/api/status")
                return
            except OSError:
                if self.proc.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"JupyterLab did not start: {(out / 'lab.log').read_text()[-2000:]}")
                time.sleep(0.1)

    def api(self, path: str, method: str = "GET", body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        req = urllib.request.Request(self.url + path, method=method, data=data)
        with urllib.request.urlopen(req, timeout=30) as f:
            text = f.read()
        return json.loads(text) if text else None

    def notebook(self, name: str, *cells: str) -> str:
        """Write a notebook of code cells; its name, for Page.open."""
        spec = {"name": "runnext", "display_name": "Go (runnext)", "language": "go"}
        (self.work / name).write_text(json.dumps({
            "nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": spec},
            "cells": [{"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": source,
                       "outputs": [], "execution_count": None} for i, source in enumerate(cells)]}))
        return name

    def kernels(self) -> list[str]:
        return [k["id"] for k in self.api("/api/kernels")]

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            for k in self.kernels():
                self.api(f"/api/kernels/{k}", "DELETE")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.proc.pid, signal.SIGTERM)
        try:
            self.proc.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.proc.pid, signal.SIGKILL)
            self.proc.wait()
        self.log.close()
