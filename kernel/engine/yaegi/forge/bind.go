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
			if w.next+2 > Slots {
				return errNoSlots
			}
			b = &bound{word: w.next, direct: w.next + 1, sig: s.key(m.Type)}
			w.next += 2
			n.binds[key] = b
		}
		table[j] = method{
			name: w.name(m.Name, "", token.IsExported(m.Name), false),
			mtyp: w.off(unsafe.Pointer(toRType(s.truth(m.Type)))),
			ifn:  w.off(entry(b.word)),
			tfn:  w.off(entry(b.direct)),
		}
		if t == n.ptr {
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
	word, direct int // slots
	sig          string
}

// Bind makes calls of a method of named type i lead to word, a function whose
// first parameter is what an interface holds of the receiver, and through
// [reflect.Type.Method] to direct, which takes the receiver itself. Both are
// func values and may be nil to leave things as they are.
func (s *Set) Bind(i int, path, name string, word, direct any) error {
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
	s.world.keep = append(s.world.keep, word, direct)
	if word != nil {
		setSlot(b.word, word)
	}
	if direct != nil {
		setSlot(b.direct, direct)
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
