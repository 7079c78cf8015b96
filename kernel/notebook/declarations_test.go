package notebook

import (
	"strings"
	"testing"
)

func TestDeclarations(t *testing.T) {
	tests := []struct{ code, want string }{
		{"x := 1", "      "},
		{"func f() {}\nf()", "func f() {}\n   "},
		{"f(); func g() { x := 1; _ = x }", "     func g() { x := 1; _ = x }"},
		{"func() { f() }()\nfunc (t T) m() {}", "                \nfunc (t T) m() {}"},
		{"func (a struct{ f func() }) m() {}", "func (a struct{ f func() }) m() {}"},
		{"import (\n\t\"fmt\"\n)\ntype T struct {\n\tn int\n}\nvar t T\nconst c = 1", "import (\n\t\"fmt\"\n)\ntype T struct {\n\tn int\n}\n       \nconst c = 1"},
		{"if x {\n\ttype T int\n}\ntype U = int", "      \n           \n \ntype U = int"},
		{"go func() {}()\nfunc h[T any](x T) T { return x }", "              \nfunc h[T any](x T) T { return x }"},
		{"s := `func f() {}`\n/* type T int */ const k = `a\nb`", "                  \n                 const k = `a\nb`"},
		{"héé()\nfunc ü() {}", "       \nfunc ü() {}"},
		{"func f() {", "func f() {"},
		{"}}func", "      "},
		{"func (", "      "},
	}
	for _, tt := range tests {
		if got := declarations(tt.code); strings.TrimRight(got, " ") != strings.TrimRight(tt.want, " ") || len(got) != len(tt.code) {
			t.Errorf("%q\n got %q\nwant %q", tt.code, got, tt.want)
		}
	}
}

// Whatever the text, lines and offsets stay what they are.
func FuzzDeclarations(f *testing.F) {
	f.Add("func f() {}\nx := 1\ntype T struct{}")
	f.Add("import \"fmt\"; func (t *T) m()\n}\x00")
	f.Fuzz(func(t *testing.T, code string) {
		got := declarations(code)
		if len(got) != len(code) || strings.Count(got, "\n") != strings.Count(code, "\n") {
			t.Fatalf("%q became %q", code, got)
		}
		for i := range got {
			if got[i] != code[i] && got[i] != ' ' {
				t.Fatalf("%q became %q", code, got)
			}
		}
	})
}
