package gmp

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"strconv"
	"strings"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
)

// Variables of earlier cells are in the worker. An expression that is written
// for their types is evaluated there; it gives their values as a text in Go's
// own syntax: literals, L(…) for what has parts, P(x) for a pointer to x and N
// for nil. The program's variables begin with what is read from it. Two
// pointers to one thing become pointers to two.

// maxCopied bounds the text of one cell's variables.
const maxCopied = 1 << 20

// Evaluate gives the value of a string expression where the cells run.
type Evaluate func(ctx context.Context, expr string) (string, *engine.Failure)

// copyIn reads the variables of earlier cells that a cell uses, by identifying
// name.
func copyIn(ctx context.Context, c *cell.Checked, eval Evaluate) (map[string]ast.Expr, *engine.Failure) {
	if len(c.UsedVars) == 0 {
		return nil, nil
	}
	var r valueReader
	var refused []engine.Place
	for _, v := range c.UsedVars {
		if err := r.write(v.Type(), cell.Shown(v.Name()), nil); err != nil {
			refused = append(refused, usePlace(c, v, fmt.Sprintf("%s cannot be copied into the program: %v", cell.Shown(v.Name()), err)))
		}
		r.text(",")
	}
	if len(refused) > 0 {
		return nil, oldVars(refused)
	}
	text, failure := eval(ctx, r.expr())
	if failure != nil {
		return nil, failure
	}
	if len(text) > maxCopied {
		return nil, oldVars([]engine.Place{usePlace(c, c.UsedVars[0], "the variables of earlier cells are too big to be copied into the program")})
	}
	list, err := parser.ParseExpr("L(" + text + ")")
	call, ok := list.(*ast.CallExpr)
	if err != nil || !ok || len(call.Args) != len(c.UsedVars) {
		return nil, oldVars([]engine.Place{usePlace(c, c.UsedVars[0], "the variables of earlier cells cannot be read")})
	}
	out := map[string]ast.Expr{}
	for i, v := range c.UsedVars {
		out[v.Name()] = call.Args[i]
	}
	return out, nil
}

// oldVars refuses a cell for variables of earlier ones.
func oldVars(places []engine.Place) *engine.Failure {
	return &engine.Failure{
		Kind: engine.KindRefused, Text: places[0].Text, Places: places,
		Why: "A %%gmp cell is a program of its own. Copied into it are variables of basic types, and structs, arrays, slices, maps and pointers made of those.",
		Try: "Define it in this cell.",
	}
}

// usePlace is where the cell itself, or else what it calls, names a variable.
func usePlace(c *cell.Checked, v *types.Var, text string) engine.Place {
	place := engine.Place{Cell: c.Number, Line: 1, Column: 1, Text: text}
	if pos := firstUse(c, v); pos.IsValid() {
		at := c.Position(pos)
		place.Cell, place.Line, place.Column = at.Cell, at.Line, at.Column
	}
	return place
}

// valueReader writes the expression that reads variables.
type valueReader struct {
	code  strings.Builder
	names int
}

func (r *valueReader) expr() string {
	return "func() string {\nvar runnextB []byte\n" + r.code.String() + "return string(runnextB)\n}()"
}

func (r *valueReader) line(format string, args ...any) { fmt.Fprintf(&r.code, format+"\n", args...) }
func (r *valueReader) text(s string)                   { r.line("runnextB = append(runnextB, %q...)", s) }

// name gives a variable of the expression; no learner's bears such a name.
func (r *valueReader) name() string {
	r.names++
	return fmt.Sprintf("runnextE%d", r.names)
}

// write reads x, which is of type t. within are the types that x is a part of.
func (r *valueReader) write(t types.Type, x string, within []types.Type) error {
	for _, outer := range within {
		if types.Identical(outer, t) {
			return fmt.Errorf("%s leads back to itself", shownType(t))
		}
	}
	if _, ok := types.Unalias(t).(*types.Named); ok {
		within = append(within[:len(within):len(within)], t)
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return r.basic(u, t, x)
	case *types.Pointer:
		r.line("if runnextP := %s; runnextP == nil { runnextB = append(runnextB, 'N') } else {", x)
		r.text("P(")
		e := r.name()
		r.line("%s := *runnextP", e)
		err := r.write(u.Elem(), e, within)
		r.line("runnextB = append(runnextB, ')') }")
		return err
	case *types.Slice:
		r.line("if %s == nil { runnextB = append(runnextB, 'N') } else {", x)
		err := r.list(u.Elem(), x, within)
		r.line("}")
		return err
	case *types.Array:
		return r.list(u.Elem(), x, within)
	case *types.Map:
		k, v := r.name(), r.name()
		r.line("if %s == nil { runnextB = append(runnextB, 'N') } else {", x)
		r.text("L(")
		r.line("for %s, %s := range %s {\n_, _ = %[1]s, %[2]s", k, v, x)
		if err := r.write(u.Key(), k, within); err != nil {
			return err
		}
		r.text(",")
		err := r.write(u.Elem(), v, within)
		r.line("runnextB = append(runnextB, ',') }\nrunnextB = append(runnextB, ')') }")
		return err
	case *types.Struct:
		return r.structure(u, t, x, within)
	case *types.Chan:
		return fmt.Errorf("it has a channel, %s", shownType(t))
	case *types.Signature:
		return fmt.Errorf("it has a function, %s", shownType(t))
	}
	return fmt.Errorf("it has a value of type %s", shownType(t))
}

func (r *valueReader) list(elem types.Type, x string, within []types.Type) error {
	e := r.name()
	r.text("L(")
	r.line("for _, %s := range %s {\n_ = %[1]s", e, x)
	err := r.write(elem, e, within)
	r.line("runnextB = append(runnextB, ',') }\nrunnextB = append(runnextB, ')')")
	return err
}

func (r *valueReader) structure(u *types.Struct, t types.Type, x string, within []types.Type) error {
	r.text("L(")
	for i := range u.NumFields() {
		f := u.Field(i)
		switch {
		case !f.Exported() && f.Pkg().Path() != mainName:
			return fmt.Errorf("%s has fields that only its package may read", shownType(t))
		case f.Name() == "_":
			continue
		}
		if err := r.write(f.Type(), x+"."+f.Name(), within); err != nil {
			return err
		}
		r.text(",")
	}
	r.text(")")
	return nil
}

func (r *valueReader) basic(u *types.Basic, t types.Type, x string) error {
	switch info := u.Info(); {
	case info&types.IsBoolean != 0:
		r.line("runnextB = strconv.AppendBool(runnextB, bool(%s))", x)
	case info&types.IsUnsigned != 0:
		r.line("runnextB = strconv.AppendUint(runnextB, uint64(%s), 10)", x)
	case info&types.IsInteger != 0:
		r.line("runnextB = strconv.AppendInt(runnextB, int64(%s), 10)", x)
	case info&types.IsFloat != 0:
		r.line("runnextB = strconv.AppendFloat(runnextB, float64(%s), 'g', -1, 64)", x)
	case info&types.IsString != 0:
		r.line("runnextB = strconv.AppendQuote(runnextB, string(%s))", x)
	default:
		return fmt.Errorf("it has a value of type %s", shownType(t))
	}
	return nil
}

func shownType(t types.Type) string {
	return cell.Shown(types.TypeString(t, func(p *types.Package) string {
		if p.Path() == mainName {
			return ""
		}
		return p.Name()
	}))
}

// unquote takes the text of a string expression's value, "" when it is none.
func unquote(b engine.Bundle) string {
	text, _ := b.Data["text/plain"].(string)
	s, err := strconv.Unquote(text)
	if err != nil {
		return ""
	}
	return s
}
