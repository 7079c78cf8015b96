package machine

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"unsafe"

	"runnext/sim/machine/interp"
)

// pointer prints a pointer-like value. Addresses are simulated: they look like
// those of a heap, and the same program gives the same ones in each run.
// go1.26.8 fmt/print.go:550 fmtPointer
func (p *printer) pointer(t *interp.Type, v value, verb rune) {
	switch t.Kind {
	case interp.KPointer, interp.KMap, interp.KChan, interp.KFunc, interp.KSlice, interp.KUnsafe:
	default:
		p.badVerb(verb, t, v)
		return
	}
	u := p.h.address(v.P)
	switch verb {
	case 'v':
		switch {
		case p.sharpV:
			p.str("(" + p.t.M.TypeString(t) + ")(")
			if u == 0 {
				p.str("nil")
			} else {
				p.str(fmt.Sprintf("%#x", u))
			}
			p.str(")")
		case u == 0:
			p.padded("<nil>")
		default:
			sharp := p.sharp
			p.sharp = !p.sharp
			p.real('x', u)
			p.sharp = sharp
		}
	case 'p':
		sharp := p.sharp
		p.sharp = !p.sharp
		p.real('x', u)
		p.sharp = sharp
	case 'b', 'o', 'd', 'x', 'X':
		p.real(verb, u)
	default:
		p.badVerb(verb, t, v)
	}
}

// address gives an object its simulated address when it is first printed.
func (h *host) address(p unsafe.Pointer) uint64 {
	if p == nil {
		return 0
	}
	if h.addresses == nil {
		h.addresses = map[unsafe.Pointer]uint64{}
	}
	a := h.addresses[p]
	if a == 0 {
		a = 0xc000012000 + 16*uint64(len(h.addresses))
		h.addresses[p] = a
	}
	return a
}

// compare orders the keys of a map as fmt prints them.
// go1.26.8 internal/fmtsort/sort.go:72 compare
func (p *printer) compare(t *interp.Type, a, b value) int {
	p.t.M.Toil(1)
	switch k := t.Kind; {
	case k.Signed():
		return cmp.Compare(a.Int(), b.Int())
	case k.Integer() || k == interp.KBool:
		return cmp.Compare(a.N, b.N)
	case k == interp.KString:
		p.t.M.ToilOver(int(min(a.N, b.N)))
		return strings.Compare(a.Str(), b.Str())
	case k == interp.KFloat64:
		return cmp.Compare(a.Float(), b.Float())
	case k == interp.KFloat32:
		return cmp.Compare(math.Float32frombits(uint32(a.N)), math.Float32frombits(uint32(b.N)))
	case k == interp.KStruct:
		for i := range t.NumField() {
			f, off, _ := t.Field(i)
			if c := p.compare(f, f.Part(a.P, off), f.Part(b.P, off)); c != 0 {
				return c
			}
		}
		return 0
	case k == interp.KArray:
		e := p.t.M.Elem(t)
		for i := range lenOf(p.h, t, a) {
			if c := p.compare(e, e.Part(a.P, i*e.Size), e.Part(b.P, i*e.Size)); c != 0 {
				return c
			}
		}
		return 0
	case k == interp.KInterface:
		if a.N != b.N || a.N == 0 {
			return cmp.Compare(a.N, b.N)
		}
		dyn, x := p.t.M.Unbox(a)
		_, y := p.t.M.Unbox(b)
		return p.compare(dyn, x, y)
	}
	return cmp.Compare(p.h.address(a.P), p.h.address(b.P))
}
