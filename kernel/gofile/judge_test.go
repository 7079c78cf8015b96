package gofile

import (
	"go/importer"
	"go/token"
	"slices"
	"strings"
	"testing"
)

func TestLanguageVersion(t *testing.T) {
	for release, want := range map[string]string{
		"go1.26.8": "go1.26", "go1.27": "go1.27", "go1.27rc1": "go1.27", "go1.26-custom": "go1.26", "devel go1.27-abc": "", "": "",
	} {
		if got := languageVersion(release); got != want {
			t.Errorf("%q: %q, want %q", release, got, want)
		}
	}
}

func TestJudgeAgainstStd(t *testing.T) {
	imp := importer.Default()
	tests := []struct {
		name, code string
		want       []string
	}{
		{"right", "package main\n\nfunc main() {}\n", nil},
		{"no package", "func main() {}\n", []string{"x.go:1:1: syntax error: expected 'package', found 'func'"}},
		{"a library", "package lib\n", []string{"x.go:1:9: package lib is not a main package"}},
		{"no main", "package main\n\nvar x int\n", []string{"x.go:1:1: function main is undeclared in the main package"}},
		{"main is no function", "package main\n\nvar main int\n", []string{"x.go:3:5: cannot declare main - must be func"}},
		{"by line", "package main\n\nimport \"os\"\n\nfunc main() {\n\tx := 1\n\ty()\n}\n", []string{
			"x.go:3:8: \"os\" imported and not used", "x.go:6:2: declared and not used: x", "x.go:7:2: undefined: y",
		}},
		{"ten at most", "package main\n\nfunc main() {\n" + strings.Repeat("\tx()\n", 12) + "}\n",
			append(slices.Repeat([]string{""}, 10), "too many errors")},
		{"a line directive moves nothing", "package main\n\n//line other.y:90\nfunc main() { x() }\n", []string{"x.go:4:15: undefined: x"}},
	}
	for _, tt := range tests {
		_, got := Judge{Fset: token.NewFileSet(), Importer: imp}.Check("x.go", tt.code)
		if len(got) != len(tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			continue
		}
		for i, want := range tt.want {
			if want != "" && got[i] != want {
				t.Errorf("%s: %q, want %q", tt.name, got[i], want)
			}
		}
	}
}
