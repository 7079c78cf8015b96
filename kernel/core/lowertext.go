package core

import (
	"go/constant"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
)

// text gives the number of a constant string.
func (l *lowering) text(c *ssa.Const) int64 {
	s := ""
	if c.Value != nil {
		s = constant.StringVal(c.Value)
	}
	return l.pooled(s)
}

// pooled gives the number of a text.
func (l *lowering) pooled(s string) int64 {
	for i, t := range l.pool {
		if t == s {
			return int64(i)
		}
	}
	l.pool = append(l.pool, s)
	return int64(len(l.pool) - 1)
}

// constText gives registers that hold a constant string, see constant.
func (l *lowering) constText(c *ssa.Const) place {
	n := l.text(c)
	p, ok := l.texts[l.pool[n]]
	if !ok {
		p = l.fresh(bytecode.String)
		l.texts[l.pool[n]] = p
		if l.loops {
			l.pre = append(l.pre, bytecode.Instr{Op: bytecode.Text, A: p.w, B: p.p, Imm: n})
		}
	}
	if !l.loops {
		l.put(bytecode.Text, p.w, p.p, 0, n)
	}
	return p
}

// textOp writes an operation on two strings.
func (l *lowering) textOp(v *ssa.BinOp) {
	x, y, op := v.X, v.Y, v.Op
	if op == token.GTR || op == token.GEQ {
		x, y, op = y, x, swapped[op]
	}
	a, b := l.place(x), l.place(y)
	to := l.place(v)
	what, compares := map[token.Token]uint16{token.EQL: bytecode.TextEq, token.NEQ: bytecode.TextNe, token.LSS: bytecode.TextLt, token.LEQ: bytecode.TextLe}[op]
	if compares {
		l.put(bytecode.CmpT, to.w, a.p, a.w, bytecode.Strings(b.w, b.p, what))
		return
	}
	l.put(bytecode.Cat, to.w, to.p, a.w, bytecode.Strings(a.p, b.w, b.p))
}

// byteOf writes s[i] of a string.
func (l *lowering) byteOf(v, s, index ssa.Value, pos token.Pos) {
	i := l.w(index)
	from := l.place(s)
	site := l.site(pos)
	if wideUnsigned(index.Type()) {
		site |= bytecode.Unsigned
	}
	l.put(bytecode.LdX, l.w(v), from.p, i, bytecode.Element(from.w, reflect.Uint8, site))
}

// cutText writes s[low:high] of a string.
func (l *lowering) cutText(i *ssa.Slice) {
	x := l.place(i.X)
	regs, flags := l.bounds(i.Low, i.High)
	to := l.place(i)
	l.put(bytecode.CutT, to.w, to.p, x.w, flags)
	l.put(bytecode.Data, regs[0], regs[1], 0, bytecode.CutOf(x.p, l.e.site(i.Pos())))
}

// parts gives those of a tuple's parts that are read, by their numbers; of two
// that are the same the first.
func (l *lowering) parts(tuple ssa.Value) [3]ssa.Value {
	var parts [3]ssa.Value
	for _, r := range *tuple.Referrers() {
		if x, ok := r.(*ssa.Extract); ok && l.shape.reg(x) != "" && parts[x.Index] == nil {
			parts[x.Index] = x
		}
	}
	return parts
}

// copyAgain gives what parts hold to those that are taken out twice.
func (l *lowering) copyAgain(tuple ssa.Value, parts [3]ssa.Value) {
	for _, r := range *tuple.Referrers() {
		if x, ok := r.(*ssa.Extract); ok && l.shape.reg(x) != "" && parts[x.Index] != x {
			l.copy(l.place(x), l.place(parts[x.Index]), classOf(x.Type()))
		}
	}
}

// wordFor gives the register of a word, or one that nobody reads for nil.
func (l *lowering) wordFor(v ssa.Value) uint16 {
	if v == nil {
		return l.fresh(bytecode.Word).w
	}
	return l.w(v)
}

// converted tells which conversion from or to a string one is.
func converted(from, to types.Type) (what int, ok bool) {
	part := func(t types.Type) reflect.Kind {
		s, ok := t.Underlying().(*types.Slice)
		if !ok {
			return reflect.Invalid
		}
		k, _ := kindOf(s.Elem())
		return k
	}
	f, t := classOf(from), classOf(to)
	switch {
	case t == bytecode.String && f == bytecode.Word:
		return bytecode.TextOfRune, true
	case t == bytecode.String && part(from) == reflect.Uint8:
		return bytecode.TextOfBytes, true
	case t == bytecode.String && part(from) == reflect.Int32:
		return bytecode.TextOfRunes, true
	case f == bytecode.String && part(to) == reflect.Uint8:
		return bytecode.BytesOfText, true
	case f == bytecode.String && part(to) == reflect.Int32:
		return bytecode.RunesOfText, true
	}
	return 0, false
}

// converts tells whether a conversion has a form in bytecode.
func (e *emitter) converts(i *ssa.Convert) bool {
	from, to := i.X.Type(), i.Type()
	_, text := converted(from, to)
	return text || classOf(from) == bytecode.Word && classOf(to) == bytecode.Word || classOf(from) == bytecode.String && classOf(to) == bytecode.String
}

// convertText writes a conversion from or to a string, if that is one.
func (l *lowering) convertText(v *ssa.Convert) bool {
	if classOf(v.X.Type()) == bytecode.String && classOf(v.Type()) == bytecode.String {
		from := l.place(v.X)
		l.copy(l.place(v), from, bytecode.String)
		return true
	}
	what, ok := converted(v.X.Type(), v.Type())
	if !ok {
		return false
	}
	x := l.place(v.X)
	to := l.place(v)
	l.put(bytecode.ConvT, to.w, to.p, x.w, bytecode.Converted(what, x.p))
	return true
}
