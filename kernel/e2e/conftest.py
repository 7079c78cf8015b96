"""Fixtures: an installed kernel, a client to it, a JupyterLab, a browser."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess

import pytest

import chromium
from labserver import Lab
from page import Page
from wireclient import Kernel

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "full: takes long; `make full` runs it")
    # A background job starts with SIGINT ignored, and kernels would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def binary() -> pathlib.Path:
    path = pathlib.Path(os.environ.get("RUNNEXT", ROOT / "bin" / "runnext")).resolve()
    if not path.exists():
        pytest.fail(f"{path} is not there: make build")
    return path


@pytest.fixture(scope="session", autouse=True)
def installed(binary: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The folder below which the kernel is installed, as a person would do
    it; nothing of the user's own Jupyter is seen or touched."""
    home = tmp_path_factory.mktemp("jupyter")
    subprocess.run([binary, "install", "--prefix", home], check=True, stdout=subprocess.DEVNULL)
    for name in ("config", "data", "runtime", "ipython", "state"):
        (home / name).mkdir()
    os.environ.update(
        JUPYTER_PATH=str(home / "share" / "jupyter"),
        JUPYTER_CONFIG_DIR=str(home / "config"),
        JUPYTER_DATA_DIR=str(home / "data"),
        JUPYTER_RUNTIME_DIR=str(home / "runtime"),
        IPYTHONDIR=str(home / "ipython"),
        XDG_STATE_HOME=str(home / "state"),  # where the kernel keeps history
    )
    return home


@pytest.fixture(scope="module")
def shared_kernel():
    """One kernel for the tests of a file that leave it as it was."""
    with Kernel() as k:
        yield k


@pytest.fixture
def kernel():
    with Kernel() as k:
        yield k


@pytest.fixture(scope="session")
def lab(installed, tmp_path_factory):
    server = Lab(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser():
    with chromium.launch() as b:
        yield b


@pytest.fixture
def page(lab, browser, request):
    p = Page(lab, browser)
    yield p
    if request.node.stash.get(FAILED, False):
        p.shot(HERE / "out" / f"{request.node.name}.png")
    p.close()


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.when == "call":
        item.stash[FAILED] = report.failed
