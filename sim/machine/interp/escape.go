package interp

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// What compiled code keeps on a stack at most, in bytes.
// go1.26.8 cmd/compile/internal/ir/cfg.go:11 MaxStackVarSize
const (
	maxStackVar  = 128 << 10
	maxStackMake = 64 << 10
)

// escapes tells whether an object that v names may outlive the function that
// makes it, or is too large for a stack. It looks through calls of functions
// whose bodies are there, a few deep; where it does not know, it says yes.
func (c *compiler) escapes(v ssa.Value, size int64, most int64) bool {
	return size > most || (&escape{seen: map[ssa.Value]bool{}}).leaks(v, 0)
}

type escape struct{ seen map[ssa.Value]bool }

const escapeDepth = 4

func (e *escape) leaks(v ssa.Value, depth int) bool {
	if e.seen[v] {
		return false
	}
	e.seen[v] = true
	refs := v.Referrers()
	if refs == nil || depth > escapeDepth {
		return true
	}
	for _, in := range *refs {
		if e.leaksBy(v, in, depth) {
			return true
		}
	}
	return false
}

// leaksBy tells whether one use of v lets it out.
func (e *escape) leaksBy(v ssa.Value, in ssa.Instruction, depth int) bool {
	switch in := in.(type) {
	case *ssa.Store:
		return in.Val == v
	case *ssa.UnOp, *ssa.BinOp, *ssa.If, *ssa.DebugRef, *ssa.Range, *ssa.Lookup, *ssa.Index:
		return false
	case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Slice, *ssa.Phi, *ssa.ChangeType, *ssa.SliceToArrayPointer:
		return e.leaks(in.(ssa.Value), depth)
	case *ssa.MakeClosure:
		for i, b := range in.Bindings {
			if b == v && e.leaks(in.Fn.(*ssa.Function).FreeVars[i], depth+1) {
				return true
			}
		}
		return e.leaks(in, depth)
	case *ssa.Call:
		return e.leaksTo(v, &in.Call, in, depth)
	case *ssa.Defer:
		return e.leaksTo(v, &in.Call, nil, depth)
	}
	return true
}

func (e *escape) leaksTo(v ssa.Value, call *ssa.CallCommon, result ssa.Value, depth int) bool {
	if call.IsInvoke() {
		return true
	}
	if b, ok := call.Value.(*ssa.Builtin); ok {
		switch b.Name() {
		case "len", "cap", "copy", "clear", "print", "println", "delete", "close", "min", "max":
			return false
		case "append":
			return call.Args[0] == v && e.leaks(result, depth)
		}
		return true
	}
	fn := call.StaticCallee()
	for i, a := range call.Args {
		if a != v {
			continue
		}
		switch {
		case fn == nil:
			return true
		case borrows(fn):
		case len(fn.Blocks) == 0 || i >= len(fn.Params) || e.leaks(fn.Params[i], depth+1):
			return true
		}
	}
	return false
}

// borrows tells whether a function of the standard library, which may be a
// native here, only uses what its arguments point to.
func borrows(fn *ssa.Function) bool {
	o := fn
	if fn.Origin() != nil {
		o = fn.Origin()
	}
	if o.Pkg == nil {
		return false
	}
	switch path := o.Pkg.Pkg.Path(); path {
	case "fmt", "sync", "sync/atomic", "strings", "bytes", "sort", "unicode/utf8":
		return !strings.HasPrefix(o.Name(), "New") && o.Name() != "Put" && o.Name() != "Store"
	}
	return false
}

// boxed is how many bytes a value in an interface takes: none for what is a
// pointer, a constant, or a single byte.
func boxed(v ssa.Value, t *Type) int64 {
	if _, ok := v.(*ssa.Const); ok || t.Kind.direct() || t.Kind == KInterface {
		return 0
	}
	if b, ok := t.T.Underlying().(*types.Basic); ok && (t.Bytes == 1 || b.Info()&types.IsBoolean != 0) {
		return 0
	}
	return t.Bytes
}
