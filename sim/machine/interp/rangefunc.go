package interp

import (
	"go/constant"
	"go/token"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// What go/ssa has a loop over a function panic with, where Go has an error of
// the runtime.
const (
	yieldAfterExit = "yield function called after range loop exit"
	panicLost      = "iterator call did not preserve panic"
)

// The states of such a loop in SSA form; what is above zero is a way out of it.
const (
	loopBusy = -1
	loopDone = -2
)

// panics emits a panic.
func (c *compiler) panics(b *ssa.BasicBlock, in *ssa.Panic) {
	if text := constText(in.X); !in.Pos().IsValid() && len(b.Preds) == 1 {
		head := b.Preds[0].Instrs
		test, ok := head[len(head)-1].(*ssa.If)
		if ok && (text == yieldAfterExit || text == panicLost) {
			state := test.Cond.(*ssa.BinOp).X
			c.emit(inst{op: opYieldPanic, a: c.use(state), ok: text == panicLost})
			return
		}
	}
	c.emit(inst{op: opPanic, a: c.use(in.X)})
}

// loopPos is where the loop stands whose iterator an instruction calls.
func loopPos(in ssa.Instruction) token.Pos {
	call, ok := in.(*ssa.Call)
	if !ok || len(call.Call.Args) == 0 {
		return token.NoPos
	}
	body, ok := call.Call.Args[len(call.Call.Args)-1].(*ssa.MakeClosure)
	if !ok || !strings.HasPrefix(body.Fn.(*ssa.Function).Synthetic, "range-over-func") {
		return token.NoPos
	}
	return body.Fn.Pos()
}

// constText is the text of a constant string in an interface.
func constText(v ssa.Value) string {
	if i, ok := v.(*ssa.MakeInterface); ok {
		if k, ok := i.X.(*ssa.Const); ok && k.Value != nil && k.Value.Kind() == constant.String {
			return constant.StringVal(k.Value)
		}
	}
	return ""
}

// yieldPanic panics because a loop's body was called when it must not be, or,
// with lost, because the iterator has recovered the panic of the body.
// go1.26.8 runtime/panic.go:377 panicrangestate
func (t *Thread) yieldPanic(state int64, lost bool) Status {
	text := "continued iteration after whole loop exit"
	switch {
	case lost:
		text = "recovered a loop body panic and did not resume panicking"
	case state == loopBusy:
		text = "continued iteration after loop body panic"
	case state != loopDone && t.iterates(t.top().fn.SSA):
		text = "continued iteration after function for loop body returned false"
	}
	return t.raise(rtError, "range function "+text)
}

// iterates tells whether the call of an iterator that was given this body is
// still on the stack.
func (t *Thread) iterates(body *ssa.Function) bool {
	for i := len(t.frames) - 2; i >= 0; i-- {
		f := &t.frames[i]
		if f.fn == nil || f.native != nil || f.fn.SSA != body.Parent() {
			continue
		}
		x := f.fn.code[f.pc-1].x
		if x == nil || x.call == nil {
			continue
		}
		for _, a := range x.call.Args {
			if c, ok := a.(*ssa.MakeClosure); ok && c.Fn == body {
				return true
			}
		}
	}
	return false
}
