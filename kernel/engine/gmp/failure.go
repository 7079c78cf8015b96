package gmp

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
	"runnext/kernel/simulate"
	"runnext/sim/event"
	"runnext/sim/machine"
)

// failure tells how a run ended, nil for a good end. words are the machine's
// own report of it.
func (e *Engine) failure(ctx context.Context, number int, res *machine.Result, words string) *engine.Failure {
	switch {
	case res.Fault != nil:
		return crash(number, res.Fault, words)
	case res.Status == machine.StatusCut:
		return e.cut(ctx, number, words)
	case res.Status != 0:
		return &engine.Failure{
			Kind: engine.KindExit, Text: fmt.Sprintf("exit status %d", res.Status),
			Places: []engine.Place{{Cell: number, Line: 1, Column: 1}},
			Why:    "The simulated program has called os.Exit, or log.Fatal, which calls it. The notebook is as it was.",
		}
	}
	return nil
}

// crash tells of a panic, a deadlock or another fatal error.
func crash(number int, f *machine.Fault, words string) *engine.Failure {
	out := &engine.Failure{Kind: engine.Kind(f.Kind), Text: cell.Shown(f.Text)}
	for _, s := range f.Trace {
		if p, ok := placeOf(s); ok {
			out.Places = append(out.Places, p)
		}
	}
	if len(out.Places) == 0 {
		out.Places = []engine.Place{{Cell: number, Line: 1, Column: 1}}
	}
	if first, rest, _ := strings.Cut(words, "\n"); strings.HasPrefix(first, "panic: ") && !strings.HasPrefix(rest, "\n") {
		// Further lines of the panic's text, or the panics it went through.
		more, _, _ := strings.Cut(rest, "\n\ngoroutine ")
		for line := range strings.SplitSeq(strings.TrimSuffix(more, "\n"), "\n") {
			if !strings.HasPrefix(line, "[signal ") {
				out.Detail = append(out.Detail, cell.Shown(line))
			}
		}
	}
	if out.Kind == engine.KindDeadlock {
		out.Detail = append(out.Detail, waiting(words)...)
		out.Why = "Every goroutine waits for another one, and no timer or call is left that could wake any of them."
		out.Try = "The last table shows who waits for what."
	}
	return out
}

// maxWaiting bounds how many goroutines of a deadlock are named.
const maxWaiting = 16

// dumped is a goroutine of the machine's report, with its innermost frame.
var dumped = regexp.MustCompile(`(?m)^goroutine (\d+) \[(.*)\]:(?:\n(.*)\(\.\.\.\)\n\t\[cell (\d+)\]:(\d+))?`)

// waiting says of each goroutine what it waits for, and where.
func waiting(words string) []string {
	var out []string
	all := dumped.FindAllStringSubmatch(words, -1)
	for i, m := range all {
		if i == maxWaiting {
			return append(out, fmt.Sprintf("and %d more", len(all)-i))
		}
		line := fmt.Sprintf("G%s waits: %s", m[1], m[2])
		if m[3] != "" {
			line += fmt.Sprintf(", in %s at [cell %s]:%s", strings.TrimPrefix(cell.Shown(m[3]), "main."), m[4], m[5])
		}
		out = append(out, line)
	}
	return out
}

// placeOf gives the place of a frame; a function is called as the learner
// calls it.
func placeOf(s event.Site) (engine.Place, bool) {
	p := engine.Place{Line: s.Line, Column: max(s.Col, 1)}
	if n, err := fmt.Sscanf(s.File, "[cell %d]", &p.Cell); n != 1 || err != nil {
		return p, false
	}
	if p.Func = strings.TrimPrefix(cell.Shown(s.Func), "main."); p.Func == mainName {
		p.Func = ""
	}
	return p, true
}

var (
	cutPlace = regexp.MustCompile(`at \[cell (\d+)\]:(\d+)`)
	cutAfter = regexp.MustCompile(`; (.*?)(?: at \[cell.*)?$`)
)

// cut tells of a run that was ended from outside.
func (e *Engine) cut(ctx context.Context, number int, words string) *engine.Failure {
	words = strings.TrimSpace(strings.TrimPrefix(words, cutBegins))
	f := &engine.Failure{Kind: engine.KindLimit, Places: []engine.Place{{Cell: number, Line: 1, Column: 1}}}
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errTime):
		f.Text = fmt.Sprintf("stopped after %v of real time", e.limits.Time)
		f.Why = "A simulated program shares the kernel's process, so its time is bounded."
	case errors.Is(cause, errMemory):
		f.Text = fmt.Sprintf("stopped at %d MB of memory", e.limits.Memory>>20)
		f.Why = "A simulated program shares the kernel's process, so its memory is bounded."
	case cause != nil:
		return interrupted()
	default:
		f.Text, _, _ = strings.Cut(words, " after ")
		f.Try = "-steps N on the %%gmp line sets another limit."
	}
	if m := cutPlace.FindStringSubmatch(words); m != nil {
		fmt.Sscan(m[1], &f.Places[0].Cell)
		fmt.Sscan(m[2], &f.Places[0].Line)
	}
	if m := cutAfter.FindStringSubmatch(words); m != nil {
		f.Detail = append(f.Detail, cell.Shown(m[1]))
	}
	return f
}

// refusal tells why the machine does not run a program.
func refusal(number int, err error) *engine.Failure {
	f := &engine.Failure{
		Kind: engine.KindRefused,
		Why:  "The simulator executes Go itself, and knows a part of the standard library.",
		Try:  "Run it in a cell without %%gmp.",
	}
	for _, line := range simulate.Refusal(fmt.Sprintf("[cell %d]", number), err) {
		var p engine.Place
		where, text, _ := strings.Cut(line, ": refused: ")
		if n, _ := fmt.Sscanf(where, "[cell %d]:%d:%d", &p.Cell, &p.Line, &p.Column); n != 3 {
			continue
		}
		p.Text = cell.Shown(text)
		f.Places = append(f.Places, p)
	}
	if len(f.Places) > 0 {
		f.Text = f.Places[0].Text
	}
	return f
}
