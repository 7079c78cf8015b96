package machine

import (
	"math"
	"math/bits"
	"strings"
	"syscall"

	"golang.org/x/tools/go/ssa"

	"runnext/sim/machine/interp"
)

type (
	value  = interp.Value
	thread = interp.Thread
	status = interp.Status
	native = interp.Native
)

// natives gives the functions that have no Go body here, or one that needs
// what a simulated machine cannot give.
func natives(h *host) map[string]native {
	all := map[string]native{}
	for _, group := range []map[string]native{syncNatives(h), atomicNatives(), runtimeNatives(h), timeNatives(h),
		osNatives(h), textNatives(h), mathNatives(), reflectNatives(h), fmtNatives(h), poolNatives(h), syncMapNatives(h), fscanNatives(h), processNatives(h), randomNatives(h), gmpNatives(h), iterNatives(h), signalNatives(h),
		callerNatives(h), gcNatives(h), sumNatives(h), filepathNatives(h)} {
		for name, f := range group {
			all[name] = f
		}
	}
	if h.cfg.Log && h.steer == nil {
		h.watchLocks(all)
	}
	return all
}

// globals gives variables of packages that have no bodies here.
func globals(h *host) map[string]func(*interp.Machine, *ssa.Global) value {
	zero := func(m *interp.Machine, g *ssa.Global) value { return m.Zero(m.Elem(m.TypeOf(g.Type()))) }
	file := func(fd uint64) func(*interp.Machine, *ssa.Global) value {
		return func(*interp.Machine, *ssa.Global) value { return interp.Pointer(&value{N: fd}) }
	}
	errs := func(m *interp.Machine, g *ssa.Global) value {
		if p := h.global("internal/oserror", g.Name()); p != nil {
			return *p
		}
		return value{}
	}
	return map[string]func(*interp.Machine, *ssa.Global) value{
		"os.ErrInvalid": errs, "os.ErrPermission": errs, "os.ErrExist": errs, "os.ErrNotExist": errs, "os.ErrClosed": errs,
		"io/fs.ErrInvalid": errs, "io/fs.ErrPermission": errs, "io/fs.ErrExist": errs, "io/fs.ErrNotExist": errs, "io/fs.ErrClosed": errs,
		"os.Stdin": file(0), "os.Stdout": file(1), "os.Stderr": file(2),
		"os.Args": func(*interp.Machine, *ssa.Global) value {
			var list []value
			for _, a := range h.cfg.Args {
				list = append(list, interp.String(a))
			}
			return interp.Slice(list)
		},
		"os.Interrupt":     func(*interp.Machine, *ssa.Global) value { return h.signalVar(syscall.SIGINT) },
		"os.Kill":          func(*interp.Machine, *ssa.Global) value { return h.signalVar(syscall.SIGKILL) },
		"internal/cpu.X86": zero,
		"path/filepath.ErrBadPattern": func(*interp.Machine, *ssa.Global) value {
			text := interp.String("syntax error in pattern")
			return h.vm.Box(h.textError(), interp.Pointer(&text))
		},
		"crypto/internal/rand.Reader": h.randomReader, // what crypto/rand.Reader is
	}
}

// ret is a native that gives the same values each time.
func ret(v ...value) native {
	return func(t *thread, _ []value) status { return t.Return(v...) }
}

// room sees that n cells may be allocated, or ends the program.
func (h *host) room(n int64) {
	if !h.vm.Room(n) {
		panic(interp.Stop{Text: interp.OutOfMemory})
	}
}

func textNatives(h *host) map[string]native {
	index := func(f func(a, b string) int) native {
		return func(t *thread, a []value) status {
			t.M.ToilOver(len(a[0].Str()) + len(a[1].Str()))
			return t.Return(interp.Int(int64(f(a[0].Str(), a[1].Str()))))
		}
	}
	indexBytes := func(f func(a, b string) int) native {
		return func(t *thread, a []value) status {
			t.M.Toil(a[0].Len() + a[1].Len())
			return t.Return(interp.Int(int64(f(string(a[0].Bytes()), string(a[1].Bytes())))))
		}
	}
	return map[string]native{
		"internal/bytealg.Compare":       indexBytes(strings.Compare),
		"internal/bytealg.CompareString": index(strings.Compare),
		"internal/bytealg.Index":         indexBytes(strings.Index),
		"internal/bytealg.IndexString":   index(strings.Index),
		"internal/bytealg.IndexByte": func(t *thread, a []value) status {
			t.M.Toil(a[0].Len())
			for i, c := range a[0].Cells(a[0].Len()) {
				if c.N == a[1].N {
					return t.Return(interp.Int(int64(i)))
				}
			}
			return t.Return(interp.Int(-1))
		},
		"internal/bytealg.IndexByteString": func(t *thread, a []value) status {
			t.M.ToilOver(len(a[0].Str()))
			return t.Return(interp.Int(int64(strings.IndexByte(a[0].Str(), byte(a[1].N)))))
		},
		"internal/bytealg.Count": func(t *thread, a []value) status {
			n := int64(0)
			t.M.Toil(a[0].Len())
			for _, c := range a[0].Cells(a[0].Len()) {
				if c.N == a[1].N {
					n++
				}
			}
			return t.Return(interp.Int(n))
		},
		"internal/bytealg.CountString": func(t *thread, a []value) status {
			t.M.ToilOver(len(a[0].Str()))
			return t.Return(interp.Int(int64(strings.Count(a[0].Str(), string([]byte{byte(a[1].N)})))))
		},
		"internal/bytealg.MakeNoZero": func(t *thread, a []value) status {
			if n := a[0].Int(); n < 0 || !t.M.Room(n) {
				return t.Throw(interp.OutOfMemory)
			}
			t.M.MadeText(a[0].Int())
			return t.Return(interp.Slice(make([]value, a[0].Int())))
		},
		"(*strings.Builder).String": func(t *thread, a []value) status {
			if a[0].P == nil {
				return t.RaiseError("invalid memory address or nil pointer dereference")
			}
			b := a[0].Cells(2)[1]
			t.M.Toil(b.Len())
			h.room(int64(b.Len()) / 16)
			return t.Return(interp.String(string(b.Bytes())))
		},
		"strings.Repeat": func(t *thread, a []value) status {
			n := a[1].Int()
			switch hi, lo := bits.Mul64(a[0].N, uint64(n)); {
			case n < 0:
				return panicText(t, "strings: negative Repeat count")
			case hi > 0 || lo > math.MaxInt64:
				return panicText(t, "strings: Repeat output length overflow")
			case !t.M.RoomForText(int64(lo)):
				return t.Throw(interp.OutOfMemory)
			}
			return t.Return(interp.String(strings.Repeat(a[0].Str(), int(n))))
		},
		"strings.Join": func(t *thread, a []value) status {
			h.room(int64(a[0].Len()))
			parts := make([]string, a[0].Len())
			size := int64(a[1].N) * int64(len(parts))
			for i, s := range a[0].Cells(a[0].Len()) {
				parts[i] = s.Str()
				size += int64(s.N)
			}
			if !t.M.RoomForText(size) {
				return t.Throw(interp.OutOfMemory)
			}
			t.M.MadeText(size)
			return t.Return(interp.String(strings.Join(parts, a[1].Str())))
		},
		"maps.clone": func(t *thread, a []value) status {
			typ, v := t.M.Unbox(a[0])
			if v.P == nil {
				return t.Return(a[0])
			}
			to := t.M.MakeMap(typ)
			h.room(int64(syncMapCells * v.Map().Len()))
			v.Map().Entries(func(k, e value) { to.Map().Set(t, k, e) })
			return t.Return(t.M.Box(typ, to))
		},
		"internal/abi.NoEscape":                     func(t *thread, a []value) status { return t.Return(a[0]) },
		"internal/abi.Escape":                       func(t *thread, a []value) status { return t.Return(a[0]) },
		"internal/godebug.New":                      func(t *thread, _ []value) status { return t.Return(interp.Pointer(new(value))) },
		"(*internal/godebug.Setting).Value":         ret(interp.String("")),
		"(*internal/godebug.Setting).IncNonDefault": ret(),
		"(*internal/godebug.Setting).Name":          ret(interp.String("")),
	}
}

func mathNatives() map[string]native {
	out := map[string]native{}
	for name, f := range map[string]func(float64) float64{
		"Sqrt": math.Sqrt, "Floor": math.Floor, "Ceil": math.Ceil, "Trunc": math.Trunc, "Exp": math.Exp,
		"Log": math.Log, "Log2": math.Log2, "Log10": math.Log10, "Sin": math.Sin, "Cos": math.Cos, "Tan": math.Tan,
		"Abs": math.Abs, "Round": math.Round, "Cbrt": math.Cbrt, "Atan": math.Atan,
	} {
		fn := func(t *thread, a []value) status { return t.Return(interp.Float(f(a[0].Float()))) }
		out["math."+name] = fn
		out["math.arch"+name] = fn
	}
	for name, f := range map[string]func(x, y float64) float64{
		"Pow": math.Pow, "Hypot": math.Hypot, "Max": math.Max, "Min": math.Min, "Mod": math.Mod, "Atan2": math.Atan2,
	} {
		fn := func(t *thread, a []value) status { return t.Return(interp.Float(f(a[0].Float(), a[1].Float()))) }
		out["math."+name] = fn
		out["math.arch"+name] = fn
	}
	same := func(t *thread, a []value) status { return t.Return(a[0]) }
	for _, name := range []string{"Float64bits", "Float64frombits", "Float32bits", "Float32frombits"} {
		out["math."+name] = same // a register holds a float's bits
	}
	return out
}
