package core

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/program"
)

// promotion finds the calls of methods that an exported type of a carried
// package has from an embedded type which is not exported, as *net.TCPConn has
// Read. go/ssa reaches into the field; the runner can only call the method of
// the outer type. It gives the value to call it on and the addresses that are
// not taken then.
func promotion(c *ssa.CallCommon) (outer ssa.Value, skip []ssa.Value) {
	fn := c.StaticCallee()
	if fn == nil || fn.Signature.Recv() == nil || len(c.Args) == 0 || !ssaExported(fn) {
		return nil, nil
	}
	n := namedOf(fn.Signature.Recv().Type())
	if n == nil || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() == "main" || n.Obj().Exported() {
		return nil, nil
	}
	at := c.Args[0]
	if load, ok := at.(*ssa.UnOp); ok {
		skip = append(skip, load)
		at = load.X
	}
	for {
		field, ok := at.(*ssa.FieldAddr)
		if !ok || len(*field.Referrers()) != 1 {
			return nil, nil
		}
		skip = append(skip, field)
		at = field.X
		holder := namedOf(at.Type())
		if holder == nil {
			return nil, nil
		}
		if _, carried := isCarried(holder); carried {
			break
		}
	}
	set := types.NewMethodSet(at.Type())
	if set.Lookup(fn.Pkg.Pkg, fn.Name()) == nil {
		return nil, nil
	}
	return at, skip
}

func ssaExported(fn *ssa.Function) bool { return fn.Object() != nil && fn.Object().Exported() }

// promotedCall gives the name of the method of the outer type.
func (e *emitter) promotedCall(outer ssa.Value, name string) string {
	return e.addHelper(program.Helper{Op: "method", Types: []int{e.types.number(outer.Type())}, Name: name})
}
