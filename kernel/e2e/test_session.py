"""What a client lives through between start and shutdown: input, subshells,
order of cells, signatures, orphans, full ports."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from wireclient import Kernel

ASK = 'var name string\nfmt.Print("Your name: ")\nfmt.Scanln(&name)\nfmt.Println("Hello,", name)'


def gone(pid: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def test_input(shared_kernel):
    c = shared_kernel.execute(ASK, 20, answer="Ada")
    assert c.status == "ok", c.told
    assert any(kind == "input_request" for kind, _ in c.messages)
    assert "Hello, Ada" in c.stdout


def test_input_of_several_lines(shared_kernel):
    c = shared_kernel.execute(
        "s := bufio.NewScanner(os.Stdin)\nfor range 2 {\n\ts.Scan()\n\tfmt.Printf(\"<%s>\", s.Text())\n}", 20, answer="é 🦫")
    assert c.stdout.count("<é 🦫>") == 2, c.told


def test_input_refused(shared_kernel):
    c = shared_kernel.execute("_, err := fmt.Scanln(new(string))\nerr", 10)
    assert c.status == "ok" and c.value is not None, "a client that takes no questions must get an error at once"
    assert not any(kind == "input_request" for kind, _ in c.messages)


def test_interrupt_at_the_prompt(shared_kernel):
    k = shared_kernel
    cell = k.start(ASK, allow_stdin=True)
    k.wait(cell, 20, until="Your name")
    k.interrupt()
    assert k.wait(cell, 10).error.get("ename") == "interrupted"
    assert k.execute("1 + 1").value == "2"


def test_error_aborts_what_is_queued(shared_kernel):
    k = shared_kernel
    cells = [k.start(c) for c in ('panic("first")', "1 + 1")]
    got = [k.wait(c, 20) for c in cells]
    assert [c.status for c in got] == ["error", "aborted"]
    assert "execution_count" not in got[1].reply
    go_on = [k.start(c, stop_on_error=False) for c in ('panic("first")', "1 + 1")]
    assert [k.wait(c, 20).status for c in go_on] == ["error", "ok"]


def test_silent_and_user_expressions(shared_kernel):
    k = shared_kernel
    before = k.execute("n := 20\nn").reply["execution_count"]
    c = k.execute("n + 1", silent=True, store_history=False, user_expressions={"a": "n * 2", "bad": "nope"})
    kinds = {kind for kind, _ in c.messages}
    assert "execute_input" not in kinds and "execute_result" not in kinds
    assert c.reply["user_expressions"]["a"]["data"]["text/plain"] == "40"
    assert c.reply["user_expressions"]["bad"]["status"] == "error"
    assert k.execute("n").reply["execution_count"] == before + 1


def test_late_output_belongs_to_its_cell(shared_kernel):
    k = shared_kernel
    first = k.start("gate := make(chan bool)\ngo func() {\n\t<-gate\n\tfmt.Println(\"LATE\")\n}()")
    assert k.wait(first, 20).status == "ok"
    assert k.execute("close(gate)").status == "ok"
    late = k.wait(first, 10, until="LATE", need_idle=False)
    assert late.stdout == "LATE\n"


def test_subshell_runs_beside_a_blocked_cell(shared_kernel):
    k = shared_kernel
    assert "kernel subshells" in k.request("kernel_info_request", {}).reply["supported_features"]
    sid = k.request("create_subshell_request", {}, control=True).reply["subshell_id"]
    assert sid in k.request("list_subshell_request", {}, control=True).reply["subshell_id"]
    assert k.execute("door := make(chan string)").status == "ok"
    blocked = k.start('fmt.Println("READY")\nfmt.Println(<-door)')
    k.wait(blocked, 20, until="READY")
    c = k.execute('door <- "opened"', 20, header={"subshell_id": sid})
    assert c.status == "ok", c.told
    assert k.wait(blocked, 20).stdout == "opened\n"
    assert k.request("delete_subshell_request", {"subshell_id": sid}, control=True).status == "ok"


def test_forged_and_unknown_messages_are_ignored(shared_kernel):
    k = shared_kernel
    good = k.session.key
    k.session.key = b"wrong"
    assert k.request("kernel_info_request", {}, 1).reply_s is None
    k.session.key = good
    assert k.request("no_such_request", {}, 1).reply_s is None
    assert k.execute("1 + 1", 10).value == "2"


def test_heartbeat_while_a_cell_runs(kernel):
    cell = kernel.start('fmt.Println("READY")\nfor {\n}')
    kernel.wait(cell, 20, until="READY")
    hb = kernel.km.connect_hb()
    for ping in (b"ping", b"", b"\x00" * 1000):
        hb.send(ping)
        assert hb.poll(5000) and hb.recv() == ping
    hb.close(linger=0)


def test_shutdown_leaves_nothing(kernel):
    kernel.execute("go func() {\n\tfor {\n\t}\n}()")
    pids = [kernel.pid, *kernel.worker_pids]
    assert len(pids) > 1
    assert kernel.request("shutdown_request", {"restart": False}, control=True).status == "ok"
    for pid in pids:
        assert gone(pid, 5), f"{pid} is left behind"


def test_restart(kernel):
    assert kernel.execute("x := 1").status == "ok"
    kernel.disconnect()
    kernel.km.restart_kernel(now=False)
    kernel.connect()
    kernel.ready()
    assert kernel.execute("x").status == "error"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_signals(kernel):
    assert kernel.execute("x := 5").status == "ok"
    os.kill(kernel.pid, signal.SIGINT)
    assert kernel.execute("x").value == "5"
    workers = kernel.worker_pids
    os.kill(kernel.pid, signal.SIGTERM)
    for pid in [kernel.pid, *workers]:
        assert gone(pid, 5), f"{pid} is left behind"


ORPHAN = """
import sys; sys.path.insert(0, sys.argv[1])
from wireclient import Kernel
k = Kernel(); k.ready(); k.execute("1")
print(k.pid, *k.worker_pids, flush=True)
sys.stdin.read()
import os; os._exit(0)
"""


def test_exits_with_its_parent():
    parent = subprocess.Popen([sys.executable, "-c", ORPHAN, os.path.dirname(__file__)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pids = [int(p) for p in parent.stdout.readline().split()]
    assert len(pids) > 1
    parent.kill()
    parent.wait()
    for pid in pids:
        assert gone(pid, 15), f"{pid} lives on without its parent"


def connection(**change):
    info = {"transport": "tcp", "ip": "127.0.0.1", "key": "k", "signature_scheme": "hmac-sha256",
            "shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}
    return {**info, **change}


@pytest.mark.parametrize("name, text, says", [
    ("no json", "{", "connection"),
    ("not an object", "[]", "connection"),
    ("scheme", json.dumps(connection(signature_scheme="hmac-md5")), "hmac-md5"),
    ("curve", json.dumps(connection(curve_publickey="x", curve_secretkey="y")), "CURVE"),
    ("transport", json.dumps(connection(transport="udp")), "udp"),
])
def test_a_bad_connection_file_is_one_line(binary, tmp_path, name, text, says):
    file = tmp_path / "conn.json"
    file.write_text(text)
    r = subprocess.run([binary, "kernel", "-f", file], capture_output=True, text=True, timeout=20)
    assert r.returncode != 0
    assert len(r.stderr.strip().splitlines()) == 1 and says.lower() in r.stderr.lower(), r.stderr


def test_a_port_in_use_is_one_line(binary, tmp_path):
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(5)]
    ports = [s.getsockname()[1] for s in taken]
    for s in taken[1:]:
        s.close()
    names = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
    file = tmp_path / "conn.json"
    file.write_text(json.dumps(connection(**dict(zip(names, ports)))))
    with taken[0]:
        r = subprocess.run([binary, "kernel", "-f", file], capture_output=True, text=True, timeout=20)
    assert r.returncode != 0
    assert len(r.stderr.strip().splitlines()) == 1 and "in use" in r.stderr, r.stderr


def test_many_kernels_at_once():
    kernels = [Kernel() for _ in range(5)]
    try:
        for k in kernels:
            k.ready()
        cells = [(k, k.start("time.Sleep(100 * time.Millisecond)\n6 * 7")) for k in kernels]
        assert [k.wait(c, 20).value for k, c in cells] == ["42"] * 5
    finally:
        for k in kernels:
            k.close()
