package cell

import (
	"slices"
	"strings"
	"testing"
)

func TestForget(t *testing.T) {
	n := newNotebook(t)
	given(t, n,
		"x := 1\ny := 2\nfunc f() int { return x }\ntype T struct{}\nfunc (T) M() int { return x }",
		"x := x + 1")
	names, cells := n.Variables()
	if !slices.Equal(names, []string{"x", "y"}) || cells["x"] != 2 || cells["y"] != 1 {
		t.Fatalf("%v %v", names, cells)
	}
	n.Forget([]string{"x"})
	for code, want := range map[string]string{
		"x":       "undefined: x",
		"f()":     "undefined: x",
		"T{}.M()": "undefined: x",
		"y":       "",
		"T{}":     "",
	} {
		_, fail := n.Check(3, code)
		switch {
		case fail == nil && want != "", fail != nil && (want == "" || !strings.Contains(fail.Text, want)):
			t.Errorf("%s: %v, want %q", code, fail, want)
		}
	}
	given(t, n, "x := 5", "f() + T{}.M()")
}

func TestAgain(t *testing.T) {
	n := newNotebook(t)
	given(t, n, "const k = 3\nfunc f() int { return 1 }\nz := 1")
	code := "a := 1\nb := f()\nvar c [k]int\nd, e := make(chan int, k), \"s\"\ng := z\nfmt.Println(a)\nh := float64(2)\ni := <-d"
	got, names := n.Again(2, code, func(name string) bool { return name != "h" })
	if want := []string{"a", "c", "d", "e"}; !slices.Equal(names, want) {
		t.Errorf("defines %v, want %v", names, want)
	}
	if len(got) != len(code) || strings.Contains(got, "f()") || !strings.Contains(got, "\n   ") {
		t.Errorf("%q", got)
	}
	if strings.Index(got, "var c") != strings.Index(code, "var c") {
		t.Error("c has moved")
	}
}
