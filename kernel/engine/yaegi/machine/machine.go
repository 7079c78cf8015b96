// Package machine runs bytecode (runnext/kernel/core/bytecode): the functions
// and loops of a cell that need nothing of the interpreter. It is a register machine
// with frames of its own, so that a call costs a few nanoseconds; at backward
// jumps and calls it looks at the word by which a job is stopped. What fails it
// hands to its host, who knows Go's texts and the learner's lines. It interprets
// no types and starts no goroutines: that is package yaegi above it.
package machine

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"

	"runnext/kernel/core/bytecode"
)

// Host is who a machine works for. Each method may panic or end the goroutine.
type Host interface {
	// Check is called while the stop word is set, where function fn begins, or 0.
	Check(fn int)
	// Make gives the memory of a slice of one of the program's types, or what
	// make panics with.
	Make(typ, length, capacity int) (unsafe.Pointer, any)
	// Bounds gives Go's error for bounds of a slice expression, flags as
	// [bytecode.SliceS] has them, or nil.
	Bounds(flags, low, high, limit, capacity int, fixed bool) any
	// Send and Recv are the operations on a channel whose elements are of a
	// kind, struct{} being that of no bits. Send gives what it panics with.
	Send(site int, kind reflect.Kind, ch unsafe.Pointer, v uint64) any
	Recv(site int, kind reflect.Kind, ch unsafe.Pointer) (uint64, bool)
	// SendFrom and RecvTo are the same for elements of any type, which lie at an
	// address.
	SendFrom(site int, elem reflect.Type, ch, at unsafe.Pointer) any
	RecvTo(site int, elem reflect.Type, ch, at unsafe.Pointer) bool
	// Select is a select statement. Behind its cases there is room for one more.
	// MakeChan gives a channel of one of the
	// program's types. Each gives what it panics with.
	Select(site int, blocks bool, cases []Case, elems []Elem) (chosen int, ok bool, failed any)
	MakeChan(typ, size int) (unsafe.Pointer, any)
	// Go starts a goroutine that calls f. NewFrame gives a frame for deferred
	// calls of a function, which is the first of those that active gives. Defer
	// adds one, RunDefers runs them, and Run runs a function's body
	// and, when one of them has recovered the body's panic, rest.
	Go(site int, f func())
	NewFrame(active func() []Active) unsafe.Pointer
	Defer(frame unsafe.Pointer, f func())
	RunDefers(frame unsafe.Pointer)
	Run(frame unsafe.Pointer, body, rest func())
	// Methods gives the methods that have bytecode.
	Methods() []Method
	// Many points to a word that is not 0 while more than one goroutine runs.
	// EnterMap is called then before a map is used, and what it gives after that.
	// NilMap gives Go's error for what is set in a nil map.
	Many() *uint32
	EnterMap(site int, m unsafe.Pointer, write bool) (done func())
	NilMap() any
	// Type gives one of the program's types, Holding two of them.
	Type(typ int) reflect.Type
	Holding(iface, other int) Holding
	// Fail panics with Go's error for what has happened.
	Fail(Failure)
	// Passed is called when a panic that began elsewhere leaves functions,
	// innermost first.
	Passed(calls []Active)
}

// FailureKind tells what has failed.
type FailureKind int

// Kinds of failures.
const (
	NilPointer FailureKind = iota + 1
	DivideByZero
	NegativeShift
	OutOfRange    // index A, length B
	Raised        // Value
	StackOverflow // A calls deep; the innermost function has not begun
)

// Active is a call of a function by its number in the program, or of a loop of
// one by 0, and the site that it has come to.
type Active struct{ Func, Site int }

// Failure is a run-time error: where it was, and what was active, innermost
// first.
type Failure struct {
	Kind FailureKind
	Site int
	A, B int
	// Unsigned: A is shown as an unsigned number.
	Unsigned bool
	Value    any
	Calls    []Active
}

// Machine runs the functions of one program. Safe for concurrent use.
type Machine struct {
	funcs   []function
	globals []unsafe.Pointer
	stop    *uint32
	host    Host
	threads *Threads
	known   *known
	sigs    map[int]*signature // of func values that are called, by the program's types
	helpers []unsafe.Pointer   // func values, by number
	types   []*datatype        // of the program that code names, by number
	pairs   []holding          // see pair
	methods map[methodKey]*target
	invokes []*invoke
	selects [][]Elem
	many    *uint32 // not 0 while more than one goroutine runs
}

type function struct {
	*bytecode.Func
	code         []bytecode.Instr
	freeW, freeP uint16 // where what is captured lies
	roomW, roomP int    // registers of its own and above, see need
	sig          *signature
	value        unsafe.Pointer // as a func value, when nothing is captured
}

// Threads keeps stacks for the next call. The machines of a process share one:
// sync.Pool stays reachable for a while, and what it is a part of with it.
type Threads struct {
	pool  sync.Pool
	once  sync.Once
	known *known
}

// kinds gives the shapes of func values, which are the same in all machines.
func (t *Threads) kinds() *known {
	t.once.Do(func() { t.known = newKnown() })
	return t.known
}

func (t *Threads) get() *Thread {
	if x, ok := t.pool.Get().(*Thread); ok {
		return x
	}
	return new(Thread) // which gets as much as its first function needs: there may be very many
}

// New gives a machine. globals are the program's variables by number; stop is
// the word that is not 0 while some job must stop.
func New(funcs []bytecode.Func, globals []unsafe.Pointer, stop *uint32, threads *Threads, host Host) (*Machine, error) {
	m := &Machine{globals: globals, stop: stop, threads: threads, host: host, many: host.Many(), known: threads.kinds(), sigs: map[int]*signature{}}
	for i := range funcs {
		code, err := funcs[i].Instrs()
		if err != nil {
			return nil, err
		}
		f := function{Func: &funcs[i], code: code}
		w, p := bytecode.Count(f.In)
		f.freeW, f.freeP = uint16(w), uint16(p)
		m.funcs = append(m.funcs, f)
	}
	for i := range m.funcs {
		f := &m.funcs[i]
		if err := m.verify(*f); err != nil {
			return nil, err
		}
		if f.Type != 0 {
			f.sig = m.known.signature(host.Type(f.Type))
			if f.Free == "" {
				f.value = m.bind(f, f.sig, nil, nil)
			}
		}
		for k := range f.code {
			in := &f.code[k]
			if typ := typeNamed(in); typ != 0 {
				m.learn(typ)
			}
			switch in.Op {
			case bytecode.Invoke:
				m.learnInvoke(f, in)
			case bytecode.Box, bytecode.Assert, bytecode.Widen:
				m.pair(in)
			case bytecode.Copy:
				m.learn(int(data(in).Imm))
			case bytecode.Select:
				m.learnSelect(in)
			case bytecode.CallF, bytecode.Go, bytecode.Defer:
				if typ := int(uint32(in.Imm)); m.sigs[typ] == nil {
					m.sigs[typ] = m.known.signature(host.Type(typ))
				}
			}
		}
	}
	m.learnMethods()
	for i := range m.funcs {
		m.need(&m.funcs[i])
	}
	return m, nil
}

// need computes the registers that a function, and who calls it or is called by
// it, reads and writes from its first one on. Those of what it calls in its turn
// are their own.
func (m *Machine) need(f *function) {
	w, p := bytecode.Count(f.Out)
	w, p = max(w, f.AboveW), max(p, f.AboveP)
	passes := func(words, ptrs int) { w, p = max(w, words), max(p, ptrs) }
	for _, in := range f.code {
		switch in.Op {
		case bytecode.Call:
			to := &m.funcs[uint32(in.Imm)]
			passes(bytecode.Count(to.In))
			passes(bytecode.Count(to.Out))
		case bytecode.CallF, bytecode.Go, bytecode.Defer:
			g := m.sigs[int(uint32(in.Imm))]
			passes(g.words, g.ptrs)
			passes(g.wordsOut, g.ptrsOut)
		case bytecode.Invoke:
			g := m.invokes[uint32(in.Imm)].sig
			passes(g.words+2, g.ptrs+2) // whatever the receiver is
			passes(g.wordsOut, g.ptrsOut)
		case bytecode.MkFn:
			passes(bytecode.Count(m.funcs[in.Imm].Free))
		}
	}
	f.roomW, f.roomP = f.Words+w, max(f.Ptrs+p, 1)
}

// Link gives the machine the program's helpers by number, before it runs.
func (m *Machine) Link(helper func(int) reflect.Value) {
	for _, f := range m.funcs {
		for _, in := range f.code {
			if in.Op == bytecode.HostFn {
				for int(in.Imm) >= len(m.helpers) {
					m.helpers = append(m.helpers, nil)
				}
				m.helpers[in.Imm] = pointerOf(helper(int(in.Imm)))
			}
		}
	}
}

// verify holds what the loop takes on trust: that code ends, that jumps and
// calls lead somewhere, and that a call takes room on the stack.
func (m *Machine) verify(f function) error {
	if f.Frame > f.Ptrs || f.Recover < 0 || f.Recover >= len(f.code) {
		return fmt.Errorf("bytecode of function %d: frame %d, recovers at %d", f.Number, f.Frame, f.Recover)
	}
	if len(f.code) == 0 || f.Words == 0 || f.Words > maxRegisters || f.Ptrs > maxRegisters {
		return fmt.Errorf("bytecode of function %d: %d instructions, %d and %d registers", f.Number, len(f.code), f.Words, f.Ptrs)
	}
	for n, i := range f.code {
		data := 0
		switch i.Op {
		case bytecode.MakeS, bytecode.SliceS, bytecode.CutT, bytecode.RecvV, bytecode.Assert, bytecode.MapGet, bytecode.MapSet, bytecode.NextM, bytecode.Copy:
			data = 1
		case bytecode.Select:
			data = int(i.C)
		}
		for k := range data {
			if n+1+k >= len(f.code) || f.code[n+1+k].Op != bytecode.Data {
				return fmt.Errorf("bytecode of function %d: %+v without data", f.Number, i)
			}
		}
		switch {
		case i.Op.Branches() && int(i.C) >= len(f.code),
			i.Op == bytecode.Call && int(uint32(i.Imm)) >= len(m.funcs),
			i.Op == bytecode.MkFn && (i.Imm < 0 || int(i.Imm) >= len(m.funcs)),
			i.Op == bytecode.MkFn && m.funcs[i.Imm].Type == 0,
			i.Op == bytecode.Text && (i.Imm < 0 || int(i.Imm) >= len(f.Texts)),
			i.Op == bytecode.Global && (i.Imm < 0 || int(i.Imm) >= len(m.globals)):
			return fmt.Errorf("bytecode of function %d: %+v", f.Number, i)
		}
	}
	switch f.code[len(f.code)-1].Op {
	case bytecode.Ret, bytecode.RetW, bytecode.Jmp, bytecode.Raise:
		return nil
	}
	return fmt.Errorf("bytecode of function %d does not end", f.Number)
}

const maxRegisters = 1 << 15

// Limits of recursion, about as deep as compiled calls get in Go's limit.
const (
	maxFrames = 4 << 20
	maxStack  = 16 << 20 // registers
)

// Thread is the stack of one call from outside, with the registers of its
// first function at the beginning. It belongs to one goroutine.
type Thread struct {
	w      []uint64
	p      []unsafe.Pointer
	frames []frame
	high   int // pointer registers that may have been used
	temps  []temp
	cases  []Case
}

type frame struct {
	f    *function
	pc   int
	w, p int
}

func (m *Machine) enter(f *function) *Thread {
	t := m.threads.get()
	t.room(f.roomW, f.roomP)
	return t
}

// leave gives a thread back with nothing that it could keep alive.
func (m *Machine) leave(t *Thread) {
	const most = 1 << 16
	if len(t.w) > most || len(t.p) > most || cap(t.frames) > most {
		return
	}
	clear(t.p[:min(t.high, len(t.p))])
	clear(t.frames)
	t.forget(len(t.temps))
	t.frames, t.high = t.frames[:0], 0
	m.threads.pool.Put(t)
}

//go:noinline
func (t *Thread) room(w, p int) {
	if w > len(t.w) {
		t.w = append(t.w, make([]uint64, max(w, 2*len(t.w))-len(t.w))...)
	}
	if p > len(t.p) {
		t.p = append(t.p, make([]unsafe.Pointer, max(p, 2*len(t.p))-len(t.p))...)
	}
	t.high = max(t.high, p)
}

// fail reports what has happened at a site.
//
// This and what else run does seldom stands outside of it: a goroutine that
// waits holds run's frame, and without all that its stack stays at 2 KiB.
//
//go:noinline
func (m *Machine) fail(t *Thread, f *function, kind FailureKind, site int64, a, b uint64) {
	m.raise(t, f, Failure{Kind: kind, Site: int(site &^ bytecode.Unsigned), A: int(a), B: int(b), Unsigned: site&bytecode.Unsigned != 0})
}

// raised reports what the host has given.
//
//go:noinline
func (m *Machine) raised(t *Thread, f *function, site int64, v any) {
	m.raise(t, f, Failure{Kind: Raised, Site: int(site), Value: v})
}

func (m *Machine) raise(t *Thread, f *function, x Failure) {
	x.Calls = active(t, f, x.Site)
	m.host.Fail(x)
	panic("machine: host has survived a failure")
}

// active gives what is active while f is at a site, innermost first.
func active(t *Thread, f *function, site int) []Active {
	calls := []Active{{f.Number, site}}
	for i := len(t.frames) - 1; i >= 0 && len(calls) < maxCalls; i-- {
		up := t.frames[i]
		calls = append(calls, Active{up.f.Number, int(up.f.code[up.pc-1].Imm >> 32)})
	}
	return calls
}

// maxCalls bounds the functions that a failure names.
const maxCalls = 64
