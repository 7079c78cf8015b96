package core

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/program"
)

// x gives the text of an operand.
func (f *function) x(v ssa.Value) string {
	if f.shape.folded[v] {
		return f.expr(v, true)
	}
	switch v := v.(type) {
	case *ssa.Const:
		return f.constant(v)
	case *ssa.Global:
		return f.global(v)
	case *ssa.Function:
		// In a variable, see assign.
		t := f.fresh(f.e.types.core(signatureOf(v)))
		f.line("%s = %s", t, f.funcValue(v))
		return t
	}
	if r := f.shape.reg(v); r != "" {
		return r
	}
	f.e.refuse(v.Pos(), fmt.Sprintf("a value of kind %T has no register", v))
	return ""
}

// rhs gives an operand that stands alone: without parentheses, behind which
// the interpreter takes the type of what is assigned to for its own.
func (f *function) rhs(v ssa.Value) string {
	if f.shape.folded[v] {
		return f.expr(v, false)
	}
	return f.x(v)
}

// constant gives a literal of the right type: a bare one may take another
// type from where it stands.
func (f *function) constant(c *ssa.Const) string {
	if c.Value == nil {
		return f.zero(c.Type())
	}
	b, ok := c.Type().Underlying().(*types.Basic)
	if !ok {
		return f.zero(c.Type())
	}
	text := f.e.types.core(c.Type())
	switch c.Value.Kind() {
	case constant.Bool:
		if text == "bool" {
			return c.Value.ExactString()
		}
		return text + "(" + c.Value.ExactString() + ")"
	case constant.String:
		s := strconv.Quote(constant.StringVal(c.Value))
		if text == "string" {
			return s
		}
		return text + "(" + s + ")"
	}
	switch {
	case b.Info()&types.IsInteger != 0:
		v := constant.ToInt(c.Value)
		if text == "int" {
			return v.ExactString()
		}
		return text + "(" + v.ExactString() + ")"
	case b.Info()&types.IsFloat != 0:
		v, _ := constant.Float64Val(c.Value)
		return text + "(" + floatText(v) + ")"
	case b.Info()&types.IsComplex != 0:
		re, _ := constant.Float64Val(constant.Real(c.Value))
		im, _ := constant.Float64Val(constant.Imag(c.Value))
		return fmt.Sprintf("%s(h.Complex(float64(%s), float64(%s)))", text, floatText(re), floatText(im))
	}
	return f.zero(c.Type())
}

func floatText(v float64) string {
	if math.IsInf(v, 0) {
		return strconv.FormatFloat(math.Copysign(math.MaxFloat64, v), 'g', -1, 64)
	}
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// global gives the pointer to a package-level variable.
func (f *function) global(g *ssa.Global) string {
	if g.Pkg == f.e.main {
		return f.e.variable(g.Object().(*types.Var))
	}
	if g.Object() == nil || !g.Object().Exported() {
		f.e.refuse(g.Pos(), "variable "+g.String()+" is not carried")
	}
	return f.e.addHelper(program.Helper{Op: "global", Path: g.Pkg.Pkg.Path(), Name: g.Name()})
}

// funcValue gives a function as a value: one that package reflect can call.
func (f *function) funcValue(fn *ssa.Function) string {
	sig := signatureOf(fn)
	if isCompiled(fn) {
		name := f.e.compiled(fn, token.NoPos)
		return fmt.Sprintf("%s(%s)", f.e.addHelper(program.Helper{Op: "compiled", Types: []int{f.e.types.number(sig)}, Name: name}), name)
	}
	if f.e.asCode(fn) {
		return f.e.closureHelper(fn) + "()"
	}
	if isLiteral(fn) {
		return fmt.Sprintf("%s(%s())", f.e.namedFunc(fn, sig), f.e.need(fn))
	}
	name := f.e.need(fn)
	if recovers(fn) { // which looks at how many calls lie above
		return fmt.Sprintf("%s(%s())", f.e.namedFunc(fn, sig), f.e.needValue(fn))
	}
	// A literal, since a function that is named before it is declared is taken
	// for an empty one.
	var params, args []string
	i := 0
	for v := range sig.Params().Variables() {
		params = append(params, fmt.Sprintf("a%d %s", i, f.e.types.core(v.Type())))
		args = append(args, fmt.Sprintf("a%d", i))
		i++
	}
	var results []string
	for v := range sig.Results().Variables() {
		results = append(results, f.e.types.core(v.Type()))
	}
	ret := ""
	if len(results) > 0 {
		ret = "return "
	}
	return fmt.Sprintf("%s(func(%s)%s { %s%s(%s) })", f.e.namedFunc(fn, sig), strings.Join(params, ", "), resultText(results, false), ret, name, strings.Join(args, ", "))
}

// signatureOf gives the type a function has as a value.
func signatureOf(fn *ssa.Function) *types.Signature {
	var params []*types.Var
	for _, p := range fn.Params {
		params = append(params, types.NewVar(token.NoPos, nil, "", p.Type()))
	}
	if fn.Params == nil && fn.Signature.Params().Len() > 0 || len(fn.Params) == 0 {
		if r := fn.Signature.Recv(); r != nil {
			params = append(params, types.NewVar(token.NoPos, nil, "", r.Type()))
		}
		for v := range fn.Signature.Params().Variables() {
			params = append(params, types.NewVar(token.NoPos, nil, "", v.Type()))
		}
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), fn.Signature.Results(), fn.Signature.Variadic())
}

// expr gives the text that computes a value; a nested one gets parentheses.
func (f *function) expr(v ssa.Value, nested bool) string {
	paren := func(format string, args ...any) string {
		if nested {
			return "(" + fmt.Sprintf(format, args...) + ")"
		}
		return fmt.Sprintf(format, args...)
	}
	switch v := v.(type) {
	case *ssa.BinOp:
		x, y := v.X, v.Y
		if isNil(x) && !isNil(y) {
			x, y = y, x // the interpreter knows nil on the right
		}
		left := f.operand(x, v, false)
		if c, ok := x.(*ssa.Const); ok && c.Value != nil && !comparison(v.Op) {
			_, both := y.(*ssa.Const)
			if both || v.Op == token.SHL || v.Op == token.SHR {
				// Not a constant for the interpreter, which would not let it overflow.
				left = f.fresh(f.e.types.core(x.Type()))
				f.line("%s = %s", left, f.x(x))
			}
		}
		return paren("%s %s %s", left, v.Op, f.operand(y, v, true))
	case *ssa.UnOp:
		switch v.Op {
		case token.MUL:
			return f.load(v.X)
		case token.NOT, token.SUB, token.XOR:
			if _, isConst := v.X.(*ssa.Const); isConst {
				t := f.temp(f.e.types.core(v.X.Type()))
				f.line("%s = %s", t, f.x(v.X))
				return paren("%s%s", v.Op, t)
			}
			return paren("%s%s", v.Op, f.x(v.X))
		}
	case *ssa.FieldAddr:
		return f.x(v.X) + "." + f.field(v.X.Type(), v.Field)
	case *ssa.IndexAddr:
		if _, ptr := v.X.Type().Underlying().(*types.Pointer); ptr && !f.shape.folded[v.X] {
			return fmt.Sprintf("(*%s)[%s]", f.x(v.X), f.intText(v.Index))
		}
		return fmt.Sprintf("%s[%s]", f.x(v.X), f.intText(v.Index))
	case *ssa.Field:
		return strings.TrimPrefix(f.x(v.X), "*") + "." + f.field(v.X.Type(), v.Field)
	case *ssa.Index:
		x := f.x(v.X)
		if strings.HasPrefix(x, "*") {
			x = "(" + x + ")"
		}
		return fmt.Sprintf("%s[%s]", x, f.intText(v.Index))
	case *ssa.Convert:
		return fmt.Sprintf("%s(%s)", f.e.types.core(v.Type()), f.x(v.X))
	case *ssa.MakeInterface:
		return f.x(v.X)
	case *ssa.Call:
		if !isBuiltin(v.Call.Value) {
			return f.callText(&v.Call, v.Pos())
		}
		return f.builtinExpr(v.Call.Value.(*ssa.Builtin).Name(), v.Call.Args)
	}
	f.e.refuse(v.Pos(), fmt.Sprintf("%T is not an expression", v))
	return ""
}

// field gives the name of a field here: its own in a compiled struct.
func (f *function) field(t types.Type, i int) string {
	if n := namedOf(t); n != nil {
		if _, ok := isCarried(n); ok {
			v := n.Underlying().(*types.Struct).Field(i)
			if !v.Exported() {
				f.e.refuse(token.NoPos, "field "+v.Name()+" of "+n.String()+" is not exported")
			}
			return v.Name()
		}
	}
	return fmt.Sprintf("F%d", i)
}

// operand gives an operand of a binary operation. Shifts take any count;
// nil beside a typed operand is written as nil.
func (f *function) operand(v ssa.Value, of *ssa.BinOp, right bool) string {
	if isNil(v) && !(isNil(of.X) && isNil(of.Y) && v == of.X) && (of.Op == token.EQL || of.Op == token.NEQ) {
		return "nil"
	}
	if of.Op == token.SHL || of.Op == token.SHR {
		if right {
			if c, ok := v.(*ssa.Const); ok {
				return c.Value.ExactString()
			}
			return "uint64(" + f.x(v) + ")"
		}
	}
	if c, ok := v.(*ssa.Const); ok && v == of.Y && c.Value != nil && c.Value.Kind() == constant.Int {
		if b, ok := of.X.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsInteger != 0 && constant.BitLen(c.Value) < 63 {
			if _, both := of.X.(*ssa.Const); !both {
				return c.Value.ExactString() // takes the type of the other
			}
		}
	}
	if f.narrower(v, of) {
		other := of.X
		if v == of.X {
			other = of.Y
		}
		t := f.fresh(f.e.types.core(other.Type()))
		f.line("%s = %s(%s)", t, f.e.helper("retype", v.Type(), other.Type()), f.x(v))
		return t
	}
	return f.x(v)
}

// narrower tells whether a channel is compared with one of a single direction:
// the interpreter compares values of one type.
func (f *function) narrower(v ssa.Value, of *ssa.BinOp) bool {
	c, ok := v.Type().Underlying().(*types.Chan)
	if !ok || c.Dir() != types.SendRecv || of.Op != token.EQL && of.Op != token.NEQ {
		return false
	}
	return f.e.types.core(of.X.Type()) != f.e.types.core(of.Y.Type())
}

// load gives what an address leads to.
func (f *function) load(addr ssa.Value) string {
	if f.shape.folded[addr] {
		return f.expr(addr, true)
	}
	return "*" + f.x(addr)
}

// cond gives the text of a condition, turned round when not is set.
func (f *function) cond(v ssa.Value, not bool) string {
	if b, ok := v.(*ssa.BinOp); ok && f.shape.folded[v] {
		op := b.Op
		if not {
			op = map[token.Token]token.Token{token.EQL: token.NEQ, token.NEQ: token.EQL, token.LSS: token.GEQ, token.GEQ: token.LSS, token.GTR: token.LEQ, token.LEQ: token.GTR}[op]
			if isFloat(b.X.Type()) && op != token.EQL && op != token.NEQ {
				return fmt.Sprintf("!(%s %s %s)", f.operand(b.X, b, false), b.Op, f.operand(b.Y, b, true))
			}
		}
		x, y := b.X, b.Y
		if isNil(x) && !isNil(y) {
			x, y = y, x
		}
		return fmt.Sprintf("%s %s %s", f.operand(x, b, false), op, f.operand(y, b, true))
	}
	if not {
		if u, ok := v.(*ssa.UnOp); ok && u.Op == token.NOT && f.shape.folded[v] {
			return f.x(u.X)
		}
		return "!" + f.x(v)
	}
	return f.x(v)
}

func isFloat(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsFloat != 0
}
