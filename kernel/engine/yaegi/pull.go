package yaegi

import (
	"iter"
	"reflect"

	"runnext/kernel/core/program"
)

// makePull makes iter.Pull for one type: func(seq) (next, stop).
func makePull(c *cell, d program.Helper) reflect.Value { return pull(c.core(d, 0), 1) }

// makePull2 makes iter.Pull2.
func makePull2(c *cell, d program.Helper) reflect.Value { return pull(c.core(d, 0), 2) }

func pull(sig reflect.Type, n int) reflect.Value {
	next, yield := sig.Out(0), sig.In(0).In(0)
	return reflect.MakeFunc(sig, func(in []reflect.Value) []reflect.Value {
		seq := in[0]
		get, stop := iter.Pull(func(put func([]reflect.Value) bool) {
			seq.Call(values(reflect.MakeFunc(yield, func(v []reflect.Value) []reflect.Value {
				return values(reflect.ValueOf(put(v)))
			})))
		})
		return values(reflect.MakeFunc(next, func([]reflect.Value) []reflect.Value {
			v, ok := get()
			if !ok {
				for i := range n {
					v = append(v, reflect.Zero(next.Out(i)))
				}
			}
			return append(v[:n:n], reflect.ValueOf(ok))
		}), reflect.ValueOf(stop))
	})
}
