package gmp

import (
	"context"
	"fmt"
	"strings"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
	"runnext/sim/event"
	"runnext/sim/machine"
	"runnext/sim/render"
)

// Native builds a cell with the Go toolchain of the machine, runs it on so many
// Ps, and gives its execution trace and what it has printed. The failure says
// in a line what keeps it from that.
type Native func(ctx context.Context, number int, source string, procs int) (trace []byte, printed string, failure *engine.Failure)

// CompareWith gives the engine what %%gmp -compare runs cells with. It is
// called before the first cell.
func (e *Engine) CompareWith(n Native) { e.native = n }

// compare runs the cell for real and sets its timeline beside the simulated
// one.
func (e *Engine) compare(ctx context.Context, c *cell.Checked, res *machine.Result, st *event.Story, o Options, printed string) engine.Bundle {
	var data []byte
	var real string
	failure := &engine.Failure{Text: "there is nothing to compare with"}
	if e.native != nil {
		data, real, failure = e.native(ctx, c.Number, c.Source, o.P)
	}
	var log *event.Log
	if failure == nil {
		var err error
		if log, err = observed(data, o.P); err != nil {
			failure = &engine.Failure{Text: err.Error()}
		}
	}
	if failure != nil {
		line := "not compared: " + failure.Text
		return engine.Bundle{Data: map[string]any{"text/plain": line + "\n", "text/html": render.LineHTML(line)}}
	}
	rename(log, c.Number)
	seen := event.Tell(log, e.limits.Tables)
	seen.Intro = fmt.Sprintf("Observed: a real run of the same program, built by the Go toolchain, GOMAXPROCS=%d, read from its execution trace.", o.P)
	words := differences(turns(res.Log), turns(log), o.P)
	if real == printed {
		words = append(words, "Both printed the same.")
	} else {
		words = append(words, fmt.Sprintf("They printed different things. Simulated: %s. Observed: %s.", oneLine(printed), oneLine(real)))
	}
	pair := render.Pair{Simulated: st, Observed: &seen, Words: words, Why: reasons(o.P)}
	return engine.Bundle{Data: map[string]any{"text/plain": pair.Text(), "text/html": pair.HTML()}}
}

// joined puts two bundles into one, the first above.
func joined(a, b engine.Bundle) engine.Bundle {
	out := engine.Bundle{Data: map[string]any{}}
	for _, mime := range []string{"text/plain", "text/html"} {
		first, _ := a.Data[mime].(string)
		second, _ := b.Data[mime].(string)
		out.Data[mime] = first + "\n" + second
	}
	return out
}

// oneLine quotes the beginning of an output.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 80 {
		s = string(r[:80]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// maxTurns is how many turns are listed.
const maxTurns = 24

// differences says where two orders of turns part.
func differences(sim, real []int64, procs int) []string {
	same := 0
	for same < len(sim) && same < len(real) && sim[same] == real[same] {
		same++
	}
	verdict := fmt.Sprintf("The order of turns is the same, all %d of them.", len(sim))
	switch {
	case same == len(sim) && same == len(real):
	case same == len(sim) || same == len(real):
		verdict = fmt.Sprintf("The first %d turns are the same; then one of the two goes on.", same)
	case same == 0:
		verdict = "They part at the first turn."
	default:
		verdict = fmt.Sprintf("The first %d turns are the same; then G%d runs in the simulator and G%d ran for real.", same, sim[same], real[same])
	}
	if procs > 1 {
		verdict += " With several Ps turns overlap; the order is that of their beginnings."
	}
	return []string{"Turns, simulated: " + turnList(sim), "Turns, observed: " + turnList(real), verdict}
}

func turnList(ids []int64) string {
	var out []string
	for i, g := range ids {
		if i == maxTurns {
			out = append(out, fmt.Sprintf("… %d more", len(ids)-i))
			break
		}
		out = append(out, fmt.Sprintf("G%d", g))
	}
	return strings.Join(out, " ")
}

// reasons says why a real run may differ from the simulated one, and from the
// next real one.
func reasons(procs int) []string {
	out := []string{
		"A real run is one of many: Go promises no order but the one that channels, locks and the like make.",
		"The runtime's own goroutines, the tracer's among them, take turns too, and sit in runnext and the ring when main begins; schedtick is 4 or 5 then (-boot-tick).",
		"Printing is a system call. When it takes more than 20 µs sysmon may give the P to another thread.",
		"A goroutine that runs for 10 ms or more is asked to yield, and how long that is depends on the machine.",
	}
	if procs > 1 {
		out = append(out, "With several Ps the operating system decides when a thread runs, and who looks first finds the work: in the simulator -seed draws these lots.")
	}
	return out
}
