package ssaform

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// LateDefers has a function whose defer statements all stand in loops over
// functions run the deferred calls before it reads its results: go/ssa leaves
// that out, since it sees no defer statement there.
//
// As with [LateReads] one goroutine does it, and a second time changes nothing.
func LateDefers(fn *ssa.Function) {
	keeps := false
	for _, b := range fn.Blocks {
		for _, i := range b.Instrs {
			switch i := i.(type) {
			case *ssa.RunDefers:
				return
			case *ssa.Call:
				if b, ok := i.Call.Value.(*ssa.Builtin); ok && b.Name() == "ssa:deferstack" {
					keeps = true
				}
			}
		}
	}
	if !keeps {
		return
	}
	for _, b := range fn.Blocks {
		at := len(b.Instrs) - 1
		if _, ret := b.Instrs[at].(*ssa.Return); !ret || b == fn.Recover {
			continue
		}
		for at > 0 && isResult(fn, b.Instrs[at-1]) {
			at--
		}
		b.Instrs = slices.Insert(b.Instrs, at, ssa.Instruction(new(ssa.RunDefers)))
	}
}

// isResult tells whether an instruction reads a result that has a name. The
// text is asked which those are: the signature may be that of another function
// of the same type.
func isResult(fn *ssa.Function, i ssa.Instruction) bool {
	load, ok := i.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	a, ok := load.X.(*ssa.Alloc)
	if !ok {
		return false
	}
	var t *ast.FuncType
	switch n := fn.Syntax().(type) {
	case *ast.FuncDecl:
		t = n.Type
	case *ast.FuncLit:
		t = n.Type
	}
	if t == nil || t.Results == nil {
		return false
	}
	for _, f := range t.Results.List {
		for _, name := range f.Names {
			if name.Pos() == a.Pos() {
				return true
			}
		}
	}
	return false
}
