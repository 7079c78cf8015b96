"""Goroutines that outlive their cells, in the real JupyterLab."""

from test_lab import scratch

LATE = """for g := range 10 {
	go func() {
		<-start
		for n := range 40 {
			fmt.Println("%s", g, n)
		}
	}()
}"""


def test_ticker_prints_below_its_own_cell(page):
    scratch(page)
    page.run('import ("fmt"; "time")')
    ticker = page.run('go func() {\n\tfor n := 0; ; n++ {\n\t\tfmt.Println("tick", n)\n\t\ttime.Sleep(50 * time.Millisecond)\n\t}\n}()')
    number = page.cell(ticker)["prompt"].strip("[]:")
    page.text(ticker, "1 goroutine of this cell is still running")
    later = [page.run(f'fmt.Println("later {n}")\ntime.Sleep(100 * time.Millisecond)') for n in range(2)]
    stopped = page.add('fmt.Println("READY")\nfor {\n}')
    page.text(stopped, "READY")
    page.toolbar("notebook:interrupt-kernel")
    page.idle(10)
    page.text(stopped, "interrupted")
    later.append(page.run('fmt.Println("later 2")'))
    seen = page.text(ticker, "tick").count("tick")
    page.poll("more ticks", 10, lambda: page.text(ticker, "tick").count("tick") > seen + 3)
    for i in later:
        assert "tick" not in page.text(i, "later"), "a tick is below another cell"
    page.text(page.run(f"%kill {number}"), f"1 goroutine of cell {number} was told to end")
    page.text(page.run("%goroutines"), "No goroutine of a cell is running")
    page.page.wait_for_timeout(300)  # what is on its way arrives
    last = page.text(ticker, "tick")
    page.page.wait_for_timeout(500)  # ten ticks more would have come
    assert page.text(ticker, "tick") == last, "it ticks on"


def test_fifty_goroutines_of_five_cells(page):
    scratch(page)
    page.run('import "fmt"\nstart := make(chan bool)')
    cells = {name: page.run(LATE % name) for name in ("a", "b", "c", "d", "e")}
    page.run("close(start)")
    for name, i in cells.items():
        def lines():
            outputs = page.cell(i)["outputs"]  # the notebook's own, also of a cell that is scrolled away
            return "".join("".join(o["text"]) for o in outputs if o["output_type"] == "stream").splitlines()
        page.poll(f"all lines of {name}", 20, lambda: len(lines()) >= 400)
        want = {f"{name} {g} {n}" for g in range(10) for n in range(40)}
        assert sorted(lines()) == sorted(want), f"below cell {name} stands what is not its own, or something is lost"
