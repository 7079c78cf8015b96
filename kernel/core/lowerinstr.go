package core

import (
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
	"runnext/sim/ssaform"
)

// instr writes an instruction other than the block's last.
func (l *lowering) instr(i ssa.Instruction) {
	if l.shape.lits.skip[i] {
		return
	}
	if v, ok := i.(ssa.Value); ok && l.shape.folded[v] {
		if a, ok := v.(*ssa.FieldAddr); ok {
			l.checkNil(a.X, a.Pos())
		}
		return
	}
	switch i := i.(type) {
	case *ssa.BinOp:
		l.binOp(i)
	case *ssa.UnOp:
		l.unOp(i)
	case *ssa.Convert:
		l.convert(i)
	case *ssa.ChangeType:
		l.copy(l.place(i), l.place(i.X), classOf(i.Type()))
	case *ssa.Alloc:
		n := l.e.types.number(i.Type().Underlying().(*types.Pointer).Elem())
		l.put(bytecode.New, l.p(i), 0, 0, int64(n))
	case *ssa.FieldAddr:
		l.checkNil(i.X, i.Pos())
		p, off := l.addr(i.X)
		l.put(bytecode.AddP, l.p(i), p, 0, off+fieldOffset(i))
	case *ssa.IndexAddr:
		l.index(i)
	case *ssa.Store:
		l.store(i)
	case *ssa.MakeSlice:
		l.makeSlice(i)
	case *ssa.Slice:
		l.slice(i)
	case *ssa.Call:
		l.call(i)
	case *ssa.MakeChan:
		n := l.w(i.Size)
		l.put(bytecode.MakeCh, n, l.p(i), 0, int64(l.e.types.number(i.Type()))|l.site(i.Pos())<<32)
	case *ssa.Select:
		l.selectOf(i)
	case *ssa.Go:
		l.starts(bytecode.Go, &i.Call, i.Pos())
	case *ssa.Defer:
		l.starts(bytecode.Defer, &i.Call, i.Pos())
	case *ssa.RunDefers:
		l.put(bytecode.RunDefers, l.frame, 0, 0, 0)
	case *ssa.MakeClosure:
		l.makeFunc(l.p(i), i.Fn.(*ssa.Function), i.Bindings)
	case *ssa.Send:
		l.send(i)
	case *ssa.MakeInterface:
		l.box(i)
	case *ssa.ChangeInterface:
		l.widen(i)
	case *ssa.TypeAssert:
		l.typeAssert(i)
	case *ssa.Panic:
		l.put(bytecode.Raise, 0, l.p(i.X), 0, l.site(i.Pos()))
	case *ssa.Field:
		l.loadFrom(l.place(i), l.p(i.X), structOffset(i.X.Type(), i.Field), i.Type())
	case *ssa.Index:
		l.indexValue(i)
	case *ssa.Lookup:
		l.lookup(i)
	case *ssa.MakeMap:
		l.makeMap(i)
	case *ssa.MapUpdate:
		l.mapUpdate(i)
	case *ssa.Range:
		l.rangeOf(i)
	case *ssa.Next:
		l.next(i)
	case *ssa.Return:
		l.ret(i)
	}
}

func (l *lowering) site(pos token.Pos) int64 { return int64(l.e.site(pos)) }

// binOps are the operations on integers whose operands are registers, and those
// of which the second is a constant.
var (
	binOps = map[token.Token]bytecode.Op{token.ADD: bytecode.Add, token.SUB: bytecode.Sub, token.MUL: bytecode.Mul, token.AND: bytecode.And, token.OR: bytecode.Or, token.XOR: bytecode.Xor, token.AND_NOT: bytecode.AndNot, token.SHL: bytecode.Shl}
	immOps = map[token.Token]bytecode.Op{token.ADD: bytecode.AddI, token.SUB: bytecode.AddI, token.MUL: bytecode.MulI, token.AND: bytecode.AndI, token.SHL: bytecode.ShlI}
	f64Ops = map[token.Token]bytecode.Op{token.ADD: bytecode.FAdd, token.SUB: bytecode.FSub, token.MUL: bytecode.FMul, token.QUO: bytecode.FDiv, token.EQL: bytecode.FEq, token.NEQ: bytecode.FNe, token.LSS: bytecode.FLt, token.LEQ: bytecode.FLe}
	f32Ops = map[token.Token]bytecode.Op{token.ADD: bytecode.GAdd, token.SUB: bytecode.GSub, token.MUL: bytecode.GMul, token.QUO: bytecode.GDiv, token.EQL: bytecode.GEq, token.NEQ: bytecode.GNe, token.LSS: bytecode.GLt, token.LEQ: bytecode.GLe}
)

func (l *lowering) binOp(v *ssa.BinOp) {
	x, y, op := v.X, v.Y, v.Op
	if op == token.GTR || op == token.GEQ {
		x, y, op = y, x, swapped[op]
	}
	switch classOf(x.Type()) {
	case bytecode.String:
		l.textOp(v)
		return
	case bytecode.Iface:
		l.sameIface(v)
		return
	case bytecode.Memory:
		a, b := l.p(x), l.p(y)
		l.put(bytecode.EqM, l.w(v), a, b, l.typed(x, l.site(v.Pos())))
		if op == token.NEQ {
			l.put(bytecode.Eq, l.w(v), l.w(v), l.number(0), 0)
		}
		return
	case bytecode.Pointer, bytecode.Slice:
		code := bytecode.EqP
		if op == token.NEQ {
			code = bytecode.NeP
		}
		a := l.p(x)
		l.put(code, l.w(v), a, l.p(y), 0)
		return
	}
	kind, _ := kindOf(x.Type())
	if isFloat(x.Type()) {
		ops := f64Ops
		if kind == reflect.Float32 {
			ops = f32Ops
		}
		a := l.w(x)
		b := l.w(y)
		l.put(ops[op], l.w(v), a, b, 0)
		return
	}
	signed := isSigned(x.Type())
	if c, ok := x.(*ssa.Const); ok && (op == token.ADD || op == token.MUL || op == token.AND) {
		x, y = y, c
	}
	if ssaform.MayFail(v) && (op == token.SHL || op == token.SHR) {
		l.put(bytecode.ShiftChk, 0, l.w(y), 0, l.site(v.Pos()))
	}
	imm, isImm := immOps[op]
	if op == token.SHR {
		imm, isImm = bytecode.ShrUI, true
		if signed {
			imm = bytecode.ShrSI
		}
	}
	if c, ok := y.(*ssa.Const); ok && isImm {
		n := bits(c)
		if op == token.SUB {
			n = -n
		}
		a := l.w(x)
		l.put(imm, l.w(v), a, 0, n)
		l.narrow(v, op)
		return
	}
	code, site := binOps[op], int64(0)
	switch op {
	case token.SHR:
		code = signedOp(signed, bytecode.ShrS, bytecode.ShrU)
	case token.QUO:
		code, site = signedOp(signed, bytecode.DivS, bytecode.DivU), l.site(v.Pos())
	case token.REM:
		code, site = signedOp(signed, bytecode.RemS, bytecode.RemU), l.site(v.Pos())
	case token.EQL:
		code = bytecode.Eq
	case token.NEQ:
		code = bytecode.Ne
	case token.LSS:
		code = signedOp(signed, bytecode.LtS, bytecode.LtU)
	case token.LEQ:
		code = signedOp(signed, bytecode.LeS, bytecode.LeU)
	}
	a := l.w(x)
	b := l.w(y)
	l.put(code, l.w(v), a, b, site)
	l.narrow(v, op)
}

func signedOp(signed bool, s, u bytecode.Op) bytecode.Op {
	if signed {
		return s
	}
	return u
}

// narrow brings a result of arithmetic back into its type.
func (l *lowering) narrow(v ssa.Value, op token.Token) {
	switch op {
	case token.ADD, token.SUB, token.MUL, token.SHL, token.QUO, token.XOR:
		kind, _ := kindOf(v.Type())
		if kind != reflect.Bool && sizes.Sizeof(v.Type().Underlying()) < 8 {
			l.put(bytecode.Ext, l.w(v), l.w(v), uint16(kind), 0)
		}
	}
}

func (l *lowering) unOp(v *ssa.UnOp) {
	kind, _ := kindOf(v.Type())
	switch v.Op {
	case token.MUL:
		l.load(v)
	case token.ARROW:
		l.receive(v)
	case token.NOT:
		x := l.w(v.X)
		l.put(bytecode.Eq, l.w(v), x, l.number(0), 0)
	case token.SUB:
		op := bytecode.Neg
		if kind == reflect.Float64 {
			op = bytecode.FNeg
		} else if kind == reflect.Float32 {
			op = bytecode.GNeg
		}
		x := l.w(v.X)
		l.put(op, l.w(v), x, 0, 0)
		if op == bytecode.Neg {
			l.narrow(v, token.SUB)
		}
	case token.XOR:
		x := l.w(v.X)
		l.put(bytecode.Not, l.w(v), x, 0, 0)
		l.narrow(v, token.XOR)
	}
}

func (l *lowering) convert(v *ssa.Convert) {
	if l.convertText(v) {
		return
	}
	from, _ := kindOf(v.X.Type())
	to, _ := kindOf(v.Type())
	x := l.w(v.X)
	switch {
	case isFloat(v.X.Type()) || isFloat(v.Type()):
		l.put(bytecode.Conv, l.w(v), x, uint16(from)|uint16(to)<<8, 0)
	case sizes.Sizeof(v.Type().Underlying()) < 8:
		l.put(bytecode.Ext, l.w(v), x, uint16(to), 0)
	default:
		l.copy(l.place(v), place{w: x}, bytecode.Word)
	}
}

// addr gives the register and the offset that lead to where an address does.
func (l *lowering) addr(v ssa.Value) (uint16, int64) {
	if a, ok := v.(*ssa.FieldAddr); ok && l.shape.folded[v] {
		p, off := l.addr(a.X)
		return p, off + fieldOffset(a)
	}
	return l.p(v), 0
}

func fieldOffset(a *ssa.FieldAddr) int64 {
	return structOffset(a.X.Type().Underlying().(*types.Pointer).Elem(), a.Field)
}

func structOffset(t types.Type, field int) int64 {
	var fields []*types.Var
	for v := range t.Underlying().(*types.Struct).Fields() {
		fields = append(fields, v)
	}
	return sizes.Offsetsof(fields)[field]
}

func (l *lowering) checkNil(v ssa.Value, pos token.Pos) {
	switch v.(type) {
	case *ssa.Alloc, *ssa.Global, *ssa.FieldAddr, *ssa.IndexAddr:
		return
	case *ssa.FreeVar:
		if l.fn.Parent() != nil { // not a bound receiver
			return
		}
	}
	if holds(l.known.notNil[v], l.block) {
		return
	}
	l.known.notNil[v] = append(l.known.notNil[v], l.block)
	l.put(bytecode.NilChk, 0, l.p(v), 0, l.site(pos))
}

func elemOf(t types.Type) types.Type {
	switch t := t.Underlying().(type) {
	case *types.Slice:
		return t.Elem()
	case *types.Array:
		return t.Elem()
	case *types.Pointer:
		return t.Elem().Underlying().(*types.Array).Elem()
	}
	return nil
}

// indexSite gives the site of an index, and whether a failure shows it as an
// unsigned number.
func (l *lowering) indexSite(v *ssa.IndexAddr) int64 {
	n := l.site(v.Pos())
	if wideUnsigned(v.Index.Type()) {
		n |= bytecode.Unsigned
	}
	return n
}

// index computes the address of an element.
func (l *lowering) index(v *ssa.IndexAddr) {
	i := l.w(v.Index)
	if n, fixed := fixedLen(v.X.Type()); fixed {
		l.checkNil(v.X, v.Pos())
		l.put(bytecode.IdxChkI, 0, i, uint16(n), l.indexSite(v))
	} else {
		l.put(bytecode.IdxChk, 0, i, l.w(v.X), l.indexSite(v))
	}
	base := l.p(v.X)
	l.put(bytecode.Idx, l.p(v), base, i, sizes.Sizeof(elemOf(v.X.Type())))
}

// element gives the operands that read or write an element by one instruction.
func (l *lowering) element(v *ssa.IndexAddr) (base, index uint16, imm int64, wide bool) {
	kind, _ := kindOf(elemOf(v.X.Type()))
	return l.p(v.X), l.w(v.Index), bytecode.Element(l.w(v.X), kind, l.indexSite(v)), sizes.Sizeof(elemOf(v.X.Type()).Underlying()) == 8
}
