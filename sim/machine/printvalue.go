package machine

import (
	"fmt"
	"go/types"
	"math"
	"slices"
	"strings"

	"runnext/sim/machine/interp"
)

// spec writes the verb with the flags in force, for the real fmt.
func (p *printer) spec(verb rune) string {
	b := []byte{'%'}
	for _, f := range []struct {
		on bool
		c  byte
	}{{p.minus, '-'}, {p.plus || p.plusV, '+'}, {p.sharp || p.sharpV, '#'}, {p.space, ' '}, {p.zero, '0'}} {
		if f.on {
			b = append(b, f.c)
		}
	}
	if p.widPresent {
		b = fmt.Append(b, p.wid)
	}
	if p.precPresent {
		b = fmt.Append(append(b, '.'), p.prec)
	}
	return string(b) + string(verb)
}

func (p *printer) real(verb rune, v any) {
	n := p.wid + p.prec
	switch v := v.(type) {
	case string:
		n += quotedWidth * len(v)
	case []byte:
		n += quotedWidth * len(v)
	}
	p.room(n)
	p.buf = fmt.Appendf(p.buf, p.spec(verb), v)
}

// quotedWidth is the most that %q and its like make of one byte.
const quotedWidth = 10

// arg prints one operand.
// go1.26.8 fmt/print.go:682 printArg
func (p *printer) arg(a value, verb rune) {
	m := p.t.M
	t := m.Dynamic(a)
	if t == nil {
		switch verb {
		case 'T', 'v':
			p.padded("<nil>")
		default:
			p.badVerb(verb, nil, value{})
		}
		return
	}
	switch verb {
	case 'T':
		p.real('s', m.TypeString(t))
		return
	case 'p':
		_, v := m.Unbox(a)
		p.pointer(t, v, 'p')
		return
	}
	_, v := m.Unbox(a)
	if isReflectValue(t) {
		p.reflected(p.h.mirrorOf(v), verb)
		return
	}
	if p.methods(t, v, verb) {
		return
	}
	p.value(t, v, verb, 0, true)
}

func (p *printer) padded(s string) {
	plus, sharp, pv, sv := p.plus, p.sharp, p.plusV, p.sharpV
	p.plus, p.sharp, p.plusV, p.sharpV = false, false, false, false
	p.real('s', s)
	p.plus, p.sharp, p.plusV, p.sharpV = plus, sharp, pv, sv
}

// methods lets the value format itself.
// go1.26.8 fmt/print.go:622 handleMethods
func (p *printer) methods(t *interp.Type, v value, verb rune) bool {
	if p.erroring {
		return false
	}
	m := p.t.M
	is := func(iface types.Type) bool {
		ok, _ := m.Implements(t, m.TypeOf(iface))
		return ok
	}
	if verb == 'w' {
		if !p.wrapErrs || !is(errorType) {
			p.badVerb(verb, t, v)
			return true
		}
		verb = 'v'
	}
	if f := p.h.formatter(); f != nil {
		if ok, _ := m.Implements(t, f); ok {
			p.format(t, v, verb)
			return true
		}
	}
	if p.sharpV {
		if is(goStringerType) {
			p.call(t, v, "GoString", verb)
			return true
		}
		return false
	}
	switch verb {
	case 'v', 's', 'x', 'X', 'q':
		switch {
		case is(errorType):
			p.call(t, v, "Error", verb)
			return true
		case is(stringerType):
			p.call(t, v, "String", verb)
			return true
		}
	}
	return false
}

// call prints what a method gives, or that it panicked.
// go1.26.8 fmt/print.go:588 catchPanic
func (p *printer) call(t *interp.Type, v value, name string, verb rune) {
	a := p.needs(&needed{c: interp.Method(p.t.M, t, name), args: []value{v}})
	if !a.panicked {
		if name == "GoString" {
			p.padded(a.text)
			return
		}
		pv := p.plusV
		p.plusV = false
		p.real(verb, a.text)
		p.plusV = pv
		return
	}
	p.panicked(t, v, name, verb, a)
}

// panicked says that a method ended with a panic.
// go1.26.8 fmt/print.go:588 catchPanic
func (p *printer) panicked(t *interp.Type, v value, name string, verb rune, a answer) {
	if t.Kind == interp.KPointer && v.P == nil {
		p.padded("<nil>")
		return
	}
	if p.panicking { // printing it cannot succeed
		p.raised = &a.val
		panic(&needed{})
	}
	old := *p
	p.clearFlags()
	p.str("%!" + string(verb) + "(PANIC=" + name + " method: ")
	p.panicking = true
	p.arg(a.val, 'v')
	p.str(")")
	old.buf, old.due = p.buf, p.due
	*p = old
}

// go1.26.8 fmt/print.go:382 badVerb
func (p *printer) badVerb(verb rune, t *interp.Type, v value) {
	p.erroring = true
	p.str("%!" + string(verb) + "(")
	if t == nil {
		p.str("<nil>")
	} else {
		p.str(p.t.M.TypeString(t) + "=")
		p.value(t, v, 'v', 0, true)
	}
	p.str(")")
	p.erroring = false
}

// value prints a value of any type; open tells that it was not reached through
// a field that is not exported, so that its methods may be called.
// go1.26.8 fmt/print.go:767 printValue
func (p *printer) value(t *interp.Type, v value, verb rune, depth int, open bool) {
	p.t.M.Toil(valueToil)
	if depth > deepestPrinted {
		panic(interp.Stop{Text: interp.StackOverflow})
	}
	if depth > 0 && open && t.Kind != interp.KInterface && p.methods(t, v, verb) {
		return
	}
	switch k := t.Kind; {
	case k == interp.KBool:
		p.scalar(t, v, verb, "tv", v.Bool())
	case k.Integer():
		p.scalar(t, v, verb, "vdboOxXcqU", integer(t, v))
	case k == interp.KFloat32:
		p.scalar(t, v, verb, "vbgGxXfFeE", math.Float32frombits(uint32(v.N)))
	case k == interp.KFloat64:
		p.scalar(t, v, verb, "vbgGxXfFeE", v.Float())
	case k == interp.KComplex64:
		p.scalar(t, v, verb, "vbgGxXfFeE", complex64(v.Complex()))
	case k == interp.KComplex128:
		p.scalar(t, v, verb, "vbgGxXfFeE", v.Complex())
	case k == interp.KString:
		p.scalar(t, v, verb, "vsxXq", v.Str())
	case k == interp.KMap:
		p.mapValue(t, v, verb, depth, open)
	case k == interp.KStruct:
		p.structValue(t, v, verb, depth, open)
	case k == interp.KInterface:
		p.interfaceValue(t, v, verb, depth, open)
	case k == interp.KSlice, k == interp.KArray:
		p.listValue(t, v, verb, depth, open)
	case k == interp.KPointer:
		if depth == 0 && v.P != nil {
			switch e := p.t.M.Elem(t); e.Kind {
			case interp.KArray, interp.KSlice, interp.KStruct, interp.KMap:
				p.str("&")
				p.value(e, e.Load(v.P), verb, depth+1, open)
				return
			}
		}
		p.pointer(t, v, verb)
	default:
		p.pointer(t, v, verb)
	}
}

// valueToil is the work of printing one value; deepestPrinted is how deep
// values may lie within values, fewer than Go's stack has room for: a value that
// holds itself never ends.
const (
	valueToil      = 16
	deepestPrinted = 200_000
)

func (p *printer) scalar(t *interp.Type, v value, verb rune, verbs string, goValue any) {
	if verb == 'w' || !strings.ContainsRune(verbs, verb) {
		p.badVerb(verb, t, v)
		return
	}
	p.real(verb, goValue)
}

// integer gives an integer as a Go value of its size.
func integer(t *interp.Type, v value) any {
	switch t.Kind {
	case interp.KInt8:
		return int8(v.N)
	case interp.KInt16:
		return int16(v.N)
	case interp.KInt32:
		return int32(v.N)
	case interp.KInt:
		return v.Int()
	case interp.KUint8:
		return uint8(v.N)
	case interp.KUint16:
		return uint16(v.N)
	case interp.KUint32:
		return uint32(v.N)
	}
	if b, ok := t.T.Underlying().(*types.Basic); ok && b.Kind() == types.Uintptr {
		return uintptr(v.N)
	}
	return v.N
}

func (p *printer) structValue(t *interp.Type, v value, verb rune, depth int, open bool) {
	if p.sharpV {
		p.str(p.t.M.TypeString(t))
	}
	p.str("{")
	for i := range t.NumField() {
		f, off, decl := t.Field(i)
		if i > 0 {
			if p.sharpV {
				p.str(", ")
			} else {
				p.str(" ")
			}
		}
		if p.plusV || p.sharpV {
			p.str(decl.Name() + ":")
		}
		fv := f.Part(v.P, off)
		ok := open && decl.Exported()
		if f.Kind == interp.KInterface && fv.N != 0 {
			dyn, in := p.t.M.Unbox(fv)
			p.value(dyn, in, verb, depth+1, ok)
			continue
		}
		p.value(f, fv, verb, depth+1, ok)
	}
	p.str("}")
}

func (p *printer) interfaceValue(t *interp.Type, v value, verb rune, depth int, open bool) {
	if v.N == 0 {
		if p.sharpV {
			p.str(p.t.M.TypeString(t) + "(nil)")
		} else {
			p.str("<nil>")
		}
		return
	}
	dyn, in := p.t.M.Unbox(v)
	p.value(dyn, in, verb, depth+1, open)
}

func (p *printer) mapValue(t *interp.Type, v value, verb rune, depth int, open bool) {
	if p.sharpV {
		p.str(p.t.M.TypeString(t))
		if v.P == nil {
			p.str("(nil)")
			return
		}
		p.str("{")
	} else {
		p.str("map[")
	}
	type entry struct{ k, v value }
	var list []entry
	if v.P != nil {
		p.h.room(int64(2 * v.Map().Len()))
		v.Map().Entries(func(k, e value) { list = append(list, entry{k, e}) })
	}
	kt, et := p.t.M.Key(t), p.t.M.Elem(t)
	slices.SortStableFunc(list, func(a, b entry) int { return p.compare(kt, a.k, b.k) })
	for i, e := range list {
		if i > 0 {
			if p.sharpV {
				p.str(", ")
			} else {
				p.str(" ")
			}
		}
		p.value(kt, e.k, verb, depth+1, open)
		p.str(":")
		p.value(et, e.v, verb, depth+1, open)
	}
	if p.sharpV {
		p.str("}")
	} else {
		p.str("]")
	}
}

func (p *printer) listValue(t *interp.Type, v value, verb rune, depth int, open bool) {
	e := p.t.M.Elem(t)
	n := lenOf(p.h, t, v)
	if e.Kind == interp.KUint8 && strings.ContainsRune("sqxX", verb) {
		p.room(n)
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(e.Part(v.P, i).N)
		}
		p.real(verb, b)
		return
	}
	open2 := "["
	closing, sep := "]", " "
	if p.sharpV {
		name := p.t.M.TypeString(t)
		if depth == 0 && name == "[]uint8" { // go1.26.8 fmt/print.go:682 printArg
			name = "[]byte"
		}
		p.str(name)
		if t.Kind == interp.KSlice && v.P == nil {
			p.str("(nil)")
			return
		}
		open2, closing, sep = "{", "}", ", "
	}
	p.str(open2)
	for i := range n {
		if i > 0 {
			p.str(sep)
		}
		p.value(e, e.Part(v.P, i*e.Size), verb, depth+1, open)
	}
	p.str(closing)
}
