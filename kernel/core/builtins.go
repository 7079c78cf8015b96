package core

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// builtin writes a call of a builtin function.
func (f *function) builtin(i *ssa.Call, name string) {
	if f.shape.folded[i] {
		return
	}
	switch name {
	case "len", "cap":
		if f.shape.reg(i) != "" {
			f.set(i, "%s", f.builtinExpr(name, i.Call.Args))
		}
		return
	case "ssa:deferstack":
		f.set(i, "fr")
		return
	case "ssa:wrapnilchk":
		f.checkNil(i.Call.Args[0], i.Pos())
		f.set(i, "%s", f.x(i.Call.Args[0]))
		return
	case "min", "max":
		f.minMax(i, name)
		return
	case "Sizeof", "Alignof", "Offsetof": // of what was a type parameter
		f.set(i, "uintptr(%d)", f.sizeCall(i, name))
		return
	}
	var args []string
	for _, a := range i.Call.Args {
		if lit, ok := a.(*ssa.Slice); ok && f.shape.lits.args[lit] {
			args = append(args, "")
			continue
		}
		args = append(args, f.x(a))
	}
	text := f.builtinCall(name, &i.Call, args, i.Pos())
	if r := f.shape.reg(i); r != "" {
		f.line("%s = %s", r, text)
	} else if name != "append" && name != "Add" && name != "complex" && name != "real" && name != "imag" {
		f.line("%s", text)
	}
}

// builtinExpr gives len and cap, which may stand inside expressions.
func (f *function) builtinExpr(name string, args []ssa.Value) string {
	t := args[0].Type().Underlying()
	if _, ok := t.(*types.Chan); ok {
		return fmt.Sprintf("%s(%s)", f.e.helper("chan"+name, args[0].Type()), f.x(args[0]))
	}
	if n, ok := fixedLen(t); ok {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s(%s)", name, f.x(args[0]))
}

// builtinCall gives the text of a call of a builtin function that is a
// statement, or stands alone on the right of an assignment.
func (f *function) builtinCall(name string, c *ssa.CallCommon, args []string, pos token.Pos) string {
	switch name {
	case "append":
		if b, ok := c.Args[1].Type().Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
			return fmt.Sprintf("%s(%s)", f.e.helper("appendstring", c.Args[0].Type(), c.Args[1].Type()), strings.Join(args, ", "))
		}
		if lit, ok := c.Args[1].(*ssa.Slice); ok && f.shape.lits.args[lit] {
			return fmt.Sprintf("append(%s, %s)", args[0], strings.Join(f.variadicArgs(lit), ", "))
		}
		return fmt.Sprintf("%s(%s)", f.e.helper("append", c.Args[0].Type(), c.Args[1].Type()), strings.Join(args, ", "))
	case "copy":
		return fmt.Sprintf("%s(%s)", f.e.helper("copy", c.Args[0].Type(), c.Args[1].Type()), strings.Join(args, ", "))
	case "delete":
		return fmt.Sprintf("%s(%d, %s)", f.e.helper("delete", c.Args[0].Type()), f.e.site(pos), strings.Join(args, ", "))
	case "clear":
		return fmt.Sprintf("%s(%d, %s)", f.e.helper("clear", c.Args[0].Type()), f.e.site(pos), args[0])
	case "close":
		return fmt.Sprintf("%s(%d, %s)", f.e.helper("close", c.Args[0].Type()), f.e.site(pos), args[0])
	case "print", "println":
		for k, a := range c.Args {
			if types.IsInterface(a.Type()) {
				args[k] = "h.Iface(" + args[k] + ")"
			}
		}
		fn := map[string]string{"print": "h.Print", "println": "h.Println"}[name]
		return fmt.Sprintf("%s(%s)", fn, strings.Join(args, ", "))
	case "panic":
		return fmt.Sprintf("h.Panic(%d, %s)", f.e.site(pos), args[0])
	case "recover":
		depth := 0 // of the function's body inside the function
		if f.deferred {
			depth = 1
		}
		return fmt.Sprintf("h.Recover(%d)", depth)
	case "complex", "real", "imag":
		return fmt.Sprintf("%s(%s)", f.e.helper(name, c.Args[0].Type()), strings.Join(args, ", "))
	case "len", "cap", "min", "max":
		return fmt.Sprintf("h.Ignore(%s)", strings.Join(args, ", "))
	}
	if strings.HasPrefix(name, "ssa:") {
		f.e.refuse(pos, name+" has no form here")
	}
	return f.unsafeCall(name, c, args, pos)
}

// minMax writes min and max of any number of operands. The host does floats,
// for NaN and the two zeros.
func (f *function) minMax(i *ssa.Call, name string) {
	r := f.shape.reg(i)
	if r == "" {
		return
	}
	if isFloat(i.Type()) {
		var args []string
		for _, a := range i.Call.Args {
			args = append(args, "float64("+f.x(a)+")")
		}
		f.line("%s = %s(h.Float%s(%s))", r, f.e.types.core(i.Type()), name, strings.Join(args, ", "))
		return
	}
	t := f.temp(f.e.types.core(i.Type()))
	op := map[string]string{"min": "<", "max": ">"}[name]
	f.line("%s = %s", t, f.x(i.Call.Args[0]))
	u := ""
	for _, a := range i.Call.Args[1:] {
		text := f.x(a)
		if _, isConst := a.(*ssa.Const); isConst {
			if u == "" {
				u = f.fresh(f.e.types.core(i.Type()))
			}
			f.line("%s = %s", u, text)
			text = u
		}
		f.line("if %s %s %s { %s = %s }", text, op, t, t, text)
	}
	f.line("%s = %s", r, t)
}

// fresh gives a new variable of a core type.
func (f *function) fresh(text string) string {
	f.made++
	name := fmt.Sprintf("y%d", f.made)
	fmt.Fprintf(&f.decls, "\tvar %s %s\n", name, text)
	return name
}

// selectOf writes a select statement as one call that gives the case's number,
// whether its receive was of a value, and the values received.
func (f *function) selectOf(i *ssa.Select) {
	flags := "n"
	if i.Blocking {
		flags = "b"
	}
	var ts []types.Type
	args := []string{fmt.Sprint(f.e.site(i.Pos()))}
	for _, s := range i.States {
		ts = append(ts, s.Chan.Type())
		args = append(args, f.x(s.Chan))
		if s.Dir == types.SendOnly {
			flags += "s"
			args = append(args, f.x(s.Send))
		} else {
			flags += "r"
		}
	}
	h := f.e.addSelect(flags, ts)
	f.setTuple(i, fmt.Sprintf("%s(%s)", h, strings.Join(args, ", ")))
}
