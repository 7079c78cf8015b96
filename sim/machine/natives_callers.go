package machine

import (
	"go/types"
	"slices"
	"unsafe"

	"runnext/sim/machine/interp"
	"runnext/sim/ssaform"
)

// pcBase is what program counters begin at; each stands for a place that was
// asked for, and is the same in each run.
const pcBase = 0x400000

// callerNatives are the functions by which a program asks for its own calls.
func callerNatives(h *host) map[string]native {
	return map[string]native{
		"runtime.Caller": func(t *thread, a []value) status {
			trace, skip := callers(t), int(a[0].Int())
			if skip < 0 || skip >= len(trace) {
				return t.Return(value{}, interp.String(""), value{}, interp.Bool(false))
			}
			s := h.site(trace[skip])
			return t.Return(value{N: h.pc(trace[skip])}, interp.String(s.File), interp.Int(int64(s.Line)), interp.Bool(true))
		},
		"runtime.Callers": func(t *thread, a []value) status {
			trace := callers(t)
			// 0 is Callers itself, which has no frame here.
			trace = trace[min(max(int(a[0].Int())-1, 0), len(trace)):]
			n := min(len(trace), a[1].Len())
			for i, c := range trace[:n] {
				a[1].Cells(n)[i].N = h.pc(c)
			}
			return t.Return(interp.Int(int64(n)))
		},
		"runtime.FuncForPC": func(t *thread, a []value) status {
			if i := a[0].N - pcBase; i < uint64(len(h.pcs)) {
				return t.Return(value{P: unsafe.Pointer(&h.pcs[i])})
			}
			return t.Return(value{})
		},
		"(*runtime.Func).Name": func(t *thread, a []value) status {
			if a[0].P == nil {
				return t.Return(interp.String(""))
			}
			return t.Return(interp.String(ssaName((*interp.Place)(a[0].P).Fn)))
		},
		"(*runtime.Func).Entry": func(t *thread, a []value) status {
			p := (*interp.Place)(a[0].P)
			return t.Return(value{N: h.pc(interp.Place{Fn: p.Fn, Pos: p.Fn.Pos()})})
		},
		"(*runtime.Func).FileLine": func(t *thread, a []value) status {
			if i := a[1].N - pcBase; a[0].P != nil && i < uint64(len(h.pcs)) {
				s := h.site(h.pcs[i])
				return t.Return(interp.String(s.File), interp.Int(int64(s.Line)))
			}
			return t.Return(interp.String("?"), value{})
		},
		"runtime.CallersFrames": func(t *thread, a []value) status {
			left := append([]value(nil), a[0].Cells(a[0].Len())...)
			return t.Return(value{P: unsafe.Pointer(&left)})
		},
		"(*runtime.Frames).Next": func(t *thread, a []value) status {
			left := (*[]value)(a[0].P)
			frame := t.M.TypeOf(t.M.Prog.ImportedPackage("runtime").Pkg.Scope().Lookup("Frame").(*types.TypeName).Type())
			out := t.M.Zero(frame)
			if len(*left) == 0 {
				return t.Return(out, interp.Bool(false))
			}
			pc := (*left)[0]
			*left = (*left)[1:]
			if i := pc.N - pcBase; i < uint64(len(h.pcs)) {
				h.fillFrame(frame, out, pc, h.pcs[i])
			}
			return t.Return(out, interp.Bool(len(*left) > 0))
		},
	}
}

// callers gives the calls that Go shows: those of wrappers are hidden.
// go1.26.8 runtime/traceback.go:1119 showframe
func callers(t *thread) []interp.Place {
	return slices.DeleteFunc(t.Trace(), func(p interp.Place) bool { return ssaform.IsWrapper(p.Fn) })
}

// fillFrame sets the exported fields of a runtime.Frame.
func (h *host) fillFrame(typ *interp.Type, out, pc value, p interp.Place) {
	s := h.site(p)
	for i := range typ.NumField() {
		f, off, v := typ.Field(i)
		var x value
		switch v.Name() {
		case "PC":
			x = pc
		case "Function":
			x = interp.String(s.Func)
		case "File":
			x = interp.String(s.File)
		case "Line":
			x = interp.Int(int64(s.Line))
		default:
			continue
		}
		f.Store(interp.Offset(out.P, off), x)
	}
}

// pc gives a place its program counter when it is first asked for.
func (h *host) pc(p interp.Place) uint64 {
	h.vm.Toil(len(h.pcs))
	for i := range h.pcs {
		if h.pcs[i] == p {
			return pcBase + uint64(i)
		}
	}
	h.pcs = append(h.pcs, p)
	return pcBase + uint64(len(h.pcs)-1)
}
