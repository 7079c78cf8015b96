package machine

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"runnext/sim"
	"runnext/sim/machine/interp"
)

// Picture makes a picture of all that the program could still come to: what its
// goroutines hold, and what they share. Processes that stand alike are not told
// apart, so that it does not matter which of several workers has done what.
type Picture struct {
	Order []int // the processes that can still do something, in the picture's order
	At    []int // where each process stands in Order, -1 for one that is over

	s    *Steered
	pic  interp.Picture
	flat interp.Picture
	sigs [][3]uint64
}

// NewPicture makes a picture to be used again and again.
func (s *Steered) NewPicture() *Picture {
	x := &Picture{s: s, pic: interp.Picture{M: s.h.vm}, flat: interp.Picture{M: s.h.vm, Flat: true}}
	x.pic.Chan = x.channel
	return x
}

// Take looks at the program as it stands. It reports false when there is
// something that cannot be looked into; the picture is not to be used then. rank
// tells apart processes that stand alike.
func (x *Picture) Take(rank func(p int) uint64) bool {
	s, h := x.s, x.s.h
	x.order(rank)
	p := &x.pic
	p.Begin()
	if h.addresses != nil || h.stdin != nil || len(h.env) > 0 || len(h.maps) > 0 || len(h.pools) > 0 || h.dying || s.opaque {
		return false
	}
	p.Text(s.out.String())
	p.Add(uint64(h.s.First().Now()))
	p.Add(uint64(s.looks))
	p.Globals(x.shared)
	p.Add(uint64(len(x.Order)))
	for _, i := range x.Order {
		x.proc(s.Procs[i])
		if !p.Whole() {
			return false
		}
	}
	x.timers()
	x.conditions()
	return p.Whole()
}

// shared tells of packages whose variables goroutines share: the program's own,
// and that with the logger everybody uses. Variables of other packages are
// looked at where something leads to them.
func (x *Picture) shared(p *ssa.Package) bool {
	return p == x.s.cfg.Main || p.Pkg.Path() == "log"
}

// Sum is the picture's number.
func (x *Picture) Sum() [2]uint64 { return x.pic.Sum() }

// Add puts a number into the picture.
func (x *Picture) Add(n uint64) { x.pic.Add(n) }

// Thing gives the number of something that the program can still reach; those
// that are no variables have one below 0.
func (x *Picture) Thing(p unsafe.Pointer) (int32, bool) {
	if n, ok := x.pic.Met(p); ok {
		return n, true
	}
	if p == unsafe.Pointer(&x.s.count) {
		return -1, true
	}
	for t, q := range x.s.timers {
		if unsafe.Pointer(t) == p && x.At[q.ID] >= 0 {
			return int32(-2 - x.At[q.ID]), true
		}
	}
	return 0, false
}

// order finds who can still do something, and puts those first that stand
// before others in the program; equals keep the order they were made in.
func (x *Picture) order(rank func(p int) uint64) {
	x.Order, x.At, x.sigs = x.Order[:0], x.At[:0], x.sigs[:0]
	for i, p := range x.s.Procs {
		x.At = append(x.At, -1)
		x.sigs = append(x.sigs, [3]uint64{})
		if p.Over || p.T != nil && p.T.When() == 0 {
			continue
		}
		x.Order = append(x.Order, i)
		f := &x.flat
		f.Begin()
		x.op(f, p)
		if p.G != nil {
			f.Thread(p.r.t, p.Op != nil && p.Op.Mark, below(p))
		} else {
			f.Add(uint64(p.T.When()))
		}
		sum := f.Sum()
		x.sigs[i] = [3]uint64{sum[0], sum[1], rank(i)}
	}
	slices.SortStableFunc(x.Order, func(a, b int) int {
		if a == 0 || b == 0 { // main is who it is
			return cmp.Compare(a, b)
		}
		return slices.Compare(x.sigs[a][:], x.sigs[b][:])
	})
	for at, i := range x.Order {
		x.At[i] = at
	}
}

// op puts what a process does next into a picture.
func (x *Picture) op(f *interp.Picture, p *Proc) {
	flags := uint64(0)
	for i, is := range []bool{p.Op != nil, p.dying, p.ending, p.T != nil} {
		if is {
			flags |= 1 << i
		}
	}
	f.Add(flags)
	if o := p.Op; o != nil {
		f.Text(o.Kind)
		f.Text(o.Text)
		f.Add(uint64(o.Need))
		f.Add(uint64(len(o.On)))
	}
}

// below is how many frames stand below a goroutine's own: main is called by one
// that has initialized the packages and holds nothing more.
func below(p *Proc) int {
	if p.ID == 0 {
		return 1
	}
	return 0
}

func (x *Picture) proc(p *Proc) {
	x.op(&x.pic, p)
	if p.G != nil {
		if p.dying || p.r.coro != nil {
			x.pic.Fail()
			return
		}
		x.pic.Thread(p.r.t, p.Op != nil && p.Op.Mark, below(p))
		return
	}
	t := p.T
	x.pic.Add(uint64(t.When()))
	x.pic.Add(uint64(t.Period()))
	switch {
	case t.Sleeper() != nil:
		x.goroutine(t.Sleeper())
	case t.Chan() == nil:
		x.pic.Fail() // what it will call is not to be seen
	}
}

// goroutine puts in which process a G is.
func (x *Picture) goroutine(g *sim.G) {
	r, ok := g.Host.(*goroutine)
	if !ok || r.proc == nil || x.At[r.proc.ID] < 0 {
		x.pic.Fail()
		return
	}
	x.pic.Add(uint64(x.At[r.proc.ID]))
}

func (x *Picture) channel(ch unsafe.Pointer, elem *interp.Type) {
	p := &x.pic
	c := chanOf(ch)
	p.Add(uint64(c.Cap()))
	c.Look(func(next, count int, closed bool, t *sim.Timer) {
		p.Add(uint64(next))
		p.Add(uint64(count))
		if closed {
			p.Add(1)
		}
		if t != nil {
			x.timer(t)
		}
	}, func(w sim.Word) {
		p.Value(elem, toValue(w))
	}, func(g *sim.G, sends, selects bool, elemOf sim.Word) {
		x.goroutine(g)
		if selects {
			p.Add(1)
		}
		if sends {
			p.Add(2)
			p.Value(elem, toValue(elemOf))
		}
	})
}

// timer puts which process a timer is, or that it is not set.
func (x *Picture) timer(t *sim.Timer) {
	if p := x.s.timers[t]; p != nil && t.When() != 0 {
		x.pic.Add(uint64(x.At[p.ID]))
		return
	}
	x.pic.Add(1 << 20)
	x.pic.Add(uint64(t.Period()))
}

// timers puts in which variables are timers. What calls a function when it
// fires cannot be looked into, and one that is not set may be set again.
func (x *Picture) timers() {
	for t := range met(&x.pic, x.s.h.timers) {
		if t.Chan() == nil || t.When() == 0 {
			x.pic.Fail()
		}
		x.timer(t)
	}
}

// conditions puts in who waits for the conditions that can be reached.
func (x *Picture) conditions() {
	for l := range met(&x.pic, x.s.h.notify) {
		x.pic.Add(uint64(l.Look(func(g *sim.G, ticket uint32) {
			x.goroutine(g)
			x.pic.Add(uint64(ticket))
		})))
	}
}

// met gives what belongs to variables that can be reached, in the order they
// were reached in, and puts in which one it is before each.
func met[T any](pic *interp.Picture, of map[unsafe.Pointer]T) iter.Seq[T] {
	return func(yield func(T) bool) {
		if len(of) == 0 {
			return
		}
		by := map[int32]T{}
		for p, v := range of {
			if n, ok := pic.Met(p); ok {
				by[n] = v
			}
		}
		for _, n := range slices.Sorted(maps.Keys(by)) {
			pic.Add(uint64(n))
			if !yield(by[n]) {
				return
			}
		}
	}
}
