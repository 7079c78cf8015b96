package yaegi

import (
	"reflect"
	"unsafe"

	"runnext/kernel/core/program"
)

// mapOps are the operations on maps of one type of keys and one of elements as
// compiled code has them, while more than one goroutine runs.
type mapOps struct {
	set, get, get2 func(c *cell) any
}

func mapOpsOf[K comparable, V any]() mapOps {
	of := func(m unsafe.Pointer) map[K]V { return *(*map[K]V)(unsafe.Pointer(&m)) }
	return mapOps{
		set: func(c *cell) any {
			return func(site int, m unsafe.Pointer, k K, v V) {
				s := c.enterMap(site, m, true)
				defer s.leave(true)
				of(m)[k] = v
			}
		},
		get: func(c *cell) any {
			return func(site int, m unsafe.Pointer, k K) V {
				s := c.enterMap(site, m, false)
				defer s.leave(false)
				return of(m)[k]
			}
		},
		get2: func(c *cell) any {
			return func(site int, m unsafe.Pointer, k K) (V, bool) {
				s := c.enterMap(site, m, false)
				defer s.leave(false)
				v, ok := of(m)[k]
				return v, ok
			}
		},
	}
}

func addMapOps[K comparable](ops map[[2]string]mapOps, key string) {
	ops[[2]string{key, "struct{}"}] = mapOpsOf[K, struct{}]()
	ops[[2]string{key, "bool"}] = mapOpsOf[K, bool]()
	ops[[2]string{key, "int32"}] = mapOpsOf[K, int32]()
	ops[[2]string{key, "int64"}] = mapOpsOf[K, int64]()
	ops[[2]string{key, "float64"}] = mapOpsOf[K, float64]()
	ops[[2]string{key, "string"}] = mapOpsOf[K, string]()
	ops[[2]string{key, "pointer"}] = mapOpsOf[K, unsafe.Pointer]()
	ops[[2]string{key, "iface"}] = mapOpsOf[K, any]()
	ops[[2]string{key, "slice"}] = mapOpsOf[K, []byte]()
}

// fastMaps has the operations by the shapes of keys and elements, see
// chanShape. A map of other types of the same shapes is operated on by the same
// code: the memory of keys, and what they hash to, is the same.
var fastMaps = func() map[[2]string]mapOps {
	ops := map[[2]string]mapOps{}
	addMapOps[int64](ops, "int64")
	addMapOps[int32](ops, "int32")
	addMapOps[string](ops, "string")
	return ops
}()

func (c *cell) fastMap(m reflect.Type, op func(mapOps) func(*cell) any, in, out []reflect.Type) (reflect.Value, bool) {
	ops, ok := fastMaps[[2]string{chanShape(m.Key()), chanShape(m.Elem())}]
	if !ok {
		return reflect.Value{}, false
	}
	return retyped(op(ops)(c), in, out), true
}

// makeMapSet makes func(site, m, k, v): m[k] = v.
func makeMapSet(c *cell, d program.Helper) reflect.Value {
	m := c.core(d, 0)
	in := list(intType, m, m.Key(), m.Elem())
	if fn, ok := c.fastMap(m, func(o mapOps) func(*cell) any { return o.set }, in, nil); ok {
		return fn
	}
	return makeFunc(in, nil, func(in []reflect.Value) []reflect.Value {
		c.used(int(in[0].Int()), in[1], true, func() { in[1].SetMapIndex(in[2], in[3]) })
		return nil
	})
}

// makeMapGet makes func(site, m, k): m[k].
func makeMapGet(c *cell, d program.Helper) reflect.Value {
	m := c.core(d, 0)
	in := list(intType, m, m.Key())
	if fn, ok := c.fastMap(m, func(o mapOps) func(*cell) any { return o.get }, in, list(m.Elem())); ok {
		return fn
	}
	return makeFunc(in, list(m.Elem()), func(in []reflect.Value) []reflect.Value {
		v, _ := c.lookUp(in)
		return values(v)
	})
}

// makeMapGet2 makes func(site, m, k) for v, ok := m[k].
func makeMapGet2(c *cell, d program.Helper) reflect.Value {
	m := c.core(d, 0)
	in := list(intType, m, m.Key())
	if fn, ok := c.fastMap(m, func(o mapOps) func(*cell) any { return o.get2 }, in, list(m.Elem(), boolType)); ok {
		return fn
	}
	return makeFunc(in, list(m.Elem(), boolType), func(in []reflect.Value) []reflect.Value {
		v, ok := c.lookUp(in)
		return values(v, reflect.ValueOf(ok))
	})
}

func (c *cell) lookUp(in []reflect.Value) (reflect.Value, bool) {
	var v reflect.Value
	c.used(int(in[0].Int()), in[1], false, func() { v = in[1].MapIndex(in[2]) })
	if v.IsValid() {
		return v, true
	}
	return reflect.Zero(in[1].Type().Elem()), false
}

// used does something with a map, seen by the guard while more than one
// goroutine runs. A key without a hash fails at the site.
func (c *cell) used(site int, m reflect.Value, write bool, do func()) {
	if *c.r.maps.crowd.flag != 0 {
		s := c.enterMap(site, m.UnsafePointer(), write)
		defer s.leave(write)
	}
	c.marked(site, do)
}

func makeDelete(c *cell, d program.Helper) reflect.Value {
	m := c.core(d, 0)
	return makeFunc(list(intType, m, m.Key()), nil, func(in []reflect.Value) []reflect.Value {
		c.used(int(in[0].Int()), in[1], true, func() { in[1].SetMapIndex(in[2], reflect.Value{}) })
		return nil
	})
}

func makeClear(c *cell, d program.Helper) reflect.Value {
	return makeFunc(list(intType, c.core(d, 0)), nil, func(in []reflect.Value) []reflect.Value {
		switch {
		case in[1].Kind() == reflect.Slice:
			in[1].Clear()
		case !in[1].IsNil():
			c.used(int(in[0].Int()), in[1], true, in[1].Clear)
		}
		return nil
	})
}

// mapIter is a range over a map, or over the copy of nothing for a nil one.
type mapIter struct {
	of   reflect.Value
	iter *reflect.MapIter
}

func makeRange(c *cell, d program.Helper) reflect.Value {
	return makeFunc(list(c.core(d, 0)), list(anyType), func(in []reflect.Value) []reflect.Value {
		var x any = &mapIter{in[0], in[0].MapRange()}
		return values(reflect.ValueOf(&x).Elem())
	})
}

func makeNext(c *cell, d program.Helper) reflect.Value {
	m := c.core(d, 0)
	zk, zv := reflect.Zero(m.Key()), reflect.Zero(m.Elem())
	return makeFunc(list(intType, anyType), list(boolType, m.Key(), m.Elem()), func(in []reflect.Value) []reflect.Value {
		it := in[1].Elem().Interface().(*mapIter)
		more, k, v := false, zk, zv
		c.used(int(in[0].Int()), it.of, false, func() {
			if more = it.iter.Next(); more {
				k, v = it.iter.Key(), it.iter.Value()
			}
		})
		return values(reflect.ValueOf(more), k, v)
	})
}

func makeMapsClone(c *cell, d program.Helper) reflect.Value {
	sig := c.core(d, 0)
	return reflect.MakeFunc(sig, func(in []reflect.Value) []reflect.Value {
		src := in[0]
		if src.Kind() == reflect.Interface {
			src = src.Elem()
		}
		out := reflect.Zero(src.Type())
		if !src.IsNil() {
			out = reflect.MakeMapWithSize(src.Type(), src.Len())
			c.used(0, src, false, func() {
				for it := src.MapRange(); it.Next(); {
					out.SetMapIndex(it.Key(), it.Value())
				}
			})
		}
		res := reflect.New(sig.Out(0)).Elem()
		res.Set(out)
		return values(res)
	})
}
