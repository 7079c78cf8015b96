package yaegi

import (
	"math/rand/v2"
	"reflect"
	"unsafe"

	"runnext/kernel/core/bytecode"
	"runnext/kernel/engine/yaegi/machine"
)

//go:linkname rselect reflect.rselect
func rselect(cases []machine.Case) (chosen int, ok bool)

// Select waits in the way of [cell.blocked].
func (h machineHost) Select(site int, blocks bool, cases []machine.Case, elems []machine.Elem) (chosen int, ok bool, err any) {
	defer func() {
		if err == nil {
			err = recover()
		}
	}()
	c, n := h.c, len(cases)
	if !blocks && n > 1 { // which must be seen at once
		all := cases[:n+1]
		all[n] = machine.Case{Dir: reflect.SelectDefault}
		if chosen, ok = rselect(all); chosen == n {
			chosen = -1
		}
		return chosen, ok, nil
	}
	if chosen, ok = tried(cases); chosen >= 0 || !blocks {
		return chosen, ok, nil
	}
	if _, alone := c.job.alone(); alone {
		standing(site, func() { chosen, ok = rselect(cases) })
		return chosen, ok, nil
	}
	chosen, ok = c.blockedAmong(site, cases, elems)
	return chosen, ok, nil
}

// tried tries one case after the other, in any order, and gives the first that
// can go on, or -1.
func tried(cases []machine.Case) (chosen int, ok bool) {
	var order [bytecode.MaxCases]uint8
	for i := range cases {
		order[i] = uint8(i)
	}
	lots := rand.Uint64()
	for n := len(cases); n > 0; n-- {
		k := lots % uint64(n)
		if lots /= uint64(n); n%8 == 0 {
			lots = rand.Uint64()
		}
		i := order[k]
		order[k] = order[n-1]
		done := false
		if s := &cases[i]; s.Dir == reflect.SelectSend {
			done, ok = chansend(s.Chan, s.At, true), false
		} else {
			done, ok = chanrecv(s.Chan, true, s.At)
		}
		if done {
			return int(i), ok
		}
	}
	return -1, false
}

// blockedAmong is rselect of cases that cannot go on at once.
func (c *cell) blockedAmong(site int, cases []machine.Case, elems []machine.Elem) (chosen int, ok bool) {
	n := len(cases)
	all := cases[:n+1]
	var w *wait
	var until chan struct{}
	defer func() {
		if w != nil { // a send on a channel that was closed
			w.over(until)
		}
	}()
	for {
		w = c.take()
		w.on = w.room(n)
		for i, s := range cases {
			w.on[i] = waitOn{p: addressOf(s.Chan), elem: elems[i].Type, send: s.Dir == reflect.SelectSend}
		}
		until = w.begin(c, waitSelect, site, false)
		all[n] = machine.Case{Dir: reflect.SelectRecv, Chan: *(*unsafe.Pointer)(unsafe.Pointer(&until))}
		chosen, ok = rselect(all)
		w.over(until)
		w = nil
		all[n] = machine.Case{}
		if chosen == n {
			c.leaveNow()
		}
		if c.r.rescues.open.Load() == 0 || !c.rescued(cases[chosen], elems[chosen].Size, ok) {
			return chosen, ok
		}
	}
}

// rescued tells whether a case went on because of a rescue.
func (c *cell) rescued(s machine.Case, size int, ok bool) bool {
	bits := unsafe.String((*byte)(s.At), size)
	if s.Dir == reflect.SelectSend {
		return c.r.rescues.sent(s.Chan, bits)
	}
	return ok && c.r.rescues.received(s.Chan, bits)
}

func (h machineHost) MakeChan(typ, size int) (ch unsafe.Pointer, err any) {
	v, err := h.c.newChan(h.c.set.Core[typ], size)
	if err != nil {
		return nil, err
	}
	return v.UnsafePointer(), nil
}
