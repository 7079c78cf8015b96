package yaegi

import (
	"reflect"
	"unsafe"

	"runnext/kernel/engine/yaegi/machine"
)

// runtimeSelect is go1.26.8 runtime/select.go:551: a case of a select statement
// that the runtime is asked for without package reflect's values.
type runtimeSelect struct {
	dir reflect.SelectDir
	_   unsafe.Pointer
	ch  unsafe.Pointer
	val unsafe.Pointer // what is sent, or where the value received goes
}

//go:linkname rselect reflect.rselect
func rselect(cases []runtimeSelect) (chosen int, ok bool)

// Select waits in the way of [cell.blocked].
func (h machineHost) Select(site int, blocks bool, cases []machine.Case) (chosen int, ok bool, err any) {
	defer func() {
		if err == nil {
			err = recover()
		}
	}()
	c := h.c
	n := len(cases)
	list := make([]runtimeSelect, n+1)
	for i, x := range cases {
		list[i] = runtimeSelect{dir: reflect.SelectRecv, ch: x.Chan, val: x.At}
		if x.Sends {
			list[i].dir = reflect.SelectSend
		}
	}
	list[n] = runtimeSelect{dir: reflect.SelectDefault}
	if chosen, ok = rselect(list); chosen == n {
		if !blocks {
			return -1, false, nil
		}
		if _, alone := c.job.alone(); alone {
			standing(site, func() { chosen, ok = rselect(list[:n]) })
		} else {
			chosen, ok = c.blockedAmong(site, cases, list)
		}
	}
	return chosen, ok, nil
}

// blockedAmong is rselect of cases that cannot go on at once, the last of which
// is to spare.
func (c *cell) blockedAmong(site int, cases []machine.Case, list []runtimeSelect) (chosen int, ok bool) {
	n := len(cases)
	on := make([]waitOn, n)
	for i := range cases {
		on[i] = waitOn{p: addressOf(list[i].ch), elem: cases[i].Elem, send: cases[i].Sends}
	}
	var w *wait
	var until chan struct{}
	defer func() {
		if w != nil { // a send on a channel that was closed
			w.over(until)
		}
	}()
	for {
		w, until = c.park(waitSelect, site, on...)
		list[n] = runtimeSelect{dir: reflect.SelectRecv, ch: *(*unsafe.Pointer)(unsafe.Pointer(&until))}
		chosen, ok = rselect(list)
		w.over(until)
		w = nil
		if chosen == n {
			c.leaveNow()
		}
		if c.r.rescues.open.Load() == 0 || !c.rescued(cases[chosen], list[chosen], ok) {
			return chosen, ok
		}
	}
}

// rescued tells whether a case went on because of a rescue.
func (c *cell) rescued(of machine.Case, s runtimeSelect, ok bool) bool {
	bits := unsafe.String((*byte)(s.val), of.Size)
	if of.Sends {
		return c.r.rescues.sent(s.ch, bits)
	}
	return ok && c.r.rescues.received(s.ch, bits)
}

func (h machineHost) MakeChan(typ, size int) (ch unsafe.Pointer, err any) {
	v, err := h.c.newChan(h.c.set.Core[typ], size)
	if err != nil {
		return nil, err
	}
	return v.UnsafePointer(), nil
}
