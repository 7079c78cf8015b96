package yaegi

import (
	"fmt"
	"strings"
)

// place gives something of a variable that can be assigned to, and leaves its
// type in p.placed.
func (p *randProgram) place(v randVar) string {
	p.placed = v.typ
	switch {
	case p.r.IntN(2) == 0:
	case v.typ == "[][]int" && p.risk():
		p.placed = "[]int"
		return fmt.Sprintf("%s[%s]", v.name, p.expr("int", 1))
	case strings.HasPrefix(v.typ, "[]") && v.typ != "[][]int" && p.risk():
		p.placed = v.typ[2:]
		return fmt.Sprintf("%s[%s]", v.name, p.index(v.name))
	case v.typ == "pair":
		field := pick(p.r, []string{"a int", "s string", "in[1] int16"})
		name, typ, _ := strings.Cut(field, " ")
		p.placed = typ
		return v.name + "." + name
	case v.typ == "*rec" && p.risk():
		field := pick(p.r, []string{"a int", "b uint8", "c float64", "s []int", "next *rec", "d int16", "arr[2] int"})
		name, typ, _ := strings.Cut(field, " ")
		p.placed = typ
		return v.name + "." + name
	}
	return v.name
}

// index gives an index that is in range more often than not.
func (p *randProgram) index(of string) string {
	switch {
	case p.r.IntN(8) == 0:
		return p.expr("int", 1)
	case p.r.IntN(8) == 0:
		t := pick(p.r, []string{"uint8", "uint64", "int16"})
		return fmt.Sprintf("%s(%s)", t, p.expr(t, 1))
	}
	return fmt.Sprintf("(%s)&(max(len(%s), 1)-1)", p.expr("int", 1), of)
}

func (p *randProgram) ofType(t string) (randVar, bool) {
	var list []randVar
	for _, v := range p.vars {
		if v.typ == t {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return randVar{}, false
	}
	return pick(p.r, list), true
}

func (p *randProgram) constant(t string) string {
	switch t {
	case "bool":
		return pick(p.r, []string{"true", "false"})
	case "*rec":
		return pick(p.r, []string{"g4", "g4", "g4.next", "&rec{a: 4, s: []int{6, 5}}", "nil"})
	case "[][]int":
		return pick(p.r, []string{"[][]int{{1, 2}, {3}, nil}", "nil"})
	case "[]bool":
		return "[]bool{true, false, true, true}"
	case "float64", "float32":
		return fmt.Sprintf("%s(%s)", t, pick(p.r, []string{"0", "1.5", "-2.25", "1e10", "-0.1", "3", "1e-3", "7e18"}))
	}
	if c, ok := randConstants[t]; ok {
		return pick(p.r, c)
	}
	if strings.HasPrefix(t, "[]") {
		return t + pick(p.r, []string{"{}", "{1}", "{1, 2, 3, 4}", "{9, 8, 7, 6, 5, 4, 3, 2}"})
	}
	small := []string{"0", "1", "2", "3", "5", "7", "64", "100", "127"}
	if t[0] == 'i' {
		small = append(small, "-1", "-2", "-128")
	}
	if strings.HasSuffix(t, "64") || t == "int" {
		small = append(small, "1<<40", "1<<62", "1<<63-1")
	}
	return fmt.Sprintf("%s(%s)", t, pick(p.r, small))
}

// risk tells whether something may be written that can panic. There is one in a
// statement: in which order Go comes to several, and to calls, it does not say.
func (p *randProgram) risk() bool {
	p.risks--
	return p.risks == 0
}

// expr writes an expression of a type.
func (p *randProgram) expr(t string, depth int) string {
	v, found := p.ofType(t)
	if depth <= 0 || p.r.IntN(5) == 0 {
		if found && p.r.IntN(4) > 0 {
			return v.name
		}
		return p.fresh(t)
	}
	d := depth - 1
	if e := p.wide(t, d); e != "" {
		return e
	}
	switch {
	case t == "bool":
		switch p.r.IntN(5) {
		case 0:
			return fmt.Sprintf("!(%s)", p.expr(t, d))
		case 1:
			return fmt.Sprintf("(%s %s %s)", p.expr(t, d), pick(p.r, []string{"&&", "||"}), p.expr(t, d))
		case 2:
			return fmt.Sprintf("(%s %s nil)", p.expr(pick(p.r, []string{"*rec", "[]int"}), d), pick(p.r, []string{"==", "!="}))
		}
		k := pick(p.r, append([]string{"float64", "float32"}, randInts...))
		return fmt.Sprintf("(%s %s %s)", p.expr(k, d), pick(p.r, []string{"==", "!=", "<", "<=", ">", ">="}), p.expr(k, d))
	case t == "float64" || t == "float32":
		switch p.r.IntN(6) {
		case 0:
			return fmt.Sprintf("(-%s)", p.expr(t, d))
		case 1:
			return fmt.Sprintf("%s(%s)", t, p.expr(pick(p.r, []string{"int", "uint8", "int32", "uint64", "float64", "float32"}), d))
		case 2:
			if s, ok := p.ofType("[]float64"); ok && t == "float64" && p.risk() {
				return fmt.Sprintf("%s[%s]", s.name, p.index(s.name))
			}
		}
		return fmt.Sprintf("%s(%s %s %s)", t, p.expr(t, d), pick(p.r, []string{"+", "-", "*", "/"}), p.expr(t, d))
	case t == "*rec":
		if p.risk() {
			return p.expr(t, d) + ".next"
		}
		return p.fresh(t)
	case strings.HasPrefix(t, "[]"):
		switch p.r.IntN(4) {
		case 0:
			return fmt.Sprintf("make(%s, (%s)&7, 8+(%s)&3)", t, p.expr("int", 1), p.expr("uint8", 1))
		case 1:
			if p.risk() {
				bounds := pick(p.r, []string{"X&3:", ":Y&7", "X&1:Y&7", "X:Y", ":X&3:Y&7", "X&3:X&3"})
				bounds = strings.ReplaceAll(bounds, "X", p.variable("int"))
				return fmt.Sprintf("%s[%s]", p.expr(t, 0), strings.ReplaceAll(bounds, "Y", p.variable("uint64")))
			}
		}
		if r, ok := p.ofType("*rec"); ok && t == "[]int" && p.risk() {
			return r.name + ".s"
		}
		return p.fresh(t)
	}
	switch n := p.r.IntN(14); {
	case n == 0:
		return fmt.Sprintf("(%s%s)", pick(p.r, []string{"-", "^"}), p.expr(t, d))
	case n < 3:
		return fmt.Sprintf("%s(%s)", t, p.expr(pick(p.r, randInts), d))
	case n == 3 && p.risk():
		return fmt.Sprintf("(%s %s (%s))", p.expr(t, d), pick(p.r, []string{"/", "%"}), p.expr(t, d))
	case n == 4:
		return fmt.Sprintf("(%s %s %d)", p.variable(t), pick(p.r, []string{"<<", ">>"}), p.r.IntN(70))
	case n == 5 && p.risk():
		return fmt.Sprintf("(%s %s %s)", p.variable(t), pick(p.r, []string{"<<", ">>"}), p.expr(pick(p.r, []string{"uint8", "int8", "uint"}), d))
	case n == 7:
		if s, ok := p.ofType("[]" + t); ok && p.risk() {
			return fmt.Sprintf("%s[%s]", s.name, p.index(s.name))
		}
	case n == 8 || n == 6:
		if r, ok := p.ofType("*rec"); ok && t == "int" && p.risk() {
			return r.name + pick(p.r, []string{".a", ".a", ".arr[3]", ".arr[g0&3]", ".next.a"})
		}
	case n == 9:
		if s, ok := p.ofType(pick(p.r, randSlices)); ok && t == "int" {
			return pick(p.r, []string{"len", "cap"}) + "(" + s.name + ")"
		}
	case n == 10:
		if s, ok := p.ofType("[][]int"); ok && t == "int" && p.risk() {
			return fmt.Sprintf("%s[%s][%s]", s.name, p.index(s.name), p.expr("int", 0))
		}
	}
	op := pick(p.r, []string{"+", "-", "*", "&", "|", "^", "&^"})
	return fmt.Sprintf("(%s %s %s)", p.expr(t, d), op, p.expr(t, d))
}

// variable gives an operand that is not a constant: Go computes with constants
// exactly, and says so when they do not fit.
func (p *randProgram) variable(t string) string {
	if v, ok := p.ofType(t); ok {
		return v.name
	}
	return fmt.Sprintf("%s(g0)", t)
}

// fresh gives a value that no constant expression can be made of.
func (p *randProgram) fresh(t string) string {
	c := p.constant(t)
	if t == "*rec" || t == "bool" || t[0] == 'm' || t == "any" || strings.HasPrefix(t, "[]") {
		if c == "nil" {
			c = "(" + t + ")(nil)"
		}
		return "id(" + c + ")"
	}
	return "id(" + c + ")"
}
