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

// Methods gives the methods of the program's types that have bytecode.
func (h machineHost) Methods() (list []machine.Method) {
	c := h.c
	for _, b := range c.prog.Binds {
		if b.Value == 0 && b.Address == 0 {
			continue
		}
		truth := c.set.True[b.Type]
		list = append(list, machine.Method{
			Name: b.Method, Path: b.Path, Type: c.set.Core[b.Type], Value: b.Value, Address: b.Address,
			True: forge.Memory(truth), Pointer: forge.Memory(reflect.PointerTo(truth)), Direct: forge.Direct(truth),
		})
	}
	return list
}
