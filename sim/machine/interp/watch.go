package interp

import (
	"go/types"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// Watch is told of each access to memory that a thread is about to make: n
// cells at p, a map counting as one; pc is that of the instruction in fn. True
// makes the thread stop before the instruction; it is executed when the thread
// runs again.
type Watch func(t *Thread, a Access) (stop bool)

// Access is one access to memory.
type Access struct {
	Fn    *Func
	PC    int32
	P     unsafe.Pointer
	N     int
	Write bool
	Go    bool // the thread had stopped before it
	Mark  bool // see [Func.Mark]
}

// Place is where the access stands in the source.
func (a *Access) Place() Place {
	p := Place{Fn: a.Fn.SSA}
	if a.Fn.SSA != nil {
		p.Pos = a.Fn.SSA.Pos()
	}
	if int(a.PC) < len(a.Fn.pos) && a.Fn.pos[a.PC].IsValid() {
		p.Pos = a.Fn.pos[a.PC]
	}
	return p
}

// Watch sets who is told of accesses to memory. It must be called before
// anything runs.
func (m *Machine) Watch(w Watch) { m.watch = w }

// Mark sets the mark of an instruction, which its accesses carry. It reports
// whether the mark is new.
func (f *Func) Mark(pc int32) bool {
	if f.marks == nil {
		f.marks = make([]bool, len(f.code))
	}
	if f.marks[pc] {
		return false
	}
	f.marks[pc] = true
	return true
}

func (f *Func) marked(pc int32) bool { return f.marks != nil && f.marks[pc] }

// stops tells the watch of an access of the instruction before pc.
func (t *Thread) stops(fn *Func, pc int32, p unsafe.Pointer, n int, write bool) bool {
	if t.quiet || n == 0 || t.setup > 0 {
		return false
	}
	a := Access{Fn: fn, PC: pc - 1, P: p, N: n, Write: write, Go: t.passed, Mark: fn.marked(pc - 1)}
	t.passed = false
	return t.M.watch(t, a) && !a.Go
}

// stop parks the thread before the instruction at its pc.
func (t *Thread) stop() Status {
	return t.Await(func(t *Thread) Status {
		t.passed = true
		return Called
	})
}

// stopsSlow is stops for the instructions that are executed outside the loop.
func (t *Thread) stopsSlow(in *inst, regs, consts []Value) bool {
	f := t.top()
	at := func(p unsafe.Pointer, n int, write bool) bool {
		return p != nil && t.stops(f.fn, f.pc, p, n, write)
	}
	switch in.op {
	case opLookup, opLookupOk:
		return at(get(regs, consts, in.a).P, 1, false)
	case opMapUpdate:
		return at(get(regs, consts, in.a).P, 1, true)
	case opRange:
		return in.x.typ.Kind == KMap && at(get(regs, consts, in.a).P, 1, false)
	case opNext:
		it := (*iter)(get(regs, consts, in.a).P)
		return it.m != nil && at(unsafe.Pointer(it.m), 1, false)
	case opBuiltin:
		return t.stopsBuiltin(in.x, at, func(i int) Value { return get(regs, consts, in.x.args[i]) })
	}
	return false
}

func (t *Thread) stopsBuiltin(x *extra, at func(unsafe.Pointer, int, bool) bool, arg func(int) Value) bool {
	switch k := x.sel; x.tok {
	case biLen:
		return k[0].typ.Kind == KMap && at(arg(0).P, 1, false)
	case biDelete:
		return at(arg(0).P, 1, true)
	case biClear:
		if k[0].typ.Kind == KMap {
			return at(arg(0).P, 1, true)
		}
		return at(arg(0).P, arg(0).Len()*t.M.elem(k[0].typ).Size, true)
	case biCopy:
		e := t.M.elem(k[0].typ).Size
		if k[1].typ.Kind == KSlice {
			n := min(arg(0).Len(), arg(1).Len())
			return t.both(at, arg(0).P, arg(1).P, n*e, n*e)
		}
		return at(arg(0).P, min(arg(0).Len(), int(arg(1).N))*e, true)
	case biAppend:
		if len(x.args) < 2 || k[1].typ.Kind != KSlice {
			return false
		}
		e := t.M.elem(k[0].typ).Size
		d, s := arg(0), arg(1)
		if d.Len()+s.Len() <= d.Cap() {
			return t.both(at, Offset(d.P, d.Len()*e), s.P, s.Len()*e, s.Len()*e)
		}
		return at(d.P, d.Len()*e, false)
	}
	return false
}

// both tells of a copy from s to d.
func (t *Thread) both(at func(unsafe.Pointer, int, bool) bool, d, s unsafe.Pointer, nd, ns int) bool {
	gone := t.passed
	stop := at(d, nd, true)
	t.passed = gone
	return at(s, ns, false) || stop
}

// Reset makes the machine as it was before anything ran, but for what is
// compiled, so that the program can be run again. Packages that keep tells are
// not initialized again: nothing changes their variables. It must not be called
// while a thread runs.
func (m *Machine) Reset(keep func(*ssa.Package) bool) {
	m.memory = memory{step: m.memory.step, next: m.memory.step, within: m.memory.within}
	for g, p := range m.globals {
		if keep(g.Pkg) || !m.HasBodies(g.Pkg) {
			continue
		}
		t := m.types.of(g.Type().Underlying().(*types.Pointer).Elem())
		clear(unsafe.Slice((*Value)(p), t.Size))
		if f := m.given[g.String()]; f != nil {
			store(p, f(m, g), t.Size, t.Kind.agg())
		}
	}
	m.toil.depth = 0
	order := m.order
	m.order = nil
	for _, p := range order {
		if keep(p) {
			m.order = append(m.order, p)
			continue
		}
		m.inited[p] = false
		m.initialize(p)
	}
}

// Caller gives the function that called the native that runs, and the call.
func (t *Thread) Caller() (*Func, int32) {
	for i := len(t.frames) - 1; i >= 0; i-- {
		if f := &t.frames[i]; f.fn != nil && f.native == nil && f.fn != running {
			return f.fn, f.pc - 1
		}
	}
	return nil, 0
}

// State is a number for where the thread stands and what its calls hold: equal
// for equal states. Memory is not part of it.
func (t *Thread) State() uint64 {
	h := uint64(14695981039346656037)
	mix := func(n uint64) { h = (h ^ n) * 1099511628211; h ^= h >> 29 }
	for i := range t.frames {
		f := &t.frames[i]
		mix(uint64(uintptr(unsafe.Pointer(f.fn))))
		mix(uint64(f.pc)<<32 | uint64(uint32(f.base)))
	}
	for _, v := range t.stack[:t.sp()] {
		mix(v.N)
		mix(uint64(uintptr(v.P)))
	}
	return h
}
