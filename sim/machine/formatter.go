package machine

import (
	"go/types"
	"unsafe"

	"runnext/sim/machine/interp"
)

// formatState is the fmt.State that a program's Format method writes to.
type formatState struct {
	p   printer // the flags in force
	buf []byte
}

// formatter gives fmt.Formatter as the program knows it, nil when it does not.
func (h *host) formatter() *interp.Type {
	pkg := h.vm.Prog.ImportedPackage("fmt")
	if pkg == nil {
		return nil
	}
	o, ok := pkg.Pkg.Scope().Lookup("Formatter").(*types.TypeName)
	if !ok {
		return nil
	}
	return h.vm.TypeOf(o.Type())
}

// reflected prints a reflect.Value as what it holds; what an interface holds may
// have methods that print it.
func (p *printer) reflected(m mirror, verb rune) {
	in := m.inner(p.t)
	switch {
	case m.typ == nil:
		p.padded("<invalid reflect.Value>")
	case m.ro != 0:
		p.value(m.typ, m.value(), verb, 0, false)
	case in.typ == nil || !p.methods(in.typ, in.value(), verb):
		p.value(m.typ, m.value(), verb, 0, true)
	}
}

// format lets a Formatter print itself.
func (p *printer) format(t *interp.Type, v value, verb rune) {
	st := &formatState{p: *p}
	typ := p.h.nativeType("fmt", "pp", nil)
	if typ.NativeMethods() == 0 {
		typ.SetNativeMethods(stateMethods())
	}
	state := p.t.M.Box(typ, value{P: unsafe.Pointer(st)})
	a := p.needs(&needed{c: interp.Method(p.t.M, t, "Format"), args: []value{v, state, interp.Int(int64(verb))}, state: st})
	if a.panicked {
		p.panicked(t, v, "Format", verb, a)
		return
	}
	p.str(a.text)
}

func stateMethods() map[string]native {
	on := func(f func(t *thread, st *formatState, a []value) status) native {
		return func(t *thread, a []value) status { return f(t, (*formatState)(a[0].P), a) }
	}
	return map[string]native{
		"Write": on(func(t *thread, st *formatState, a []value) status {
			if !t.M.RoomForText(int64(a[1].Len())) {
				return t.Throw(interp.OutOfMemory)
			}
			st.buf = append(st.buf, a[1].Bytes()...)
			return t.Return(interp.Int(int64(a[1].Len())), value{})
		}),
		"WriteString": on(func(t *thread, st *formatState, a []value) status {
			if !t.M.RoomForText(int64(a[1].N)) {
				return t.Throw(interp.OutOfMemory)
			}
			st.buf = append(st.buf, a[1].Str()...)
			return t.Return(interp.Int(int64(a[1].N)), value{})
		}),
		"Width": on(func(t *thread, st *formatState, _ []value) status {
			return t.Return(interp.Int(int64(st.p.wid)), interp.Bool(st.p.widPresent))
		}),
		"Precision": on(func(t *thread, st *formatState, _ []value) status {
			return t.Return(interp.Int(int64(st.p.prec)), interp.Bool(st.p.precPresent))
		}),
		"Flag": on(func(t *thread, st *formatState, a []value) status {
			on := false
			switch p := &st.p; rune(a[1].N) {
			case '-':
				on = p.minus
			case '+':
				on = p.plus || p.plusV
			case '#':
				on = p.sharp || p.sharpV
			case ' ':
				on = p.space
			case '0':
				on = p.zero
			}
			return t.Return(interp.Bool(on))
		}),
	}
}
