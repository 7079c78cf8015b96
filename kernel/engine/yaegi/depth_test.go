package yaegi

import (
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"runnext/kernel/engine"
)

// An endless recursion ends its cell, not the process, and the state stays.
func TestEndlessRecursion(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(64 << 20))
	tests := []struct {
		name, code string
		places     []string // any of them
	}{
		{"of words", "func f(n int) int {\n\treturn f(n+1) + 1\n}\nf(0)", []string{"[cell 2]:3:10"}},
		{"of nothing", "func f() {\n\tf()\n}\nf()", []string{"[cell 2]:3:3"}},
		{"of strings", "func f(s string) string {\n\treturn f(s) + s\n}\nf(\"\")", []string{"[cell 2]:3:10"}},
		{"of a closure", "var f func(string) int\nf = func(s string) int {\n\treturn f(s) + 1\n}\nf(\"\")", []string{"[cell 2]:4:10"}},
		{"of two functions", "func f(s string) int {\n\treturn g(s) + 1\n}\nfunc g(s string) int {\n\treturn f(s) + 1\n}\nf(\"\")", []string{"[cell 2]:3:10", "[cell 2]:6:10"}},
		{"through fmt", "type T struct{ next *T }\nfunc (t *T) String() string {\n\treturn fmt.Sprint(t.next)\n}\nt := new(T)\nt.next = t\nt.String()", []string{"[cell 2]:4:19"}},
		{"in a goroutine", "func f(s string) string {\n\treturn f(s) + s\n}\ngo f(\"\")\nselect {}", []string{"[cell 2]:3:10"}},
		{"that recovers", "func f(s string) string {\n\tdefer func() { recover() }()\n\treturn f(s) + s\n}\nf(\"\")", []string{"[cell 2]:4:10"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := newNotebook(t)
			n.run("kept := 41")
			_, r := n.run("import \"fmt\"\n" + tt.code + "\nvar _ = fmt.Sprint")
			f := r.Failure
			if f == nil || f.Kind != engine.KindFatal || f.Text != "fatal error: stack overflow" || f.Why == "" {
				t.Fatalf("%+v", f)
			}
			if got := f.Traceback()[0]; !slices.Contains(tt.places, strings.TrimSuffix(got, ": "+f.Text)) {
				t.Errorf("%s", strings.Join(f.Traceback(), "\n"))
			}
			if _, r := n.run("kept + 1"); r.Value == nil || r.Value.Data["text/plain"] != "42" {
				t.Errorf("the state is lost: %+v", r.Failure)
			}
		})
	}
}
