package ssaformtest

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

func pick(r *rand.Rand, l ...string) string { return l[r.IntN(len(l))] }

func (g *gen) num() string { return strconv.Itoa(g.r.IntN(40)) }

// index gives an index that is in range.
func (g *gen) index() string {
	switch g.r.IntN(5) {
	case 0:
		return strconv.Itoa(g.r.IntN(4))
	case 1:
		return "f(" + g.num() + ")"
	}
	return g.word() + "&3"
}

// word gives a variable, a field or what a pointer points to.
func (g *gen) word() string {
	return pick(g.r, "gi", "gj", "li", "lj", "ci", "cj", "pi", "gu.x", "gu.y", "lu.x", "cu.x", "cu.y", "gt.x", "gt.in.y", "lt.x", "ct.y", "ct.in.x", "gp.x", "gp.in.y", "lp.x", "cp.y", "gp.p.x", "*gq", "*cq", "*lq", "*gp.q")
}

// place gives an int that can be assigned to.
func (g *gen) place(d int) string {
	switch g.r.IntN(10) {
	case 0, 1:
		return pick(g.r, "ga", "la", "ca", "gt.a", "ct.a", "gp.a", "cp.a", "lt.a", "lp.a") + "[" + g.index() + "]"
	case 2, 3:
		return pick(g.r, "gs", "ls", "cs", "gt.s", "gp.s", "cp.s", "lp.p.s") + "[" + g.index() + "]"
	case 4:
		return pick(g.r, "gm", "cm", "lm") + "[" + g.index() + "]"
	case 5:
		if d > 0 {
			return pick(g.r, "fp("+g.num()+")."+pick(g.r, "x", "y", "in.x", "a["+g.index()+"]", "s["+g.index()+"]"), "fl("+g.num()+")["+g.index()+"]")
		}
	}
	return g.word()
}

func (g *gen) number(d int) string {
	if d <= 0 {
		if g.r.IntN(6) == 0 {
			return g.num()
		}
		return g.place(0)
	}
	d--
	switch g.r.IntN(26) {
	case 0, 1, 2:
		return "f(" + g.num() + ")"
	case 3:
		return pick(g.r, "inc()", "dbl()")
	case 4:
		return "cf(" + g.num() + ")"
	case 5:
		return "h3(" + g.number(d) + ", " + g.number(d) + ", " + g.number(d) + ")"
	case 6:
		return "hv(" + g.number(d) + ", " + g.number(d) + ", " + g.number(d) + ")"
	case 7:
		return g.variadic(d)
	case 8:
		return pick(g.r, "gp", "cp", "gt", "ct", "(&gt)", "fp("+g.num()+")", "gp.p", "lp") + "." + pick(g.r, "pm", "vm") + "(" + g.number(d) + ")"
	case 9:
		return pick(g.r, "gu", "cu", "gp.in", "gt.in", "lu", "fu("+g.num()+")") + ".um(" + g.number(d) + ")"
	case 10:
		return pick(g.r, "gfn", "cfn", "gp.fn", "gt.fn", "ff("+g.num()+")") + "(" + g.number(d) + ")"
	case 11:
		return "hu(" + g.pair(d) + ", " + g.pair(d) + ", " + g.number(d) + ")"
	case 12:
		return "hp(" + g.pointer(d) + ", " + g.number(d) + ")"
	case 13:
		return "hl(" + g.slice(d) + ", " + g.number(d) + ")"
	case 14:
		return "har(" + g.array(d) + ", " + g.number(d) + ")"
	case 15:
		return "len(" + pick(g.r, g.text(d), g.slice(d), "gm") + ")"
	case 16:
		return pick(g.r, "-", "^") + "(" + g.number(d) + ")"
	case 17:
		return "int(" + pick(g.r, "N", "int64", "int16", "float64") + "(" + g.number(d) + "))"
	case 18:
		return pick(g.r, "gn", "N("+g.number(d)+")") + ".add(" + g.number(d) + ")"
	case 19:
		return "(" + g.number(d) + " / (" + g.number(d) + "&3 + 1))"
	case 20:
		return "func() int { ci += 3; cu.x += 5; return " + g.number(d) + " }()"
	case 21:
		return pick(g.r, "min", "max") + "(" + g.number(d) + ", " + g.number(d) + ")"
	case 22:
		return "(" + g.slice(d) + ")[" + g.index() + "]"
	}
	return "(" + g.number(d) + " " + pick(g.r, "+", "-", "*", "&", "|", "^") + " " + g.number(d) + ")"
}

func (g *gen) variadic(d int) string {
	var l []string
	for range 1 + g.r.IntN(4) {
		l = append(l, g.anything(d))
	}
	return "ha(" + strings.Join(l, ", ") + ")"
}

func (g *gen) anything(d int) string {
	switch g.r.IntN(8) {
	case 0:
		return g.text(d)
	case 1:
		return g.pair(d)
	case 2:
		return pick(g.r, "gif", "cif", "gp.box", "gt.box")
	case 3:
		return g.slice(d)
	case 4:
		return g.array(d)
	case 5:
		return g.pointer(d)
	case 6:
		return g.boolean(d)
	}
	return g.number(d)
}

func (g *gen) text(d int) string {
	if d <= 0 {
		return pick(g.r, "gst", "cst", "lst", "gp.st", "gt.st", "cp.st", "ct.st")
	}
	d--
	switch g.r.IntN(9) {
	case 0, 1:
		return "fs(" + strconv.Quote(pick(g.r, "a", "bc", "def", "ghij")) + ")"
	case 2:
		return "hs(" + g.text(d) + ", " + g.number(d) + ", " + g.text(d) + ")"
	case 3:
		return "(" + g.text(d) + " + " + g.text(d) + ")"
	case 4:
		return "(" + g.text(d) + " + " + g.text(d) + " + " + g.text(d) + ")"
	case 5:
		return "string(rune('a' + " + g.number(d) + "&15))"
	case 6:
		return "string([]byte(" + g.text(d) + "))"
	case 7:
		return "fmt.Sprint(show(" + g.anything(d) + "), " + g.number(d) + ")"
	}
	return g.text(0)
}

func (g *gen) boolean(d int) string {
	if d <= 0 {
		return "(" + g.number(0) + " < " + g.number(0) + ")"
	}
	d--
	switch g.r.IntN(5) {
	case 0:
		return "(" + g.text(d) + " " + pick(g.r, "==", "<") + " " + g.text(d) + ")"
	case 1:
		return "(" + g.pair(d) + " == " + g.pair(d) + ")"
	case 2:
		return "!(" + g.boolean(d) + ")"
	}
	return "(" + g.number(d) + " " + pick(g.r, "==", "<", ">=") + " " + g.number(d) + ")"
}

func (g *gen) pair(d int) string {
	if d <= 0 {
		return pick(g.r, "gu", "cu", "lu", "gp.in", "gt.in", "ct.in", "cp.in")
	}
	d--
	switch g.r.IntN(4) {
	case 0:
		return "(U{" + g.number(d) + ", " + g.number(d) + "})"
	case 1:
		return "(U{y: " + g.number(d) + ", x: " + g.number(d) + "})"
	case 2:
		return "fu(" + g.num() + ")"
	}
	return g.pair(0)
}

func (g *gen) pointer(d int) string {
	if d <= 0 {
		return pick(g.r, "gp", "cp", "lp", "gp.p", "&gt", "&ct")
	}
	d--
	switch g.r.IntN(4) {
	case 0:
		return "fp(" + g.num() + ")"
	case 1:
		return "&T{x: " + g.number(d) + ", st: " + g.text(d) + ", in: " + g.pair(d) + ", y: " + g.number(d) + "}"
	}
	return g.pointer(0)
}

func (g *gen) slice(d int) string {
	if d <= 0 {
		return pick(g.r, "gs", "cs", "ls", "gp.s", "gt.s", "cp.s")
	}
	d--
	switch g.r.IntN(6) {
	case 0:
		return "fl(" + g.num() + ")"
	case 1:
		return "[]int{" + g.number(d) + ", " + g.number(d) + ", " + g.number(d) + ", " + g.number(d) + "}"
	case 2:
		return "append(" + g.slice(d) + ", " + g.number(d) + ", " + g.number(d) + ")"
	case 3:
		return g.slice(d) + "[" + g.number(0) + "&1*0:]"
	}
	return g.slice(0)
}

func (g *gen) array(d int) string {
	if d <= 0 {
		return pick(g.r, "ga", "ca", "la", "gp.a", "gt.a", "ct.a")
	}
	d--
	if g.r.IntN(3) == 0 {
		return "[4]int{" + g.number(d) + ", " + g.number(d) + ", 2: " + g.number(d) + "}"
	}
	return g.array(0)
}
