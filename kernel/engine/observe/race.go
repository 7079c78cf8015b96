package observe

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"runnext/kernel/directive"
	"runnext/kernel/display"
	"runnext/kernel/engine"
	"runnext/kernel/engine/native"
)

// RaceEntry describes %%race.
func RaceEntry() directive.Entry {
	return directive.Entry{
		Name: "race", Kind: directive.Cell, Usage: "[-native [-cpu N] [-with] [-env K=V]]", Server: "simulator",
		Summary: "look for two goroutines that touch the same memory with nothing between them",
		Long: "The simulator runs the cell in many orders and tells of every pair of accesses that\n" +
			"nothing keeps apart: their lines, their goroutines, and the order that leads there.\n" +
			"Where it has tried all orders and found none, there is none.\n\n" +
			"A cell that it cannot run is built with the race detector (`go build -race`) and run\n" +
			"once; that needs a Go toolchain with cgo and a C compiler. It sees only what happens\n" +
			"in that run: nothing seen does not mean that nothing is there.\n\n" +
			"- `-native` takes the race detector in any case; `-cpu`, `-with` and `-env` are for it.",
	}
}

// Explorer is a [Notebook] that can try a cell's other schedules.
type Explorer interface {
	Notebook
	// Explore runs a cell on the simulator in many schedules and shows what it
	// finds, as a picture and then as data with its words; a failure of kind refused says that it cannot be run there.
	Explore(ctx context.Context, c engine.Cell, out engine.Output) engine.Outcome
}

// Race serves %%race. An error is about its line, and nothing has run.
func (e *Engine) Race(ctx context.Context, c engine.Cell, call directive.Call, nb Explorer, out engine.Output) (engine.Outcome, *directive.Error) {
	compiled := slices.Contains(call.Args, "-native")
	rest := call
	rest.Args, rest.Columns = nil, nil
	for i, arg := range call.Args {
		if arg != "-native" {
			rest.Args, rest.Columns = append(rest.Args, arg), append(rest.Columns, column(call, i))
		}
	}
	o, derr := native.ParseOptions(rest)
	if derr != nil {
		return engine.Outcome{}, derr
	}
	if !compiled && len(rest.Args) > 0 {
		return engine.Outcome{}, call.Fail(-1, "-cpu, -with and -env are for a program that is built", "The simulator tries every order by itself.", "Add -native.")
	}
	var refused *engine.Failure
	if !compiled {
		page := &onePage{Output: out}
		outcome := nb.Explore(ctx, c, page)
		page.end()
		if outcome.Failure == nil || outcome.Failure.Kind != engine.KindRefused {
			return outcome, nil
		}
		refused = outcome.Failure
	}
	outcome := e.detect(ctx, c, o, nb, refused != nil, out)
	if f := outcome.Failure; f != nil && f.Kind == engine.KindRefused && refused != nil {
		// Neither way can run it: both say why.
		refused.Detail = append(refused.Detail, "The race detector cannot run it either: "+f.Text)
		return engine.Outcome{Failure: refused}, nil
	}
	return outcome, nil
}

// raceStatus is what a program exits with after the detector has reported a
// race: the detector's option exitcode.
const raceStatus = 66

func (e *Engine) detect(ctx context.Context, c engine.Cell, o native.Options, nb Notebook, again bool, out engine.Output) engine.Outcome {
	hear := out
	if again { // what was imported has been said
		hear = quiet{out}
	}
	checked, failure := nb.CheckProgram(c, o.With, hear)
	if failure != nil {
		return engine.Outcome{Failure: failure}
	}
	p, failure := e.tools.Build(ctx, checked, native.Build{Race: true})
	if failure != nil {
		return engine.Outcome{Failure: failure}
	}
	defer p.Close()
	reports := &raceReports{out: stderr{out}}
	res := p.Run(ctx, native.Run{Env: o.Env, Procs: o.CPU, Stderr: reports}, out)
	reports.end()
	out.Display(engine.Display{Bundle: raceTable(reports.races).Bundle()})
	if res.Status == raceStatus && len(reports.races) > 0 {
		return engine.Outcome{Value: res.Value}
	}
	return engine.Outcome{Value: res.Value, Failure: res.Failure(c.Number)}
}

// quiet drops what is shown.
type quiet struct{ engine.Output }

func (quiet) Display(engine.Display) {}

type stderr struct{ out engine.Output }

func (w stderr) Write(p []byte) (int, error) {
	w.out.Stream(engine.Stderr, p)
	return len(p), nil
}

// access is one side of a race.
type access struct {
	what      string // write, read, previous write
	goroutine string // its number, or main
	place     string // the cell's line
	fn        string
	origin    string // the line of its go statement
}

// race is a pair of accesses.
type race struct{ sides []access }

// raceReports takes the detector's reports out of a program's standard error.
type raceReports struct {
	out   io.Writer
	line  []byte
	block []string // of the report that is being read; nil outside
	races []race
}

const raceRule = "=================="

// Write implements [io.Writer]. Only one goroutine calls it.
func (r *raceReports) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			r.line = append(r.line, rest...)
			break
		}
		r.line = append(r.line, rest[:i+1]...)
		r.take(string(r.line))
		r.line, rest = r.line[:0], rest[i+1:]
	}
	return len(p), nil
}

func (r *raceReports) take(line string) {
	switch text := strings.TrimRight(line, "\n"); {
	case text == raceRule && r.block == nil:
		r.block = []string{}
	case text == raceRule:
		if x := readRace(r.block); len(x.sides) > 0 {
			r.races = append(r.races, x)
		} else {
			r.pass()
		}
		r.block = nil
	case r.block != nil:
		r.block = append(r.block, text)
	case strings.HasPrefix(text, "Found ") && strings.HasSuffix(text, "data race(s)"):
	default:
		io.WriteString(r.out, line) // a cell's stream takes all there is
	}
}

// pass gives back a block that was no report.
func (r *raceReports) pass() {
	for _, l := range append([]string{raceRule}, r.block...) {
		io.WriteString(r.out, l+"\n")
	}
}

func (r *raceReports) end() {
	if r.block != nil {
		r.pass()
	}
	if len(r.line) > 0 {
		r.out.Write(r.line)
	}
}

var (
	raceSide   = regexp.MustCompile(`^((?:Previous )?(?:atomic )?(?:[Ww]rite|[Rr]ead)) at \S+ by (?:goroutine (\d+)|(main) goroutine):$`)
	raceOrigin = regexp.MustCompile(`^Goroutine (\d+) \(\w+\) created at:$`)
	raceCell   = regexp.MustCompile(`^\s+(?:\S*/)?(\[cell \d+\]:\d+)`)
)

// readRace reads a report. Of each stack it takes the innermost line of a cell:
// what lies above it is the standard library's.
func readRace(lines []string) race {
	var out race
	origins, callers := map[string]string{}, map[string]string{}
	var side *access
	origin, fn := "", ""
	for _, l := range lines {
		if m := raceSide.FindStringSubmatch(l); m != nil {
			out.sides = append(out.sides, access{what: strings.ToLower(m[1]), goroutine: m[2] + m[3]})
			side, origin = &out.sides[len(out.sides)-1], ""
			continue
		}
		if m := raceOrigin.FindStringSubmatch(l); m != nil {
			side, origin = nil, m[1]
			continue
		}
		m := raceCell.FindStringSubmatch(l)
		switch {
		case m == nil:
			if t := strings.TrimSpace(l); strings.HasSuffix(t, ")") {
				fn = t
				// The detector may know of a start no more than who made it.
				if origin != "" && callers[origin] == "" {
					callers[origin] = "in " + strings.NewReplacer("(*", "", ")", "").Replace(strings.TrimSuffix(t, "()"))
				}
			}
		case side != nil && side.place == "":
			side.place, side.fn = m[1], strings.TrimPrefix(strings.TrimSuffix(fn, "()"), "main.")
		case origin != "" && origins[origin] == "":
			origins[origin] = m[1]
		}
	}
	for i := range out.sides {
		out.sides[i].origin = cmp.Or(origins[out.sides[i].goroutine], callers[out.sides[i].goroutine])
	}
	return out
}

// maxRaces is how many races are shown.
const maxRaces = 20

func raceTable(races []race) display.Table {
	t := display.Table{
		Caption: strconv.Itoa(len(races)) + " data races seen in one real run", Headers: []string{"race", "access", "goroutine", "at", "in", "started at"},
		Note: "Observed by Go's race detector: two goroutines touch the same memory, one of them writes, and nothing orders them. Other runs may show other races.",
	}
	switch len(races) {
	case 0:
		t.Headers = nil
		t.Caption = "No data race was seen in one real run."
		t.Note = "Observed by Go's race detector, which sees only what happens: in another run there may be one."
	case 1:
		t.Caption = "1 data race seen in one real run"
	}
	for i, r := range races {
		if i == maxRaces {
			t.Note = fmt.Sprintf("And %d more. %s", len(races)-i, t.Note)
			break
		}
		for k, s := range r.sides {
			row := []string{"", s.what, s.goroutine, s.place, s.fn, s.origin}
			if k == 0 {
				row[0] = strconv.Itoa(i + 1)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}
