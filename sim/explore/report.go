package explore

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"runnext/sim/machine"
)

// report puts together what was found.
func (x *search) report(ctx context.Context, rep *Report) error {
	raced := false
	for _, f := range x.found.list {
		raced = raced || f.kind == Race
	}
	for _, r := range x.found.outcomes {
		rep.Outcomes = append(rep.Outcomes, Outcome{Stdout: r.stdout, Status: r.status,
			Certain: rep.Complete && !raced && len(x.found.outcomes) == 1})
	}
	slices.SortFunc(rep.Outcomes, func(a, b Outcome) int {
		return cmp.Or(cmp.Compare(a.Status, b.Status), strings.Compare(a.Stdout, b.Stdout))
	})
	order := []Kind{Deadlock, Race, Panic, Leak}
	slices.SortStableFunc(x.found.list, func(a, b *finding) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.kind), slices.Index(order, b.kind)),
			slices.CompareFunc(a.sites, b.sites, compareSites))
	})
	for _, f := range x.found.list {
		out := Finding{Kind: f.kind, Text: f.text, Sites: f.sites, Lines: lines(f.sites)}
		if err := x.shrink(ctx, f); err != nil {
			return err
		}
		out.Text = f.text
		if err := x.replay(&out, f.best.steps); err != nil {
			return err
		}
		rep.Findings = append(rep.Findings, out)
	}
	return nil
}

// replay runs a schedule once more, and keeps its steps and events.
func (x *search) replay(f *Finding, steps []turn) error {
	x.s.Log(true)
	defer x.s.Log(false)
	x.reset()
	x.nodes = nil
	if err := x.s.Start(); err != nil {
		return err
	}
	for _, t := range steps {
		if x.s.Ended || t.proc >= len(x.s.Procs) || !x.s.Ready(x.s.Procs[t.proc]) {
			break
		}
		p := x.s.Procs[t.proc]
		f.Schedule = append(f.Schedule, x.describe(p))
		x.nodes = append(x.nodes, &node{choice: t.choice})
		x.depth++
		if err := x.s.Step(p); err != nil {
			return err
		}
		if !x.s.Ended {
			x.s.Park()
		}
	}
	if f.Kind == Deadlock {
		x.s.Deadlock()
	}
	f.Log = x.s.Result().Log
	return nil
}

// describe says what a process is about to do.
func (x *search) describe(p *machine.Proc) Step {
	st := Step{Do: p.Op.Kind}
	if p.G == nil {
		return st
	}
	st.G = p.G.ID
	s := p.Op.At
	if s == nil {
		s = x.s.Site(p)
	}
	if s != nil {
		st.Site, st.Line, st.Func = s, s.Line, s.Func
	}
	if p.Op.Text != "" {
		st.Do += " " + strings.TrimSuffix(p.Op.Text, "\n")
	}
	return st
}
