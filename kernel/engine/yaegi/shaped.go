package yaegi

import (
	"reflect"
	"unsafe"

	"runnext/kernel/core/program"
	"runnext/kernel/engine/yaegi/forge"
)

// shapedOps are helpers for types of one shape of memory (see chanShape) as
// compiled code has them. One that package reflect makes for the very type does
// the same and costs twice as much to call.
type shapedOps struct {
	box     func(word unsafe.Pointer, direct bool) any
	assert  func(a *shapedAssertion) any
	assert2 func(a *shapedAssertion) any
}

func shapedOf[T any]() shapedOps { return shapedOps{shapedBox[T], shapedAssert[T], shapedAssert2[T]} }

// shaped has them by shape.
var shaped = map[string]shapedOps{
	"struct{}": shapedOf[struct{}](),
	"bool":     shapedOf[bool](),
	"int8":     shapedOf[int8](),
	"int16":    shapedOf[int16](),
	"int32":    shapedOf[int32](),
	"int64":    shapedOf[int64](),
	"float32":  shapedOf[float32](),
	"float64":  shapedOf[float64](),
	"string":   shapedOf[string](),
	"pointer":  shapedOf[unsafe.Pointer](),
	"slice":    shapedOf[[]byte](),
}

// isDirect tells whether an interface holds values of a shape themselves, and
// not where they lie.
func isDirect(shape string) bool { return shape == "pointer" }

// wordOf gives the word of interfaces of a type that hold values of another.
func wordOf(i, t reflect.Type) unsafe.Pointer {
	x := reflect.New(i)
	x.Elem().Set(reflect.Zero(t))
	return (*forge.Iface)(x.UnsafePointer()).Word
}

// An interface with methods is taken for one without here, whose word is never
// looked at as such: both are passed in the same way.

func shapedBox[T any](word unsafe.Pointer, direct bool) any {
	if direct {
		return func(v T) any {
			return *(*any)(unsafe.Pointer(&forge.Iface{Word: word, Data: *(*unsafe.Pointer)(unsafe.Pointer(&v))}))
		}
	}
	return func(v T) any {
		p := new(T)
		*p = v
		return *(*any)(unsafe.Pointer(&forge.Iface{Word: word, Data: unsafe.Pointer(p)}))
	}
}

// shapedAssertion is an assertion of a type.
type shapedAssertion struct {
	want            unsafe.Pointer
	methods, direct bool                      // of the interface; of the type
	versions        func(unsafe.Pointer) bool // of the type, other than want; or nil
	fail            func(site int, x forge.Iface)
}

func (a *shapedAssertion) holds(x forge.Iface) bool {
	t := x.Dynamic(a.methods)
	return t == a.want || a.versions != nil && t != nil && a.versions(t)
}

func held[T any](a *shapedAssertion, x forge.Iface) T {
	if a.direct {
		return *(*T)(unsafe.Pointer(&x.Data))
	}
	return *(*T)(x.Data)
}

func shapedAssert[T any](a *shapedAssertion) any {
	return func(site int, v any) T {
		x := *(*forge.Iface)(unsafe.Pointer(&v))
		if !a.holds(x) {
			a.fail(site, x)
		}
		return held[T](a, x)
	}
}

func shapedAssert2[T any](a *shapedAssertion) any {
	return func(v any) (T, bool) {
		x := *(*forge.Iface)(unsafe.Pointer(&v))
		if !a.holds(x) {
			var zero T
			return zero, false
		}
		return held[T](a, x), true
	}
}

// shapedAssertion gives an assertion of a type that has a shape.
func (c *cell) shapedAssertion(d program.Helper) (*shapedAssertion, shapedOps, bool) {
	of, truth := c.core(d, 0), c.set.True[d.Types[1]]
	shape := chanShape(c.core(d, 1))
	ops, ok := shaped[shape]
	if !ok {
		return nil, ops, false
	}
	a := &shapedAssertion{want: forge.Memory(truth), methods: of.NumMethod() > 0, direct: isDirect(shape)}
	if index := d.Types[1]; c.set.Versions(index) {
		a.versions = func(t unsafe.Pointer) bool { return c.set.Same(index, forge.TypeAt(t)) }
	}
	slow := assertion(c, d)
	a.fail = func(site int, x forge.Iface) {
		_, _, err := slow(reflect.NewAt(of, unsafe.Pointer(&x)).Elem())
		c.raise(site, err)
	}
	return a, ops, true
}

// shapedConvert gives conversions between strings and slices, and of a rune,
// without package reflect.
func shapedConvert(from, to reflect.Type) (reflect.Value, bool) {
	var fn any
	switch f, t := convertShape(from), convertShape(to); {
	case f == "rune" && t == "string":
		fn = func(r rune) string { return string(r) }
	case f == "string" && t == "bytes":
		fn = func(s string) []byte { return []byte(s) }
	case f == "string" && t == "runes":
		fn = func(s string) []rune { return []rune(s) }
	case f == "bytes" && t == "string":
		fn = func(b []byte) string { return string(b) }
	case f == "runes" && t == "string":
		fn = func(r []rune) string { return string(r) }
	default:
		return reflect.Value{}, false
	}
	return retyped(fn, list(from), list(to)), true
}

func convertShape(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int32:
		return "rune"
	case reflect.String:
		return "string"
	case reflect.Slice:
		switch t.Elem().Kind() {
		case reflect.Uint8:
			return "bytes"
		case reflect.Int32:
			return "runes"
		}
	}
	return ""
}

// shapedSlice slices a slice with elements of any size.
func (c *cell) shapedSlice(d program.Helper, size uintptr) any {
	return func(site int, x []byte, low, high, limit int) []byte {
		b := bounds{d.Name, low, high, limit}
		b.fill(len(x))
		if err := b.check(cap(x), false); err != nil {
			c.raiseSlice(d, b, site, err)
		}
		if d.Name[2] == '-' {
			b.limit = cap(x)
		}
		p := unsafe.Pointer(unsafe.SliceData(x))
		if b.limit > b.low { // else it would lead behind the array
			p = unsafe.Add(p, uintptr(b.low)*size)
		}
		s := struct {
			p    unsafe.Pointer
			n, m int
		}{p, b.high - b.low, b.limit - b.low}
		return *(*[]byte)(unsafe.Pointer(&s))
	}
}
