"""What README promises of a fresh clone, in a home that has nothing yet."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path):
    tree = tmp_path / "runnext"
    subprocess.run(["git", "clone", "-q", ROOT, tree], check=True)
    return tree


def bare_environment(home: pathlib.Path) -> dict[str, str]:
    keep = ("PATH", "LANG", "PIP_CERT", "SSL_CERT_FILE", "GOPROXY", "GOFLAGS", "GOSUMDB", "CI")
    home.mkdir(exist_ok=True)
    return {"HOME": str(home), **{k: os.environ[k] for k in keep if k in os.environ}}


@pytest.mark.full
@pytest.mark.timeout(900)
def test_make_lab_serves_the_lessons(clone, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as s:
        port = s.getsockname()[1]
    log = tmp_path / "make.log"
    proc = subprocess.Popen(["make", "lab", "NO_BROWSER=1", f"PORT={port}"], cwd=clone, stdout=log.open("wb"),
                            stderr=subprocess.STDOUT, env=bare_environment(tmp_path / "home"), start_new_session=True)
    try:
        end = time.monotonic() + 800
        while not (m := re.search(rf"http://127\.0\.0\.1:{port}/\S*\?token=\S+", log.read_text())):
            assert proc.poll() is None and time.monotonic() < end, log.read_text()[-2000:]
            time.sleep(0.5)
        with urllib.request.urlopen(m.group(), timeout=30) as f:
            assert f.status == 200
            assert "apputils-extension:announcements" in f.read().decode(), "it asks whether to fetch news"
        assert list((clone / "lab" / "en").glob("*.ipynb"))
    finally:
        os.killpg(proc.pid, signal.SIGTERM)
        proc.wait(30)


@pytest.mark.full
@pytest.mark.parametrize("missing, says", [("go", "Go 1.26 or newer is needed"), ("python3", "Python 3.10 or newer")])
def test_a_missing_tool_is_one_line(clone, tmp_path, missing, says):
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "make", "grep", "find", "awk", "env", "git", "gcc", "go", "python3", "id"):
        path = shutil.which(name)
        if name != missing and path:
            (tools / name).symlink_to(path)
    env = {**bare_environment(tmp_path / "home"), "PATH": str(tools)}
    r = subprocess.run(["make", "need-" + ("go" if missing == "go" else "python")], cwd=clone, env=env,
                       capture_output=True, text=True)
    assert r.returncode != 0
    lines = [line for line in r.stderr.splitlines() if not line.startswith("make")]
    assert len(lines) == 1 and says in lines[0], r.stderr


def test_make_help_lists_every_target():
    out = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in "lab build test full bench corpus lint install uninstall clean help".split():
        assert re.search(rf"^make {target} +\S", out, re.M), f"{target} is not listed"
