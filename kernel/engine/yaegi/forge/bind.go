package forge

import (
	"fmt"
	"go/token"
	"reflect"
	"unsafe"

	"runnext/kernel/core/program"
)

// methods fills the table of methods of a type or of a pointer to it.
func (s *Set) methods(n *Named, t *rtype, list []program.Method, path string) error {
	w := s.world
	u := uncommonOf(t)
	u.pkgPath = w.name(path, "", false, false)
	if len(list) == 0 {
		return nil
	}
	table := unsafe.Slice((*method)(unsafe.Add(unsafe.Pointer(u), uintptr(u.moff))), len(list))
	for j, m := range list {
		key := methodKey(m.Path, m.Name)
		b := n.binds[key]
		if b == nil {
			if w.next+3 > Slots {
				return errNoSlots
			}
			b = &bound{word: w.next, direct: w.next + 1, pointer: w.next + 2, sig: s.key(m.Type)}
			for j := range 3 {
				setSlot(w.next+j, unbound)
			}
			w.next += 3
			n.binds[key] = b
		}
		table[j] = method{
			name: w.name(m.Name, "", token.IsExported(m.Name), false),
			mtyp: w.off(unsafe.Pointer(toRType(s.truth(m.Type)))),
			ifn:  w.off(entry(b.word)),
			tfn:  w.off(entry(b.direct)),
		}
		if t == n.ptr {
			table[j].ifn = w.off(entry(b.pointer))
			table[j].tfn = table[j].ifn
		}
		if token.IsExported(m.Name) {
			u.xcount++
		}
	}
	u.mcount = uint16(len(list))
	return nil
}

func methodKey(path, name string) string { return path + "." + name }

// bound is where a method's calls go.
type bound struct {
	word, direct, pointer int // slots
	sig                   string
}

// unbound is where calls go until Bind is called. It may be called with any
// arguments, since it looks at none and does not return.
func unbound() { panic("method of a cell's type is called before its cell has run") }

// Methods are the func values that calls of one method lead to; nil leaves
// things as they are.
type Methods struct {
	Word    any // first parameter: what an interface that holds a T holds of it
	Direct  any // first parameter: a T; for [reflect.Type.Method]
	Pointer any // first parameter: a *T
}

// Bind says where calls of a method of named type i lead to. What they led to
// before is kept by nobody: a slot is what the collector sees.
func (s *Set) Bind(i int, path, name string, m Methods) error {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	n := s.Named[i]
	if n == nil {
		return fmt.Errorf("type %d has no methods", i)
	}
	b := n.binds[methodKey(path, name)]
	if b == nil {
		return fmt.Errorf("type %s has no method %s", n.ID, name)
	}
	for slot, fn := range map[int]any{b.word: m.Word, b.direct: m.Direct, b.pointer: m.Pointer} {
		if fn != nil {
			setSlot(slot, fn)
		}
	}
	return nil
}

// Retype gives x, whose dynamic type is one face of a type, the other face.
func Retype(x any, to reflect.Type) any {
	(*eface)(unsafe.Pointer(&x)).typ = toRType(to)
	return x
}

// RetypeValue does the same for a reflect.Value.
func RetypeValue(v reflect.Value, to reflect.Type) reflect.Value {
	(*value)(unsafe.Pointer(&v)).typ = toRType(to)
	return v
}

// FuncValue gives a func value of type t whose code is at an address.
func FuncValue(t reflect.Type, code unsafe.Pointer) reflect.Value {
	closure := &code // a func value is a pointer to its code and what it captures
	fn := unsafe.Pointer(closure)
	return reflect.NewAt(t, unsafe.Pointer(&fn)).Elem()
}
