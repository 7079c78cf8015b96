package gmp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// value makes the expression of type x that gives a variable the value read
// by a [valueReader].
func (t *typeWriter) value(x types.Type, v ast.Expr) ast.Expr {
	if id, ok := v.(*ast.Ident); ok && id.Name == "N" {
		return t.convert(x, t.ident("nil"))
	}
	switch u := x.Underlying().(type) {
	case *types.Basic:
		return t.convert(x, t.literal(v))
	case *types.Pointer:
		// A pointer to an element: not everything can be the operand of &.
		list := &ast.CompositeLit{Type: &ast.ArrayType{Lbrack: t.pos, Elt: t.write.Expr(u.Elem())}, Lbrace: t.pos, Rbrace: t.pos,
			Elts: []ast.Expr{t.value(u.Elem(), t.parts(v)[0])}}
		zero := &ast.BasicLit{ValuePos: t.pos, Kind: token.INT, Value: "0"}
		return t.convert(x, &ast.UnaryExpr{OpPos: t.pos, Op: token.AND, X: &ast.IndexExpr{X: list, Lbrack: t.pos, Index: zero, Rbrack: t.pos}})
	}
	lit := &ast.CompositeLit{Type: t.write.Expr(x), Lbrace: t.pos, Rbrace: t.pos}
	parts := t.parts(v)
	pair := func(k, v ast.Expr) {
		lit.Elts = append(lit.Elts, &ast.KeyValueExpr{Key: k, Colon: t.pos, Value: v})
	}
	switch u := x.Underlying().(type) {
	case *types.Slice:
		for _, p := range parts {
			lit.Elts = append(lit.Elts, t.value(u.Elem(), p))
		}
	case *types.Array:
		for _, p := range parts {
			lit.Elts = append(lit.Elts, t.value(u.Elem(), p))
		}
	case *types.Map:
		for i := 0; i+1 < len(parts); i += 2 {
			pair(t.value(u.Key(), parts[i]), t.value(u.Elem(), parts[i+1]))
		}
	case *types.Struct:
		for f := range u.Fields() {
			if f.Name() != "_" && len(parts) > 0 {
				pair(t.ident(f.Name()), t.value(f.Type(), parts[0]))
				parts = parts[1:]
			}
		}
	default:
		t.fail(x)
	}
	return lit
}

func (t *typeWriter) convert(x types.Type, v ast.Expr) ast.Expr {
	return &ast.CallExpr{Fun: &ast.ParenExpr{Lparen: t.pos, X: t.write.Expr(x), Rparen: t.pos}, Lparen: t.pos, Args: []ast.Expr{v}, Rparen: t.pos}
}

// parts gives the arguments of L(…) or P(x).
func (t *typeWriter) parts(v ast.Expr) []ast.Expr {
	call, ok := v.(*ast.CallExpr)
	if !ok {
		t.broken()
		return []ast.Expr{t.ident("nil")}
	}
	if len(call.Args) == 0 {
		return nil
	}
	return call.Args
}

// literal gives a constant the position of everything that nobody wrote.
func (t *typeWriter) literal(v ast.Expr) ast.Expr {
	switch v := v.(type) {
	case *ast.BasicLit:
		return &ast.BasicLit{ValuePos: t.pos, Kind: v.Kind, Value: v.Value}
	case *ast.UnaryExpr:
		return &ast.UnaryExpr{OpPos: t.pos, Op: v.Op, X: t.literal(v.X)}
	case *ast.Ident:
		if v.Name == "true" || v.Name == "false" {
			return t.ident(v.Name)
		}
		// NaN and infinities are no constants.
		if t.err == nil {
			t.err = fmt.Errorf("%s cannot be copied into the program", v.Name)
		}
		return t.ident("0")
	}
	t.broken()
	return t.ident("0")
}

func (t *typeWriter) broken() {
	if t.err == nil {
		t.err = fmt.Errorf("the variables of earlier cells cannot be read")
	}
}
