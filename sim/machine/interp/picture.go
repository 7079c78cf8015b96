package interp

import (
	"go/types"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// Picture is a number for all that a program could still read: two states with
// the same picture go on alike. Addresses do not matter, only what points to
// the same thing. A picture of a state that holds what cannot be looked into is
// no picture: see [Picture.Whole].
type Picture struct {
	M *Machine
	// Chan is asked for what a channel holds, when it is first met.
	Chan func(ch unsafe.Pointer, elem *Type)
	// Flat leaves out what pointers point to.
	Flat bool

	a, b   uint64
	seen   map[unsafe.Pointer]int32
	things int
	failed bool
}

// maxThings bounds what is looked at for one picture.
const maxThings = 20_000

// Begin makes an empty picture of it.
func (x *Picture) Begin() {
	x.a, x.b = 14695981039346656037, 0x9e3779b97f4a7c15
	x.things, x.failed = 0, false
	if x.seen == nil {
		x.seen = map[unsafe.Pointer]int32{}
	}
	clear(x.seen)
}

// Add puts a number into the picture.
func (x *Picture) Add(n uint64) {
	x.a = (x.a ^ n) * 1099511628211
	x.a ^= x.a >> 29
	x.b = (x.b + n) * 0xbf58476d1ce4e5b9
	x.b ^= x.b >> 32
}

// Text puts a text into the picture.
func (x *Picture) Text(s string) {
	x.Add(uint64(len(s)))
	for len(s) >= 8 {
		x.Add(uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56)
		s = s[8:]
	}
	for i := range len(s) {
		x.Add(uint64(s[i]))
	}
}

// Fail says that there is something that cannot be looked into.
func (x *Picture) Fail() { x.failed = true }

// Whole tells whether nothing was left out.
func (x *Picture) Whole() bool { return !x.failed }

// Sum is the picture.
func (x *Picture) Sum() [2]uint64 { return [2]uint64{x.a, x.b} }

// Met gives the number of a thing in the order they were met in, and whether
// it was.
func (x *Picture) Met(p unsafe.Pointer) (int32, bool) {
	n, ok := x.seen[p]
	return n, ok
}

// Count is how many things were met.
func (x *Picture) Count() int { return len(x.seen) }

// meet notes a thing; it reports false for one that was met before.
func (x *Picture) meet(p unsafe.Pointer) bool {
	if n, ok := x.seen[p]; ok {
		x.Add(1<<40 | uint64(n))
		return false
	}
	if x.things++; x.things > maxThings {
		x.failed = true
		return false
	}
	x.seen[p] = int32(len(x.seen))
	x.Add(1 << 41)
	return true
}

// Value puts a value of type t into the picture, and what it leads to.
func (x *Picture) Value(t *Type, v Value) {
	if x.failed {
		return
	}
	switch t.Kind {
	case KString:
		x.Text(v.Str())
	case KComplex64, KComplex128:
		c := v.Cells(2)
		if v.P == nil {
			c = []Value{{}, {}}
		}
		x.Add(c[0].N)
		x.Add(c[1].N)
	case KPointer:
		e := x.M.elem(t)
		if fake(e) {
			x.Add(uint64(uintptr(v.P)))
		} else if x.there(v) {
			x.cells(e, v.P)
		}
	case KSlice:
		x.Add(v.N)
		if x.there(v) {
			e := x.M.elem(t)
			for i := range v.Cap() {
				if e.Size == 0 || x.failed {
					break
				}
				x.cells(e, at(v.P, i*e.Size))
			}
		}
	case KMap:
		if x.there(v) && x.meet(v.P) {
			x.entries(v.Map())
		}
	case KChan:
		if x.there(v) && x.meet(v.P) {
			x.Chan(v.P, x.M.elem(t))
		}
	case KFunc:
		x.closure(v)
	case KInterface:
		x.Add(v.N)
		if v.N != 0 {
			dyn, in := x.M.Unbox(v)
			x.Value(dyn, in)
		}
	case KStruct, KArray:
		x.scalars(t, v.P, func(s *Type, p unsafe.Pointer) { x.Value(s, *(*Value)(p)) })
	case KUnsafe, KInvalid:
		if v.P != nil {
			x.Fail()
		}
	default:
		x.Add(v.N)
	}
}

// fake tells whether pointers to values of t are numbers in truth: those of
// types.
func fake(t *Type) bool {
	n, ok := t.T.(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return false
	}
	switch n.Obj().Pkg().Path() {
	case "reflect", "internal/abi", "internal/reflectlite":
		return true
	}
	return false
}

// there puts whether v is nil into the picture, and tells whether to look on.
func (x *Picture) there(v Value) bool {
	if v.P == nil {
		x.Add(0)
		return false
	}
	x.Add(2)
	return !x.Flat
}

// cells puts a variable into the picture. Its cells are met one by one, since a
// pointer may lead to each.
func (x *Picture) cells(t *Type, p unsafe.Pointer) {
	if t.Kind == KInvalid || uintptr(p) < 1<<16 {
		x.Fail() // no variable of the program's
		return
	}
	x.scalars(t, p, func(s *Type, p unsafe.Pointer) {
		if x.meet(p) {
			x.Value(s, *(*Value)(p))
		}
	})
}

// scalars calls do for each cell of a variable.
func (x *Picture) scalars(t *Type, p unsafe.Pointer, do func(*Type, unsafe.Pointer)) {
	switch {
	case x.failed || p == nil:
	case t.Kind == KStruct:
		for i := range t.fields {
			x.scalars(t.fields[i].typ, at(p, t.fields[i].offset), do)
		}
	case t.Kind == KArray:
		e := x.M.elem(t)
		for i := 0; e.Size > 0 && i < t.Size && !x.failed; i += e.Size {
			x.scalars(e, at(p, i), do)
		}
	default:
		do(t, p)
	}
}

func (x *Picture) entries(m *Map) {
	x.Add(uint64(len(m.list)))
	if m.grown {
		x.Add(5)
	}
	e := x.M.elem(m.typ)
	for i := range m.list {
		x.Add(m.list[i].seq)
		if m.list[i].dead() {
			continue
		}
		x.Value(m.typ.key, m.list[i].key)
		x.Value(e, m.list[i].val)
	}
}

// closure puts a func value into the picture: what it runs, and what it has
// captured.
func (x *Picture) closure(v Value) {
	c := v.Func()
	if c == nil {
		x.Add(0)
		return
	}
	x.Add(uint64(uintptr(unsafe.Pointer(c.Fn))))
	if c.Fn.SSA == nil || len(c.Free) > len(c.Fn.SSA.FreeVars) {
		x.Fail()
		return
	}
	for i, f := range c.Free {
		x.Value(x.M.types.of(c.Fn.SSA.FreeVars[i].Type()), f)
	}
}

// Globals puts the variables of packages into the picture that of tells.
func (x *Picture) Globals(of func(*ssa.Package) bool) {
	m := x.M
	if len(m.sorted) != len(m.globals) {
		m.sorted = m.sorted[:0]
		for g := range m.globals {
			m.sorted = append(m.sorted, g)
		}
		slices.SortFunc(m.sorted, func(a, b *ssa.Global) int { return strings.Compare(a.String(), b.String()) })
	}
	for _, g := range m.sorted {
		if !of(g.Pkg) || !m.HasBodies(g.Pkg) {
			continue
		}
		x.Value(m.types.of(g.Type()), Value{P: m.globals[g]})
	}
}

// Thread puts what a thread's calls hold into the picture. before tells that it
// stands before the instruction at its pc, not in a call that it has made; from
// is the first of its frames to look at.
func (x *Picture) Thread(t *Thread, before bool, from int) {
	if t.panics != nil || t.died != nil || t.err != nil || t.fatal != "" || t.quiet || t.setup > 0 {
		x.Fail()
	}
	x.Add(uint64(len(t.frames)))
	for i := from; i < len(t.frames); i++ {
		f := &t.frames[i]
		if f.runs != nil && f.raised == nil && f.catch == nil && i == len(t.frames)-1 {
			x.Add(6)
			x.deferred(f.runs)
			continue
		}
		if f.fn == nil || f.fn.SSA == nil || f.native != nil || f.catch != nil || f.raised != nil || f.rescue != nil || f.healing {
			x.Fail()
		}
		if x.failed {
			return
		}
		x.frame(t, f, i == len(t.frames)-1, before)
	}
}

func (x *Picture) frame(t *Thread, f *frame, top, before bool) {
	x.Add(uint64(uintptr(unsafe.Pointer(f.fn))))
	x.Add(uint64(f.pc)<<32 | uint64(uint32(f.dst)))
	l := f.fn.layoutOf()
	var live regset
	switch {
	case top && before:
		live = l.before[l.at(f.pc)]
	case f.fn.code[f.pc].op == opRunDefers: // it comes back to it after each call
		live = l.before[l.at(f.pc)]
	case top:
		live = l.before[l.at(f.pc-1)]
	default:
		live = l.after[l.at(f.pc-1)]
	}
	regs := t.stack[f.base : int(f.base)+f.fn.nregs]
	for r := range regs {
		if live.has(r) {
			x.register(&l.holds[r], regs[r])
		}
	}
	if f.defers == nil {
		return
	}
	for d := f.defers.head; d != nil; d = d.next {
		x.Add(5)
		x.deferred(d)
	}
}

func (x *Picture) register(h *holds, v Value) {
	switch {
	case h.skip:
	case h.iter:
		it := (*iter)(v.P)
		if it == nil {
			x.Add(0)
			return
		}
		for _, n := range []uint64{uint64(it.at), it.first, it.last, it.until, uint64(it.moves), uint64(it.pos)} {
			x.Add(n)
		}
		if it.around {
			x.Add(1)
		}
		for _, n := range it.met {
			x.Add(n)
		}
		x.Text(it.s)
		if it.m != nil && !x.Flat && x.meet(unsafe.Pointer(it.m)) {
			x.entries(it.m)
		}
	case h.t == nil:
		x.Fail()
	default:
		if h.typ == nil {
			h.typ = x.M.types.of(h.t)
		}
		x.Value(h.typ, v)
	}
}

func (x *Picture) deferred(d *deferred) {
	x.closure(FuncValue(d.c))
	if d.c == nil || x.failed {
		return
	}
	sig := d.c.Fn.SSA.Signature
	args := d.args
	if r := sig.Recv(); r != nil && len(args) > sig.Params().Len() {
		x.Value(x.M.types.of(r.Type()), args[0])
		args = args[1:]
	}
	if len(args) != sig.Params().Len() {
		x.Fail()
		return
	}
	for i, a := range args {
		x.Value(x.M.types.of(sig.Params().At(i).Type()), a)
	}
}
