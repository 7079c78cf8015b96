package machine

import (
	"go/types"
	"unsafe"

	"runnext/sim/machine/interp"
)

// The directions of a reflect.SelectCase, and how many cells one has.
// go1.26.8 reflect/value.go:2899 SelectSend
const (
	selectSend = 1 + iota
	selectRecv
	selectDefault

	selectCells = 1 + 2*mirrorCells
)

// reflectChans are what package reflect does with channels.
func reflectChans(h *host) map[string]native {
	out := map[string]native{
		"reflect.Select": h.reflectSelect,
		"reflect.MakeChan": func(t *thread, a []value) status {
			typ, n := h.typeArg(a[0]), a[1].Int()
			switch {
			case typ.Kind != interp.KChan:
				return h.reflectPanic(t, "reflect.MakeChan of non-chan type")
			case n < 0:
				return h.reflectPanic(t, "reflect.MakeChan: negative buffer size")
			}
			return t.Return(mirrorValue(mirror{typ: typ, v: value{P: h.MakeChan(t, int(n))}}))
		},
		"reflect.ChanOf": func(t *thread, a []value) status {
			dir := [...]types.ChanDir{1: types.RecvOnly, 2: types.SendOnly, 3: types.SendRecv}[a[0].N&3]
			return t.Return(h.rtype("reflect", t.M.TypeOf(types.NewChan(dir, h.typeArg(a[1]).T))))
		},
	}
	on := func(name string, dir types.ChanDir, f func(t *thread, ch unsafe.Pointer, elem *interp.Type, a []value) status) {
		out["(reflect.Value)."+name] = func(t *thread, a []value) status {
			m := h.mirrorOf(a[0])
			if m.typ == nil || m.typ.Kind != interp.KChan {
				return h.wrongKind(t, name, m)
			}
			if d := chanDir(m.typ); d != types.SendRecv && d != dir {
				what := map[types.ChanDir]string{types.SendOnly: "send on recv-only channel", types.RecvOnly: "recv on send-only channel"}[dir]
				if name == "Close" {
					what = "close of receive-only channel"
				}
				return h.reflectPanic(t, "reflect: "+what)
			}
			return f(t, m.value().P, t.M.Elem(m.typ), a)
		}
	}
	on("Send", types.SendOnly, func(t *thread, ch unsafe.Pointer, elem *interp.Type, a []value) status {
		v := h.mirrorOf(a[1]).as(t, elem)
		return t.Call(interp.NativeFunc("reflect.chansend", 0, func(t *thread, _ []value) status { return h.Send(t, ch, v) }), nil,
			func(t *thread) status { return t.Return() })
	})
	on("Recv", types.RecvOnly, func(t *thread, ch unsafe.Pointer, elem *interp.Type, _ []value) status {
		return t.Call(interp.NativeFunc("reflect.chanrecv", 2, func(t *thread, _ []value) status { return h.Recv(t, ch) }), nil,
			func(t *thread) status { return h.reflectReceived(t, elem, t.R[0], t.R[1]) })
	})
	on("TrySend", types.SendOnly, func(t *thread, ch unsafe.Pointer, elem *interp.Type, a []value) status {
		c := interp.Case{Chan: ch, Send: true, Elem: h.mirrorOf(a[1]).as(t, elem)}
		return h.selected(t, []interp.Case{c}, false, func(t *thread, i int, _, _ value) status { return t.Return(interp.Bool(i == 0)) })
	})
	on("TryRecv", types.RecvOnly, func(t *thread, ch unsafe.Pointer, elem *interp.Type, _ []value) status {
		return h.selected(t, []interp.Case{{Chan: ch}}, false, func(t *thread, i int, ok, v value) status {
			if i < 0 {
				return t.Return(mirrorValue(mirror{}), interp.Bool(false))
			}
			return h.reflectReceived(t, elem, v, ok)
		})
	})
	on("Close", types.SendOnly, func(t *thread, ch unsafe.Pointer, _ *interp.Type, _ []value) status { return h.Close(t, ch) })
	return out
}

func chanDir(t *interp.Type) types.ChanDir { return t.T.Underlying().(*types.Chan).Dir() }

// reflectReceived returns what was received, the element's zero from a channel
// that is closed.
func (h *host) reflectReceived(t *thread, elem *interp.Type, v, ok value) status {
	if ok.N == 0 {
		v = t.M.Zero(elem)
	}
	return t.Return(mirrorValue(mirror{typ: elem, v: v}), ok)
}

// selected runs a select; k gets the index of the case that was taken, -1 for
// the default, and what was received.
func (h *host) selected(t *thread, cases []interp.Case, block bool, k func(t *thread, i int, ok, v value) status) status {
	return t.Call(interp.NativeFunc("reflect.rselect", 3, func(t *thread, _ []value) status { return h.Select(t, cases, block) }), nil,
		func(t *thread) status { return k(t, int(t.R[0].Int()), t.R[1], t.R[2]) })
}

// reflectSelect is reflect.Select. A case whose channel is the zero Value is
// never taken.
// go1.26.8 reflect/value.go:2934 Select
func (h *host) reflectSelect(t *thread, a []value) status {
	n := a[0].Len()
	cells := a[0].Cells(n * selectCells)
	var cases []interp.Case
	var index []int
	byDefault := -1
	for i := range n {
		c := cells[i*selectCells:]
		ch, send := h.mirrorOf(interp.Cells(c[1:])), h.mirrorOf(interp.Cells(c[1+mirrorCells:]))
		switch dir := c[0].Int(); {
		case dir == selectDefault && byDefault >= 0:
			return h.reflectPanic(t, "reflect.Select: multiple default cases")
		case dir == selectDefault && ch.typ != nil:
			return h.reflectPanic(t, "reflect.Select: default case has Chan value")
		case dir == selectDefault && send.typ != nil:
			return h.reflectPanic(t, "reflect.Select: default case has Send value")
		case dir == selectDefault:
			byDefault = i
			continue
		case dir != selectSend && dir != selectRecv:
			return h.reflectPanic(t, "reflect.Select: invalid Dir")
		case ch.typ == nil:
			continue
		case ch.typ.Kind != interp.KChan:
			return h.wrongKind(t, "Select", ch)
		case dir == selectSend && chanDir(ch.typ) == types.RecvOnly:
			return h.reflectPanic(t, "reflect.Select: SendDir case using recv-only channel")
		case dir == selectSend && send.typ == nil:
			return h.reflectPanic(t, "reflect.Select: SendDir case missing Send value")
		case dir == selectRecv && chanDir(ch.typ) == types.SendOnly:
			return h.reflectPanic(t, "reflect.Select: RecvDir case using send-only channel")
		case dir == selectRecv && send.typ != nil:
			return h.reflectPanic(t, "reflect.Select: RecvDir case has Send value")
		case dir == selectSend:
			cases = append(cases, interp.Case{Chan: ch.value().P, Send: true, Elem: send.as(t, t.M.Elem(ch.typ))})
		default:
			cases = append(cases, interp.Case{Chan: ch.value().P})
		}
		index = append(index, i)
	}
	return h.selected(t, cases, byDefault < 0, func(t *thread, i int, ok, v value) status {
		none := mirrorValue(mirror{})
		switch {
		case i < 0:
			return t.Return(interp.Int(int64(byDefault)), none, interp.Bool(false))
		case cases[i].Send:
			return t.Return(interp.Int(int64(index[i])), none, interp.Bool(false))
		}
		elem := t.M.Elem(h.mirrorOf(interp.Cells(cells[index[i]*selectCells+1:])).typ)
		if ok.N == 0 {
			v = t.M.Zero(elem)
		}
		return t.Return(interp.Int(int64(index[i])), mirrorValue(mirror{typ: elem, v: v}), ok)
	})
}
