package machine

import (
	"reflect"
	"unsafe"
)

// shape is how func values of one form are called and made without package
// reflect: those of plain words and pointers that programs have most of.
type shape struct {
	entry uintptr // the code of a closure, see there
	call  func(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer)
}

// known are the shapes by their letters, parameters first; and the code by which
// func values that a machine has made are told from others.
type known struct {
	shapes    map[string]*shape
	codes     [128]uintptr // by their bits, with gaps
	reflected uintptr      // of what package reflect is led to
	stub      uintptr      // of package reflect, for all that it makes
}

func newKnown() *known {
	k := &known{shapes: map[string]*shape{}}
	for letters, form := range forms {
		s := &shape{codeOf(reflect.ValueOf(form.value(nil))), form.call}
		k.shapes[letters] = s
		at := s.entry >> 5
		for k.codes[at%uintptr(len(k.codes))] != 0 {
			at++
		}
		k.codes[at%uintptr(len(k.codes))] = s.entry
	}
	k.reflected = codeOf(reflect.ValueOf(reflectedBy(nil)))
	k.stub = codeOf(reflect.MakeFunc(reflect.TypeFor[func()](), nil))
	return k
}

// reflectedBy is what package reflect calls for a closure. It captures the
// closure alone.
func reflectedBy(c *closure) func([]reflect.Value) []reflect.Value {
	return func(args []reflect.Value) []reflect.Value { return c.reflect(args) }
}

func codeOf(fn reflect.Value) uintptr { return *(*uintptr)(pointerOf(fn)) }

// has tells whether code is that of a shape.
func (k *known) has(code uintptr) bool {
	for at := code >> 5; ; at++ {
		switch k.codes[at%uintptr(len(k.codes))] {
		case code:
			return true
		case 0:
			return false
		}
	}
}

// of gives the shape of a type of func values, or nil.
func (k *known) of(t reflect.Type) *shape {
	letters := ""
	for in := range t.Ins() {
		letters += letter(in)
	}
	letters += ":"
	for out := range t.Outs() {
		letters += letter(out)
	}
	return k.shapes[letters]
}

// letter stands for the types that are passed alike and hold the same bits.
func letter(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr:
		if t.Size() == 8 {
			return "i"
		}
	case reflect.Int32:
		return "r"
	case reflect.Bool:
		return "b"
	case reflect.Float64:
		return "f"
	case reflect.String:
		return "t"
	case reflect.Pointer, reflect.Chan, reflect.Func, reflect.Map, reflect.UnsafePointer:
		return "p"
	}
	return "?"
}

func as[F any](fn unsafe.Pointer) F { return *(*F)(unsafe.Pointer(&fn)) }
