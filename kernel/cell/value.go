package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// takeValue decides whether the cell has a value, and when the check has only
// now told so, gives it to resultName.
func (a *attempt) takeValue() bool {
	if a.e.result != nil {
		return true
	}
	if a.e.value == nil {
		return false
	}
	x := a.e.value.X
	t := a.info.Types[x].Type
	if tuple, ok := t.(*types.Tuple); ok && tuple.Len() == 0 || t == nil || a.prints(x) {
		return false
	}
	call := wrapResult(x)
	fn := a.pkg.Scope().Lookup(resultName)
	id := call.Fun.(*ast.Ident)
	a.info.Uses[id] = fn
	a.info.Types[id] = types.TypeAndValue{Type: fn.Type()}
	a.info.Types[call] = types.TypeAndValue{Type: (*types.Tuple)(nil)}
	a.e.result = call
	a.e.value.X = call
	return true
}

// resultTypes gives the types of what resultName is given.
func (a *attempt) resultTypes() []types.Type {
	t := a.info.Types[a.e.result.Args[0]].Type
	tuple, ok := t.(*types.Tuple)
	if !ok {
		return []types.Type{t}
	}
	var list []types.Type
	for v := range tuple.Variables() {
		list = append(list, v.Type())
	}
	return list
}

// prints tells calls whose results nobody wants to see: print, println, the
// printing functions of fmt and log, and what shows something with lab.
func (a *attempt) prints(x ast.Expr) bool {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	var id *ast.Ident
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	default:
		return false
	}
	fn, ok := a.info.Uses[id].(*types.Func)
	if !ok || fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "fmt":
		return strings.HasPrefix(fn.Name(), "Print") || strings.HasPrefix(fn.Name(), "Fprint")
	case "log":
		return strings.HasPrefix(fn.Name(), "Print")
	case "runnext/kernel/lab":
		// A pointer is a handle to what the call has shown already.
		results := fn.Signature().Results()
		return results.Len() == 1 && isPointer(results.At(0).Type())
	}
	return false
}

func isPointer(t types.Type) bool {
	_, ok := t.(*types.Pointer)
	return ok
}

// initOrder sets the variables of a whole file in the order Go would.
func (a *attempt) initOrder() {
	if !a.e.whole {
		return
	}
	var body []ast.Stmt
	for _, init := range a.info.InitOrder {
		if !a.inCell(init.Rhs.Pos()) {
			continue
		}
		s := &ast.AssignStmt{TokPos: init.Rhs.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{init.Rhs}}
		for _, v := range init.Lhs {
			id := &ast.Ident{NamePos: v.Pos(), Name: v.Name()}
			if v.Name() != "_" {
				a.info.Uses[id] = v
			}
			s.Lhs = append(s.Lhs, id)
		}
		a.e.values = append(a.e.values, s)
		body = append(body, s)
	}
	fn := a.file.Decls[len(a.file.Decls)-1].(*ast.FuncDecl)
	fn.Body.List = append(body, fn.Body.List...)
}
