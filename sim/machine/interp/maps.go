package interp

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"unsafe"
)

// Map is a map. As long as it has no more than eight entries the list is the
// eight slots of the runtime's first group; from then on its entries stand in
// the list in the order in which they were added, so that it can be walked
// while it changes: what is deleted is passed over, what is added is not met.
// go1.26.8 internal/runtime/maps/map.go:195 Map struct
type Map struct {
	typ    *Type
	ints   map[uint64]int32 // by N, for keys of one number
	strs   map[string]int32 // by text, for strings and for encoded keys
	list   []mapEntry
	live   int
	added  uint64  // entries so far
	moves  int     // how often the list was rearranged
	grown  bool    // it has had more than eight entries
	writer *Thread // which stands in the middle of a write
}

// groupSlots is how many entries a small map has room for.
// go1.26.8 internal/abi/map.go:18 MapGroupSlots
const groupSlots = 8

// mapEntry is numbered from 1 in the order of addition; a dead one keeps its
// number until the list is rearranged.
type mapEntry struct {
	key, val Value
	seq      uint64
}

const deadEntry = 1 << 63

func (e *mapEntry) dead() bool { return e.seq&deadEntry != 0 }

func newMap(m *Machine, t *Type) *Map {
	m.elem(t)
	x := &Map{typ: t}
	if x.byNumber() {
		x.ints = map[uint64]int32{}
	} else {
		x.strs = map[string]int32{}
	}
	return x
}

func (x *Map) byNumber() bool {
	k := x.typ.key.Kind
	return k.integer() || k == KBool || k == KPointer || k == KChan || k == KUnsafe
}

// find gives the index of a key, -1 when it is not there. text is the encoded
// key; bad is a type in it that cannot be hashed.
func (x *Map) find(t *Thread, key Value) (i int32, text string, bad *Type) {
	if x.ints != nil {
		if i, ok := x.ints[key.N^uint64(uintptr(key.P))]; ok {
			return i, "", nil
		}
		return -1, "", nil
	}
	if x.typ.key.Kind == KString {
		text = key.Str()
		t.M.ToilOver(len(text))
	} else {
		b, bad := t.M.encode(nil, x.typ.key, key)
		if bad != nil {
			return -1, "", bad
		}
		text = string(b)
	}
	if i, ok := x.strs[text]; ok {
		return i, text, nil
	}
	return -1, text, nil
}

// encode appends a form of a key that is equal for equal keys. A type that
// cannot be a key is returned.
func (m *Machine) encode(b []byte, t *Type, v Value) ([]byte, *Type) {
	switch t.Kind {
	case KString:
		if m.ToilOver(int(v.N)); !m.RoomForText(int64(v.N)) {
			panic(Stop{OutOfMemory})
		}
		b = binary.AppendUvarint(b, v.N)
		return append(b, v.Str()...), nil
	case KInterface:
		b = binary.AppendUvarint(b, v.N)
		if v.N == 0 {
			return b, nil
		}
		dyn, in := m.Unbox(v)
		if !m.Comparable(dyn) {
			return b, dyn
		}
		if m.deeper(); m.toil.depth > 8 && !m.Room(1) {
			panic(Stop{OutOfMemory})
		}
		b, bad := m.encode(b, dyn, in)
		m.shallower()
		return b, bad
	case KStruct:
		var bad *Type
		for i := range t.fields {
			f := &t.fields[i]
			if f.v.Name() == "_" {
				continue
			}
			if b, bad = m.encode(b, f.typ, part(v.P, f.offset, f.typ)); bad != nil {
				return b, bad
			}
		}
		return b, nil
	case KArray:
		var bad *Type
		m.Toil(t.Size)
		for i := 0; i < t.Size; i += max(t.elem.Size, 1) {
			if b, bad = m.encode(b, t.elem, part(v.P, i, t.elem)); bad != nil {
				return b, bad
			}
		}
		return b, nil
	case KFloat64, KFloat32, KComplex64, KComplex128:
		return m.encodeFloat(b, t, v), nil
	case KPointer, KChan, KUnsafe:
		return binary.LittleEndian.AppendUint64(b, uint64(uintptr(v.P))), nil
	case KSlice, KMap, KFunc:
		return b, t
	}
	return binary.LittleEndian.AppendUint64(b, v.N), nil
}

func (m *Machine) encodeFloat(b []byte, t *Type, v Value) []byte {
	var parts []float64
	switch t.Kind {
	case KFloat64:
		parts = []float64{v.Float()}
	case KFloat32:
		parts = []float64{float64(math.Float32frombits(uint32(v.N)))}
	default:
		c := v.Complex()
		parts = []float64{real(c), imag(c)}
	}
	for _, f := range parts {
		if f != f { // no key that is not a number equals another
			b = binary.LittleEndian.AppendUint64(b, uint64(m.Host.Rand(math.MaxUint32))<<32|uint64(m.Host.Rand(math.MaxUint32)))
		}
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f+0))
	}
	return b
}

func (x *Map) set(t *Thread, key, val Value) Status {
	i, text, bad := x.find(t, key)
	if bad != nil {
		return t.unhashable(bad, true)
	}
	if i >= 0 {
		x.list[i].val = val
		return Done
	}
	x.added++
	i = x.slot(t.M)
	x.list[i] = mapEntry{key: key, val: val, seq: x.added}
	x.live++
	if x.ints != nil {
		x.ints[key.N^uint64(uintptr(key.P))] = i
	} else {
		x.strs[text] = i
	}
	return Done
}

func (x *Map) remove(t *Thread, key Value) Status {
	i, text, bad := x.find(t, key)
	if bad != nil {
		return t.unhashable(bad, x.live > 0)
	}
	if i < 0 {
		return Done
	}
	x.list[i] = mapEntry{seq: x.list[i].seq | deadEntry}
	x.live--
	if x.ints != nil {
		delete(x.ints, key.N^uint64(uintptr(key.P)))
	} else {
		delete(x.strs, text)
	}
	if x.live == 0 {
		x.list = x.list[:0]
		x.moves++
	}
	return Done
}

// slot gives the place of a new entry.
func (x *Map) slot(m *Machine) int32 {
	n := len(x.list)
	switch {
	case !x.grown && x.live < n:
		for i := range x.list {
			if x.list[i].dead() {
				return int32(i)
			}
		}
	case !x.grown && n == groupSlots:
		x.grown = true
		x.compact(m)
	case x.grown && n == cap(x.list) && x.live < n/2:
		x.compact(m)
	}
	x.list = append(x.list, mapEntry{})
	return int32(len(x.list) - 1)
}

// compact drops the dead entries and puts the others in the order in which they
// were added.
func (x *Map) compact(m *Machine) {
	m.Toil(2 * len(x.list))
	order := make([]int32, 0, x.live)
	for i := range x.list {
		if !x.list[i].dead() {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(i, j int32) int { return cmp.Compare(x.list[i].seq, x.list[j].seq) })
	to := make([]int32, len(x.list))
	list := make([]mapEntry, len(order), max(2*len(order), groupSlots))
	for n, i := range order {
		list[n], to[i] = x.list[i], int32(n)
	}
	x.list = list
	for k, i := range x.ints {
		x.ints[k] = to[i]
	}
	for k, i := range x.strs {
		x.strs[k] = to[i]
	}
	x.moves++
}

func (x *Map) clear() {
	x.list, x.live = nil, 0
	x.moves++
	clear(x.ints)
	clear(x.strs)
}

// Entries gives the live entries in no particular order.
func (x *Map) Entries(f func(key, val Value)) {
	for _, e := range x.list {
		if !e.dead() {
			f(e.key, e.val)
		}
	}
}

// Get finds the value of a key for a native.
func (x *Map) Get(t *Thread, key Value) (Value, bool, Status) {
	i, _, bad := x.find(t, key)
	if bad != nil {
		return Value{}, false, t.unhashable(bad, x.live > 0)
	}
	if i < 0 {
		return Value{}, false, Done
	}
	return x.list[i].val, true, Done
}

// Set puts an entry in for a native.
func (x *Map) Set(t *Thread, key, val Value) Status { return x.set(t, key, val) }

// Delete takes an entry out for a native.
func (x *Map) Delete(t *Thread, key Value) Status { return x.remove(t, key) }

// Clear takes all entries out.
func (x *Map) Clear() { x.clear() }

// Len is the number of entries; a nil map has none.
func (x *Map) Len() int {
	if x == nil {
		return 0
	}
	return x.live
}

// Map reads a map value; nil for a nil map.
func (v Value) Map() *Map { return (*Map)(v.P) }

// unhashable starts the panic of a key that cannot be hashed. A map without
// entries is asked for no hash, and says it in other words (go1.26.8
// internal/runtime/maps/map.go:821 mapKeyError).
func (t *Thread) unhashable(bad *Type, hashed bool) Status {
	if hashed {
		return t.raise(rtError, "hash of unhashable type "+t.M.TypeString(bad))
	}
	return t.raise(rtUnhashable, "hash of unhashable type: "+t.M.TypeString(bad))
}

// nilMapKey looks whether a key that a nil map is asked for could be one.
func (t *Thread) nilMapKey(k *Type, key Value) Status {
	if k.Kind == KInterface || k.Kind.agg() {
		if _, bad := t.M.encode(nil, k, key); bad != nil {
			return t.unhashable(bad, false)
		}
	}
	return Done
}

func (t *Thread) lookup(in *inst, regs []Value, mv, key Value) Status {
	x := mv.Map()
	val, ok := Value{}, false
	if st := t.uses(x, false); st != Done {
		return st
	}
	if x != nil {
		i, _, bad := x.find(t, key)
		if bad != nil {
			return t.unhashable(bad, x.live > 0)
		}
		if i >= 0 {
			val, ok = x.list[i].val, true
		}
	} else if st := t.nilMapKey(in.x.typ.key, key); st != Done {
		return st
	}
	if !ok {
		val = t.M.Zero(in.x.typ.elem)
	}
	regs[in.dst] = val
	if in.op == opLookupOk {
		regs[in.dst+1] = Bool(ok)
	}
	return Done
}

func (t *Thread) mapUpdate(typ *Type, mv, key, val Value) Status {
	x := mv.Map()
	if x == nil {
		return t.raise(rtPlain, "assignment to entry in nil map")
	}
	if st := t.uses(x, true); st != Done {
		return st
	}
	before := x.live
	st := x.set(t, key, val)
	if st == Done && x.live > before {
		e := t.M.elem(typ)
		t.M.made(typ.key.Bytes+e.Bytes+entryBytes, t.M.pointers(typ.key) || t.M.pointers(e))
		if !t.M.Room(entryCells) {
			return t.Throw(OutOfMemory)
		}
	}
	return st
}

// MakeMap makes an empty map of type t.
func (m *Machine) MakeMap(t *Type) Value { return Value{P: unsafe.Pointer(newMap(m, t))} }
