"""Connections that do not play by ZMTP's rules, or that have no key, must
neither stop the kernel nor make it grow, and must not delay anybody else."""

import socket
import struct
import time

import pytest
import zmq

from wireclient import resident_mib

GREETING = b"\xff" + b"\x00" * 8 + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\x00") + b"\x00" + b"\x00" * 31
PORTS = ["shell", "control", "stdin", "iopub", "hb"]
PEER = {"shell": b"DEALER", "control": b"DEALER", "stdin": b"DEALER", "iopub": b"SUB", "hb": b"REQ"}


def command(name: bytes, body: bytes) -> bytes:
    data = bytes([len(name)]) + name + body
    return b"\x04" + bytes([len(data)]) + data


def prop(name: bytes, value: bytes) -> bytes:
    return bytes([len(name)]) + name + struct.pack(">I", len(value)) + value


def ready(port: str, identity: bytes = b"") -> bytes:
    return command(b"READY", prop(b"Socket-Type", PEER[port]) + prop(b"Identity", identity))


def dial(k, port: str) -> socket.socket:
    s = socket.create_connection(("127.0.0.1", getattr(k.km, f"{port}_port")), timeout=5)
    return s


def attacks(port: str):
    hello = GREETING + ready(port)
    yield "silent", b""
    yield "half a greeting", GREETING[:10]
    yield "http", b"GET / HTTP/1.1\r\nHost: kernel\r\n\r\n"
    yield "noise", bytes(range(256)) * 64
    yield "mechanism", GREETING.replace(b"NULL", b"CURV")
    yield "greeting only", GREETING
    yield "READY is no command", GREETING + b"\x00\x05READY"
    yield "READY cut short", GREETING + b"\x04\x20\x05READY"
    yield "READY with a property of 2^31", GREETING + command(b"READY", bytes([11]) + b"Socket-Type" + b"\x7f\xff\xff\xff")
    yield "READY with a name past its end", GREETING + command(b"READY", b"\xff" + b"x" * 5)
    yield "READY of a strange socket", GREETING + command(b"READY", prop(b"Socket-Type", b"TELEPHONE"))
    yield "READY of 2^40 bytes", GREETING + b"\x06" + struct.pack(">Q", 2**40)
    yield "frame of 2^40 bytes", hello + b"\x02" + struct.pack(">Q", 2**40)
    yield "frame of 2^63 bytes", hello + b"\x02" + struct.pack(">Q", 2**63)
    yield "endless parts", hello + b"\x01\x01x" * 100_000
    yield "reserved flags", hello + b"\xf8\x01x"
    yield "no delimiter", hello + b"\x00\x03abc"
    yield "unsigned request", hello + b"".join(b"\x01" + bytes([len(p)]) + p for p in (b"<IDS|MSG>", b"", b"{}", b"{}", b"{}")) + b"\x00\x02{}"


@pytest.mark.parametrize("port", PORTS)
def test_hostile_peers(kernel, port):
    assert kernel.execute("kept := 42").status == "ok"
    before = resident_mib(kernel.pid)
    held = []
    for name, data in attacks(port):
        s = dial(kernel, port)
        held.append(s)  # the connection stays open while others work
        try:
            s.sendall(data)
        except OSError:
            pass  # thrown out already
        c = kernel.execute("kept", 10)
        assert c.value == "42", f"after {name!r} on {port}: {c.status} {c.told}"
    grown = resident_mib(kernel.pid) - before
    assert grown < 150, f"{grown:.0f} MiB more after hostile peers on {port}"
    for s in held:
        s.close()
    assert kernel.execute("kept", 10).value == "42"


def test_crowd_of_silent_connections(kernel):
    held = [dial(kernel, port) for port in PORTS for _ in range(60)]
    try:
        assert kernel.execute("6 * 7", 10).value == "42"
    finally:
        for s in held:
            s.close()
    assert kernel.execute("6 * 7", 10).value == "42"


def test_subscriber_that_never_reads(kernel):
    """Its neighbour gets everything; the kernel does not hoard what the deaf
    one leaves lying."""
    deaf = dial(kernel, "iopub")
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.sendall(GREETING + ready("iopub"))
    deaf.sendall(b"\x00\x01\x01")  # subscribe to everything
    start = time.perf_counter()
    n = 200_000
    c = kernel.execute(f'for i := range {n} {{\n\tfmt.Printf("%063d\\n", i)\n}}', 120)
    took = time.perf_counter() - start
    assert c.status == "ok", f"{c.status} after {took:.0f} s: {c.told}"
    assert c.stdout == "".join(f"{i:063d}\n" for i in range(n))
    assert kernel.execute("6 * 7", 10).value == "42"
    deaf.close()


def test_reconnect_under_the_same_identity(kernel):
    """Jupyter's identities are session ids, so a client that comes back has
    the one its dead connection still holds: the newest peer gets the replies."""
    ctx = zmq.Context()
    stale = ctx.socket(zmq.DEALER)
    stale.setsockopt(zmq.IDENTITY, kernel.session.bsession)
    events = stale.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    stale.connect(f"tcp://127.0.0.1:{kernel.km.shell_port}")
    try:
        assert events.poll(10_000), "no handshake"  # or it could be the newest
        stale.send(b"no message")
        kernel.disconnect()
        kernel.connect()
        kernel.ready(20)
        c = kernel.execute("6 * 7", 10)
        assert c.status == "ok" and c.value == "42"
    finally:
        stale.disable_monitor()
        events.close(linger=0)
        stale.close(linger=0)
        ctx.term()


def test_clients_that_vanish(kernel):
    for _ in range(50):
        s = dial(kernel, "shell")
        s.sendall(GREETING + ready("shell"))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()  # a reset, in the middle of the handshake
    assert kernel.execute("6 * 7", 10).value == "42"
