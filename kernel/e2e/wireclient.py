"""A client that talks to a kernel over its ZeroMQ sockets.

It reads messages straight from the sockets and decodes them lightly, so that
a flood of output measures the kernel and not the client. Protocol conformance
is judged by jupyter_kernel_test, in test_conformance.py; the benchmark in
kernel/bench uses this client too.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from typing import Any

import psutil
import zmq
from jupyter_client.manager import KernelManager

DELIM = b"<IDS|MSG>"


@dataclass
class Cell:
    """What one request brought back."""

    status: str = "no reply"  # ok, error, aborted, no reply, kernel died
    reply_s: float | None = None
    idle_s: float | None = None
    reply: dict[str, Any] = field(default_factory=dict)
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    n_stream: int = 0
    stdout: str = ""
    stderr: str = ""
    died: bool = False

    @property
    def value(self) -> str | None:
        """The text/plain of the execute_result."""
        for kind, c in self.messages:
            if kind == "execute_result":
                return c["data"]["text/plain"]
        return None

    @property
    def error(self) -> dict[str, Any]:
        """The content of the error message on iopub; {} without one."""
        return next((c for kind, c in self.messages if kind == "error"), {})

    @property
    def told(self) -> str:
        """All that a person is told besides standard output, as one text."""
        e = self.error
        return "\n".join([self.stderr, e.get("ename", ""), e.get("evalue", ""), *e.get("traceback", [])])


def processes(pid: int) -> list[psutil.Process]:
    """A process and all below it."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def resident_mib(pid: int) -> float:
    total = 0.0
    for p in processes(pid):
        try:
            total += p.memory_info().rss / 2**20
        except psutil.Error:
            continue
    return total


class Kernel:
    """A kernel process and the sockets to it. Use as a context manager."""

    def __init__(self, name: str = "runnext", log: Any = None) -> None:
        self.ctx = zmq.Context()
        self.ctx.setsockopt(zmq.RECONNECT_IVL, 10)
        self.km = KernelManager(kernel_name=name, context=self.ctx)
        sink = log if log is not None else open(os.devnull, "wb")
        self.started = time.perf_counter()
        self.km.start_kernel(stdout=sink, stderr=sink)
        self.session = self.km.session
        self.waiting: dict[str, list[tuple[Any, str, dict[str, Any]]]] = {}
        self.connect()

    def __enter__(self) -> Kernel:
        self.ready()
        return self

    def __exit__(self, *exc: Any) -> None:
        self.close()

    def connect(self) -> None:
        self.shell = self.km.connect_shell(identity=self.session.bsession)
        self.iopub = self.km.connect_iopub()
        self.iopub.setsockopt(zmq.RCVHWM, 0)
        self.stdin = self.km.connect_stdin(identity=self.session.bsession)
        self.control = self.km.connect_control(identity=self.session.bsession)
        self.poller = zmq.Poller()
        for s in (self.shell, self.iopub, self.stdin, self.control):
            self.poller.register(s, zmq.POLLIN)

    def disconnect(self) -> None:
        for s in (self.shell, self.iopub, self.stdin, self.control):
            s.close(linger=0)

    @property
    def pid(self) -> int:
        return self.km.provisioner.pid

    @property
    def worker_pids(self) -> list[int]:
        """The processes that run cells, by the name of their subcommand."""
        pids = []
        for p in processes(self.pid)[1:]:
            try:
                if "worker" in p.cmdline()[1:2]:
                    pids.append(p.pid)
            except psutil.Error:
                continue
        return pids

    def alive(self) -> bool:
        return bool(self.km.is_alive())

    def send(self, kind: str, content: dict[str, Any], *, control: bool = False,
             header: dict[str, Any] | None = None) -> str:
        msg = self.session.msg(kind, content)
        msg["header"].update(header or {})
        self.session.send(self.control if control else self.shell, msg)
        return msg["header"]["msg_id"]

    def wait(self, msg_id: str, timeout: float, *, need_idle: bool = True,
             until: str | None = None, answer: str | None = None, start: float | None = None) -> Cell:
        """Collect what belongs to msg_id until its reply and idle are there.

        until: return as soon as this text was printed. answer: what is sent
        to an input_request. start: when the request was sent, from
        time.perf_counter; now, when it is not said.
        """
        cell, out, err = Cell(), [], []
        start = start or time.perf_counter()
        deadline, look = start + timeout, start + 0.25

        def take(sock: Any, kind: str, content: dict[str, Any]) -> bool:
            """Tells whether the awaited text has come."""
            now = time.perf_counter() - start
            if kind == "stream":
                cell.n_stream += 1
                (out if content.get("name") == "stdout" else err).append(content["text"])
                return bool(until) and until in "".join(out[-2:])
            cell.messages.append((kind, content))
            if kind == "status":
                # a repeated busy after an idle of a side request is not this one's end
                cell.idle_s = now if content["execution_state"] == "idle" else None
            elif kind == "input_request" and answer is not None:
                self.session.send(self.stdin, "input_reply", {"value": answer})
            elif sock is self.shell or sock is self.control:
                cell.reply_s, cell.reply = now, content
                cell.status = content.get("status", "reply")
            return False

        stop = any([take(*early) for early in self.waiting.pop(msg_id, [])])
        while not stop:
            now = time.perf_counter()
            if cell.reply_s is not None and (cell.idle_s is not None or not need_idle):
                break
            if now > deadline:
                break
            if now > look:
                look = now + 0.25
                if not self.alive():
                    cell.died, deadline = True, min(deadline, now + 0.5)
            for sock, _ in self.poller.poll(50):
                for _ in range(256):  # in batches, to keep up with a flood
                    try:
                        frames = sock.recv_multipart(zmq.NOBLOCK)
                    except zmq.Again:
                        break
                    kind, parent, content = decode(frames)
                    if parent == msg_id:
                        stop |= take(sock, kind, content)
                    elif parent:
                        self.waiting.setdefault(parent, []).append((sock, kind, content))
        cell.stdout, cell.stderr = "".join(out), "".join(err)
        if cell.reply_s is None and cell.died:
            cell.status = "kernel died"
        return cell

    def start(self, code: str, **options: Any) -> str:
        """Send a cell without waiting for it."""
        header = options.pop("header", None)
        return self.send("execute_request", {
            "code": code, "silent": False, "store_history": True, "user_expressions": {},
            "allow_stdin": False, "stop_on_error": True, **options}, header=header)

    def execute(self, code: str, timeout: float = 60, *, need_idle: bool = True,
                answer: str | None = None, **options: Any) -> Cell:
        start = time.perf_counter()
        msg_id = self.start(code, allow_stdin=answer is not None, **options)
        return self.wait(msg_id, timeout, need_idle=need_idle, answer=answer, start=start)

    def request(self, kind: str, content: dict[str, Any], timeout: float = 10, *,
                control: bool = False) -> Cell:
        return self.wait(self.send(kind, content, control=control), timeout, need_idle=False)

    def interrupt(self) -> None:
        self.km.interrupt_kernel()

    def ready(self, timeout: float = 60) -> float:
        """Wait until shell and iopub answer; seconds from the start to the
        first reply."""
        end = time.perf_counter() + timeout
        c = self.request("kernel_info_request", {}, timeout)
        if c.reply_s is None:
            self.close()
            raise RuntimeError(f"the kernel did not answer: {c.status}")
        took = time.perf_counter() - self.started
        while time.perf_counter() < end:  # iopub may join after the first idle
            if self.wait(self.send("kernel_info_request", {}), 0.5).idle_s is not None:
                return took
        self.close()
        raise RuntimeError("nothing came over iopub")

    def close(self) -> None:
        below = processes(self.pid) if self.alive() else []
        self.disconnect()
        try:
            self.km.shutdown_kernel(now=True)
        except Exception:  # the kernel may be gone already
            pass
        for p in below:
            try:
                p.kill()
            except psutil.Error:
                continue
        self.ctx.destroy(linger=0)


def decode(frames: list[bytes]) -> tuple[str, str, dict[str, Any]]:
    """msg_type, parent's msg_id, content."""
    i = frames.index(DELIM)
    header = json.loads(frames[i + 2])
    parent = json.loads(frames[i + 3]) or {}
    return header["msg_type"], parent.get("msg_id", ""), json.loads(frames[i + 5]) or {}
