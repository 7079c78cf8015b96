package machine

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"runnext/sim/event"
	"runnext/sim/machine/interp"
)

// stateWriter writes the scheduler's state as lines of JSON, in the form in
// which states of the real runtime are recorded.
type stateWriter struct {
	h    *host
	w    io.Writer
	base uint32 // schedtick at @start
	err  error
}

// stateLine is one line. Goroutines are named by their number.
type stateLine struct {
	Event   string            `json:"event"`
	Curg    int64             `json:"curg"`
	Dtick   int64             `json:"dtick"`
	RunNext int64             `json:"runnext"`
	Runq    []int64           `json:"runq"`
	Globq   []int64           `json:"globq"`
	Timers  int               `json:"timers"`
	G       map[string]string `json:"g"`
}

// trap has a line written before each call of the named function.
func (s *stateWriter) trap(name string) error {
	f := findFunc(s.h.cfg.Main, name)
	if f == nil {
		return fmt.Errorf("%w: there is no function %s to take the state at", ErrRefused, name)
	}
	s.h.vm.Trap(f, func(t *interp.Thread) {
		s.h.sync(t)
		s.write(name)
	})
	return nil
}

// findFunc finds f, main.f or T.m in a package.
func findFunc(pkg *ssa.Package, name string) *ssa.Function {
	name = strings.TrimPrefix(name, pkg.Pkg.Name()+".")
	recv, method, ok := strings.Cut(name, ".")
	if !ok {
		return pkg.Func(name)
	}
	t := pkg.Type(strings.Trim(recv, "(*)"))
	if t == nil {
		return nil
	}
	for _, f := range methodsOf(pkg.Prog, t) {
		if f.Name() == method && f.Synthetic == "" {
			return f
		}
	}
	return nil
}

func (s *stateWriter) write(name string) {
	snap := s.h.s.Snapshot()
	p := &snap.Ps[s.h.cur.P()]
	if name == "@start" {
		s.base = p.Tick
	}
	l := stateLine{Event: name, Curg: p.Curg, Dtick: int64(p.Tick - s.base), RunNext: p.RunNext,
		Runq: p.Ring, Globq: snap.Global, G: map[string]string{}}
	if l.Globq == nil {
		l.Globq = []int64{}
	}
	for i := range snap.Ps {
		l.Timers += len(snap.Ps[i].Timers)
	}
	for i := range snap.Gs {
		g := &snap.Gs[i]
		text := g.Status.String()
		if g.Status == event.Waiting {
			text += "(" + g.Reason.String() + ")"
		}
		l.G[strconv.FormatInt(g.ID, 10)] = text
	}
	b, err := json.Marshal(&l)
	if err == nil {
		_, err = s.w.Write(append(b, '\n'))
	}
	if err != nil && s.err == nil {
		s.err = fmt.Errorf("state: %w", err)
	}
}
