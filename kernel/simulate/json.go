package simulate

import (
	"fmt"

	"runnext/sim/event"
	"runnext/sim/machine"
	"runnext/sim/render"
)

// The JSON form of a run. Times are virtual nanoseconds; a G, P or M that is
// none is left out.
type (
	runJSON struct {
		Program  string     `json:"program"`
		P        int        `json:"p"`
		Seed     uint64     `json:"seed"`
		BootTick uint32     `json:"boot_tick"`
		Status   int        `json:"status"`
		Events   int64      `json:"events"`
		Hash     string     `json:"hash"`
		Time     int64      `json:"time"`
		Start    stateJSON  `json:"start"`
		Steps    []stepJSON `json:"steps"`
	}
	stepJSON struct {
		Caption string    `json:"caption"`
		Rule    string    `json:"rule,omitempty"`
		Source  string    `json:"source,omitempty"` // where the runtime states the rule
		Events  []string  `json:"events"`           // in the text form of sim/event
		After   stateJSON `json:"after"`
	}
	stateJSON struct {
		Time   int64   `json:"time"`
		Ps     []pJSON `json:"ps"`
		Global []int64 `json:"globq"`
		Gs     []gJSON `json:"gs"`
	}
	pJSON struct {
		ID      int32       `json:"id"`
		Status  string      `json:"status"`
		M       *int32      `json:"m,omitempty"`
		Curg    int64       `json:"curg,omitempty"`
		RunNext int64       `json:"runnext,omitempty"`
		Runq    []int64     `json:"runq"`
		Tick    uint32      `json:"schedtick"`
		Timers  []timerJSON `json:"timers,omitempty"`
	}
	timerJSON struct {
		When    int64 `json:"when"`
		G       int64 `json:"g,omitempty"`
		Stopped bool  `json:"stopped,omitempty"`
	}
	gJSON struct {
		ID     int64  `json:"id"`
		Status string `json:"status"`
		Reason string `json:"reason,omitempty"`
		Entry  string `json:"entry,omitempty"`
		Func   string `json:"func,omitempty"`
		File   string `json:"file,omitempty"`
		Line   int    `json:"line,omitempty"`
		System bool   `json:"system,omitempty"`
		Stack  uint64 `json:"stack,omitempty"` // bytes
	}
)

func newRun(p Program, res *machine.Result, st *event.Story) runJSON {
	out := runJSON{
		Program: st.Name, P: p.P, Seed: p.Seed, BootTick: p.BootTick, Status: res.Status,
		Events: res.Events, Hash: fmt.Sprintf("%016x", uint64(res.Hash)), Time: int64(res.Time),
		Start: newState(&st.Start), Steps: []stepJSON{},
	}
	before := &st.Start
	for i := range st.Steps {
		step := &st.Steps[i]
		s := stepJSON{Caption: render.Caption(step, before), After: newState(&step.After)}
		s.Rule, s.Source = render.Rule(step)
		for j := range step.Events {
			s.Events = append(s.Events, string(step.Events[j].AppendText(nil)))
		}
		out.Steps = append(out.Steps, s)
		before = &step.After
	}
	return out
}

func newState(s *event.Snapshot) stateJSON {
	out := stateJSON{Time: s.Time, Global: list(s.Global), Gs: []gJSON{}}
	for i := range s.Ps {
		x := &s.Ps[i]
		p := pJSON{ID: x.ID, Status: x.Status, Curg: x.Curg, RunNext: x.RunNext, Runq: list(x.Ring), Tick: x.Tick}
		if x.M >= 0 {
			p.M = &x.M
		}
		for _, t := range x.Timers {
			p.Timers = append(p.Timers, timerJSON{When: t.When, G: t.G, Stopped: t.Dead})
		}
		out.Ps = append(out.Ps, p)
	}
	for i := range s.Gs {
		x := &s.Gs[i]
		g := gJSON{ID: x.ID, Status: x.Status.String(), Entry: x.Entry, System: x.System, Stack: x.Stack.Hi - x.Stack.Lo}
		if x.Status == event.Waiting {
			g.Reason = x.Reason.String()
		}
		if x.Site != nil {
			g.Func, g.File, g.Line = x.Site.Func, x.Site.File, x.Site.Line
		}
		out.Gs = append(out.Gs, g)
	}
	return out
}

// list makes none an empty array.
func list(ids []int64) []int64 {
	if ids == nil {
		return []int64{}
	}
	return ids
}
