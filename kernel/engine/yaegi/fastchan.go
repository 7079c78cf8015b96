package yaegi

import (
	"reflect"
	"runtime"
	"unsafe"
)

// chanOps are the operations on channels of one element type as compiled code
// has them: far quicker than those of package reflect.
type chanOps struct {
	send, recv, recv2 func(c *cell) any
}

// A channel is asked for its pointer through package reflect: a pointer to one
// here would put its type into the binary, and reflect.ChanOf copies from the
// type of a channel where that one stands without clearing it (go1.26.8
// reflect/type.go:1842 ChanOf).

// receive is <-ch at a site.
func receive[T any](c *cell, site int, ch chan T) (T, bool) {
	select {
	case v, ok := <-ch:
		return v, ok
	default:
		return awaitReceive(c, site, ch)
	}
}

func awaitReceive[T any](c *cell, site int, ch chan T) (v T, ok bool) {
	if _, alone := c.job.alone(); alone {
		return receiveAlone(site, ch)
	}
	p := reflect.ValueOf(ch).UnsafePointer()
	for {
		w, until := c.parkOn(waitReceive, site, waitOn{p: addressOf(p), elem: reflect.TypeFor[T]()}, rescuable(ch, p))
		if until == nil {
			v, ok = <-ch
		} else {
			select {
			case v, ok = <-ch:
			case <-until:
				w.over(until)
				c.leaveNow()
			}
		}
		ended := w.over(until)
		runtime.KeepAlive(p)
		rescued := ok && c.r.rescues.open.Load() > 0 && c.r.rescues.received(p, bits(&v))
		if ended && until == nil {
			c.leaveNow()
		}
		if !rescued {
			return v, ok
		}
	}
}

//go:noinline
func receiveAlone[T any](site int, ch chan T) (v T, ok bool) {
	standing(site, func() { v, ok = <-ch })
	return v, ok
}

// transmit is ch <- v at a site.
func transmit[T any](c *cell, site int, ch chan T, v T) {
	// On its way out to a closed channel the panic has its site.
	ok := false
	defer func() {
		if !ok {
			c.markPanic(site)
		}
	}()
	select {
	case ch <- v:
	default:
		awaitSend(c, site, ch, v)
	}
	ok = true
}

func awaitSend[T any](c *cell, site int, ch chan T, v T) {
	if _, alone := c.job.alone(); alone {
		sendAlone(site, ch, v)
		return
	}
	var w *wait
	var until chan struct{}
	defer func() {
		if w != nil { // a panic
			w.over(until)
		}
	}()
	p := reflect.ValueOf(ch).UnsafePointer()
	for {
		w, until = c.parkOn(waitSend, site, waitOn{p: addressOf(p), elem: reflect.TypeFor[T](), send: true}, rescuable(ch, p))
		left := false
		if until == nil {
			ch <- v
		} else {
			select {
			case ch <- v:
			case <-until:
				left = true
			}
		}
		ended := w.over(until)
		w = nil
		runtime.KeepAlive(p)
		rescued := !left && c.r.rescues.open.Load() > 0 && c.r.rescues.sent(p, bits(&v))
		if left || ended && until == nil {
			c.leaveNow()
		}
		if !rescued {
			return
		}
	}
}

//go:noinline
func sendAlone[T any](site int, ch chan T, v T) { standing(site, func() { ch <- v }) }

// opsOf gives the operations for elements of type T.
func opsOf[T any]() chanOps {
	return chanOps{
		send: func(c *cell) any {
			return func(site int, ch chan T, v T) { transmit(c, site, ch, v) }
		},
		recv: func(c *cell) any {
			return func(site int, ch chan T) T {
				v, _ := receive(c, site, ch)
				return v
			}
		},
		recv2: func(c *cell) any {
			return func(site int, ch chan T) (T, bool) { return receive(c, site, ch) }
		},
	}
}

// fastChans has the element types by the shape of their memory. A channel of
// another type of the same shape is operated on by the same code.
var fastChans = map[string]chanOps{
	"struct{}": opsOf[struct{}](),
	"bool":     opsOf[bool](),
	"int8":     opsOf[int8](),
	"int16":    opsOf[int16](),
	"int32":    opsOf[int32](),
	"int64":    opsOf[int64](),
	"float32":  opsOf[float32](),
	"float64":  opsOf[float64](),
	"string":   opsOf[string](),
	"pointer":  opsOf[unsafe.Pointer](),
	"iface":    opsOf[any](),
	"slice":    opsOf[[]byte](),
}

// chanShape names the shape of an element type, "" for others.
func chanShape(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "bool"
	case reflect.Int8, reflect.Uint8:
		return "int8"
	case reflect.Int16, reflect.Uint16:
		return "int16"
	case reflect.Int32, reflect.Uint32:
		return "int32"
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return "int64"
	case reflect.Float32:
		return "float32"
	case reflect.Float64:
		return "float64"
	case reflect.String:
		return "string"
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return "pointer"
	case reflect.Interface:
		return "iface"
	case reflect.Slice:
		return "slice"
	case reflect.Struct:
		if t.NumField() == 0 {
			return "struct{}"
		}
	}
	return ""
}

// fastChan gives one of the operations for a channel type, if there is one.
func (c *cell) fastChan(ch reflect.Type, op func(chanOps) func(*cell) any, in, out []reflect.Type) (reflect.Value, bool) {
	ops, ok := fastChans[chanShape(ch.Elem())]
	if !ok {
		return reflect.Value{}, false
	}
	return retyped(op(ops)(c), in, out), true
}
