package machine

import (
	"unicode/utf8"
	"unsafe"

	op "runnext/kernel/core/bytecode"
)

// textAt gives the string that lies in two registers, setText puts one there.
func textAt(w *uint64, p *unsafe.Pointer) string {
	return unsafe.String((*byte)(*p), int(*w))
}

func setText(w *uint64, p *unsafe.Pointer, s string) {
	*w, *p = uint64(len(s)), unsafe.Pointer(unsafe.StringData(s))
}

// texts is an operation on strings.
//
//go:noinline
func texts(f *function, in *op.Instr, wb, pb unsafe.Pointer) {
	r1, r2, r3 := uint16(in.Imm), uint16(in.Imm>>16), uint16(in.Imm>>32)
	switch in.Op {
	case op.Text:
		setText(w(wb, in.A), p(pb, in.B), f.Texts[in.Imm])
	case op.Cat:
		setText(w(wb, in.A), p(pb, in.B), textAt(w(wb, in.C), p(pb, r1))+textAt(w(wb, r2), p(pb, r3)))
	case op.CmpT:
		x, y := textAt(w(wb, in.C), p(pb, in.B)), textAt(w(wb, r1), p(pb, r2))
		holds := false
		switch r3 {
		case op.TextEq:
			holds = x == y
		case op.TextNe:
			holds = x != y
		case op.TextLt:
			holds = x < y
		default:
			holds = x <= y
		}
		*w(wb, in.A) = word(holds)
	case op.ConvT:
		converted(int(r1), w(wb, in.A), p(pb, in.B), w(wb, in.C), p(pb, r2))
	case op.NextT:
		s, at := textAt(w(wb, in.C), p(pb, in.B)), w(wb, in.C+1)
		more := *at < uint64(len(s))
		*w(wb, in.A) = word(more)
		if more {
			c, n := utf8.DecodeRuneInString(s[*at:])
			*w(wb, r1), *w(wb, r2) = *at, uint64(c)
			*at += uint64(n)
		}
	}
}

// converted is a conversion from or to a string.
func converted(what int, w *uint64, p *unsafe.Pointer, x *uint64, q *unsafe.Pointer) {
	switch what {
	case op.TextOfRune:
		c := utf8.RuneError
		if *x <= utf8.MaxRune {
			c = rune(*x)
		}
		setText(w, p, string(c))
	case op.TextOfBytes:
		setText(w, p, string(unsafe.Slice((*byte)(*q), int(*x))))
	case op.TextOfRunes:
		setText(w, p, string(unsafe.Slice((*rune)(*q), int(*x))))
	case op.BytesOfText:
		b := []byte(textAt(x, q))
		*w, *second(w), *p = uint64(len(b)), uint64(cap(b)), unsafe.Pointer(unsafe.SliceData(b))
	case op.RunesOfText:
		r := []rune(textAt(x, q))
		*w, *second(w), *p = uint64(len(r)), uint64(cap(r)), unsafe.Pointer(unsafe.SliceData(r))
	}
}

// cutText is s[low:high] of a string.
//
//go:noinline
func (m *Machine) cutText(t *Thread, f *function, in *op.Instr, wb, pb unsafe.Pointer) {
	data, n := data(in), *w(wb, in.C)
	low, high := uint64(0), n
	if in.Imm&op.BoundGiven != 0 {
		low = *w(wb, data.A)
	}
	if in.Imm>>2&op.BoundGiven != 0 {
		high = *w(wb, data.B)
	}
	if high > n || low > high {
		m.raised(t, f, data.Imm>>32, m.host.Bounds(int(in.Imm), int(low), int(high), 0, int(n), true))
		return
	}
	from := *p(pb, uint16(data.Imm))
	if low < n { // else it would lead behind the string
		from = unsafe.Add(from, low)
	}
	*w(wb, in.A), *p(pb, in.B) = high-low, from
}
