package yaegi

import (
	"fmt"
	"strings"
)

// randConstants are values of types that are no numbers.
var randConstants = map[string][]string{
	"string":         {`""`, `"a"`, `"héllo"`, `"xyz\xff"`, `"世界"`, `"b,c"`},
	"pair":           {"pair{}", `pair{1, "a", [2]int16{2, 3}}`, `pair{s: "p"}`},
	"any":            {"nil", "any(3)", `any("s")`, "any(2.5)", `any(pair{a: 1})`, "any([]int{1})", "any(uint8(4))"},
	"map[string]int": {"map[string]int{}", `map[string]int{"a": 1, "héllo": 2}`, "nil"},
	"map[int]pair":   {"map[int]pair{}", `map[int]pair{1: {a: 2}, 3: {s: "m"}}`, "nil"},
	"[]string":       {"[]string{}", `[]string{"a", "", "héllo", "b"}`},
	"[]pair":         {"[]pair{}", `[]pair{{a: 1}, {s: "q"}}`},
}

// wide writes an expression that has to do with values that are no words, or
// gives "".
func (p *randProgram) wide(t string, d int) string {
	switch t {
	case "string":
		return p.text(d)
	case "pair":
		switch p.r.IntN(4) {
		case 0:
			if m, ok := p.ofType("map[int]pair"); ok {
				return fmt.Sprintf("%s[%s]", m.name, p.expr("int", d))
			}
		case 1:
			if l, ok := p.ofType("[]pair"); ok && p.risk() {
				return fmt.Sprintf("%s[%s]", l.name, p.index(l.name))
			}
		case 2:
			if v, ok := p.ofType("any"); ok && p.risk() {
				return v.name + ".(pair)"
			}
		}
		return fmt.Sprintf("(pair{%s, short(%s), [2]int16{1, %s}})", p.expr("int", d), p.expr("string", d), p.expr("int16", d))
	case "any":
		return fmt.Sprintf("any(%s)", p.expr(pick(p.r, []string{"int", "string", "pair", "float64", "bool", "uint8", "[]int"}), d))
	case "bool":
		switch p.r.IntN(8) {
		case 0:
			return fmt.Sprintf("(%s %s %s)", p.expr("string", d), pick(p.r, []string{"==", "!=", "<", "<=", ">", ">="}), p.expr("string", d))
		case 1:
			return fmt.Sprintf("(%s %s %s)", p.expr("pair", d), pick(p.r, []string{"==", "!="}), p.expr("pair", d))
		case 2:
			if v, ok := p.ofType("any"); ok && p.risk() {
				return fmt.Sprintf("(%s %s %s)", v.name, pick(p.r, []string{"==", "!="}), p.expr("any", d))
			}
		case 3:
			return fmt.Sprintf("(%s == nil)", p.expr(pick(p.r, []string{"any", "map[string]int"}), d))
		}
	case "int":
		switch p.r.IntN(10) {
		case 0:
			return fmt.Sprintf("len(%s)", p.expr(pick(p.r, []string{"string", "map[string]int", "[]string"}), d))
		case 1:
			if m, ok := p.ofType("map[string]int"); ok {
				return fmt.Sprintf("%s[%s]", m.name, p.expr("string", d))
			}
		case 2:
			if v, ok := p.ofType("pair"); ok {
				return v.name + ".a"
			}
		case 3:
			if v, ok := p.ofType("any"); ok && p.risk() {
				return v.name + ".(int)"
			}
		}
	case "uint8":
		if s, ok := p.ofType("string"); ok && p.r.IntN(3) == 0 && p.risk() {
			return fmt.Sprintf("%s[%s]", s.name, p.index(s.name))
		}
	}
	if t[0] == 'm' {
		return p.fresh(t)
	}
	return ""
}

// text writes an expression that is a string.
func (p *randProgram) text(d int) string {
	switch p.r.IntN(7) {
	case 0:
		if s, ok := p.ofType("string"); ok && p.risk() {
			bounds := strings.ReplaceAll(pick(p.r, []string{"X&3:", ":Y&7", "X&1:Y&7", "X:Y"}), "X", p.variable("int"))
			return fmt.Sprintf("%s[%s]", s.name, strings.ReplaceAll(bounds, "Y", p.variable("uint64")))
		}
	case 1:
		return fmt.Sprintf("string(%s)", p.expr("int32", d))
	case 2:
		return fmt.Sprintf("short(string(%s))", p.expr(pick(p.r, []string{"[]uint8", "[]int32"}), d))
	case 3:
		if l, ok := p.ofType("[]string"); ok && p.risk() {
			return fmt.Sprintf("%s[%s]", l.name, p.index(l.name))
		}
	case 4:
		if v, ok := p.ofType("pair"); ok {
			return v.name + ".s"
		}
	case 5:
		if v, ok := p.ofType("any"); ok && p.risk() {
			return v.name + ".(string)"
		}
	}
	return fmt.Sprintf("short(%s + %s)", p.expr("string", d), p.expr("string", d))
}

// changeMap writes a statement that changes a map.
func (p *randProgram) changeMap(m randVar) {
	key := "string"
	if m.typ == "map[int]pair" {
		key = "int"
	}
	switch n := p.r.IntN(4); {
	case n == 0:
		fmt.Fprintf(&p.b, "delete(%s, %s)\n", m.name, p.expr(key, 2))
	case n == 1 && key == "string":
		p.risks = 0
		fmt.Fprintf(&p.b, "%s[%s]++\n", m.name, p.expr(key, 1))
	case n == 2:
		p.made++
		v := fmt.Sprintf("v%d", p.made)
		fmt.Fprintf(&p.b, "if %s, ok := %s[%s]; ok { g0 ^= len(fmt.Sprint(%s)) }\n", v, m.name, p.expr(key, 1), v)
	default:
		p.risks = 0
		elem := m.typ[strings.IndexByte(m.typ, ']')+1:]
		fmt.Fprintf(&p.b, "%s[%s] = %s\n", m.name, p.expr(key, 1), p.expr(elem, 2))
	}
}

// typeSwitch writes a statement that looks at what an interface holds.
func (p *randProgram) typeSwitch() {
	fmt.Fprintf(&p.b, `switch v := %s.(type) {
case int:
	g0 ^= v
case string:
	g0 += len(v)
case pair:
	g0 -= v.a + len(v.s)
case float64, []int:
	_ = v
	g0++
case nil:
	g0--
}
`, p.expr("any", 2))
}
