package yaegi

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// randProgram writes programs that compute: functions of words, strings, slices,
// structs, interfaces and maps, with whatever can go wrong there, and others
// around them that call the host between loops. What they print is what Go says.
type randProgram struct {
	r     *rand.Rand
	b     strings.Builder
	vars  []randVar // in scope
	made  int
	depth int
	funcs []randFunc
	cur   randFunc
	open  bool // the function calls the host
	loops int

	placed string // see place
	risks  int    // see risk
}

type randVar struct {
	name, typ string
	fixed     bool // a loop counts with it
}

type randFunc struct {
	name   string
	params []string
	result string
}

var (
	randInts   = []string{"int", "int", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr"}
	randFloats = []string{"float64", "float32"}
	randSlices = []string{"[]int", "[]uint8", "[]float64", "[]bool", "[]int32", "[][]int", "[]string", "[]pair"}
	randWide   = []string{"string", "string", "string", "pair", "pair", "any", "map[string]int", "map[int]pair"}
)

const randHead = `package main

import (
	"fmt"
	"math"
	"slices"
)

type rec struct {
	a    int
	b    uint8
	c    float64
	s    []int
	next *rec
	d    int16
	arr  [5]int
}

type pair struct {
	a  int
	s  string
	in [2]int16
}

var (
	g0 int
	g1 uint8
	g2 float64
	g3 []int
	g4 *rec
)

func show(name string, f func() any) {
	defer func() {
		if v := recover(); v != nil {
			fmt.Println(name, "panics:", v)
		}
		fmt.Println(" ", g0, g1, text(g2), g3)
	}()
	fmt.Println(name, text(f()))
}

func text(v any) string {
	switch v := v.(type) {
	case float64:
		if v != v {
			return "NaN"
		}
		return fmt.Sprintf("%x", math.Float64bits(v))
	case float32:
		if v != v {
			return "NaN"
		}
		return fmt.Sprintf("%x", math.Float32bits(v))
	}
	if r, ok := v.(*rec); ok && r != nil {
		return fmt.Sprint(r.a, r.b, text(r.c), r.s, r.d, r.arr, r.next == nil)
	}
	return fmt.Sprintf("%T %v", v, v)
}

func id[T any](v T) T { return v }

func short(s string) string { return s[:min(len(s), 40)] }

// brief gives no room: how much there is depends on what the compiler keeps on
// the stack.
func brief[E any](s []E) []E { return slices.Clip(s[:min(len(s), 40)]) }

func note(v any) { fmt.Println("   ", text(v)) }

func data() *rec {
	g0, g1, g2, g3 = 3, 200, 1.5, []int{5, -7, 11, 0, 2}
	g4 = &rec{a: 9, b: 250, c: -2.25, s: []int{1, 2, 3, 4}, d: -300, next: &rec{a: -1, s: []int{8}}}
	return g4
}
`

func newRandProgram(seed uint64) string {
	p := &randProgram{r: rand.New(rand.NewPCG(seed, 7))}
	p.b.WriteString(randHead)
	for i := range 14 {
		p.function(i)
	}
	p.b.WriteString("\nfunc main() {\n")
	for _, f := range p.funcs {
		for range 3 {
			var args []string
			for _, t := range f.params {
				args = append(args, p.constant(t))
			}
			fmt.Fprintf(&p.b, "\tdata()\n\tshow(%q, func() any { return %s(%s) })\n", f.name, f.name, strings.Join(args, ", "))
		}
	}
	p.b.WriteString("}\n")
	return p.b.String()
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func (p *randProgram) anyType() string {
	switch n := p.r.IntN(14); {
	case n > 9:
		return pick(p.r, randWide)
	case n < 5:
		return pick(p.r, randInts)
	case n < 7:
		return pick(p.r, randFloats)
	case n < 8:
		return "bool"
	case n < 9:
		return pick(p.r, randSlices)
	}
	return "*rec"
}

func (p *randProgram) function(i int) {
	p.cur = randFunc{name: fmt.Sprintf("f%d", i), result: p.anyType()}
	p.vars, p.open, p.loops = nil, p.r.IntN(3) == 0, 0
	p.vars = append(p.vars, randVar{name: "g0", typ: "int"}, randVar{name: "g1", typ: "uint8"}, randVar{name: "g2", typ: "float64"}, randVar{name: "g3", typ: "[]int"}, randVar{name: "g4", typ: "*rec"})
	var params []string
	for k := range 1 + p.r.IntN(4) {
		t := p.anyType()
		name := fmt.Sprintf("p%d", k)
		p.cur.params = append(p.cur.params, t)
		p.vars = append(p.vars, randVar{name: name, typ: t})
		params = append(params, name+" "+t)
	}
	fmt.Fprintf(&p.b, "\nfunc %s(%s) (res %s) {\n", p.cur.name, strings.Join(params, ", "), p.cur.result)
	p.vars = append(p.vars, randVar{name: "res", typ: p.cur.result})
	p.block(5 + p.r.IntN(5))
	p.risks = 1
	fmt.Fprintf(&p.b, "\treturn %s\n}\n", p.expr(p.cur.result, 2))
	p.funcs = append(p.funcs, p.cur)
}

func (p *randProgram) block(n int) {
	before := len(p.vars)
	for range n {
		p.statement()
	}
	var names []string
	for _, v := range p.vars[before:] {
		names = append(names, v.name)
	}
	if len(names) > 0 {
		fmt.Fprintf(&p.b, "%s = %s\n", strings.TrimSuffix(strings.Repeat("_, ", len(names)), ", "), strings.Join(names, ", "))
	}
	p.vars = p.vars[:before]
}

func (p *randProgram) statement() {
	p.depth++
	defer func() { p.depth-- }()
	p.risks = 1 + p.r.IntN(3)
	switch n := p.r.IntN(20); {
	case n < 5:
		t := p.anyType()
		p.made++
		name := fmt.Sprintf("v%d", p.made)
		fmt.Fprintf(&p.b, "var %s %s = %s\n", name, t, p.expr(t, 3))
		p.vars = append(p.vars, randVar{name: name, typ: t})
	case n < 6 && len(p.funcs) > 0:
		f := pick(p.r, p.funcs)
		p.risks = 0
		var args []string
		for _, q := range f.params {
			args = append(args, p.expr(q, 1))
		}
		p.made++
		fmt.Fprintf(&p.b, "v%d := %s(%s)\n", p.made, f.name, strings.Join(args, ", "))
		p.vars = append(p.vars, randVar{name: fmt.Sprintf("v%d", p.made), typ: f.result})
	case n < 10:
		v := pick(p.r, p.vars)
		if v.fixed {
			return
		}
		to := p.place(v)
		fmt.Fprintf(&p.b, "%s = %s\n", to, p.expr(p.placed, 3))
	case n < 12:
		v := pick(p.r, p.vars)
		if v.fixed || v.typ == "bool" || v.typ == "*rec" || v.typ == "pair" || v.typ == "any" {
			return
		}
		if v.typ == "string" {
			fmt.Fprintf(&p.b, "%s = short(%s + %s)\n", v.name, v.name, p.expr("string", 2))
			return
		}
		if v.typ[0] == 'm' {
			p.changeMap(v)
			return
		}
		if v.typ[0] == '[' {
			fmt.Fprintf(&p.b, "%s = append(%s, %s)\n%s = brief(%s)\n", v.name, v.name, p.expr(v.typ[2:], 2), v.name, v.name)
			return
		}
		op := pick(p.r, []string{"+=", "-=", "*="})
		fmt.Fprintf(&p.b, "%s %s %s\n", v.name, op, p.expr(v.typ, 2))
	case n < 15 && p.depth < 4:
		fmt.Fprintf(&p.b, "if %s {\n", p.expr("bool", 2))
		p.block(1 + p.r.IntN(3))
		if p.r.IntN(2) == 0 {
			p.b.WriteString("} else {\n")
			p.block(1 + p.r.IntN(3))
		}
		p.b.WriteString("}\n")
	case n < 18 && p.depth < 4 && p.loops < 4:
		p.loop()
	case n == 18 && p.open:
		v := pick(p.r, p.vars)
		fmt.Fprintf(&p.b, "note(%s)\n", p.expr(pick(p.r, []string{"int", "float64", "bool", v.typ}), 2))
	case n == 18:
		p.typeSwitch()
	case n == 19 && p.depth > 2:
		fmt.Fprintf(&p.b, "if %s { return %s }\n", p.expr("bool", 2), p.expr(p.cur.result, 2))
	}
}

func (p *randProgram) loop() {
	p.loops++
	p.made++
	i := fmt.Sprintf("i%d", p.made)
	label := ""
	if p.r.IntN(3) == 0 {
		label = fmt.Sprintf("L%d", p.made)
		fmt.Fprintf(&p.b, "%s:\n", label)
	}
	before := len(p.vars)
	switch p.r.IntN(5) {
	case 4:
		fmt.Fprintf(&p.b, "for %s, e%s := range %s {\n_ = e%s\n", i, i, p.expr("string", 1), i)
		p.vars = append(p.vars, randVar{name: "e" + i, typ: "int32"})
	case 0:
		fmt.Fprintf(&p.b, "for %s := 0; %s < %d; %s++ {\n", i, i, p.r.IntN(12), i)
	case 1:
		fmt.Fprintf(&p.b, "for %s := range %d {\n", i, p.r.IntN(12))
	case 2:
		fmt.Fprintf(&p.b, "for %s, e%s := range %s {\n_ = e%s\n", i, i, p.expr("[]int", 1), i)
		p.vars = append(p.vars, randVar{name: "e" + i, typ: "int"})
	case 3:
		fmt.Fprintf(&p.b, "for %s := %d; %s > 0; %s /= 2 {\n", i, p.r.IntN(300), i, i)
	}
	p.vars = append(p.vars, randVar{name: i, typ: "int", fixed: true})
	p.block(1 + p.r.IntN(3))
	p.risks = 0
	jump := pick(p.r, []string{"break", "continue", "return " + p.expr(p.cur.result, 2)})
	if label != "" {
		jump = pick(p.r, []string{"break ", "continue "}) + label
	}
	p.risks = 1
	fmt.Fprintf(&p.b, "if %s { %s }\n", p.expr("bool", 2), jump)
	p.block(1 + p.r.IntN(3))
	fmt.Fprintf(&p.b, "_ = %s\n}\n", i)
	p.vars = p.vars[:before]
}
