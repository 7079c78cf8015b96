package machine

import (
	"bytes"
	"fmt"
	"io"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"runnext/sim"
	"runnext/sim/event"
	"runnext/sim/machine/interp"
)

// Steered is a program of which somebody else decides who goes on: its
// processes are goroutines and timers, and each stands before an operation that
// others could notice, or is blocked. Between two such operations nothing of a
// goroutine's work can be seen by another, so that it is done at once. The
// program can be started again and again. It is owned by one goroutine.
type Steered struct {
	Procs []*Proc // in order of creation
	Ended bool    // main has returned, or a process has ended the program
	Cut   bool    // a process computed for too long without an operation
	Again bool    // there are more operations than was known: the runs so far are void
	Drawn bool    // the order of a map or a random number was drawn by the seed

	h      *host
	cfg    Config
	main   *ssa.Function
	track  Tracker
	cur    *Proc
	fresh  []*Proc
	timers map[*sim.Timer]*Proc
	out    bytes.Buffer
	waking bool // a condition's waiters are being woken
	counts bool // the program asks how many goroutines there are
	opaque bool // there are coroutines: a picture does not show them
	quiet  bool // a G is woken by the machine, for the tables alone
	looks  int  // at the clock, in succession
	clock  byte // its address names the clock, and count's how many goroutines there are
	count  byte
}

// Proc is a goroutine, or a timer.
type Proc struct {
	ID   int
	G    *sim.G     // nil for a timer
	T    *sim.Timer // nil for a goroutine
	Op   *Op        // what it does next; nil while it is blocked, and when it is over
	Over bool
	Calm bool // what it did last has changed nothing

	r      *goroutine
	parked bool // as waiting for what Op is not ready for
	dying  bool // Op is its panic
	ending bool // Op is its end
}

// Tracker is told by a steered program what depends on what. The process that
// acts is the one that was given to [Steered.Step], or one that it set going.
type Tracker interface {
	// Choose picks one of n ways to go on that are equally possible.
	Choose(n int) int
	// Began says that by has started p, or set its timer.
	Began(by, p *Proc)
	// Woke says that by has made p runnable.
	Woke(by, p *Proc)
	// Met says that two processes have synchronized with each other.
	Met(a, b *Proc)
	// Sync says that p has synchronized through an object.
	Sync(p *Proc, key Key, how Edge)
	// Access is told of each access of p to memory; true stops p before it.
	Access(p *Proc, a *interp.Access) (stop bool)
}

// Key names an object, or a part of one.
type Key struct {
	P unsafe.Pointer
	N int
}

// Edge is how a process synchronizes through an object.
type Edge uint8

// The edges; Merge is a Release that leaves earlier ones in force.
const (
	Acquire Edge = 1 << iota
	Release
	Merge
)

// segment is how many instructions a process may execute between two
// operations.
const segment = 4 << 20

// NewSteered makes a program ready to be started.
func NewSteered(cfg Config, track Tracker) (*Steered, error) {
	s := &Steered{cfg: cfg, track: track}
	c := &s.cfg
	if c.Stderr == nil {
		c.Stderr = io.Discard
	}
	if c.Args == nil {
		c.Args = []string{"program"}
	}
	c.Stdout, c.State = &s.out, nil
	s.main = c.Main.Func("main")
	if s.main == nil {
		return nil, fmt.Errorf("%w: package %s has no func main", ErrRefused, c.Main.Pkg.Name())
	}
	h, err := newHost(c, s)
	if err != nil {
		return nil, err
	}
	if err := h.checkBodies(s.main); err != nil {
		return nil, err
	}
	s.h = h
	h.vm.Watch(func(t *interp.Thread, a interp.Access) bool {
		r, ok := t.Host.(*goroutine)
		return ok && r.proc != nil && s.track.Access(r.proc, &a)
	})
	return s, nil
}

// HaltWhen has halt asked while a process executes something that takes long;
// when it is true that process is cut.
func (s *Steered) HaltWhen(halt func() bool) { s.h.vm.HaltWhen(halt) }

// Close ends the program; nothing else may be called then.
func (s *Steered) Close() { s.h.release() }

// Log sets whether the next runs keep their events.
func (s *Steered) Log(on bool) { s.cfg.Log = on }

// Start begins the program anew: it runs until each process stands before an
// operation.
func (s *Steered) Start() error {
	s.Procs, s.fresh, s.cur = s.Procs[:0:0], nil, nil
	s.Ended, s.Cut, s.Drawn, s.opaque = false, false, false, false
	s.timers = map[*sim.Timer]*Proc{}
	s.out.Reset()
	s.h.release()
	if err := s.h.restart(); err != nil {
		return err
	}
	r := s.h.begin(s.main)
	s.adopt(r)
	return s.settle()
}

// Step lets p, whose operation is ready, do it, and everybody go on who can.
func (s *Steered) Step(p *Proc) error {
	s.cur = p
	p.Calm = p.Op.Calm
	m := s.h.s.First()
	if p.Op.Kind != "clock" {
		s.looks = 0
	}
	if p.T != nil {
		s.h.cur = m
		s.h.s.Fire(m, p.T)
		for _, q := range s.Procs {
			if q.T != nil && q.T.Idle() {
				s.h.s.Skip(m, q.T)
			}
		}
		return s.settle()
	}
	if p.parked {
		p.parked, s.quiet = false, true
		s.h.s.Ready(m, p.G)
		s.quiet = false
	}
	if err := s.run(p); err != nil {
		return err
	}
	return s.settle()
}

// Ready tells whether p can act.
func (s *Steered) Ready(p *Proc) bool {
	return p.Op != nil && (p.Op.Ready == nil || p.Op.Ready())
}

// Park has each goroutine that cannot do its operation wait for it: as long as
// nobody looks that makes no difference.
func (s *Steered) Park() {
	m := s.h.s.First()
	for _, p := range s.Procs {
		if p.G != nil && !p.parked && p.Op != nil && p.Op.Ready != nil && !p.Op.Ready() {
			s.h.s.Take(m, p.G)
			s.h.s.Park(m, p.Op.Why)
			p.parked = true
		}
	}
}

func (s *Steered) settle() error {
	for len(s.fresh) > 0 && !s.Ended {
		p := s.fresh[0]
		s.fresh = s.fresh[1:]
		s.cur = p
		if err := s.run(p); err != nil {
			return err
		}
	}
	return nil
}

// run lets p's goroutine execute until it stands before an operation.
func (s *Steered) run(p *Proc) error {
	m := s.h.s.First()
	s.h.cur = m
	s.h.s.Take(m, p.G)
	p.Op = nil
	for {
		if p.dying {
			p.dying = false
			if err := s.h.over(m, p.r); err != nil || s.h.ended {
				s.Ended = true
				return err
			}
		}
		st, ok := s.h.execute(p.r.t, segment)
		if !ok {
			s.Cut = true
			return nil
		}
		if s.switched(p) {
			continue
		}
		switch t := p.r.t; {
		case s.h.ended:
			s.Ended = true
			return nil
		case st == interp.Done:
			s.Cut = true
			return nil
		case st == interp.Parked:
			return nil
		case s.h.dying:
			p.dying = true // the text of its panic is being made
		case t.Err() == nil && (t.Fatal() != "" || t.Died() != nil):
			p.dying = true
			p.Op = &Op{Kind: "panic", Ends: true}
			return nil
		case s.counts && !p.ending && p.r.coro == nil && p.ID > 0:
			op := s.counting("end", true)
			p.Op, p.ending = &op, true
			return nil
		default:
			if err := s.h.over(m, p.r); err != nil {
				return err
			}
			if !s.h.ended && s.switched(p) {
				continue
			}
			p.Over, s.Ended = true, s.h.ended
			return nil
		}
	}
}

// switched tells whether p has gone into a coroutine, or out of one: it goes on
// with that goroutine.
func (s *Steered) switched(p *Proc) bool {
	g := s.h.s.First().Curg()
	if g == nil || g == p.G || s.h.ended {
		return false
	}
	p.G, p.r = g, g.Host.(*goroutine)
	p.r.proc = p
	return true
}

func (s *Steered) adopt(r *goroutine) *Proc {
	p := &Proc{ID: len(s.Procs), G: r.g, r: r}
	r.proc = p
	s.Procs = append(s.Procs, p)
	s.track.Began(s.cur, p)
	s.fresh = append(s.fresh, p)
	return p
}

func (s *Steered) spawned(r *goroutine) { s.adopt(r) }

// Site is where the goroutine p stands in the program's own code, nil for a
// timer or when it stands nowhere.
func (s *Steered) Site(p *Proc) *event.Site {
	if p.G == nil || p.Over {
		return nil
	}
	return s.h.where(p.G)
}

// Place is the place of an instruction.
func (s *Steered) Place(f *interp.Func, pc int32) *event.Site {
	if !s.Own(f) {
		return nil
	}
	return s.h.site((&interp.Access{Fn: f, PC: pc}).Place())
}

// Own tells whether an instruction is one of the program's own.
func (s *Steered) Own(f *interp.Func) bool { return f.SSA != nil && s.h.own(f.SSA) }

// State is a number for where p's goroutine stands and what its calls hold.
func (s *Steered) State(p *Proc) uint64 { return p.r.t.State() }

// Clock tells whether an object is the clock.
func (s *Steered) Clock(p unsafe.Pointer) bool { return p == unsafe.Pointer(&s.clock) }

// Stdout is what the program has printed so far.
func (s *Steered) Stdout() string { return s.out.String() }

// Deadlock ends a program in which nobody can act.
func (s *Steered) Deadlock() {
	text := "no goroutines (main called runtime.Goexit) - deadlock!"
	for _, p := range s.Procs {
		if p.G != nil && !p.Over {
			text = "all goroutines are asleep - deadlock!"
		}
	}
	s.h.deadlock(text)
	s.Ended = true
}

// Result is how the run stands.
func (s *Steered) Result() *Result { return s.h.result() }

// restart makes the host as it was before anything ran.
func (h *host) restart() error {
	h.log = &event.Log{Max: h.cfg.MaxEvents}
	if err := h.boot(); err != nil {
		return err
	}
	h.fault, h.stdin, h.addresses, h.env = nil, nil, nil, nil
	h.status, h.ended, h.dying, h.printed = 0, false, false, 0
	clear(h.timers)
	clear(h.pools)
	clear(h.maps)
	clear(h.notify)
	clear(h.once)
	h.cur = h.s.First()
	h.vm.Reset(constant)
	return nil
}

// constant tells of packages whose variables nothing changes.
func constant(p *ssa.Package) bool {
	switch p.Pkg.Path() {
	case "unicode", "regexp/syntax", "strconv", "internal/strconv", "math", "math/bits", "unicode/utf8":
		return true
	}
	return false
}
