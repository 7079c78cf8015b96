"""Many people at once: JupyterHub, a server and a kernel for each. And when
the hub is stopped, nobody's kernel is left."""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

import psutil
import pytest
import websocket

PROXY = pathlib.Path(__file__).parent / "hub" / "node_modules" / ".bin" / "configurable-http-proxy"
USERS = 10
TOKEN = "a-token-of-the-test"

CONFIG = """
c.JupyterHub.bind_url = {url!r}
c.JupyterHub.hub_port = {hub}
c.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{api}'
c.ConfigurableHTTPProxy.command = [{proxy!r}]
c.JupyterHub.authenticator_class = 'dummy'
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = 'simple'
c.SimpleLocalProcessSpawner.home_dir_template = {home!r} + '/{{username}}'
c.Spawner.cmd = [{python!r}, '-m', 'jupyterhub.singleuser']
c.Spawner.args = ['--allow-root', '--ServerApp.disable_check_xsrf=True']
c.Spawner.environment = {env!r}
c.Spawner.start_timeout = c.Spawner.http_timeout = 180
c.JupyterHub.concurrent_spawn_limit = 0
c.JupyterHub.services = [dict(name='load', api_token={token!r})]
c.JupyterHub.load_roles = [dict(name='load', scopes=['admin:users', 'admin:servers', 'access:servers'], services=['load'])]
"""


def free_port() -> int:
    with contextlib.closing(socket.socket()) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Hub:
    def __init__(self, out: pathlib.Path) -> None:
        if not PROXY.exists():
            pytest.fail(f"{PROXY} is not there: make full installs it with npm")
        port = free_port()
        self.url, self.log = f"http://127.0.0.1:{port}", out / "hub.log"
        (out / "config.py").write_text(CONFIG.format(
            url=self.url, hub=free_port(), api=free_port(), proxy=str(PROXY), python=sys.executable,
            home=str(out / "home"), token=TOKEN,
            env={"JUPYTER_PATH": os.environ["JUPYTER_PATH"], "JUPYTER_PREFER_ENV_PATH": "1"}))
        env = {k: v for k, v in os.environ.items() if k not in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
        self.proc = subprocess.Popen([sys.executable, "-m", "jupyterhub", "-f", "config.py"], cwd=out, env=env,
                                     stdout=self.log.open("wb"), stderr=subprocess.STDOUT, start_new_session=True)
        self.until("the hub", lambda: self.ask("/hub/api/"), 60)

    def until(self, what: str, test, seconds: float):
        end = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError):
                got = test()
                if got:
                    return got
            if self.proc.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"{what}: not within {seconds} s\n{self.log.read_text()[-2000:]}")
            time.sleep(0.2)

    def ask(self, path: str, method: str = "GET", body=None):
        req = urllib.request.Request(self.url + path, method=method, headers={"Authorization": f"token {TOKEN}"},
                                     data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(req, timeout=60) as f:
            text = f.read()
        return json.loads(text) if text else None

    def user(self, name: str) -> str:
        """Start a person's server and a kernel in it; the value of a cell."""
        self.ask(f"/hub/api/users/{name}", "POST")
        self.ask(f"/hub/api/users/{name}/server", "POST")
        self.until(f"server of {name}", lambda: self.ask(f"/hub/api/users/{name}")["servers"].get("", {}).get("ready"), 180)
        kernel = self.ask(f"/user/{name}/api/kernels", "POST", {"name": "runnext"})["id"]
        ws = websocket.create_connection(
            f"{self.url.replace('http', 'ws')}/user/{name}/api/kernels/{kernel}/channels",
            timeout=60, header=[f"Authorization: token {TOKEN}"])
        try:
            msg_id = uuid.uuid4().hex
            ws.send(json.dumps({
                "channel": "shell", "parent_header": {}, "metadata": {}, "buffers": [],
                "header": {"msg_id": msg_id, "msg_type": "execute_request", "username": name,
                           "session": uuid.uuid4().hex, "version": "5.4", "date": "2026-01-01T00:00:00Z"},
                "content": {"code": "6 * 7", "silent": False, "store_history": True,
                            "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}}))
            got: dict = {}
            while got.get("status", {}).get("execution_state") != "idle":
                m = json.loads(ws.recv())
                if m["parent_header"].get("msg_id") == msg_id:
                    got[m["header"]["msg_type"]] = m["content"]
            return got["execute_result"]["data"]["text/plain"] if "execute_result" in got else str(got)
        finally:
            ws.close()

    def kernels(self) -> list[psutil.Process]:
        found = []
        for p in psutil.process_iter(["cmdline"]):
            line = p.info["cmdline"] or []
            if line[1:2] in (["kernel"], ["worker"]) and "runnext" in line[0] and os.environ["JUPYTER_PATH"] in line[0]:
                found.append(p)
        return found

    def stop(self, sig: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.proc.pid, sig)
        self.proc.wait(30)


@pytest.mark.full
@pytest.mark.timeout(600)
def test_a_class_of_ten(tmp_path):
    hub = Hub(tmp_path)
    try:
        with concurrent.futures.ThreadPoolExecutor(USERS) as pool:
            values = list(pool.map(hub.user, [f"u{i}" for i in range(USERS)]))
        assert values == ["42"] * USERS
        running = hub.kernels()
        assert len(running) >= USERS
        total = sum(p.memory_full_info().pss for p in running) / 2**20
        print(f"{USERS} people: kernels and workers {total / USERS:.0f} MiB PSS each")
        # The ungraceful way: the servers go without telling their kernels.
        below = [p for p in psutil.Process(hub.proc.pid).children(recursive=True)]
        for p in psutil.process_iter(["cmdline"]):
            if "jupyterhub.singleuser" in (p.info["cmdline"] or []) and str(tmp_path) in str(p.environ().get("HOME", "")):
                below.append(p)
        kernels = {p.pid for p in running}
        for p in below:
            if p.pid not in kernels:
                with contextlib.suppress(psutil.Error):
                    p.kill()
        _, left = psutil.wait_procs(running, timeout=30)
        assert not left, f"{len(left)} processes live on without their server"
    finally:
        hub.stop(signal.SIGKILL)
        for p in hub.kernels():
            with contextlib.suppress(psutil.Error):
                p.kill()
