package explore

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"runnext/sim/event"
	"runnext/sim/machine"
)

// Kind is what is wrong with a schedule.
type Kind string

// The kinds of findings.
const (
	Deadlock Kind = "deadlock" // nobody can ever go on
	Race     Kind = "race"     // two accesses to a variable that nothing orders
	Panic    Kind = "panic"    // a panic, or another error of the runtime, ends the program
	Leak     Kind = "leak"     // main returns while a goroutine is blocked for good
)

// maxOfKind bounds the findings of one kind that are kept.
const maxOfKind = 20

// findings are what the executions came to. The schedule of each is the one
// with the fewest operations, then switches, then preemptions.
type findings struct {
	outcomes []*result
	byKey    map[string]*result
	list     []*finding
	seen     map[string]*finding
}

// result is a way the program ends.
type result struct {
	stdout string
	status int
	first  path
}

// finding is one thing that is wrong.
type finding struct {
	kind  Kind
	text  string
	sites []event.Site
	best  path
}

// path is a schedule: who acts, and what is chosen.
type path struct {
	steps    []turn
	preempts int
	switches int
}

type turn struct{ proc, choice int }

func newFindings() *findings {
	return &findings{byKey: map[string]*result{}, seen: map[string]*finding{}}
}

// better orders schedules by how much there is to follow.
func (p *path) better(q *path) bool {
	return cmp.Or(cmp.Compare(len(p.steps), len(q.steps)), cmp.Compare(p.switches, q.switches),
		cmp.Compare(p.preempts, q.preempts)) < 0
}

// path gives the schedule so far.
func (x *search) path() path {
	var p path
	for i := range x.depth {
		n := x.nodes[i]
		p.steps = append(p.steps, turn{n.proc, n.choice})
		if n.proc != n.last {
			p.switches++
		}
		p.preempts = n.preempted(n.proc)
	}
	return p
}

func (x *search) outcome(status int) {
	out := x.s.Stdout()
	key := fmt.Sprintf("%d %s", status, out)
	if x.found.byKey[key] != nil {
		return
	}
	r := &result{stdout: out, status: status, first: x.path()}
	x.found.byKey[key] = r
	x.found.outcomes = append(x.found.outcomes, r)
}

// note keeps a finding, or a shorter schedule for one that is known.
func (x *search) note(kind Kind, text string, sites []event.Site) {
	key := string(kind)
	for _, s := range sites {
		key += fmt.Sprintf(" %s:%d:%d", s.File, s.Line, s.Col)
	}
	p := x.path()
	f := x.found.seen[key]
	if f == nil {
		n := 0
		for _, g := range x.found.list {
			if g.kind == kind {
				n++
			}
		}
		f = &finding{kind: kind, text: text, sites: sites, best: p}
		x.found.seen[key] = f
		if n < maxOfKind {
			x.found.list = append(x.found.list, f)
		}
		return
	}
	if p.better(&f.best) {
		f.best, f.text = p, text
	}
}

// ended looks at an execution that has come to an end.
func (x *search) ended() {
	res := x.s.Result()
	x.outcome(res.Status)
	if res.Fault != nil {
		var sites []event.Site
		if len(res.Fault.Trace) > 0 {
			sites = res.Fault.Trace[:1]
		}
		x.note(Panic, fmt.Sprintf("G%d: %s", res.Fault.G, res.Fault.Text), sites)
		return
	}
	last := x.nodes[len(x.nodes)-1]
	if p := x.s.Procs[last.proc]; p.ID != 0 || !p.Over {
		return // os.Exit
	}
	for q := range last.enabled {
		if last.enabled[q] && q != last.proc {
			return // somebody can still go on
		}
	}
	x.s.Park()
	for _, p := range x.s.Procs {
		if site, why := x.blocked(p); site != nil {
			x.note(Leak, fmt.Sprintf("G%d is blocked for good (%s) when main returns", p.G.ID, why), []event.Site{*site})
		}
	}
}

// stuck looks at an execution in which nobody can go on.
func (x *search) stuck() {
	x.s.Park()
	var sites []event.Site
	var who []string
	for _, p := range x.s.Procs {
		if site, why := x.blocked(p); site != nil {
			sites = append(sites, *site)
			who = append(who, fmt.Sprintf("G%d waits (%s)", p.G.ID, why))
		}
	}
	text := strings.Join(who, ", ")
	if len(who) == 0 {
		text = "no goroutine is left, and main has not returned"
	}
	slices.SortFunc(sites, compareSites)
	spins := strings.Contains(text, "goes round")
	if !spins {
		x.s.Deadlock()
		x.outcome(machine.StatusFatal)
	}
	x.note(Deadlock, text, slices.Compact(sites))
}

// blocked tells where a goroutine stands that cannot go on, and why.
func (x *search) blocked(p *machine.Proc) (*event.Site, string) {
	if p.G == nil || p.Over {
		return nil, ""
	}
	if x.procs[p.ID].spin.on != nil {
		return x.s.Site(p), "goes round and round"
	}
	if p.G.Status() != event.Waiting {
		return nil, ""
	}
	return x.s.Site(p), p.G.Reason().String()
}

// race notes two accesses, and has their instructions be operations from now
// on: what comes of them depends on their order.
func (x *search) race(a, b *access) {
	if a.fn.Mark(a.pc) {
		x.marked = true
	}
	if b.fn.Mark(b.pc) {
		x.marked = true
	}
	if x.marked {
		return // it will be found again, by steps that show it
	}
	var sites []event.Site
	for _, q := range []*access{a, b} {
		site := q.site
		if site == nil {
			site = x.s.Place(q.fn, q.pc)
		}
		if site == nil {
			return // not in the program's own code
		}
		sites = append(sites, *site)
	}
	g := func(q *access) string {
		if p := x.s.Procs[q.proc]; p.G != nil {
			return fmt.Sprintf("G%d", p.G.ID)
		}
		return "a timer"
	}
	verb := map[bool]string{true: "writes", false: "reads"}
	text := fmt.Sprintf("%s %s at line %d and %s %s at line %d the same variable, and nothing orders the two",
		g(a), verb[a.write], sites[0].Line, g(b), verb[b.write], sites[1].Line)
	slices.SortFunc(sites, compareSites)
	x.note(Race, text, sites)
}

func compareSites(a, b event.Site) int {
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
}

// lines are the lines of sites, each once.
func lines(sites []event.Site) []int {
	out := []int{}
	for _, s := range sites {
		out = append(out, s.Line)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
