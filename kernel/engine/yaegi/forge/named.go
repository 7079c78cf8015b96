package forge

import (
	"fmt"
	"go/token"
	"path"
	"reflect"
	"strings"
	"unsafe"

	"runnext/kernel/core/program"
)

// declare gives the newest version of named type i, made now if the type is
// new or has other methods than before. Its parts are filled in later, when
// all types of the program have their sizes.
func (s *Set) declare(i int) *Named {
	d := &s.types[i]
	w := s.world
	shape := s.key(d.Elem)
	old := w.named[d.ID]
	if old != nil && old.shape == shape && s.sameMethods(old, d.Methods) {
		s.True[i] = old.True
		return old
	}
	u := &s.types[d.Elem]
	n := &Named{ID: d.ID, shape: shape, methods: d.Methods, binds: map[string]*bound{}}
	w.named[d.ID] = n

	// The runtime compares names of methods that are not exported by package.
	direct := s.shape(d.Elem)
	kind := direct.Kind()
	var methods []program.Method
	for _, m := range d.Methods {
		if m.Value {
			methods = append(methods, m)
		}
	}
	t := w.block(kind, toRType(direct), len(methods), d.Name, !strings.HasPrefix(d.Name, "struct {"))
	t.hash = hashOf(d.ID + fmt.Sprint(len(w.keep)))
	n.True = toType(t)
	s.True[i] = n.True
	f := &family{d.ID}
	if old != nil {
		f = w.families[toRType(old.True)]
	}
	w.families[t] = f
	if kind != reflect.Interface {
		n.ptr = w.block(reflect.Pointer, toRType(reflect.TypeFor[*byte]()), len(d.Methods), "*"+d.Name, false)
		(*elemType)(unsafe.Pointer(n.ptr)).elem = t
		n.ptr.hash = t.hash*16777619 + '*'
		t.ptrToThis = w.off(unsafe.Pointer(n.ptr))
	}
	if kind == reflect.Struct || d.Own {
		if old != nil && old.shape == shape {
			n.Core = old.Core // variables hold values of it
		} else {
			c := w.block(kind, toRType(direct), 0, d.Name, true)
			c.hash = t.hash + 1
			n.Core = toType(c)
		}
	} else if kind == reflect.Interface {
		n.Core = n.True
	}
	n.fill = func() error { return s.fill(i, n, u, methods) }
	s.queue = append(s.queue, n)
	return n
}

// sameMethods tells whether a type's method set is as it was.
func (s *Set) sameMethods(old *Named, methods []program.Method) bool {
	if len(old.methods) != len(methods) {
		return false
	}
	for j, m := range methods {
		o := old.methods[j]
		if o.Name != m.Name || o.Path != m.Path || o.Value != m.Value {
			return false
		}
		if b := old.binds[methodKey(m.Path, m.Name)]; b != nil && b.sig != s.key(m.Type) {
			return false
		}
	}
	return true
}

// fill completes a type: its parts and its methods.
func (s *Set) fill(i int, n *Named, u *program.Type, methods []program.Method) error {
	t := toRType(n.True)
	switch n.True.Kind() {
	case reflect.Struct:
		s.fields(t, u, s.truth, true)
		if core := toRType(n.Core); !s.world.filled[core] {
			s.world.filled[core] = true
			s.fields(core, u, s.core, false)
		}
	case reflect.Interface:
		s.iface(s.types[i].Elem, t)
	default:
		if err := copyParts(t, toRType(s.truth(s.types[i].Elem)), s.types[i].Name); err != nil {
			return err
		}
		if core := toRType(n.Core); s.types[i].Own && !s.world.filled[core] {
			s.world.filled[core] = true
			if err := copyParts(core, toRType(s.core(s.types[i].Elem)), s.types[i].Name); err != nil {
				return err
			}
		}
	}
	if n.True.Kind() == reflect.Interface {
		return nil
	}
	if err := s.methods(n, t, methods, s.types[i].Path); err != nil {
		return err
	}
	return s.methods(n, n.ptr, s.types[i].Methods, s.types[i].Path)
}

// copyParts gives a named type what its underlying one has behind the head
// that all types share.
func copyParts(t, from *rtype, name string) error {
	kind := reflect.Kind(t.kind)
	size, head := headSize(kind), unsafe.Sizeof(rtype{})
	copy(bytesAt(t, head, size-head), bytesAt(from, head, size-head))
	if kind != reflect.Func {
		return nil
	}
	ft := (*funcType)(unsafe.Pointer(from))
	params := uintptr(ft.in) + uintptr(ft.out&0x7fff)
	src := size
	if from.tflag&flagUncommon != 0 {
		src += unsafe.Sizeof(uncommon{})
	}
	if params > maxParams {
		return fmt.Errorf("type %s: more than %d parameters and results", name, maxParams)
	}
	copy(bytesAt(t, size+unsafe.Sizeof(uncommon{}), params*8), bytesAt(from, src, params*8))
	return nil
}

// maxParams is the room a named func type has for its parameters.
const maxParams = 64

// block gives memory for a type that starts as a copy of the head of another,
// with room for methods.
func (w *World) block(kind reflect.Kind, from *rtype, methods int, name string, named bool) *rtype {
	size := headSize(kind) + unsafe.Sizeof(uncommon{})
	if kind == reflect.Func {
		size += maxParams * 8
	}
	moff := size - headSize(kind)
	size += uintptr(methods) * unsafe.Sizeof(method{})
	mem := make([]uint64, (size+7)/8)
	t := (*rtype)(unsafe.Pointer(&mem[0]))
	w.keep = append(w.keep, mem, toType(from))
	*t = *from
	if kind == reflect.Struct { // until it is filled in; reflect looks at fields
		(*structType)(unsafe.Pointer(t)).fields = (*structType)(unsafe.Pointer(from)).fields
	}
	t.ptrToThis = 0
	t.tflag = t.tflag&^(flagExtraStar|flagNamed) | flagUncommon
	if named {
		t.tflag |= flagNamed
	}
	t.str = w.name(name, "", false, false)
	uncommonOf(t).moff = uint32(moff)
	return t
}

// uncommonOf gives the part of a block that follows its head.
func uncommonOf(t *rtype) *uncommon {
	return (*uncommon)(unsafe.Add(unsafe.Pointer(t), headSize(reflect.Kind(t.kind))))
}

func bytesAt(t *rtype, off, n uintptr) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(t), off)), n)
}

// name gives the offset of a name.
func (w *World) name(name, tag string, exported, embedded bool) int32 {
	return w.off(unsafe.Pointer(w.nameBytes(name, tag, exported, embedded)))
}

func (w *World) nameBytes(name, tag string, exported, embedded bool) *byte {
	b := encodeName(name, tag, exported, embedded)
	w.keep = append(w.keep, b)
	return b
}

// off gives the number by which the runtime finds p.
func (w *World) off(p unsafe.Pointer) int32 { return addReflectOff(p) }

// fields fills the fields of a struct: with their own names, or called F0, F1.
func (s *Set) fields(t *rtype, u *program.Type, face func(int) reflect.Type, own bool) {
	w := s.world
	st := (*structType)(unsafe.Pointer(t))
	out := make([]structField, len(u.Fields))
	var off uintptr
	for j, f := range u.Fields {
		ft := toRType(face(f.Type))
		align := uintptr(ft.fieldAlign)
		off = (off + align - 1) &^ (align - 1)
		name := w.nameBytes(fieldName(j), "", true, false)
		if own {
			name = w.nameBytes(f.Name, f.Tag, token.IsExported(f.Name), f.Embedded)
			if f.Path != "" {
				st.pkgPath = w.nameBytes(f.Path, "", false, false)
			}
		}
		out[j] = structField{name, ft, off}
		off += ft.size
	}
	st.fields = out
	w.keep = append(w.keep, out)
}

// iface makes an interface type, or fills the one given.
func (s *Set) iface(i int, t *rtype) reflect.Type {
	d := &s.types[i]
	w := s.world
	if t == nil {
		if len(d.Methods) == 0 {
			return reflect.TypeFor[any]()
		}
		if known, ok := w.unnamed[s.key(i)]; ok {
			return known
		}
		name := "interface {"
		for j, m := range d.Methods {
			if j > 0 {
				name += ";"
			}
			name += " "
			if m.Path != "" {
				name += path.Base(m.Path) + "."
			}
			name += m.Name + s.signature(m.Type)
		}
		t = w.block(reflect.Interface, toRType(reflect.TypeFor[error]()), 0, name+" }", false)
		t.hash = hashOf(s.key(i))
		w.unnamed[s.key(i)] = toType(t)
		s.True[i] = toType(t)
	}
	it := (*interfaceType)(unsafe.Pointer(t))
	methods := make([]imethod, len(d.Methods))
	for j, m := range d.Methods {
		if m.Path != "" {
			it.pkgPath = w.nameBytes(m.Path, "", false, false)
		}
		methods[j] = imethod{w.name(m.Name, "", token.IsExported(m.Name), false), w.off(unsafe.Pointer(toRType(s.truth(m.Type))))}
	}
	if it.pkgPath == nil {
		it.pkgPath = w.nameBytes("main", "", false, false)
	}
	it.methods = methods
	w.keep = append(w.keep, methods)
	return toType(t)
}

// signature gives the text of a function type without the word func.
func (s *Set) signature(i int) string { return s.truth(i).String()[len("func"):] }

// trueStruct gives an unnamed struct type with its own names.
func (s *Set) trueStruct(i int) reflect.Type {
	d := &s.types[i]
	embedded := false
	fields := make([]reflect.StructField, len(d.Fields))
	for j, f := range d.Fields {
		embedded = embedded || f.Embedded
		fields[j] = reflect.StructField{Name: f.Name, PkgPath: f.Path, Type: s.truth(f.Type), Tag: reflect.StructTag(f.Tag)}
	}
	if !embedded && !s.waiting(i) {
		return reflect.StructOf(fields)
	}
	// reflect refuses to embed what has methods, and looks into all parts.
	t, known := s.structBlock("true "+s.key(i), i)
	s.True[i] = toType(t)
	if !known {
		s.fields(t, d, s.truth, true)
	}
	return toType(t)
}

// structBlock gives the block of an unnamed struct type, and whether it is one
// that was made before.
func (s *Set) structBlock(key string, i int) (t *rtype, known bool) {
	w := s.world
	if known, ok := w.unnamed[key]; ok {
		return toRType(known), true
	}
	t = w.block(reflect.Struct, toRType(s.shape(i)), 0, s.types[i].Name, false)
	t.hash = hashOf(key)
	w.unnamed[key] = toType(t)
	return t, false
}

// viewStruct gives the core face of an unnamed struct.
func (s *Set) viewStruct(i int) reflect.Type {
	d := &s.types[i]
	if s.waiting(i) {
		t, known := s.structBlock("core "+s.key(i), i)
		s.Core[i] = toType(t)
		if !known {
			s.fields(t, d, s.core, false)
		}
		return toType(t)
	}
	fields := make([]reflect.StructField, len(d.Fields))
	for j, f := range d.Fields {
		fields[j] = reflect.StructField{Name: fieldName(j), Type: s.core(f.Type)}
	}
	return reflect.StructOf(fields)
}
