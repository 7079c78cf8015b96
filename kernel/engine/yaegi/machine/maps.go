package machine

import (
	"reflect"
	"unsafe"

	op "runnext/kernel/core/bytecode"
)

// The runtime's operations on maps are those that package reflect has, from
// go1.26.8 runtime/map.go:204 reflect_makemap on.

//go:linkname makeMap reflect.makemap
func makeMap(typ unsafe.Pointer, n int) unsafe.Pointer

//go:linkname mapAt reflect.mapaccess
//go:noescape
func mapAt(typ, m, key unsafe.Pointer) unsafe.Pointer

//go:linkname mapAtText reflect.mapaccess_faststr
//go:noescape
func mapAtText(typ, m unsafe.Pointer, key string) unsafe.Pointer

//go:linkname mapSet reflect.mapassign0
//go:noescape
func mapSet(typ, m, key, elem unsafe.Pointer)

//go:linkname mapSetText reflect.mapassign_faststr0
//go:noescape
func mapSetText(typ, m unsafe.Pointer, key string, elem unsafe.Pointer)

//go:linkname mapDelete reflect.mapdelete
//go:noescape
func mapDelete(typ, m, key unsafe.Pointer)

//go:linkname mapClear reflect.mapclear
//go:noescape
func mapClear(typ, m unsafe.Pointer)

// mapWays tells how maps of a type are operated on.
type mapWays int

const (
	byMemory mapWays = iota // keys and elements of any type
	byText                  // keys are strings, and elements lie in the map
	byWord                  // keys and elements are words of 64 bits
)

// mostElem is the size up to which elements lie in the map itself (go1.26.8
// internal/abi/map.go:18 MapMaxElemBytes).
const mostElem = 128

func waysOf(x *datatype) mapWays {
	switch reflect.Kind(x.key.kind) {
	case reflect.String:
		if x.elem.size <= mostElem {
			return byText
		}
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr:
		if x.key.size == 8 && x.elem.size == 8 && x.elem.class == op.Word {
			return byWord
		}
	}
	return byMemory
}

// mapped is an operation on a map, as others see it while more than one
// goroutine runs. A key without a hash fails.
//
//go:noinline
func (m *Machine) mapped(t *Thread, f *function, in *op.Instr, wb, pb unsafe.Pointer) {
	if err := m.operate(t, in, wb, pb); err != nil {
		m.raised(t, f, int64(uint32(in.Imm)), err)
	}
}

func (m *Machine) operate(t *Thread, in *op.Instr, wb, pb unsafe.Pointer) (err any) {
	x, of := m.types[op.TypeOf(in.Imm)], *p(pb, in.B)
	if in.Op == op.NextM {
		of = (*mapRange)(of).of
	}
	write := in.Op == op.MapSet || in.Op == op.MapDel || in.Op == op.Clear
	if of == nil && in.Op == op.MapSet {
		return m.host.NilMap()
	}
	if x.ways == byWord && *m.many == 0 && (in.Op == op.MapGet || in.Op == op.MapSet) {
		m.use(x, t, in, of, wb, pb)
		return nil
	}
	t.hold(2)
	if *m.many == 0 && x.key.class != op.Iface && x.key.class != op.Memory {
		m.use(x, t, in, of, wb, pb)
	} else {
		err = m.guarded(x, t, in, of, wb, pb, write)
	}
	t.forget(2)
	return err
}

// guarded operates on a map where that may fail, or another goroutine may.
func (m *Machine) guarded(x *datatype, t *Thread, in *op.Instr, of, wb, pb unsafe.Pointer, write bool) (err any) {
	if *m.many != 0 {
		done := m.host.EnterMap(int(uint32(in.Imm)), of, write)
		defer done()
	}
	defer func() { err = recover() }()
	m.use(x, t, in, of, wb, pb)
	return nil
}

func (m *Machine) use(x *datatype, t *Thread, in *op.Instr, of, wb, pb unsafe.Pointer) {
	switch in.Op {
	case op.MapGet:
		m.look(x, t, in, of, wb, pb)
	case op.MapSet:
		d := data(in)
		if x.ways == byWord {
			(*(*map[uint64]uint64)(unsafe.Pointer(&of)))[*w(wb, in.A)] = *w(wb, d.A)
			return
		}
		elem := m.give(x.elem, &t.temps[1], w(wb, d.A), p(pb, d.B))
		switch x.ways {
		case byText:
			mapSetText(x.mem, of, textAt(w(wb, in.A), p(pb, in.C)), elem)
		default:
			mapSet(x.mem, of, m.give(x.key, &t.temps[0], w(wb, in.A), p(pb, in.C)), elem)
		}
	case op.MapDel:
		mapDelete(x.mem, of, m.give(x.key, &t.temps[0], w(wb, in.A), p(pb, in.C)))
	case op.Clear:
		if of != nil {
			mapClear(x.mem, of)
		}
	case op.NextM:
		m.nextOf((*mapRange)(*p(pb, in.B)), x, in, wb, pb)
	}
}

// look is m[k], in either form.
func (m *Machine) look(x *datatype, t *Thread, in *op.Instr, of, wb, pb unsafe.Pointer) {
	d := data(in)
	to, q := w(wb, in.A), p(pb, in.C)
	var at unsafe.Pointer
	switch x.ways {
	case byWord:
		v, ok := (*(*map[uint64]uint64)(unsafe.Pointer(&of)))[*w(wb, d.A)]
		*w(wb, d.C) = word(ok)
		*to = v
		return
	case byText:
		at = mapAtText(x.mem, of, textAt(w(wb, d.A), p(pb, d.B)))
	default:
		at = mapAt(x.mem, of, m.give(x.key, &t.temps[0], w(wb, d.A), p(pb, d.B)))
	}
	*w(wb, d.C) = word(at != nil)
	if at == nil {
		x.elem.zero(to, q)
		return
	}
	m.copied(x.elem, at, to, q)
}

// copied puts what lies at an address, and may be written there, into registers.
func (m *Machine) copied(x *part, at unsafe.Pointer, w *uint64, p *unsafe.Pointer) {
	if x.class == op.Memory {
		to := newOf(x.mem)
		move(x.mem, to, at)
		at = to
	}
	m.take(x, at, w, p)
}

// mapRange is a range over a map.
type mapRange struct {
	of         unsafe.Pointer
	iter       *reflect.MapIter
	key, value reflect.Value // where the next ones go
}

func (m *Machine) ranged(in *op.Instr, pb unsafe.Pointer) {
	x := m.types[op.TypeOf(in.Imm)]
	r := &mapRange{of: *p(pb, in.B)}
	r.iter = reflect.NewAt(x.t, unsafe.Pointer(&r.of)).Elem().MapRange()
	r.key, r.value = reflect.New(x.key.t).Elem(), reflect.New(x.elem.t).Elem()
	*p(pb, in.A) = unsafe.Pointer(r)
}

func (m *Machine) nextOf(r *mapRange, x *datatype, in *op.Instr, wb, pb unsafe.Pointer) {
	more, d := r.iter.Next(), data(in)
	*w(wb, in.A) = word(more)
	if !more {
		return
	}
	w2, p2, read := uint16(d.Imm), uint16(d.Imm>>16), d.Imm>>32
	if read&1 != 0 {
		r.key.SetIterKey(r.iter)
		m.copied(x.key, r.key.Addr().UnsafePointer(), w(wb, d.A), p(pb, d.B))
	}
	if read&2 != 0 {
		r.value.SetIterValue(r.iter)
		m.copied(x.elem, r.value.Addr().UnsafePointer(), w(wb, w2), p(pb, p2))
	}
}

func mapLen(m unsafe.Pointer) uint64 { return uint64(len(*(*map[uint64]uint64)(unsafe.Pointer(&m)))) }
