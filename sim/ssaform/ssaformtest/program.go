// Package ssaformtest writes programs that read variables, fields and elements
// beside calls that change them. It is for tests alone: what they print when Go
// builds them, whoever runs the SSA form must print.
package ssaformtest

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strings"
)

// head declares the types, the variables and the functions that change them.
//
//go:embed head.txt
var head string

// locals declares the variables of a function and the closure that changes them.
//
//go:embed locals.txt
var locals string

type gen struct {
	r    *rand.Rand
	b    strings.Builder
	made int
}

// Program writes a program of n functions. After each it prints every variable.
func Program(seed uint64, n int) string {
	g := &gen{r: rand.New(rand.NewPCG(seed, 99))}
	g.b.WriteString(head)
	for i := range n {
		fmt.Fprintf(&g.b, "\nfunc c%d() {\n", i)
		// What a deferred closure prints stays in memory, the rest in registers.
		text, end := locals, ""
		if g.r.IntN(2) == 0 {
			text = strings.Replace(text, registers, "", 1)
			end = "\tfmt.Print(\"\\n    \", " + registers[:len(registers)-2] + ")\n"
		}
		g.b.WriteString(text)
		for range 1 + g.r.IntN(2) {
			g.statement()
		}
		g.b.WriteString(end + "}\n")
	}
	g.b.WriteString("\nfunc main() {\n")
	for i := range n {
		fmt.Fprintf(&g.b, "\tguard(\"c%d\", c%d)\n", i, i)
	}
	g.b.WriteString("}\n")
	return g.b.String()
}

const registers = "li, lj, lst, la, ls, lm, lu, show(lt), show(lp), *lq, "

func (g *gen) typed(t string, d int) string {
	switch t {
	case "int":
		return g.number(d)
	case "string":
		return g.text(d)
	case "U":
		return g.pair(d)
	case "*T":
		return g.pointer(d)
	case "[]int":
		return g.slice(d)
	case "[4]int":
		return g.array(d)
	case "bool":
		return g.boolean(d)
	}
	return g.anything(d)
}

var types = []string{"int", "int", "int", "string", "U", "*T", "[]int", "[4]int", "bool", "any"}

func (g *gen) target(t string, d int) string {
	switch t {
	case "int":
		return g.place(d)
	case "string":
		return g.text(0)
	case "U":
		return g.pair(0)
	case "*T":
		return pick(g.r, "gp", "cp", "lp", "gp.p", "cp.p")
	case "[]int":
		return g.slice(0)
	case "[4]int":
		return g.array(0)
	case "bool":
		return "cb"
	}
	return pick(g.r, "gif", "cif", "gp.box", "gt.box")
}

func (g *gen) vars(n int) []string {
	var l []string
	for range n {
		g.made++
		l = append(l, fmt.Sprint("v", g.made))
	}
	return l
}

func (g *gen) show(l []string) {
	for _, v := range l {
		fmt.Fprintf(&g.b, "\tfmt.Print(\" =\", show(%s))\n", v)
	}
}

func (g *gen) statement() {
	d := 1 + g.r.IntN(3)
	t, t2 := pick(g.r, types...), pick(g.r, types...)
	switch g.r.IntN(20) {
	case 0, 1:
		l := g.vars(2)
		fmt.Fprintf(&g.b, "\t%s, %s := %s, %s\n", l[0], l[1], g.typed(t, d), g.typed(t2, d))
		g.show(l)
	case 2:
		l := g.vars(3)
		fmt.Fprintf(&g.b, "\tvar %s, %s, %s = %s, %s, %s\n", l[0], l[1], l[2], g.typed(t, d-1), g.typed(t2, d), g.typed(t, d))
		g.show(l)
	case 3, 4:
		fmt.Fprintf(&g.b, "\t%s = %s\n", g.target(t, d), g.typed(t, d))
	case 5, 6, 7:
		fmt.Fprintf(&g.b, "\t%s, %s = %s, %s\n", g.target(t, 1), g.target(t2, 1), g.typed(t, d), g.typed(t2, d))
	case 8:
		fmt.Fprintf(&g.b, "\t%s, %s, %s = %s, %s, %s\n", g.target("int", 1), g.target(t2, 1), g.target(t, 1), g.typed("int", d), g.typed(t2, d), g.typed(t, d-1))
	case 9:
		fmt.Fprintf(&g.b, "\t%s, %s = f2(%s)\n", g.target("int", 1), g.target("int", 1), g.number(d))
	case 10, 11:
		fmt.Fprintf(&g.b, "\t%s %s %s\n", g.target("int", 1), pick(g.r, "+=", "-=", "*=", "^="), g.number(d))
	case 12:
		if g.r.IntN(2) == 0 {
			fmt.Fprintf(&g.b, "\t%s += %s\n", g.target("string", 1), g.text(d))
		} else {
			fmt.Fprintf(&g.b, "\t%s%s\n", g.place(1), pick(g.r, "++", "--"))
		}
	case 13:
		l := g.vars(2)
		fmt.Fprintf(&g.b, "\t%s, %s := func() (%s, %s) { return %s, %s }()\n", l[0], l[1], t, t2, g.typed(t, d), g.typed(t2, d))
		g.show(l)
	case 14:
		l := g.vars(2)
		fmt.Fprintf(&g.b, "\t%s, %s := func() (r %s, q %s) { defer func() { fmt.Print(\" d\") }(); return %s, %s }()\n", l[0], l[1], t, t2, g.typed(t, d), g.typed(t2, d))
		g.show(l)
	case 15:
		l := g.vars(1)
		lit := pick(g.r, "U{"+g.number(d)+", "+g.number(d)+"}", "[]any{"+g.anything(d)+", "+g.anything(d)+", "+g.anything(d)+"}", "map[int]int{"+g.number(d)+": "+g.number(d)+"}", "[]U{{"+g.number(d)+", "+g.number(d)+"}, "+g.pair(d)+"}",
			"struct{ a int; b "+t+"; c U }{"+g.number(d)+", "+g.typed(t, d)+", "+g.pair(d)+"}", "[2]string{"+g.text(d)+", "+g.text(d)+"}")
		if strings.HasPrefix(lit, "struct") || strings.HasPrefix(lit, "[]any") {
			fmt.Fprintf(&g.b, "\t%s := %s\n\t_ = %s\n", l[0], lit, l[0])
			if lit[0] == 's' {
				g.show([]string{l[0] + ".a", l[0] + ".b", l[0] + ".c"})
			} else {
				g.show([]string{l[0] + "[0]", l[0] + "[1]", l[0] + "[2]"})
			}
			return
		}
		fmt.Fprintf(&g.b, "\t%s := %s\n", l[0], lit)
		g.show(l)
	case 16:
		fmt.Fprintf(&g.b, "\tdefer %s\n", pick(g.r, "h3("+g.number(d)+", "+g.number(d)+", "+g.number(d)+")", "ha("+g.anything(d)+", "+g.anything(d)+", "+g.anything(d)+")", "hu("+g.pair(d)+", "+g.pair(d)+", "+g.number(d)+")"))
	case 17:
		fmt.Fprintf(&g.b, "\tif %s {\n\t\tfmt.Print(\" yes\")\n\t}\n", g.boolean(d))
	case 18:
		fmt.Fprintf(&g.b, "\tswitch %s {\n\tcase %s, %s:\n\t\tfmt.Print(\" one\")\n\tdefault:\n\t\tfmt.Print(\" other\")\n\t}\n", g.number(d), g.number(d), g.number(d))
	case 19:
		fmt.Fprintf(&g.b, "\tch <- %s\n\tfmt.Print(\" ch\", <-ch)\n", g.number(d))
	}
}
