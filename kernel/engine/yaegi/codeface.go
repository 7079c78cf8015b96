package yaegi

import (
	"reflect"
	"sync"
	"unsafe"

	"runnext/kernel/core/program"
	"runnext/kernel/engine/yaegi/forge"
	"runnext/kernel/engine/yaegi/machine"
)

// Holding tells the machine of an interface type, and of one whose values it may
// hold or that they may implement.
func (h machineHost) Holding(iface, other int) machine.Holding {
	c := h.c
	of, core, truth := c.set.Core[iface], c.set.Core[other], c.set.True[other]
	x := machine.Holding{Methods: of.NumMethod() > 0, Direct: forge.Direct(truth), Want: forge.Memory(truth)}
	into := of
	if core.Kind() == reflect.Interface {
		into = core
	}
	x.Word = wordsOf(into)
	if c.set.Versions(other) {
		x.Same = func(t unsafe.Pointer) bool { return c.set.Same(other, forge.TypeAt(t)) }
	}
	x.Fail = func(word, data unsafe.Pointer) any {
		slow := assertion(c, program.Helper{Types: []int{iface, other}})
		_, _, err := slow(reflect.NewAt(of, unsafe.Pointer(&[2]unsafe.Pointer{word, data})).Elem())
		return err
	}
	return x
}

// wordsOf gives a function that gives what interfaces of a type have as their
// word that hold values of another, nil where those do not implement it.
func wordsOf(iface reflect.Type) func(unsafe.Pointer) unsafe.Pointer {
	if iface.NumMethod() == 0 {
		return func(t unsafe.Pointer) unsafe.Pointer { return t }
	}
	var known sync.Map
	return func(t unsafe.Pointer) unsafe.Pointer {
		if w, ok := known.Load(t); ok {
			return w.(unsafe.Pointer)
		}
		var w unsafe.Pointer
		if typ := forge.TypeAt(t); typ.Implements(iface) {
			w = wordOf(iface, typ)
		}
		known.Store(t, w)
		return w
	}
}
