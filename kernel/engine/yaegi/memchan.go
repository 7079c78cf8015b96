package yaegi

import (
	"reflect"
	"runtime"
	"unsafe"

	"runnext/kernel/engine/yaegi/machine"
)

// Operations on channels of elements of any type, which lie in memory. They wait
// as [receive] and [transmit] do.

// chansend is go1.26.8 runtime/chan.go:809 reflect_chansend.
//
//go:linkname chansend reflect.chansend0
//go:noescape
func chansend(ch, val unsafe.Pointer, nb bool) (sent bool)

// chanrecv is go1.26.8 runtime/chan.go:814 reflect_chanrecv.
//
//go:linkname chanrecv reflect.chanrecv
//go:noescape
func chanrecv(ch unsafe.Pointer, nb bool, val unsafe.Pointer) (done, ok bool)

// receiveTo is <-ch at a site.
func (c *cell) receiveTo(site int, elem reflect.Type, ch, to unsafe.Pointer) (ok bool) {
	if done, ok := chanrecv(ch, true, to); done {
		return ok
	}
	if _, alone := c.job.alone(); alone {
		return receiveToAlone(site, ch, to)
	}
	for {
		w, until := c.parkOn(waitReceive, site, waitOn{p: addressOf(ch), elem: elem}, rescuableChan(elem, ch))
		left := false
		if until == nil {
			_, ok = chanrecv(ch, false, to)
		} else {
			left, ok = eitherOf(machine.Case{Dir: reflect.SelectRecv, Chan: ch, At: to}, until)
		}
		ended := w.over(until)
		runtime.KeepAlive(ch)
		rescued := !left && ok && c.r.rescues.open.Load() > 0 && c.r.rescues.received(ch, bitsAt(elem, to))
		if left || ended && until == nil {
			c.leaveNow()
		}
		if !rescued {
			return ok
		}
	}
}

// eitherOf waits for a case or for the end.
func eitherOf(of machine.Case, until chan struct{}) (left, ok bool) {
	end := machine.Case{Dir: reflect.SelectRecv, Chan: *(*unsafe.Pointer)(unsafe.Pointer(&until))}
	chosen, ok := rselect([]machine.Case{of, end})
	return chosen == 1, ok
}

//go:noinline
func receiveToAlone(site int, ch, to unsafe.Pointer) (ok bool) {
	standing(site, func() { _, ok = chanrecv(ch, false, to) })
	return ok
}

// sendFrom is ch <- v at a site; on its way out to a closed channel the panic
// has its site.
func (c *cell) sendFrom(site int, elem reflect.Type, ch, from unsafe.Pointer) {
	ok := false
	defer func() {
		if !ok {
			c.markPanic(site)
		}
	}()
	if !chansend(ch, from, true) {
		c.awaitSendFrom(site, elem, ch, from)
	}
	ok = true
}

func (c *cell) awaitSendFrom(site int, elem reflect.Type, ch, from unsafe.Pointer) {
	if _, alone := c.job.alone(); alone {
		sendFromAlone(site, ch, from)
		return
	}
	var w *wait
	var until chan struct{}
	defer func() {
		if w != nil { // a panic
			w.over(until)
		}
	}()
	for {
		w, until = c.parkOn(waitSend, site, waitOn{p: addressOf(ch), elem: elem, send: true}, rescuableChan(elem, ch))
		left := false
		if until == nil {
			chansend(ch, from, false)
		} else {
			left, _ = eitherOf(machine.Case{Dir: reflect.SelectSend, Chan: ch, At: from}, until)
		}
		ended := w.over(until)
		w = nil
		runtime.KeepAlive(ch)
		rescued := !left && c.r.rescues.open.Load() > 0 && c.r.rescues.sent(ch, bitsAt(elem, from))
		if left || ended && until == nil {
			c.leaveNow()
		}
		if !rescued {
			return
		}
	}
}

//go:noinline
func sendFromAlone(site int, ch, from unsafe.Pointer) {
	standing(site, func() { chansend(ch, from, false) })
}

// rescuableChan is [rescuable] of a channel of any type.
func rescuableChan(elem reflect.Type, ch unsafe.Pointer) bool {
	return ch != nil && (*hchan)(ch).dataqsiz == 0 && (elem.Size() > 0 || isMade(ch))
}

// bitsAt gives the memory of a value.
func bitsAt(t reflect.Type, at unsafe.Pointer) string { return unsafe.String((*byte)(at), t.Size()) }

// nudge receives from, or sends to, who waits for a channel.
func nudge(elem reflect.Type, ch unsafe.Pointer, sends bool) (taken string, ok bool) {
	defer func() {
		if recover() != nil { // it is closed: nobody waits there
			ok = false
		}
	}()
	v := reflect.New(elem).UnsafePointer()
	if !sends {
		return "", chansend(ch, v, true)
	}
	if _, ok = chanrecv(ch, true, v); ok {
		taken = bitsAt(elem, v)
	}
	return taken, ok
}
