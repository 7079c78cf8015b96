package yaegi

import (
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// rescues lets goroutines go that wait in a plain operation on a channel
// without buffer, as compiled code does. A select of that and of a channel
// which ends the wait costs half as much again.
//
// Who receives is given a zero value, and the value of who sends is taken. That
// may meet somebody else who stands in the same queue. So each of these is
// noted, and everybody who has waited asks whether it was one: then nothing has
// come or gone, and the wait begins anew. Equal values are not told apart, and
// need not be: the one that was lost or came twice could as well have been that
// of who had to go, a moment earlier.
//
// Compiled code would not ask. So this is not for channels that it has made, or
// waits for: those of struct{} that are not a cell's.
type rescues struct {
	open  atomic.Int64 // of those below
	mu    sync.Mutex
	given map[unsafe.Pointer]int      // to who received from a channel
	taken map[unsafe.Pointer][]string // from who sent on it: the bits
}

// rescuable tells whether one may wait for ch, which is at p, in a plain
// operation.
func rescuable[T any](ch chan T, p unsafe.Pointer) bool {
	var v T
	return cap(ch) == 0 && ch != nil && (unsafe.Sizeof(v) > 0 || isMade(p))
}

// bits gives the memory of a value.
func bits[T any](v *T) string { return unsafe.String((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v)) }

// blank tells whether the memory of a value is that of the zero value.
func blank(bits string) bool { return strings.Trim(bits, "\x00") == "" }

// received tells whether what somebody has waited for on a channel was a
// rescue.
func (s *rescues) received(ch unsafe.Pointer, bits string) bool {
	if !blank(bits) {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.given[ch]
	switch n {
	case 0:
		return false
	case 1:
		delete(s.given, ch)
	default:
		s.given[ch] = n - 1
	}
	s.open.Add(-1)
	return true
}

// sent tells whether a rescue has taken the value that somebody has waited to
// send on a channel.
func (s *rescues) sent(ch unsafe.Pointer, bits string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.taken[ch]
	for i, v := range list {
		if v != bits {
			continue
		}
		if list = append(list[:i], list[i+1:]...); len(list) == 0 {
			delete(s.taken, ch)
		} else {
			s.taken[ch] = list
		}
		s.open.Add(-1)
		return true
	}
	return false
}

// chose is received or sent for a case of package reflect.
func (s *rescues) chose(c reflect.SelectCase, v reflect.Value, ok bool) bool {
	ch := c.Chan.UnsafePointer()
	if c.Dir == reflect.SelectRecv {
		return ok && v.IsZero() && s.received(ch, "")
	}
	sent := reflect.New(c.Chan.Type().Elem())
	sent.Elem().Set(c.Send)
	return s.sent(ch, unsafe.String((*byte)(sent.UnsafePointer()), sent.Type().Elem().Size()))
}

// nudge lets the first one go that waits for a channel, if there is one.
func (s *rescues) nudge(on waitOn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open.Add(1) // before anybody can ask
	ch := on.p.pointer()
	bits, ok := nudge(on.elem, ch, on.send)
	switch {
	case !ok:
		s.open.Add(-1)
	case on.send:
		if s.taken == nil {
			s.taken = map[unsafe.Pointer][]string{}
		}
		s.taken[ch] = append(s.taken[ch], bits)
	default:
		if s.given == nil {
			s.given = map[unsafe.Pointer]int{}
		}
		s.given[ch]++
	}
}

// standingWait is a wait that stood once.
type standingWait struct {
	w    *wait
	turn uint64
}

// rescue lets all of them go. One may be about to wait, or on its way, and
// somebody else may be before it in the queue: who stands after the first round
// is waited for.
func (s *rescues) rescue(waits []standingWait) {
	for _, v := range waits {
		s.try(v)
	}
	for _, v := range waits {
		for s.try(v) {
			runtime.Gosched()
		}
	}
}

// try lets one go that waits for the same channel, and tells whether the wait
// still stood.
func (s *rescues) try(v standingWait) (stood bool) {
	v.w.look(func(w *wait) {
		if stood = w.turn == v.turn; stood {
			s.nudge(w.on[0])
		}
	})
	return stood
}
