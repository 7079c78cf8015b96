package yaegi

import (
	"math/rand/v2"
	"reflect"
	"runtime"

	"runnext/kernel/core/program"
)

// makeTypeFor makes reflect.TypeFor[T].
func makeTypeFor(c *cell, d program.Helper) reflect.Value {
	t := c.set.True[d.Types[0]]
	return reflect.ValueOf(func() reflect.Type { return t })
}

// makeReflectAssert makes reflect.TypeAssert[T].
func makeReflectAssert(c *cell, d program.Helper) reflect.Value {
	assert := assertion(c, program.Helper{Types: []int{d.Types[0], d.Types[0]}})
	return makeFunc(list(reflect.TypeFor[reflect.Value]()), list(c.core(d, 0), boolType), func(in []reflect.Value) []reflect.Value {
		x := in[0].Interface().(reflect.Value).Interface() // panics as TypeAssert does
		v, ok, _ := assert(reflect.ValueOf(&x).Elem())
		return values(v, reflect.ValueOf(ok))
	})
}

// makeRandN makes rand.N[T].
func makeRandN(c *cell, d program.Helper) reflect.Value {
	t := c.core(d, 0)
	return makeFunc(list(t), list(t), func(in []reflect.Value) []reflect.Value {
		out := reflect.New(t).Elem()
		switch n := in[0]; {
		case n.CanInt() && n.Int() > 0:
			out.SetInt(rand.Int64N(n.Int()))
		case n.CanUint() && n.Uint() > 0:
			out.SetUint(rand.Uint64N(n.Uint()))
		default:
			panic("invalid argument to N")
		}
		return values(out)
	})
}

// makeAddCleanup makes runtime.AddCleanup[T, S].
func makeAddCleanup(c *cell, d program.Helper) reflect.Value {
	return reflect.MakeFunc(c.core(d, 0), func(in []reflect.Value) []reflect.Value {
		call, arg := in[1], in[2]
		run := c.detached(0, func() { call.Call(values(arg)) })
		return values(reflect.ValueOf(runtime.AddCleanup((*byte)(in[0].UnsafePointer()), func(f func()) { f() }, run)))
	})
}
