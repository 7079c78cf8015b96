package machine

import (
	"unsafe"

	"runnext/sim/event"
	"runnext/sim/machine/interp"
)

// Op is an operation that other processes could notice.
type Op struct {
	Kind  string
	On    []Touch
	Text  string      // what it prints
	Ends  bool        // it ends the program
	Yield bool        // the process gives way
	Mark  bool        // an access to memory
	At    *event.Site // where, when it is not where the goroutine stands
	Calm  bool        // it changes nothing, or what is changed back

	Ready func() bool  // tells whether it can be done; nil is always
	Why   event.Reason // what its goroutine waits for while it cannot
	Need  uint8        // the bits of State of which one must be set for it to be ready; 0 is none
	State func() uint8 // the state of its object; nil when no operation on it has to wait
}

// Touch is an object of an operation. Two operations depend on each other when
// one of them writes what the other touches.
type Touch struct {
	P     unsafe.Pointer
	Write bool
}

// visible stops a steered thread before an operation, which f does; in another
// run f does it at once.
func (h *host) visible(t *thread, op Op, f func(t *thread) status) status {
	if h.steer == nil || t.Quiet() {
		return f(t)
	}
	o := op // on the heap here only
	h.of(t).proc.Op = &o
	return t.Await(f)
}

// counting is an operation on the number of goroutines.
func (s *Steered) counting(kind string, write bool) Op {
	return Op{Kind: kind, On: []Touch{{unsafe.Pointer(&s.count), write}}, Calm: !write}
}

func onChans(kind string, write bool, ch unsafe.Pointer) Op {
	op := Op{Kind: kind}
	if ch != nil {
		op.On = []Touch{{ch, write}}
	}
	return op
}

func onCases(cases []interp.Case) Op {
	op := Op{Kind: "select"}
	for _, c := range cases {
		if c.Chan != nil {
			op.On = append(op.On, Touch{c.Chan, true})
		}
	}
	return op
}

// printing is the operation of writing b. Nobody can tell from whom a text
// comes on standard error, and nobody looks.
func (h *host) printing(file value, b []byte) Op {
	op := Op{Kind: "print"}
	if h.steer != nil && (file.P == nil || file.Addr().N != 2) {
		op.On, op.Text = []Touch{{unsafe.Pointer(&h.steer.out), true}}, string(b)
	}
	return op
}

// Access is the operation of an access to memory.
func (s *Steered) Access(p *Proc, a *interp.Access) {
	kind := "read"
	if a.Write {
		kind = "write"
	}
	op := &Op{Kind: kind, Mark: true, Calm: !a.Write, At: s.Place(a.Fn, a.PC)}
	for i := range min(a.N, 16) {
		op.On = append(op.On, Touch{interp.Offset(a.P, i), a.Write})
	}
	p.Op = op
}
