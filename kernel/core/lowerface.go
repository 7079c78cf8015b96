package core

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
	"runnext/sim/ssaform"
)

// isFile tells whether a type is *os.File: the runner puts its own files into
// interfaces in the place of some.
func isFile(t types.Type) bool {
	n := namedOf(t)
	return n != nil && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "os" && n.Obj().Name() == "File"
}

// box writes the conversion of a value to an interface, with the type that Go
// gives it.
func (l *lowering) box(i *ssa.MakeInterface) {
	if l.shape.reg(i) == "" {
		return
	}
	t := i.X.Type()
	l.e.meets(t, map[int]bool{})
	x := l.place(i.X)
	l.put(bytecode.Box, l.p(i), x.w, x.p, bytecode.Pair(l.e.types.number(i.Type()), l.e.types.number(t)))
}

// widen writes the conversion of an interface to one that it always implements.
func (l *lowering) widen(i *ssa.ChangeInterface) {
	x := l.p(i.X)
	l.put(bytecode.Widen, l.p(i), x, 0, bytecode.Pair(l.e.types.number(i.X.Type()), l.e.types.number(i.Type())))
}

// typeAssert writes x.(T), in either form.
func (l *lowering) typeAssert(i *ssa.TypeAssert) {
	if ssaform.IsNilCheck(i) {
		l.put(bytecode.NilChk, 0, l.p(i.X), 0, l.site(i.Pos()))
		return
	}
	imm := bytecode.Pair(l.e.types.number(i.X.Type()), l.e.types.number(i.AssertedType))
	var parts [3]ssa.Value
	data := bytecode.Instr{Op: bytecode.Data, Imm: l.site(i.Pos())}
	if i.CommaOk {
		parts, data.B = l.parts(i), 1
	} else if l.shape.reg(i) != "" {
		parts[0] = i
	}
	var to place
	if parts[0] == nil { // nobody reads it, and its type may have no registers
		data.C = 1
	} else {
		to = l.place(parts[0])
	}
	data.A = l.wordFor(parts[1])
	x := l.p(i.X)
	l.put(bytecode.Assert, to.w, x, to.p, imm)
	l.code = append(l.code, data)
	if i.CommaOk {
		l.copyAgain(i, parts)
	}
}

// sameIface writes x == y of interfaces.
func (l *lowering) sameIface(v *ssa.BinOp) {
	x, y := v.X, v.Y
	if isNil(x) {
		x, y = y, x
	}
	if isNil(y) { // nothing lies behind the first pointer of one that is nil
		op := bytecode.EqP
		if v.Op == token.NEQ {
			op = bytecode.NeP
		}
		a := l.p(x)
		l.put(op, l.w(v), a, l.null(), 0)
		return
	}
	a, b := l.p(x), l.p(y)
	to := l.w(v)
	l.put(bytecode.EqI, to, a, b, l.typed(x, l.site(v.Pos())))
	if v.Op == token.NEQ {
		l.put(bytecode.Eq, to, to, l.number(0), 0)
	}
}

// invokes tells whether a call of a method of an interface has a form in
// bytecode. One in a wrapper does not count between a panic and recover, see
// handOn.
func (e *emitter) invokes(i *ssa.Call) bool {
	c := &i.Call
	sig := c.Method.Signature()
	return !e.traced && !isLock(c.Method) && !ssaform.IsWrapper(i.Parent()) && passable(tupleTypes(sig.Params())) && passable(tupleTypes(sig.Results()))
}

// invoke writes such a call.
func (l *lowering) invoke(c *ssa.Call) {
	m, site := c.Call.Method, l.e.site(c.Pos())
	sig := m.Signature()
	params := []*types.Var{types.NewVar(token.NoPos, nil, "", c.Call.Value.Type())}
	for v := range sig.Params().Variables() {
		params = append(params, v)
	}
	of := l.e.types.number(types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), false))
	path := ""
	if !m.Exported() {
		path = m.Pkg().Path()
	}
	x := l.p(c.Call.Value)
	l.handOver(c.Call.Args)
	l.put(bytecode.Invoke, uint16(l.pooled(m.Name())), x, uint16(l.pooled(path)), bytecode.Called(of, site))
	l.e.note(0, m.Name(), site)
}
