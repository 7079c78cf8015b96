package interp_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"runnext/sim/machine/interp"
)

// turns is the smallest host: its threads take turns after every few
// instructions, its channels are queues without order among waiters. It shows
// that the interpreter needs no particular scheduler.
type turns struct {
	m       *interp.Machine
	ready   []*interp.Thread
	printed strings.Builder
	depth   int
}

type pipe struct {
	size   int
	list   []interp.Value
	wanted int // receivers that wait
	closed bool
}

func (h *turns) Go(_ *interp.Thread, c *interp.Closure, args []interp.Value) interp.Status {
	h.ready = append(h.ready, h.m.NewThread(c, args))
	return interp.Done
}

func (h *turns) MakeChan(_ *interp.Thread, size int) unsafe.Pointer {
	return unsafe.Pointer(&pipe{size: size})
}

func (h *turns) Send(t *interp.Thread, ch unsafe.Pointer, v interp.Value) interp.Status {
	c := (*pipe)(ch)
	if c.closed {
		return t.RaisePlain("send on closed channel")
	}
	if len(c.list) < c.size+c.wanted {
		c.list = append(c.list, v)
		return t.Return()
	}
	return t.Await(func(t *interp.Thread) interp.Status { return h.Send(t, ch, v) })
}

func (h *turns) Recv(t *interp.Thread, ch unsafe.Pointer) interp.Status {
	c := (*pipe)(ch)
	c.wanted++
	return h.poll(t, c)
}

func (h *turns) poll(t *interp.Thread, c *pipe) interp.Status {
	switch {
	case len(c.list) > 0:
		v := c.list[0]
		c.list = c.list[1:]
		c.wanted--
		return t.Return(v, interp.Bool(true))
	case c.closed:
		c.wanted--
		return t.Return(interp.Value{}, interp.Bool(false))
	}
	return t.Await(func(t *interp.Thread) interp.Status { return h.poll(t, c) })
}

func (h *turns) Select(t *interp.Thread, cases []interp.Case, block bool) interp.Status {
	for i, k := range cases {
		c := (*pipe)(k.Chan)
		if !k.Send && c != nil && len(c.list) > 0 {
			v := c.list[0]
			c.list = c.list[1:]
			return t.Return(interp.Int(int64(i)), interp.Bool(true), v)
		}
	}
	if !block {
		return t.Return(interp.Int(-1), interp.Bool(false), interp.Value{})
	}
	return t.Await(func(t *interp.Thread) interp.Status { return h.Select(t, cases, block) })
}

func (h *turns) Close(t *interp.Thread, ch unsafe.Pointer) interp.Status {
	(*pipe)(ch).closed = true
	return t.Return()
}

func (h *turns) Len(t *interp.Thread, ch unsafe.Pointer) interp.Status {
	return t.Return(interp.Int(int64(len((*pipe)(ch).list))))
}
func (h *turns) Cap(ch unsafe.Pointer) int       { return (*pipe)(ch).size }
func (h *turns) Call(*interp.Thread, int64) bool { h.depth++; return h.depth < 1<<20 }
func (h *turns) Return(*interp.Thread, int64)    { h.depth-- }
func (h *turns) Rand(n uint32) uint32            { return 0 }
func (h *turns) Print(text string)               { h.printed.WriteString(text) }

// execute runs a program that imports nothing, stretch instructions at a time,
// and gives what it printed and the crash of its main thread.
func execute(t *testing.T, src string, stretch int64) (string, *interp.Crash) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "main.go", "package main\n"+src, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}, Scopes: map[ast.Node]*types.Scope{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{},
		FileVersions: map[*ast.File]string{}}
	conf := types.Config{Sizes: types.SizesFor("gc", "amd64"), GoVersion: "go1.26"}
	pkg, err := conf.Check("main", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	prog := ssa.NewProgram(fset, ssa.InstantiateGenerics)
	main := prog.CreatePackage(pkg, []*ast.File{f}, info, true)
	main.Build()
	h := &turns{}
	h.m = interp.New(prog, h, nil, nil, func(*ssa.Package) bool { return true })
	var first *interp.Thread
	for _, name := range []string{"init", "main"} {
		first = h.m.NewThread(h.m.FuncOf(main.Func(name)), nil)
		h.ready = append(h.ready, first)
		for n := 0; len(h.ready) > 0; n++ {
			if n > 2_000_000 {
				t.Fatal("the program does not end")
			}
			th := h.ready[0]
			h.ready = h.ready[1:]
			if _, st := th.Run(stretch); st != interp.Ended {
				h.ready = append(h.ready, th)
			} else if th.Err() != nil {
				t.Fatal(th.Err())
			} else if th == first {
				break
			}
		}
		h.ready = nil
	}
	return h.printed.String(), first.Died()
}

// TestStopsAnywhere runs each program with stretches of one instruction and of
// many: where a thread is stopped must not be seen.
func TestStopsAnywhere(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"arithmetic": {`func main() { s := 0; for i := range 10 { s += i * i }; var b int8 = 127; b++; println(s, b, 7/-2, -7%3) }`, "285 -128 -3 -1\n"},
		"calls":      {`func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }; func main() { println(fib(15)) }`, "610\n"},
		"results":    {`func f() (a, b int) { defer func() { a *= 2 }(); return 3, 4 }; func main() { x, y := f(); println(x, y) }`, "6 4\n"},
		"closures":   {`func main() { n := 0; add := func(d int) int { n += d; return n }; add(2); println(add(3), n) }`, "5 5\n"},
		"structs": {`type P struct{ x int; in struct{ a, b int }; s string }
func main() { p := P{1, struct{ a, b int }{2, 3}, "s"}; q := p; q.in.b = 9; r := &p; r.in.a = 7; println(p.in.a, p.in.b, q.in.a, q.in.b, p == q, [2]P{p}[0].s) }`, "7 3 2 9 false s\n"},
		"slices":  {`func main() { s := []int{1, 2, 3}; t := append(s[:1:1], 9); s[0] = 5; println(len(t), t[0], t[1], s[1], cap(s[1:2:2])) }`, "2 1 9 2 1\n"},
		"maps":    {`func main() { m := map[[2]string]int{{"a", "b"}: 1}; m[[2]string{"c", "d"}] += 5; v, ok := m[[2]string{"x", "y"}]; delete(m, [2]string{"a", "b"}); println(len(m), v, ok, m[[2]string{"c", "d"}]) }`, "1 0 false 5\n"},
		"strings": {`func main() { n := 0; for i, r := range "aé世" { n += i + int(r) }; s := "x" + string([]byte{'y'}) + string([]rune{'é'}); println(n, s, len(s), s[1] == 'y', "a" < "b") }`, "20324 xyé 4 true true\n"},
		"interfaces": {`type S interface{ M() int }; type A int; func (a A) M() int { return int(a) + 1 }; type B struct{ A }
func main() { var s S = B{4}; a, ok := s.(A); _, is := s.(interface{ M() int }); println(s.M(), a, ok, is, any(A(3)) == any(A(3)), any(3) == any(A(3))) }`, "5 0 false true true false\n"},
		"generics":  {`type N interface{ ~int | ~float64 }; func Sum[T N](l ...T) (s T) { for _, x := range l { s += x }; return }; func main() { println(Sum(1, 2, 3), Sum(1.5, 2)) }`, "6 3.5\n"},
		"rangefunc": {`func seq(n int) func(func(int) bool) { return func(y func(int) bool) { for i := range n { if !y(i) { return } } } }; func main() { for i := range seq(5) { if i == 1 { continue }; if i == 4 { break }; defer println("d", i); println(i) } }`, "0\n2\n3\nd 3\nd 2\nd 0\n"},
		"recover":   {`func f() (s string) { defer func() { s = recover().(string) }(); defer func() { panic("two") }(); panic("one") }; func main() { println(f()) }`, "two\n"},
		"channels":  {`func main() { c := make(chan int); go func() { for i := range 3 { c <- i }; close(c) }(); s := 0; for v := range c { s += v }; v, ok := <-c; println(s, v, ok) }`, "3 0 false\n"},
		"select":    {`func main() { a, b := make(chan int, 1), make(chan [2]string, 1); b <- [2]string{"p", "q"}; select { case v := <-a: println(v); case v := <-b: println(v[1]) }; select { case <-a: println("no"); default: println("none") } }`, "q\nnone\n"},
		"switch":    {`func main() { for _, x := range []any{1, "s", nil, 2.5, []int{}} { switch v := x.(type) { case int, float64: println("number"); case string: println(v); case nil: println("nil"); default: println("other") } } }`, "number\ns\nnil\nnumber\nother\n"},
		"min max":   {`func main() { x, y := 3, 8; println(min(x, y, 5), max(2.5, float64(x)), min("b", "a")) }`, "3 3 a\n"},
		"labels":    {`func main() { outer: for i := range 4 { for j := range 4 { if j == 2 { continue outer }; if i == 2 { break outer }; println(i, j) } } }`, "0 0\n0 1\n1 0\n1 1\n"},
	} {
		for _, stretch := range []int64{1, 3, 1000} {
			got, crash := execute(t, c.src, stretch)
			if got != c.want || crash != nil {
				t.Errorf("%s, %d instructions at a time: printed %q (crash %v), want %q", name, stretch, got, crash, c.want)
			}
		}
	}
}

func TestCrash(t *testing.T) {
	_, crash := execute(t, `func main() { defer func() { recover(); panic(5) }(); f() }
func f() { var s []int; s[3] = 1 }`, 1)
	if crash == nil || len(crash.Panics) != 2 || !crash.Panics[0].Recovered || crash.Panics[1].Val.N == 0 {
		t.Fatalf("the crash is %+v", crash)
	}
	if len(crash.Trace) == 0 || crash.Trace[0].Fn.Name() != "main$1" {
		t.Errorf("the last panic comes from %+v", crash.Trace)
	}
}
