package core

import (
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
)

// callsHost tells whether a call of compiled code, or of close, has a form in
// bytecode.
func (e *emitter) callsHost(c *ssa.CallCommon) bool {
	if b, ok := c.Value.(*ssa.Builtin); ok {
		return b.Name() == "close"
	}
	fn, ok := c.Value.(*ssa.Function)
	if !ok || e.traced || !isCompiled(fn) || hosted(fn) {
		return false
	}
	if outer, _ := promotion(c); outer != nil {
		return false
	}
	sig := signatureOf(fn)
	return passable(tupleTypes(sig.Params())) && passable(tupleTypes(sig.Results()))
}

// startsCall tells whether a go or defer statement has a form in bytecode;
// closed tells it of functions.
func (e *emitter) startsCall(c *ssa.CallCommon, closed func(*ssa.Function) bool) bool {
	if c.IsInvoke() || e.traced {
		return false
	}
	if e.callsHost(c) {
		return true
	}
	if fn, ok := c.Value.(*ssa.Function); ok {
		return !isCompiled(fn) && closed(fn)
	}
	return !isBuiltin(c.Value) && e.callsValue(c)
}

// isCallee tells whether an operand is what an instruction calls.
func isCallee(op *ssa.Value, i ssa.Instruction) bool {
	c, ok := i.(ssa.CallInstruction)
	return ok && op == &c.Common().Value
}

// target puts what a call leads to into a register, as a func value, and gives
// the program's type of it and what is handed over.
func (l *lowering) target(c *ssa.CallCommon, pos token.Pos) (reg uint16, typ int, args []ssa.Value) {
	site := l.e.site(pos)
	if !l.e.callsHost(c) {
		if fn := c.StaticCallee(); fn != nil && !isClosure(c.Value) {
			l.e.note(l.e.numberOf(fn), "", site)
			return l.p(fn), l.e.types.number(signatureOf(fn)), c.Args
		}
		l.e.note(0, "", site)
		return l.p(c.Value), l.e.types.number(c.Value.Type()), c.Args
	}
	name, sig := "", (*types.Signature)(nil)
	if fn, ok := c.Value.(*ssa.Function); ok {
		l.e.note(0, fn.RelString(nil), site)
		name, sig, args = l.e.compiled(fn, pos), signatureOf(fn), c.Args
	} else {
		name = l.e.helper("close", c.Args[0].Type())
		params := types.NewTuple(types.NewVar(token.NoPos, nil, "", types.Typ[types.Int]), types.NewVar(token.NoPos, nil, "", c.Args[0].Type()))
		sig = types.NewSignatureType(nil, nil, nil, params, nil, false)
		args = []ssa.Value{ssa.NewConst(intConst(site), types.Typ[types.Int]), c.Args[0]}
	}
	n, _ := strconv.Atoi(strings.TrimPrefix(name, "h.H"))
	reg = l.fresh(bytecode.Pointer).p
	l.put(bytecode.HostFn, reg, 0, 0, int64(n))
	return reg, l.e.types.number(sig), args
}

// callHost writes a call of compiled code or of a func value.
func (l *lowering) callHost(c *ssa.Call) {
	reg, typ, args := l.target(&c.Call, c.Pos())
	l.handOver(args)
	l.put(bytecode.CallF, 0, reg, 0, bytecode.Called(typ, l.e.site(c.Pos())))
}

// starts writes a go or a defer statement.
func (l *lowering) starts(op bytecode.Op, c *ssa.CallCommon, pos token.Pos) {
	reg, typ, args := l.target(c, pos)
	l.handOver(args)
	l.put(op, l.frame, reg, 0, bytecode.Called(typ, l.e.site(pos)))
}
