package gofile_test

import (
	"go/importer"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"runnext/kernel/gofile"
)

// packages knows one package, p, with a function F, and what it is imported as.
type packages struct{}

func (packages) Import(path string) (*types.Package, error) {
	if path != "own/p" {
		return importer.Default().Import(path)
	}
	p := types.NewPackage(path, "p")
	p.Scope().Insert(types.NewFunc(token.NoPos, p, "F", types.NewSignatureType(nil, nil, nil, nil, nil, false)))
	p.MarkComplete()
	return p, nil
}

func TestCheck(t *testing.T) {
	tests := []struct{ name, code, want string }{
		{"compiles", "package main\nfunc main() {}", ""},
		{"preloaded", "package main\nfunc main() { p.F() }", ""},
		{"preloaded and its own", "package main\nimport q \"own/p\"\nfunc main() { p.F(); q.F() }", ""},
		{"a name of the file", "package main\nvar p int\nfunc main() { p++ }", ""},
		{"no such member", "package main\nfunc main() { p.G() }", "a.go:2:17: undefined: p.G"},
		{"in the order of the file", "package main\nfunc f() int {}\nfunc main() { x := 1 }", "a.go:2:15: missing return\na.go:3:15: declared and not used: x"},
		{"syntax", "package main\nfunc main() { if }", "a.go:2:18: syntax error: expected operand, found '}'"},
		{"not main", "package a", "a.go:1:9: package a is not a main package"},
		{"no main", "package main", "a.go:1:1: function main is undeclared in the main package"},
		{"ten are enough", "package main\nfunc main() {\n" + strings.Repeat("\tx\n", 12) + "}", strings.Repeat("undefined: x\n", 10) + "too many errors"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			info := &types.Info{}
			c, problems := gofile.Judge{
				Fset: token.NewFileSet(), Importer: packages{}, Preloaded: map[string]string{"p": "own/p"}, Info: info,
			}.Check("a.go", tt.code)
			got := strings.Join(problems, "\n")
			if tt.name == "ten are enough" {
				for _, at := range strings.Fields(got) {
					if strings.HasPrefix(at, "a.go:") {
						got = strings.Replace(got, at+" ", "", 1)
					}
				}
			}
			if got != tt.want || (c == nil) == (tt.want == "") {
				t.Errorf("got %v\n%s\nwant\n%s", c, got, tt.want)
			}
			if c != nil && (c.Pkg == nil || c.File == nil || c.Info != info) {
				t.Errorf("incomplete: %+v", c)
			}
		})
	}
}
