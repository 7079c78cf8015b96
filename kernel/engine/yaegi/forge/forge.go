// Package forge makes reflect types with names and methods while a program
// runs, which package reflect cannot. Values that cells put into interfaces
// carry these types, so that compiled code sees what it would see in a built
// program: %T and %v, errors.As, type switches, map keys, encoding/json,
// sort.Interface, http.Handler. It knows the memory of types of one toolchain
// version and is tested against it. It runs no methods: it leads calls to the
// functions it is given; those come from runnext/kernel/engine/yaegi.
//
// Each type has two faces of the same memory. The true face is what Go has.
// The core face is what interpreted code works on: named types other than
// structs are their underlying types, and all fields of structs are exported
// and called F0, F1, so that package reflect lets the interpreter at them.
package forge

import (
	"fmt"
	"hash/fnv"
	"reflect"
	"strings"
	"sync"
	"unsafe"

	"runnext/kernel/core/program"
)

// World holds the named types of one process. Its methods may be called from
// any goroutine. Types live as long as the process.
type World struct {
	std func(path, name string) (reflect.Type, bool)

	mu       sync.Mutex
	named    map[string]*Named // by program.Type.ID: the newest version
	families map[*rtype]*family
	unnamed  map[string]reflect.Type
	filled   map[*rtype]bool // core faces of structs that have their fields
	next     int             // slot
	keep     []any
}

// family is all versions of one named type: declaring a method makes a new
// one, and values made before are still values of the type.
type family struct{ id string }

// Named is one version of a named type.
type Named struct {
	ID      string
	True    reflect.Type
	Core    reflect.Type
	methods []program.Method
	shape   string
	ptr     *rtype
	binds   map[string]*bound
	fill    func() error
}

// NewWorld gives an empty world. std finds the types of carried packages.
func NewWorld(std func(path, name string) (reflect.Type, bool)) *World {
	if addReflectOff(unsafe.Pointer(new(byte))) == -1 {
		addReflectOff(unsafe.Pointer(new(byte))) // -1 is the runtime's mark for unreachable code
	}
	return &World{
		std: std, named: map[string]*Named{}, families: map[*rtype]*family{},
		unnamed: map[string]reflect.Type{}, filled: map[*rtype]bool{},
	}
}

// Set is the types of one program, by index, on both faces.
type Set struct {
	world *World
	types []program.Type
	True  []reflect.Type
	Core  []reflect.Type
	Named []*Named // nil where a type is not a named one
	ids   []string
	queue []*Named
}

// Resolve gives the types of a program. Named types that an earlier program
// described are the same again; if their methods differ there is a new version
// of them.
func (w *World) Resolve(types []program.Type) (s *Set, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer func() {
		if r := recover(); r != nil { // reflect's constructors panic
			err = fmt.Errorf("make types: %v", r)
		}
	}()
	n := len(types)
	s = &Set{
		world: w, types: types, True: make([]reflect.Type, n), Core: make([]reflect.Type, n),
		Named: make([]*Named, n), ids: make([]string, n),
	}
	// Named types first: reflect looks into the parts of structs.
	for i := 1; i < n; i++ {
		if types[i].Kind == program.Named {
			s.truth(i)
		}
	}
	if err := s.drain(); err != nil {
		return nil, err
	}
	for i := 1; i < n; i++ {
		s.truth(i)
		s.core(i)
	}
	return s, s.drain()
}

// drain fills in the types that are waiting for it.
func (s *Set) drain() error {
	for len(s.queue) > 0 {
		q := s.queue
		s.queue = nil
		for _, t := range q {
			if err := t.fill(); err != nil {
				return err
			}
			t.fill = nil
		}
	}
	return nil
}

// waiting tells whether the memory of type i is made of a named type that is
// not filled in yet.
func (s *Set) waiting(i int) bool {
	d := &s.types[i]
	switch d.Kind {
	case program.Named:
		s.truth(i)
		return s.Named[i].fill != nil
	case program.Array:
		return s.waiting(d.Elem)
	case program.Struct:
		for _, f := range d.Fields {
			if s.waiting(f.Type) {
				return true
			}
		}
	}
	return false
}

// Versions tells whether a type other than True[i] can be type i.
func (s *Set) Versions(i int) bool { return s.Named[i] != nil || s.True[i].Kind() == reflect.Pointer }

// Same tells whether a dynamic type is type i, in any of its versions.
func (s *Set) Same(i int, t reflect.Type) bool {
	want := s.True[i]
	if t == want {
		return true
	}
	if t == nil || !s.Versions(i) || s.Named[i] == nil && t.Kind() != want.Kind() {
		return false
	}
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	for t.Kind() == reflect.Pointer && want.Kind() == reflect.Pointer && t.Name() == "" && want.Name() == "" {
		t, want = t.Elem(), want.Elem()
	}
	f := w.families[toRType(want)]
	return f != nil && f == w.families[toRType(t)]
}

// truth gives the true face of type i.
func (s *Set) truth(i int) reflect.Type {
	if t := s.True[i]; t != nil {
		return t
	}
	d := &s.types[i]
	var t reflect.Type
	switch d.Kind {
	case program.Basic:
		t = basic(d.Name)
	case program.Std:
		t = s.stdType(d)
	case program.Named:
		s.Named[i] = s.declare(i)
		return s.Named[i].True
	case program.Struct:
		t = s.trueStruct(i)
	case program.Interface:
		t = s.iface(i, nil)
	default:
		t = s.compose(i, s.truth, d.Variadic)
	}
	s.True[i] = t
	return t
}

// core gives the core face of type i.
func (s *Set) core(i int) reflect.Type {
	if t := s.Core[i]; t != nil {
		return t
	}
	d := &s.types[i]
	var t reflect.Type
	switch d.Kind {
	case program.Basic, program.Std, program.Interface:
		t = s.truth(i)
	case program.Named:
		s.truth(i)
		if d.Own {
			t = s.Named[i].Core
		} else if u := &s.types[d.Elem]; u.Kind == program.Struct || u.Kind == program.Interface {
			t = s.Named[i].Core
		} else {
			t = s.core(d.Elem)
			s.Named[i].Core = t
		}
	case program.Struct:
		t = s.viewStruct(i)
	default:
		t = s.compose(i, s.core, false)
	}
	s.Core[i] = t
	return t
}

func (s *Set) stdType(d *program.Type) reflect.Type {
	t, ok := s.world.std(d.Path, d.Name)
	if !ok {
		panic(fmt.Sprintf("no type %s.%s", d.Path, d.Name))
	}
	return t
}

// compose makes an unnamed type of what face gives for its parts.
func (s *Set) compose(i int, face func(int) reflect.Type, variadic bool) reflect.Type {
	d := &s.types[i]
	switch d.Kind {
	case program.Pointer:
		return reflect.PointerTo(face(d.Elem))
	case program.Slice:
		return reflect.SliceOf(face(d.Elem))
	case program.Array:
		return reflect.ArrayOf(int(d.Len), face(d.Elem))
	case program.Map:
		return reflect.MapOf(face(d.Key), face(d.Elem))
	case program.Chan:
		return reflect.ChanOf(reflect.ChanDir(d.Dir), face(d.Elem))
	case program.Signature:
		in, out := make([]reflect.Type, len(d.In)), make([]reflect.Type, len(d.Out))
		for j, k := range d.In {
			in[j] = face(k)
		}
		for j, k := range d.Out {
			out[j] = face(k)
		}
		return reflect.FuncOf(in, out, variadic)
	}
	panic(fmt.Sprintf("type %d has kind %d", i, d.Kind))
}

// shape gives a type of the same memory and the same way of being compared
// that leads to no named type: what must be known of a type before its parts
// are.
func (s *Set) shape(i int) reflect.Type {
	d := &s.types[i]
	switch d.Kind {
	case program.Basic:
		return basic(d.Name)
	case program.Std:
		return s.stdType(d)
	case program.Named:
		return s.shape(d.Elem)
	case program.Pointer:
		return reflect.TypeFor[*byte]()
	case program.Slice:
		return reflect.TypeFor[[]byte]()
	case program.Array:
		return reflect.ArrayOf(int(d.Len), s.shape(d.Elem))
	case program.Map:
		return reflect.TypeFor[map[int]int]()
	case program.Chan:
		return reflect.TypeFor[chan int]()
	case program.Signature:
		return reflect.TypeFor[func()]()
	case program.Interface:
		if len(d.Methods) == 0 {
			return reflect.TypeFor[any]()
		}
		return reflect.TypeFor[error]()
	}
	fields := make([]reflect.StructField, len(d.Fields))
	for j, f := range d.Fields {
		fields[j] = reflect.StructField{Name: fieldName(j), Type: s.shape(f.Type)}
	}
	return reflect.StructOf(fields)
}

// key describes a type in full, named ones by their ID.
func (s *Set) key(i int) string {
	if s.ids[i] != "" {
		return s.ids[i]
	}
	d := &s.types[i]
	var b strings.Builder
	switch d.Kind {
	case program.Basic:
		b.WriteString(d.Name)
	case program.Std:
		b.WriteString(d.Path + "." + d.Name)
	case program.Named:
		b.WriteString("named " + d.ID)
	case program.Signature:
		fmt.Fprintf(&b, "func%v(", d.Variadic)
		for _, k := range d.In {
			b.WriteString(s.key(k) + ",")
		}
		b.WriteString(")(")
		for _, k := range d.Out {
			b.WriteString(s.key(k) + ",")
		}
		b.WriteString(")")
	case program.Struct:
		b.WriteString("struct{")
		for _, f := range d.Fields {
			fmt.Fprintf(&b, "%s %s %v %q %s;", f.Path, f.Name, f.Embedded, f.Tag, s.key(f.Type))
		}
		b.WriteString("}")
	case program.Interface:
		b.WriteString("interface{")
		for _, m := range d.Methods {
			fmt.Fprintf(&b, "%s %s %s;", m.Path, m.Name, s.key(m.Type))
		}
		b.WriteString("}")
	default:
		fmt.Fprintf(&b, "%d %d %d(", d.Kind, d.Len, d.Dir)
		if d.Key != 0 {
			b.WriteString(s.key(d.Key))
		}
		b.WriteString(")" + s.key(d.Elem))
	}
	s.ids[i] = b.String()
	return s.ids[i]
}

func fieldName(i int) string { return fmt.Sprintf("F%d", i) }

func hashOf(text string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(text))
	return h.Sum32()
}

var basics = func() map[string]reflect.Type {
	m := map[string]reflect.Type{"unsafe.Pointer": reflect.TypeFor[unsafe.Pointer]()}
	for _, v := range []any{false, 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0),
		uint64(0), uintptr(0), float32(0), float64(0), complex64(0), complex128(0), ""} {
		m[reflect.TypeOf(v).Name()] = reflect.TypeOf(v)
	}
	return m
}()

func basic(name string) reflect.Type {
	t, ok := basics[name]
	if !ok {
		panic("no type " + name)
	}
	return t
}
