package yaegi

import (
	"slices"
	"strings"
	"testing"

	"runnext/kernel/engine"
)

// TestFailures holds panics to Go's text and to the place they happened at.
func TestFailures(t *testing.T) {
	for _, c := range []struct{ name, code, text, first string }{
		{"panic", "x := 1\n_ = x\npanic(\"boom\")", "panic: boom", "[cell 1]:3:6"},
		{"index", "s := []int{1}\ni := 3\nprintln(s[i])", "panic: runtime error: index out of range [3] with length 1", "[cell 1]:3:10"},
		{"negative", "s := []int{1}\ni := -1\nprintln(s[i])", "panic: runtime error: index out of range [-1]", "[cell 1]:3:10"},
		{"slice", "s := []int{1}\ni := 5\nprintln(len(s[i:]))", "panic: runtime error: slice bounds out of range [5:1]", "[cell 1]:3:14"},
		{"slice high", "s := make([]int, 1, 4)\ni := 5\nprintln(len(s[:i]))", "panic: runtime error: slice bounds out of range [:5] with capacity 4", "[cell 1]:3:14"},
		{"string", "s := \"ab\"\ni := 5\nprintln(s[i])", "panic: runtime error: index out of range [5] with length 2", "[cell 1]:3:10"},
		{"nil field", "var p *struct{ x int }\nprintln(p.x)", "panic: runtime error: invalid memory address or nil pointer dereference", "[cell 1]:2:11"},
		{"nil receiver by value", "type T struct{ n int }\nfunc (t T) get() int { return t.n }\nvar p *T\nprintln(1)\nprintln(p.get())", "panic: runtime error: invalid memory address or nil pointer dereference", "[cell 1]:5:14"},
		{"nil receiver of a goroutine", "import \"time\"\ntype T struct{ n int }\nfunc (t T) get() int { return t.n }\nvar p *T\ngo p.get()\ntime.Sleep(1)", "panic: runtime error: invalid memory address or nil pointer dereference", "[cell 1]:5:1"},
		{"nil receiver of a deferred call", "type T struct{ n int }\nfunc (t T) get() {}\nfunc f(p *T) {\n\tprintln(1)\n\tdefer p.get()\n}\nf(nil)", "panic: runtime error: invalid memory address or nil pointer dereference", "[cell 1]:5:2"},
		{"divide", "a, b := 1, 0\nprintln(a / b)", "panic: runtime error: integer divide by zero", "[cell 1]:2:11"},
		{"nil map", "var m map[string]int\nm[\"a\"] = 1", "panic: assignment to entry in nil map", "[cell 1]:2:2"},
		{"key without a hash", "m := map[any]int{1: 1}\nvar k any = []int{1}\nprintln(1)\nprintln(m[k])", "panic: runtime error: hash of unhashable type []int", "[cell 1]:4:10"},
		{"key without a hash, stored", "m := map[any]int{1: 1}\nvar k any = []int{1}\nprintln(1)\nm[k] = 2", "panic: runtime error: hash of unhashable type []int", "[cell 1]:4:2"},
		{"key without a hash, deleted", "m := map[any]int{}\nvar k any = []int{1}\nprintln(1)\ndelete(m, k)", "panic: hash of unhashable type: []int", "[cell 1]:4:7"},
		{"nil func", "var f func()\nf()", "panic: runtime error: invalid memory address or nil pointer dereference", "[cell 1]:2:2"},
		{"assertion", "var x any = \"s\"\nprintln(x.(int))", "panic: interface conversion: interface {} is string, not int", "[cell 1]:2:11"},
		{"missing method", "import \"io\"\nvar x any = \"s\"\n_ = x.(io.Reader)", "panic: interface conversion: string is not io.Reader: missing method Read", "[cell 1]:3:7"},
		{"own type", "type T struct{ a int }\ntype U struct{ a int }\nvar x any = T{1}\nprintln(x.(U).a)", "panic: interface conversion: interface {} is main.T, not main.U", "[cell 1]:4:11"},
		{"closed", "c := make(chan int)\nclose(c)\nclose(c)", "panic: close of closed channel", "[cell 1]:3:6"},
		{"send closed", "c := make(chan int, 1)\nclose(c)\nc <- 1", "panic: send on closed channel", "[cell 1]:3:3"},
		{"close nil", "var c chan int\nclose(c)", "panic: close of nil channel", "[cell 1]:2:6"},
		{"compare", "var a, b any = []int{1}, []int{1}\nprintln(a == b)", "panic: runtime error: comparing uncomparable type []int", "[cell 1]:2:11"},
		{"make", "n := -1\n_ = make([]int, n)", "panic: runtime error: makeslice: len out of range", "[cell 1]:2:9"},
		{"error value", "import \"errors\"\npanic(errors.New(\"bad\"))", "panic: bad", "[cell 1]:2:6"},
		{"a value of lines", "panic(\"one\\ntwo\")", "panic: one\n\ttwo", "[cell 1]:1:6"},
		{"an error of lines", "import \"errors\"\npanic(errors.Join(errors.New(\"one\"), errors.New(\"two\")))", "panic: one\n\ttwo", "[cell 1]:2:6"},
		{"a number", "panic(42)", "panic: 42", "[cell 1]:1:6"},
		{"a small number", "panic(uint8(7))", "panic: 7", "[cell 1]:1:6"},
		{"a float", "panic(1.5)", "panic: 1.5", "[cell 1]:1:6"},
		{"a complex number", "panic(1 + 2i)", "panic: (1+2i)", "[cell 1]:1:6"},
		{"a named float", "type F float64\npanic(F(1.5))", "panic: main.F(1.5)", "[cell 1]:2:6"},
		{"a named complex number", "type C complex128\npanic(C(2i))", "panic: main.C(0+2i)", "[cell 1]:2:6"},
		{"a named string", "type S string\npanic(S(\"a\\nb\"))", "panic: main.S(\"a\n\tb\")", "[cell 1]:2:6"},
		{"a Stringer", "type S string\nfunc (s S) String() string { return \"told\" }\npanic(S(\"\"))", "panic: told", "[cell 1]:3:6"},
		{"in function", "func f(n int) int {\n\treturn 10 / n\n}\n\nfunc g() int {\n\treturn f(0)\n}\n\nprintln(g())", "panic: runtime error: integer divide by zero", "[cell 1]:2:12"},
		{"after recover", "func f() (err error) {\n\tdefer func() {\n\t\trecover()\n\t\tpanic(\"second\")\n\t}()\n\tpanic(\"first\")\n}\nf()", "panic: first [recovered]", "[cell 1]:4:8"},
		{"compiled", "import \"strings\"\nprintln(strings.Repeat(\"x\", -1))", "panic: strings: negative Repeat count", "[cell 1]:2:23"},
		{"goroutine", "import \"time\"\ngo func() { panic(\"inside\") }()\ntime.Sleep(time.Hour)", "panic: inside", "[cell 1]:2:18"},
		{"wait group", "import \"sync\"\nvar wg sync.WaitGroup\nwg.Go(func() { panic(\"inside\") })\nwg.Wait()\nselect {}", "panic: inside", "[cell 1]:3:21"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNotebook(t)
			_, rep := n.run(c.code)
			f := rep.Failure
			if f == nil {
				t.Fatalf("no failure\n%s", n.source)
			}
			if f.Kind != engine.KindPanic || f.Text != c.text {
				t.Errorf("%s %q, want %q\n%s", f.Kind, f.Text, c.text, n.source)
			}
			if len(f.Places) == 0 || f.Places[0].String() != c.first {
				t.Errorf("places %v, want %s first", f.Places, c.first)
			}
		})
	}
}

// A panic while a panic's value is made into text is a fatal error.
func TestUnprintable(t *testing.T) {
	n := newNotebook(t)
	_, rep := n.run("type S string\nfunc (s S) String() string {\n\tpanic(\"inside\")\n}\nfunc f() {\n\tpanic(S(\"\"))\n}\nf()")
	f := rep.Failure
	if f == nil || f.Kind != engine.KindFatal || f.Text != "fatal error: panic while printing panic value: inside" {
		t.Fatalf("%+v", f)
	}
	var lines []int
	for _, p := range f.Places {
		lines = append(lines, p.Line)
	}
	if !slices.Equal(lines, []int{3, 6, 8}) {
		t.Errorf("lines %v", lines)
	}
}

func TestFramesOfThePanic(t *testing.T) {
	n := newNotebook(t)
	_, rep := n.run("func f(n int) int {\n\treturn 10 / n\n}\n\nfunc g() int {\n\treturn f(0)\n}\n\nprintln(g())")
	var got []string
	for _, p := range rep.Failure.Places {
		got = append(got, p.String()+" "+p.Func)
	}
	if want := "[cell 1]:2:12 f;[cell 1]:6:10 g;[cell 1]:9:10 "; strings.Join(got, ";") != want {
		t.Errorf("frames %q, want %q", got, want)
	}
}

// A cell that fails leaves the notebook alive.
func TestStateAfterFailure(t *testing.T) {
	n := newNotebook(t)
	n.run("var count = 41")
	if _, rep := n.run("count++\npanic(\"no\")"); rep.Failure == nil {
		t.Fatal("no failure")
	}
	if _, rep := n.run("count"); rep.Value == nil || rep.Value.Data["text/plain"] != "42" {
		t.Errorf("value %v %v", rep.Value, rep.Failure)
	}
}

func TestValues(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{"1 + 1", "2"},
		{`"a\nb"`, `"a\nb"`},
		{`import "strconv"` + "\n" + `strconv.Atoi("x")`, `0, strconv.Atoi: parsing "x": invalid syntax`},
		{"type P struct{ X int; name string }\nP{1, \"q\"}", "{X:1 name:q}"},
		{"type P struct{ X int }\nfunc (P) String() string { return \"I am P\" }\nP{1}", "I am P"},
		{"type P struct{ X int }\nfunc (P) String() string { return \"I am P\" }\n[]P{{1}, {2}}", "[I am P I am P]"},
		{"type K string\nmap[K]int{\"a\": 1}", "map[a:1]"},
		{"type K string\nK(\"a\")", `"a"`},
		{"import \"time\"\n3 * time.Second", "3s"},
		{"var e error\ne", "<nil>"},
		{"func f() (int, string) { return 1, \"x\" }\nf()", `1, "x"`},
		{"[]string{\"a\", \"b\"}", "[a b]"},
		{"x := 5", ""},
	} {
		n := newNotebook(t)
		_, rep := n.run(c.code)
		got := ""
		if rep.Value != nil {
			got = rep.Value.Data["text/plain"].(string)
		}
		if got != c.want || rep.Failure != nil {
			t.Errorf("%s: %q (%v), want %q", c.code, got, rep.Failure, c.want)
		}
	}
}
