package core

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// unsafeCall gives the text of a call of a function of package unsafe. Both
// faces of a type have the memory that the compiler gives it, so that pointers
// lead where they lead in a built program.
func (f *function) unsafeCall(name string, c *ssa.CallCommon, args []string, pos token.Pos) string {
	switch name {
	case "Add":
		return fmt.Sprintf("h.UnsafeAdd(%s, %s)", args[0], f.intText(c.Args[1]))
	case "Slice":
		return fmt.Sprintf("%s(%d, %s, %s)", f.e.helper("unsafeslice", c.Args[0].Type(), c.Signature().Results().At(0).Type()), f.e.site(pos), args[0], f.intText(c.Args[1]))
	case "SliceData":
		return fmt.Sprintf("%s(%s)", f.e.helper("slicedata", c.Args[0].Type(), c.Signature().Results().At(0).Type()), args[0])
	case "String":
		return fmt.Sprintf("h.UnsafeString(%d, %s, %s)", f.e.site(pos), args[0], f.intText(c.Args[1]))
	case "StringData":
		return fmt.Sprintf("h.StringData(%s)", args[0])
	}
	f.e.refuse(pos, "unsafe."+name+" has no form here")
	return ""
}

// sizeCall gives what Sizeof, Alignof and Offsetof give where the type of their
// operand is known only now.
func (f *function) sizeCall(i *ssa.Call, name string) int64 {
	x := i.Call.Args[0]
	switch name {
	case "Sizeof":
		return sizes.Sizeof(x.Type())
	case "Alignof":
		return sizes.Alignof(x.Type())
	}
	if load, ok := x.(*ssa.UnOp); ok && load.Op == token.MUL {
		x = load.X
	}
	var sum int64
	for range f.selected(i) { // as many fields as the selector goes through
		var holder types.Type
		var index int
		switch at := x.(type) {
		case *ssa.FieldAddr:
			holder, index, x = at.X.Type().Underlying().(*types.Pointer).Elem(), at.Field, at.X
		case *ssa.Field:
			holder, index, x = at.X.Type(), at.Field, at.X
		default:
			f.e.refuse(i.Pos(), "unsafe.Offsetof has no form here")
		}
		var fields []*types.Var
		for v := range holder.Underlying().(*types.Struct).Fields() {
			fields = append(fields, v)
		}
		sum += sizes.Offsetsof(fields)[index]
	}
	return sum
}

// selected tells how many fields the selector in a call of Offsetof goes
// through: more than one where it names a promoted field.
func (f *function) selected(i *ssa.Call) int {
	n := 0
	ast.Inspect(f.e.in.File, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok || call.Lparen != i.Pos() {
			return true
		}
		if sel, ok := ast.Unparen(call.Args[0]).(*ast.SelectorExpr); ok && f.e.in.Info.Selections[sel] != nil {
			n = len(f.e.in.Info.Selections[sel].Index())
		}
		return false
	})
	if n == 0 {
		f.e.refuse(i.Pos(), "unsafe.Offsetof has no form here")
	}
	return n
}
