package core

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
	"runnext/kernel/core/program"
)

// fuseClosures finds closures that are only called: what they capture is handed
// to them like the parameters.
func (l *lowering) fuseClosures() {
	for _, b := range l.blocks {
		for _, i := range b.Instrs {
			if mc, ok := i.(*ssa.MakeClosure); ok {
				l.shape.folded[mc] = l.onlyCalled(mc)
			}
		}
	}
}

func (l *lowering) onlyCalled(mc *ssa.MakeClosure) bool {
	for _, r := range *mc.Referrers() {
		switch r := r.(type) {
		case *ssa.Call:
			if r.Call.Value != mc || used(mc, r.Call.Args) || !l.inside[r.Block()] {
				return false
			}
		case *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

// callee gives the function whose bytecode a call leads to, and all that is
// handed to it; nil when it is the host's, or only the func value knows.
func (l *lowering) callee(c *ssa.CallCommon) (*ssa.Function, []ssa.Value) {
	mc, closure := c.Value.(*ssa.MakeClosure)
	switch {
	case closure && l.shape.folded[mc]:
		return mc.Fn.(*ssa.Function), append(append([]ssa.Value(nil), c.Args...), mc.Bindings...)
	case closure || l.e.callsHost(c):
		return nil, nil
	}
	return c.StaticCallee(), c.Args
}

// makeFunc gives a register a function as a value.
func (l *lowering) makeFunc(to uint16, fn *ssa.Function, captured []ssa.Value) {
	l.handOver(captured)
	l.e.numberOf(fn)
	l.put(bytecode.MkFn, to, 0, 0, int64(l.e.codeValue(fn)))
}

// handOver puts values into the registers above the function's own.
func (l *lowering) handOver(list []ssa.Value) {
	to := above(typesOf(list))
	for i, v := range list {
		if k, ok := v.(*ssa.Const); ok {
			l.set(to[i], k)
			continue
		}
		l.copy(to[i], l.place(v), classOf(v.Type()))
	}
}

// codeValue gives the number of the bytecode of a closed function that is used
// as a value.
func (e *emitter) codeValue(fn *ssa.Function) int {
	i := e.codeOf(fn)
	e.valued[i] = e.types.number(signatureOf(fn))
	return i
}

// closureHelper gives the host function that makes func values of a closed
// function, given what it captures.
func (e *emitter) closureHelper(fn *ssa.Function) string {
	var ts []types.Type
	for _, v := range fn.FreeVars {
		ts = append(ts, v.Type())
	}
	e.numberOf(fn)
	return e.addHelper(program.Helper{Op: "closure", Types: e.numbers(append(ts, signatureOf(fn))), Site: e.codeValue(fn)})
}

// callsValue tells whether a call of a func value has a form in bytecode.
func (e *emitter) callsValue(c *ssa.CallCommon) bool {
	sig, ok := c.Value.Type().Underlying().(*types.Signature)
	return ok && !e.traced && passable(tupleTypes(sig.Params())) && passable(tupleTypes(sig.Results()))
}

func tupleTypes(t *types.Tuple) []types.Type {
	var out []types.Type
	for v := range t.Variables() {
		out = append(out, v.Type())
	}
	return out
}
