package ssaform

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// LateReads puts reads of variables behind the calls that follow in the same
// expression. The language leaves the order open; go/ssa reads from left to
// right, while the compiler puts what calls give into temporaries first and
// looks at variables, fields and elements when it has all of them (go1.26.8
// cmd/compile/internal/walk/order.go:1186 expr1). So f(y, g(), y) hands over
// what g has made of y, twice.
//
// A function must be moved by one goroutine, before anybody else looks at it; a
// second time changes nothing.
func LateReads(fn *ssa.Function) {
	if fn.Syntax() == nil {
		return
	}
	var r reader
	for _, b := range fn.Blocks {
		if !slices.ContainsFunc(b.Instrs, isOrdered) {
			continue
		}
		if r.at == nil {
			r.index(fn.Syntax())
		}
		r.block(b)
	}
}

// isOrdered tells whether an instruction is done in the order of the text.
func isOrdered(i ssa.Instruction) bool {
	switch i := i.(type) {
	case *ssa.Call:
		_, builtin := i.Call.Value.(*ssa.Builtin)
		return !builtin
	case *ssa.UnOp:
		return i.Op == token.ARROW
	}
	return false
}

// reader moves the reads of one function.
type reader struct {
	at    map[token.Pos]ast.Node // by the position that SSA gives what it makes of them
	parts map[token.Pos]part     // by that of the store
	sides map[token.Pos]*ast.AssignStmt

	place  map[ssa.Instruction]int      // in the block
	stores map[ast.Node]ssa.Instruction // the first of a statement or literal behind its calls
	calls  []int                        // where ordered instructions are
	to     ssa.Instruction              // before which reads are put
	late   map[ssa.Instruction][]ssa.Instruction
	gone   map[ssa.Instruction]bool
}

func (r *reader) index(root ast.Node) {
	r.at, r.parts, r.sides = map[token.Pos]ast.Node{}, map[token.Pos]part{}, map[token.Pos]*ast.AssignStmt{}
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			r.at[n.Lparen] = n
		case *ast.BinaryExpr:
			r.at[n.OpPos] = n
		case *ast.ReturnStmt:
			r.at[n.Return] = n
		case *ast.GoStmt:
			r.at[n.Go] = n.Call
		case *ast.DeferStmt:
			r.at[n.Defer] = n.Call
		case *ast.CompositeLit:
			r.elements(n)
		case *ast.AssignStmt:
			r.assigned(n)
		}
		return true
	})
}

func (r *reader) block(b *ssa.BasicBlock) {
	r.place, r.calls, r.stores = map[ssa.Instruction]int{}, nil, map[ast.Node]ssa.Instruction{}
	r.late, r.gone = map[ssa.Instruction][]ssa.Instruction{}, map[ssa.Instruction]bool{}
	for k, i := range b.Instrs {
		r.place[i] = k
		if isOrdered(i) {
			r.calls = append(r.calls, k)
		}
		r.store(i)
	}
	for _, i := range b.Instrs {
		r.operands(i)
	}
	for _, i := range b.Instrs {
		if load, ok := i.(*ssa.UnOp); ok {
			r.beside(b, load)
		}
	}
	if len(r.gone) == 0 {
		return
	}
	var out []ssa.Instruction
	var put func(i ssa.Instruction)
	put = func(i ssa.Instruction) {
		for _, m := range r.late[i] {
			put(m)
		}
		out = append(out, i)
	}
	for _, i := range b.Instrs {
		if !r.gone[i] {
			put(i)
		}
	}
	b.Instrs = out
}

// move puts an instruction before the one that needs it.
func (r *reader) move(i ssa.Instruction) {
	r.late[r.to] = append(r.late[r.to], i)
	r.gone[i] = true
}

// operands looks at what an instruction works on and what the text has there.
func (r *reader) operands(i ssa.Instruction) {
	r.to = i
	switch i := i.(type) {
	case *ssa.BinOp:
		if x, ok := r.at[i.Pos()].(*ast.BinaryExpr); ok && x.Op == i.Op {
			r.read(x.X, i.X)
			r.read(x.Y, i.Y)
		}
	case *ssa.Return:
		if s, ok := r.at[i.Pos()].(*ast.ReturnStmt); ok && len(s.Results) == len(i.Results) {
			for k, x := range s.Results {
				r.read(x, i.Results[k])
			}
		}
	case *ssa.Store:
		r.stored(i)
	case *ssa.MapUpdate:
		if p, ok := r.parts[i.Pos()]; ok && p.target {
			if x, ok := p.x.(*ast.IndexExpr); ok {
				r.to = r.first(i.Key, r.stores[p.of])
				r.read(x.X, i.Map)
				r.read(x.Index, i.Key)
			}
		}
	case ssa.CallInstruction:
		if x, ok := r.at[i.Pos()].(*ast.CallExpr); ok {
			r.arguments(x, i.Common())
		}
	}
}

func (r *reader) arguments(x *ast.CallExpr, c *ssa.CallCommon) {
	args := c.Args
	if !c.IsInvoke() && c.Signature().Recv() != nil && len(args) > 0 {
		if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok {
			r.read(sel.X, args[0])
		}
		args = args[1:]
	}
	r.read(x.Fun, c.Value)
	n := len(args)
	if c.Signature().Variadic() && !x.Ellipsis.IsValid() && n > 0 {
		n--
		r.spread(x.Args[min(n, len(x.Args)):], args[n])
	} else if n != len(x.Args) {
		return // what another call gives
	}
	for k, a := range x.Args[:min(n, len(x.Args))] {
		if v := unboxed(args[k]); v != args[k] { // SSA converts when all are there
			r.before(args[k], a, v)
		} else {
			r.read(a, v)
		}
	}
}

// spread looks at the arguments that SSA has put into a slice.
func (r *reader) spread(list []ast.Expr, v ssa.Value) {
	s, ok := v.(*ssa.Slice)
	if !ok {
		return
	}
	elems, _ := Elements(s)
	if len(elems) != len(list) {
		return
	}
	for k, e := range elems {
		if boxed := unboxed(e); boxed != e {
			r.before(e, list[k], boxed)
		} else if e.Referrers() != nil && len(*e.Referrers()) == 1 {
			to := r.to
			r.to = (*e.Referrers())[0] // the store
			r.read(list[k], e)
			r.to = to
		}
	}
}

// unboxed gives what is put into an interface, or what it is given for itself.
func unboxed(v ssa.Value) ssa.Value {
	switch v := v.(type) {
	case *ssa.MakeInterface:
		if inWord(v.X.Type()) {
			return v.X
		}
	case *ssa.ChangeInterface:
		return v.X
	}
	return v
}

// before moves a read to the conversion that takes it.
func (r *reader) before(conv ssa.Value, x ast.Expr, v ssa.Value) {
	to := r.to
	r.to = conv.(ssa.Instruction)
	r.read(x, v)
	r.to = to
}

// read moves a value that is a read, or computed from reads.
func (r *reader) read(x ast.Expr, v ssa.Value) bool {
	i, ok := v.(ssa.Instruction)
	if !ok {
		_, known := v.(*ssa.Const)
		return known
	}
	if r.gone[i] {
		return true
	}
	at, here := r.place[i]
	if !here || !r.needed(v) || !r.between(at) {
		return false
	}
	x = ast.Unparen(x)
	ok = false
	switch v := v.(type) {
	case *ssa.UnOp:
		switch y, unary := x.(*ast.UnaryExpr); {
		case v.Op == token.MUL:
			ok = r.leads(x, v.X)
		case unary && y.Op == v.Op && v.Op != token.ARROW:
			ok = r.read(y.X, v.X)
		}
	case *ssa.BinOp:
		if y, binary := x.(*ast.BinaryExpr); binary && y.Op == v.Op && !MayFail(v) {
			x, y := r.read(y.X, v.X), r.read(y.Y, v.Y)
			ok = x || y
		}
	case *ssa.Convert:
		if y, call := x.(*ast.CallExpr); call && len(y.Args) == 1 && isNumeric(v.Type()) && isNumeric(v.X.Type()) {
			ok = r.read(y.Args[0], v.X)
		}
	case *ssa.MakeInterface:
		ok = inWord(v.X.Type()) && r.read(x, v.X)
	case *ssa.ChangeInterface:
		ok = r.read(x, v.X)
	case *ssa.Lookup:
		if y, index := x.(*ast.IndexExpr); index && !v.CommaOk {
			r.read(y.X, v.X)
			r.read(y.Index, v.Index)
			ok = true
		}
	case *ssa.Field:
		if y, sel := x.(*ast.SelectorExpr); sel {
			ok = r.read(y.X, v.X)
		}
	}
	if ok {
		r.move(i)
	}
	return ok
}

// leads tells whether an address is that of what the text names, and moves what
// it is made of.
func (r *reader) leads(x ast.Expr, addr ssa.Value) bool {
	x = ast.Unparen(x)
	if y, ok := x.(*ast.StarExpr); ok {
		r.read(y.X, addr)
		return true
	}
	switch a := addr.(type) {
	case *ssa.Alloc:
		return named(x, a.Comment)
	case *ssa.Global, *ssa.FreeVar:
		return named(x, a.Name())
	case *ssa.FieldAddr:
		y, ok := x.(*ast.SelectorExpr)
		if !ok || !r.needed(a) || fieldAt(a) != y.Sel.Name {
			return false
		}
		return r.through(y.X, a, a.X)
	case *ssa.IndexAddr:
		y, ok := x.(*ast.IndexExpr)
		if !ok || !r.needed(a) {
			return false
		}
		r.read(y.Index, a.Index)
		return r.through(y.X, a, a.X)
	}
	return false
}

// through moves the address of a part, and what leads to the whole.
func (r *reader) through(x ast.Expr, part ssa.Instruction, whole ssa.Value) bool {
	if _, here := r.place[part]; !here {
		return false
	}
	if !r.leads(x, whole) {
		r.read(x, whole)
	}
	r.move(part)
	return true
}

func named(x ast.Expr, name string) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == name
}

func fieldAt(a *ssa.FieldAddr) string {
	return a.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct).Field(a.Field).Name()
}

// between tells whether something ordered lies between an instruction and the
// one looked at.
func (r *reader) between(at int) bool {
	for _, c := range r.calls {
		if at < c && c < r.place[r.to] {
			return true
		}
	}
	return false
}

// inWord tells whether the compiler puts a value of a type into an interface
// without taking its address first (go1.26.8 cmd/compile/internal/walk/convert.go
// dataWordFuncName).
func inWord(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Struct, *types.Array:
		return false
	}
	return true
}
