"""The cells that are timed, one text per language with the same work in it.

A cell that times itself prints `RESULT name milliseconds`. {i} in a trivial
cell is replaced by a number, so that no kernel answers from a cache.
"""

GO_TIMED = """t0 := time.Now()
{body}
fmt.Printf("RESULT {name} %f\\n", float64(time.Since(t0).Microseconds())/1000)"""

GO = {
    "trivial": "{i} + 1",
    "print": 'for i := range 100_000 {\n\tfmt.Println("line", i)\n}',
    "forever": 'fmt.Println("READY")\nfor {\n}',
    "fib": "func fib(n int) int {\n\tif n < 2 {\n\t\treturn n\n\t}\n\treturn fib(n-1) + fib(n-2)\n}\n"
           + GO_TIMED.format(name="fib", body="fib(27)"),
    "loop": GO_TIMED.format(name="loop", body="s := 0\nfor i := range 10_000_000 {\n\ts += i & 7\n}"),
    "pingpong": GO_TIMED.format(name="pingpong", body=(
        "a, b := make(chan int), make(chan int)\ngo func() {\n\tfor v := range a {\n\t\tb <- v\n\t}\n}()\n"
        "for i := range 100_000 {\n\ta <- i\n\t<-b\n}\nclose(a)")),
    "spawn": GO_TIMED.format(name="spawn", body=(
        "gate := make(chan struct{})\nvar wg sync.WaitGroup\nfor range 100_000 {\n\twg.Add(1)\n\tgo func() {\n"
        "\t\t<-gate\n\t\twg.Done()\n\t}()\n}\nclose(gate)\nwg.Wait()")),
}

PYTHON_TIMED = """import time, asyncio
t0 = time.perf_counter()
{body}
print("RESULT {name}", (time.perf_counter() - t0) * 1000)"""

PYTHON = {
    "trivial": "{i} + 1",
    "print": 'for i in range(100_000):\n    print("line", i)',
    "forever": 'print("READY", flush=True)\nwhile True:\n    pass',
    "fib": "def fib(n):\n    return n if n < 2 else fib(n-1) + fib(n-2)\n" + PYTHON_TIMED.format(name="fib", body="fib(27)"),
    "loop": PYTHON_TIMED.format(name="loop", body="s = 0\nfor i in range(10_000_000):\n    s += i & 7"),
    "pingpong": PYTHON_TIMED.format(name="pingpong", body=(
        "a, b = asyncio.Queue(1), asyncio.Queue(1)\nasync def echo():\n    while (v := await a.get()) is not None:\n"
        "        await b.put(v)\nt = asyncio.ensure_future(echo())\nfor i in range(100_000):\n"
        "    await a.put(i)\n    await b.get()\nawait a.put(None)\nawait t")),
    "spawn": PYTHON_TIMED.format(name="spawn", body=(
        "gate = asyncio.Event()\nts = [asyncio.ensure_future(gate.wait()) for _ in range(100_000)]\n"
        "gate.set()\nawait asyncio.gather(*ts)")),
}

# What the work cells are called in the table.
WORK = {
    "fib": "fib(27)",
    "loop": "10,000,000 turns of a loop",
    "pingpong": "100,000 round trips over two channels",
    "spawn": "100,000 goroutines blocked and released",
}


def program(name: str) -> str:
    """The Go cell as a program, for the compiler."""
    cell = GO[name]
    head, body = "", cell
    if cell.startswith("func "):
        cut = cell.index("\n}\n") + 3
        head, body = cell[:cut], cell[cut:]
    uses = [p for p in ("fmt", "sync", "time") if f"{p}." in cell]
    imports = "".join(f'import "{p}"\n' for p in uses)
    return f"package main\n\n{imports}\n{head}\nfunc main() {{\n{body}\n}}\n"
