package yaegi

import (
	"os"
	"reflect"
	"unsafe"

	"runnext/kernel/core/program"
	"runnext/kernel/engine/yaegi/forge"
)

// identity is the code of every identity function of pointers.
func identity(p unsafe.Pointer) unsafe.Pointer { return p }

// makeIdentity makes func(F) F: passing a function through it leaves one that
// package reflect can call.
func makeIdentity(c *cell, d program.Helper) reflect.Value {
	t := c.core(d, 0)
	return retyped(identity, list(t), list(t))
}

// makeBox makes func(T) I, which puts a value into an interface with its true
// type.
func makeBox(c *cell, d program.Helper) reflect.Value {
	core, truth, iface := c.core(d, 0), c.set.True[d.Types[0]], c.core(d, 1)
	file := truth == reflect.TypeFor[*os.File]()
	shape := chanShape(core)
	if ops, ok := shaped[shape]; ok && !file {
		return retyped(ops.box(wordOf(iface, truth), isDirect(shape)), list(core), list(iface))
	}
	return makeFunc(list(core), list(iface), func(in []reflect.Value) []reflect.Value {
		v := in[0]
		if core != truth {
			v = forge.RetypeValue(v, truth)
		}
		if file {
			v = c.stream(v)
		}
		out := reflect.New(iface).Elem()
		out.Set(v)
		return values(out)
	})
}

// makeIface makes func(I) J for interfaces that I's values always implement.
func makeIface(c *cell, d program.Helper) reflect.Value {
	from, to := c.core(d, 0), c.core(d, 1)
	return makeFunc(list(from), list(to), func(in []reflect.Value) []reflect.Value {
		out := reflect.New(to).Elem()
		if !in[0].IsNil() {
			out.Set(in[0].Elem())
		}
		return values(out)
	})
}

// assertion makes what both forms of x.(T) share: it gives the value, whether
// x holds it, and Go's error if not.
func assertion(c *cell, d program.Helper) func(x reflect.Value) (reflect.Value, bool, error) {
	iface, core, truth := c.core(d, 0), c.core(d, 1), c.set.True[d.Types[1]]
	index := d.Types[1]
	zero := reflect.Zero(core)
	if core.Kind() == reflect.Interface {
		return func(x reflect.Value) (reflect.Value, bool, error) {
			if x.IsNil() {
				return zero, false, assertionError(nil, nil, core, "")
			}
			x = x.Elem()
			if !x.Type().Implements(core) {
				return zero, false, assertionError(nil, x.Type(), core, missingMethod(x.Type(), core))
			}
			out := reflect.New(core).Elem()
			out.Set(x)
			return out, true, nil
		}
	}
	return func(x reflect.Value) (reflect.Value, bool, error) {
		if x.IsNil() {
			return zero, false, assertionError(iface, nil, truth, "")
		}
		x = x.Elem()
		if !c.set.Same(index, x.Type()) {
			return zero, false, assertionError(iface, x.Type(), truth, "")
		}
		return forge.RetypeValue(x, core), true, nil
	}
}

// missingMethod names the first method of iface that t lacks.
func missingMethod(t, iface reflect.Type) string {
	for i := range iface.NumMethod() {
		if m, ok := t.MethodByName(iface.Method(i).Name); !ok || m.PkgPath != iface.Method(i).PkgPath {
			return iface.Method(i).Name
		}
	}
	return iface.Method(0).Name
}

func makeAssert(c *cell, d program.Helper) reflect.Value {
	if a, ops, ok := c.shapedAssertion(d); ok {
		return retyped(ops.assert(a), list(intType, c.core(d, 0)), list(c.core(d, 1)))
	}
	assert := assertion(c, d)
	return makeFunc(list(intType, c.core(d, 0)), list(c.core(d, 1)), func(in []reflect.Value) []reflect.Value {
		v, ok, err := assert(in[1])
		if !ok {
			c.raise(int(in[0].Int()), err)
		}
		return values(v)
	})
}

func makeAssert2(c *cell, d program.Helper) reflect.Value {
	if a, ops, ok := c.shapedAssertion(d); ok {
		return retyped(ops.assert2(a), list(c.core(d, 0)), list(c.core(d, 1), boolType))
	}
	assert := assertion(c, d)
	return makeFunc(list(c.core(d, 0)), list(c.core(d, 1), boolType), func(in []reflect.Value) []reflect.Value {
		v, ok, _ := assert(in[0])
		return values(v, reflect.ValueOf(ok))
	})
}

// makeRetype makes func(A) B for types of one memory.
func makeRetype(c *cell, d program.Helper) reflect.Value {
	from, to := c.core(d, 0), c.core(d, 1)
	if from.Kind() == reflect.Interface {
		return makeIface(c, d)
	}
	return makeFunc(list(from), list(to), func(in []reflect.Value) []reflect.Value {
		return values(forge.RetypeValue(in[0], to))
	})
}

// makeConvert makes func(A) B for conversions that change the memory.
func makeConvert(c *cell, d program.Helper) reflect.Value {
	from, to := c.core(d, 0), c.core(d, 1)
	if fn, ok := shapedConvert(from, to); ok {
		return fn
	}
	return makeFunc(list(from), list(to), func(in []reflect.Value) []reflect.Value {
		v := in[0]
		switch {
		case to.Kind() == reflect.UnsafePointer && from.Kind() == reflect.Pointer:
			v = reflect.ValueOf(v.UnsafePointer())
		case to.Kind() == reflect.Pointer && from.Kind() == reflect.UnsafePointer:
			v = reflect.NewAt(to.Elem(), v.UnsafePointer())
		case to.Kind() == reflect.Uintptr && from.Kind() == reflect.UnsafePointer:
			v = reflect.ValueOf(uintptr(v.UnsafePointer()))
		case to.Kind() == reflect.UnsafePointer && from.Kind() == reflect.Uintptr:
			v = reflect.ValueOf(*(*unsafe.Pointer)(unsafe.Pointer(&[]uint64{v.Uint()}[0])))
		}
		return values(v.Convert(to))
	})
}

// makeArrayPointer makes func(site, []T) *[n]T.
func makeArrayPointer(c *cell, d program.Helper) reflect.Value {
	from, to := c.core(d, 0), c.core(d, 1)
	return makeFunc(list(intType, from), list(to), func(in []reflect.Value) []reflect.Value {
		var out reflect.Value
		if err := caught(func() { out = in[1].Convert(to) }); err != nil {
			c.raise(int(in[0].Int()), boundsError(to.Elem().Len(), in[1].Len(), true, boundsConvert))
		}
		return values(out)
	})
}

// makeInvoke makes func(I, args) results, a call of a method whose types have
// two faces, or which is not exported. It finds the code where the runtime
// does: in the table that the interface points to.
func makeInvoke(c *cell, d program.Helper) reflect.Value {
	iface, core := c.core(d, 0), c.core(d, 1)
	truth := c.set.True[d.Types[1]]
	index := -1
	for i := range iface.NumMethod() {
		if m := iface.Method(i); m.Name == d.Name && (d.Path == "" || m.PkgPath == d.Path) {
			index = i
		}
	}
	in, out := list(iface), []reflect.Type{}
	word := list(reflect.TypeFor[unsafe.Pointer]())
	for t := range core.Ins() {
		in = append(in, t)
	}
	for t := range truth.Ins() {
		word = append(word, t)
	}
	var results []reflect.Type
	for t := range core.Outs() {
		out = append(out, t)
	}
	for t := range truth.Outs() {
		results = append(results, t)
	}
	fnType := reflect.FuncOf(word, results, false)
	return makeFunc(in, out, func(args []reflect.Value) []reflect.Value {
		holder := reflect.New(iface)
		holder.Elem().Set(args[0])
		words := (*[2]unsafe.Pointer)(holder.UnsafePointer()) // itab, data
		if words[0] == nil {
			panic(nilError())
		}
		// go1.26.8 internal/abi/iface.go ITab: Fun starts after 24 bytes.
		code := *(*unsafe.Pointer)(unsafe.Add(words[0], 24+8*index))
		fn := forge.FuncValue(fnType, code)
		call := make([]reflect.Value, len(args))
		call[0] = reflect.ValueOf(words[1])
		for i, a := range args[1:] {
			call[i+1] = forge.RetypeValue(a, word[i+1])
		}
		res := fn.Call(call)
		for i := range res {
			res[i] = forge.RetypeValue(res[i], out[i])
		}
		return res
	})
}
