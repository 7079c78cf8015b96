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
    """Started in cell 1, it prints there while cells 2 to 5 run, is not stopped
    by an interrupt of cell 3, and ends with %kill 1."""
    scratch(page)
    ticker = page.run('go func() {\n\tfor n := 0; ; n++ {\n\t\tfmt.Println("tick", n)\n\t\ttime.Sleep(50 * time.Millisecond)\n\t}\n}()')
    page.text(ticker, "1 goroutine of this cell is still running")
    cells = {1: ticker}

    def ticks():
        return page.text(ticker, "tick").count("tick")

    def more(when):
        seen = ticks()
        page.poll(f"more ticks {when}", 10, lambda: ticks() > seen + 3)

    for number in range(2, 6):
        if number == 3:
            cells[3] = page.add('fmt.Println("READY")\nfor {\n}')
            page.text(cells[3], "READY")
            more("while cell 3 runs")
            page.toolbar("notebook:interrupt-kernel")
            page.idle(10)
            page.text(cells[3], "interrupted")
        else:
            cells[number] = page.run(f'fmt.Println("this is {number}")\ntime.Sleep(200 * time.Millisecond)')
        more(f"after cell {number}")
    for number, i in cells.items():
        assert page.cell(i)["prompt"].strip("[]:") == str(number)
        if number not in (1, 3):
            assert page.text(i, "this is").split() == ["this", "is", str(number)], "a tick is below another cell"
    assert "tick" not in page.text(cells[3], "READY")
    page.text(page.run("%kill 1"), "1 goroutine of cell 1 was told to end")
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
