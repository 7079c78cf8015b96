package yaegi

import (
	"reflect"
	"unsafe"

	"runnext/kernel/engine/yaegi/forge"
)

// hchan is the beginning of go1.26.8 runtime/chan.go:34 hchan.
type hchan struct {
	qcount, dataqsiz uint
	buf              unsafe.Pointer
	elemsize         uint16
	closed           uint32
	timer            unsafe.Pointer // what feeds the channel of a timer
	elemtype         unsafe.Pointer
}

// emptyType is struct{}, and signalType a copy of it, by which the runtime does
// the same. A cell's channels of struct{} get that for their elements. One with
// struct{} itself comes from compiled code: a context's Done, which a timer or
// a signal may close, and for which compiled code waits.
var (
	emptyType  = forge.Memory(reflect.TypeFor[struct{}]())
	signalType = forge.Copy(reflect.TypeFor[struct{}]())
)

// markMade marks a channel that a cell makes.
func markMade(ch unsafe.Pointer) {
	if h := (*hchan)(ch); h.elemtype == emptyType {
		h.elemtype = signalType
	}
}

// isMade tells whether a cell has made a channel of struct{}.
func isMade(ch unsafe.Pointer) bool { return (*hchan)(ch).elemtype != emptyType }

// foreign tells whether compiled code may operate on a channel by itself: a
// timer's, a context's, a signal's.
func foreign(o waitOn) bool {
	if o.p == 0 || o.elem == nil {
		return false
	}
	h := (*hchan)(o.p.pointer())
	if h.timer != nil {
		return true
	}
	switch o.elem.String() {
	case "os.Signal", "*rpc.Call":
		return true
	}
	return o.elem.Kind() == reflect.Struct && o.elem.NumField() == 0 && h.dataqsiz == 0 && !isMade(o.p.pointer())
}
