package core

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"runnext/sim/ssaform"
)

// instrs writes the instructions of a block but its jump.
func (f *function) instrs(b *ssa.BasicBlock) {
	for _, i := range b.Instrs {
		if p := i.Pos(); p.IsValid() && f.e.in.Position(p).Cell != 0 {
			f.e.at = p
		}
		f.instr(i)
	}
}

func (f *function) instr(i ssa.Instruction) {
	if f.shape.lits.skip[i] {
		return
	}
	switch i := i.(type) {
	case *ssa.Phi, *ssa.Jump, *ssa.If, *ssa.DebugRef, *ssa.Extract:
	case *ssa.Alloc:
		f.set(i, "new(%s)", f.e.types.core(i.Type().Underlying().(*types.Pointer).Elem()))
	case *ssa.BinOp:
		f.binOp(i)
	case *ssa.UnOp:
		f.unOp(i)
	case *ssa.FieldAddr:
		f.checkNil(i.X, i.Pos())
		f.setAddr(i)
	case *ssa.IndexAddr:
		if _, ptr := i.X.Type().Underlying().(*types.Pointer); ptr {
			f.checkNil(i.X, i.Pos())
		}
		f.checkIndex(i.X, i.Index, i.Pos())
		f.setAddr(i)
	case *ssa.Index:
		f.checkIndex(i.X, i.Index, i.Pos())
		f.setExpr(i)
	case *ssa.Field:
		f.setExpr(i)
	case *ssa.Store:
		if !f.shape.folded[i.Addr] {
			f.checkNil(i.Addr, i.Pos())
		}
		f.line("%s = %s", f.load(i.Addr), f.rhs(i.Val))
	case *ssa.Call:
		if !isBuiltin(i.Call.Value) {
			f.at(i.Pos())
		}
		f.call(i)
	case *ssa.Go:
		text, _ := f.thunk(&i.Call, i.Pos())
		f.line("h.Go(%d, %s)", f.e.site(i.Pos()), text)
	case *ssa.Defer:
		if bi, ok := i.Call.Value.(*ssa.Builtin); ok && bi.Name() == "recover" {
			f.line("h.DeferRecover(%s)", f.frameOf(i.DeferStack))
			return
		}
		text, depth := f.thunk(&i.Call, i.Pos())
		f.line("h.Defer(%s, %d, %s)", f.frameOf(i.DeferStack), depth, text)
	case *ssa.RunDefers:
		f.runDefers(f.block)
	case *ssa.Panic:
		if f.iterationPanic(i) {
			return
		}
		f.at(i.Pos())
		f.line("h.Panic(%d, %s)", f.e.site(i.Pos()), f.x(i.X))
		f.unreachable()
	case *ssa.Return:
		f.ret(i)
	case *ssa.MakeClosure:
		f.makeClosure(i)
	case *ssa.MakeInterface:
		f.makeInterface(i)
	case *ssa.ChangeInterface:
		f.set(i, "%s(%s)", f.e.helper("iface", i.X.Type(), i.Type()), f.x(i.X))
	case *ssa.ChangeType:
		f.changeType(i)
	case *ssa.Convert:
		f.convert(i)
	case *ssa.MultiConvert:
		f.e.refuse(i.Pos(), "conversion between type parameters")
	case *ssa.SliceToArrayPointer:
		f.set(i, "%s(%d, %s)", f.e.helper("arrayptr", i.X.Type(), i.Type()), f.e.site(i.Pos()), f.x(i.X))
	case *ssa.TypeAssert:
		f.typeAssert(i)
	case *ssa.MakeSlice:
		l, c := f.intText(i.Len), f.intText(i.Cap)
		f.set(i, "%s(%d, %s, %s)", f.e.helper("makeslice", i.Type()), f.e.site(i.Pos()), l, c)
	case *ssa.MakeMap:
		size := "0"
		if i.Reserve != nil {
			size = f.intText(i.Reserve)
		}
		f.set(i, "%s(%s)", f.e.helper("makemap", i.Type()), size)
	case *ssa.MakeChan:
		f.set(i, "%s(%d, %s)", f.e.helper("makechan", i.Type()), f.e.site(i.Pos()), f.intText(i.Size))
	case *ssa.Slice:
		f.slice(i)
	case *ssa.Lookup:
		f.lookup(i)
	case *ssa.MapUpdate:
		f.mapUpdate(i)
	case *ssa.Range:
		f.rangeOver(i)
	case *ssa.Next:
		f.next(i)
	case *ssa.Send:
		f.line("%s(%d, %s, %s)", f.e.helper("send", i.Chan.Type()), f.e.site(i.Pos()), f.x(i.Chan), f.x(i.X))
	case *ssa.Select:
		f.selectOf(i)
	default:
		f.e.refuse(i.Pos(), fmt.Sprintf("%T has no form here", i))
	}
}

// set writes an assignment to a value's register, or the expression alone when
// nobody reads it.
func (f *function) set(v ssa.Value, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if r := f.shape.reg(v); r != "" {
		f.assign(r, v.Type(), text)
	} else if strings.HasPrefix(text, "h.") || strings.HasPrefix(text, "f") {
		f.line("%s", text)
	}
}

// assign writes an assignment of a call's result. One of a function goes
// through a variable of its own: the interpreter replaces the variable that a
// host function's result of such a type is assigned to by one that nothing can
// be assigned to again.
func (f *function) assign(reg string, t types.Type, call string) {
	if _, ok := t.Underlying().(*types.Signature); ok {
		tmp := f.fresh(f.e.types.core(t))
		f.line("%s = %s", tmp, call)
		call = tmp
	}
	f.line("%s = %s", reg, call)
}

// setExpr computes a value into its register, unless it is written where it
// is used. A value that nobody uses is computed when that may fail.
func (f *function) setExpr(v ssa.Value) {
	if f.shape.folded[v] || f.shape.reg(v) == "" {
		return
	}
	f.line("%s = %s", f.shape.reg(v), f.expr(v, false))
}

// setAddr takes an address, unless it is a place.
func (f *function) setAddr(v ssa.Value) {
	if f.shape.folded[v] || f.shape.reg(v) == "" {
		return
	}
	f.line("%s = &%s", f.shape.reg(v), f.expr(v, false))
}

func (f *function) binOp(v *ssa.BinOp) {
	if ssaform.MayFail(v) {
		switch v.Op {
		case token.QUO, token.REM:
			if _, isConst := v.Y.(*ssa.Const); isConst {
				f.line("h.Div(%d)", f.e.site(v.Pos()))
				return
			}
			f.line("if %s == 0 { h.Div(%d) }", f.x(v.Y), f.e.site(v.Pos()))
		default:
			if _, isConst := v.Y.(*ssa.Const); isConst {
				f.line("h.Shift(%d)", f.e.site(v.Pos()))
				return
			}
			f.line("if %s < 0 { h.Shift(%d) }", f.x(v.Y), f.e.site(v.Pos()))
		}
	}
	if (v.Op == token.EQL || v.Op == token.NEQ) && hostCompared(v) {
		not := ""
		if v.Op == token.NEQ {
			not = "!"
		}
		y := f.x(v.Y)
		if !types.IsInterface(v.X.Type()) && f.e.types.core(v.X.Type()) != f.e.types.core(v.Y.Type()) {
			y = fmt.Sprintf("%s(%s)", f.e.helper("retype", v.Y.Type(), v.X.Type()), y) // one of them has no name
		}
		text := fmt.Sprintf("h.Eq(%d, %s, %s)", f.e.site(v.Pos()), f.x(v.X), y)
		if r := f.shape.reg(v); r != "" {
			f.line("%s = %s", r, text)
			if not != "" {
				f.line("%s = !%s", r, r)
			}
		} else {
			f.line("%s", text)
		}
		return
	}
	if f.shape.folded[v] || f.shape.reg(v) == "" {
		return
	}
	r := f.shape.reg(v)
	if add := f.x(v.X) == r; add && v.Op != token.EQL && v.Op != token.NEQ && isNumeric(v.Type()) && v.Op != token.SHL && v.Op != token.SHR && v.Op != token.AND_NOT {
		if c, ok := v.Y.(*ssa.Const); ok && c.Value.ExactString() == "1" && (v.Op == token.ADD || v.Op == token.SUB) {
			f.line("%s%s%s", r, v.Op, v.Op)
			return
		}
		if !comparison(v.Op) {
			y := f.operand(v.Y, v, true)
			if f.shape.folded[v.Y] {
				y = f.rhs(v.Y)
			}
			f.line("%s %s= %s", r, v.Op, y)
			return
		}
	}
	f.line("%s = %s", r, f.expr(v, false))
}

func comparison(op token.Token) bool {
	switch op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return true
	}
	return false
}

func (f *function) unOp(v *ssa.UnOp) {
	switch v.Op {
	case token.ARROW:
		text := fmt.Sprintf("(%d, %s)", f.e.site(v.Pos()), f.x(v.X))
		if v.CommaOk {
			f.setTuple(v, f.e.helper("recv2", v.X.Type())+text)
		} else {
			f.set(v, "%s", f.e.helper("recv", v.X.Type())+text)
		}
	case token.MUL:
		if !f.shape.folded[v.X] {
			f.checkNil(v.X, loadPos(v))
		}
		f.setExpr(v)
	default:
		f.setExpr(v)
	}
}

// setTuple writes an assignment to the registers of a tuple's parts.
func (f *function) setTuple(v ssa.Value, text string) {
	n := v.Type().(*types.Tuple).Len()
	parts := make([]string, n)
	for i := range parts {
		parts[i] = "_"
	}
	var copies []string
	any := false
	for _, r := range *v.Referrers() {
		x, ok := r.(*ssa.Extract)
		if !ok {
			continue
		}
		switch reg := f.shape.reg(x); {
		case reg == "" || reg == parts[x.Index]:
		case parts[x.Index] != "_": // taken out twice
			copies = append(copies, reg+" = "+parts[x.Index])
		default:
			parts[x.Index] = reg
			any = true
		}
	}
	if !any {
		f.line("%s", text)
		return
	}
	f.line("%s = %s", strings.Join(parts, ", "), text)
	for _, c := range copies {
		f.line("%s", c)
	}
}

// unreachable ends a path that a host function has left by a panic: the
// interpreter wants a return there.
func (f *function) unreachable() {
	if f.deferred {
		f.line("return")
		return
	}
	var zeros []string
	for v := range f.fn.Signature.Results().Variables() {
		zeros = append(zeros, f.zero(v.Type()))
	}
	if len(zeros) == 0 {
		f.line("%s = 0", f.temp("int"))
	}
	f.line("return %s", strings.Join(zeros, ", "))
}

func (f *function) ret(i *ssa.Return) {
	var list []string
	for k, r := range i.Results {
		text := f.rhs(r)
		if c, ok := r.(*ssa.Call); ok && k > 0 && isBuiltin(c.Call.Value) {
			text = "(" + text + ")" // yaegi has a built-in call in a return write the first result
		}
		list = append(list, text)
	}
	if f.deferred {
		for k, text := range list {
			f.line("r%d = %s", k, text)
		}
		if len(list) == 0 {
			f.line("%s = 0", f.temp("int"))
		}
		f.line("return")
		return
	}
	f.leave()
	f.line("return %s", strings.Join(list, ", "))
}

func (f *function) makeClosure(i *ssa.MakeClosure) {
	fn := i.Fn.(*ssa.Function)
	var args []string
	for _, b := range i.Bindings {
		args = append(args, f.x(b))
	}
	r := f.shape.reg(i)
	switch {
	case r == "":
	case f.e.asCode(fn):
		f.assign(r, i.Type(), fmt.Sprintf("%s(%s)", f.e.closureHelper(fn), strings.Join(args, ", ")))
	default:
		f.assign(r, i.Type(), fmt.Sprintf("%s(%s(%s))", f.e.namedFunc(fn, i.Type()), f.e.need(fn), strings.Join(args, ", ")))
	}
}
