"""A million printed lines arrive, all of them, in order, and before idle: over
ZeroMQ, and through jupyter_server, which drops what comes too fast."""

import json
import time
import urllib.parse
import uuid

import pytest
import websocket

LINES = 1_000_000
CODE = f'for i := range {LINES} {{\n\tfmt.Printf("%07d\\n", i)\n}}'


def check(text: str) -> None:
    want = "".join(f"{i:07d}\n" for i in range(LINES))
    if text == want:
        return
    lines = text.splitlines()
    wrong = next((i for i, line in enumerate(lines) if line != f"{i:07d}"), len(lines))
    pytest.fail(f"{len(lines)} lines, wrong from line {wrong}: {lines[wrong:wrong + 3]}")


@pytest.mark.timeout(300)
def test_over_zeromq(kernel):
    c = kernel.execute(CODE, 240)
    assert c.status == "ok", c.told
    check(c.stdout)


@pytest.mark.timeout(300)
def test_two_goroutines_keep_their_own_order(kernel):
    c = kernel.execute(
        "var wg sync.WaitGroup\nfor g := range 2 {\n\twg.Go(func() {\n\t\tfor i := range 100_000 {\n"
        '\t\t\tfmt.Printf("%d %06d\\n", g, i)\n\t\t}\n\t})\n}\nwg.Wait()', 120)
    assert c.status == "ok", c.told
    for g in "01":
        mine = [line[2:] for line in c.stdout.splitlines() if line.startswith(g)]
        assert mine == [f"{i:06d}" for i in range(100_000)]


@pytest.mark.timeout(300)
def test_through_jupyter_server(lab):
    # JPY_SESSION_NAME comes with a session, as a notebook opens one
    session = lab.api("/api/sessions", "POST", {
        "name": "flood.ipynb", "path": "flood.ipynb", "type": "notebook", "kernel": {"name": "runnext"}})
    kernel = session["kernel"]["id"]
    sid = uuid.uuid4().hex
    url = f"{lab.url.replace('http', 'ws')}/api/kernels/{kernel}/channels?session_id={urllib.parse.quote(sid)}"
    ws = websocket.create_connection(url, timeout=60)
    try:
        msg_id = uuid.uuid4().hex
        ws.send(json.dumps({
            "channel": "shell", "parent_header": {}, "metadata": {}, "buffers": [],
            "header": {"msg_id": msg_id, "msg_type": "execute_request", "username": "e2e", "session": sid,
                       "version": "5.4", "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())},
            "content": {"code": CODE, "silent": False, "store_history": True, "user_expressions": {},
                        "allow_stdin": False, "stop_on_error": True}}))
        out, reply, warned = [], None, []
        while True:
            m = json.loads(ws.recv())
            kind = m["header"]["msg_type"]
            if kind == "stream" and "rate exceeded" in m["content"]["text"]:
                warned.append(m["content"]["text"])
            if m["parent_header"].get("msg_id") != msg_id:
                continue
            if kind == "stream":
                if m["content"]["name"] == "stdout":
                    out.append(m["content"]["text"])
            elif kind == "execute_reply":
                reply = m["content"]
            elif kind == "status" and m["content"]["execution_state"] == "idle":
                break
    finally:
        ws.close()
        lab.api(f"/api/sessions/{session['id']}", "DELETE")
    assert not warned, f"the server says: {warned[:1]}"
    check("".join(out))
    assert reply is None or reply["status"] == "ok"
