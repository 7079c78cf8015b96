package cell

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// units are pieces of a cell, each of which may stand next to any other.
var units = struct{ decls, stmts []string }{
	decls: []string{
		"import \"fmt\"", "import (\n\t\"os\"\n\tstr \"strings\"\n)", "func f%d() {}",
		"// doc of g%[1]d\nfunc g%[1]d(a int, b ...string) (int, error) {\n\tif a > 0 {\n\t\treturn 1, nil\n\t}\n\treturn 0, nil\n}",
		"func (t *T%[1]d) M%[1]d() { for i := 0; i < 3; i++ { } }", "func h%d[T any](x T) T { return x }",
		"func k%d() string { return `}{` + \"}\" }",
	},
	stmts: []string{
		"x%d := 1", "x%[1]d, y%[1]d := f(), []int{1, 2}", "var v%d = map[string]struct{}{}", "const c%d = iota",
		"type S%d struct {\n\ta, b int\n}", "for i := 0; i < 3; i++ {\n\tfmt.Println(i)\n}", "fmt.Println(\"{\", '}', `\n)`)",
		"if x := f(); x > 0 {\n} else if y := g(); y {\n} else {\n}", "switch x := any(1).(type) {\ncase int:\n\t_ = x\n}",
		"select {\ncase <-c:\ndefault:\n}", "func() { defer f() }()", "go func(a int) int { return a }(1)",
		"func(t T) S { return S{} }(t)", "L%[1]d:\n\tfor {\n\t\tbreak L%[1]d\n\t}", "/* a\n comment */", "// another",
		"a.b[1:2] = *p", "x++", "ch <- <-d", "{\n\tz := 1\n\t_ = z\n}", "héλ%d := \"🦫\"",
	},
}

// TestSplitKeepsBytes: however declarations and statements are mixed, each is
// found whole, in its order, and every node's position is that of its bytes.
func TestSplitKeepsBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var code strings.Builder
		var decls, stmts []string
		for i := range rapid.IntRange(1, 12).Draw(t, "units") {
			isDecl := rapid.Bool().Draw(t, "declaration")
			list := units.stmts
			if isDecl {
				list = units.decls
			}
			text := rapid.SampledFrom(list).Draw(t, "unit")
			if strings.Contains(text, "%") {
				text = fmt.Sprintf(text, i)
			}
			bare := text[strings.LastIndex("\n"+text, "\n//")+1:]
			switch {
			case isDecl && strings.HasPrefix(text, "// doc"):
				decls = append(decls, text[strings.Index(text, "func"):])
			case isDecl:
				decls = append(decls, text)
			case !strings.HasPrefix(bare, "/"):
				stmts = append(stmts, text)
			}
			code.WriteString(strings.Repeat(" ", rapid.IntRange(0, 3).Draw(t, "indent")) + text)
			code.WriteString(rapid.SampledFrom([]string{"\n", "\n\n", " // end\n", "\r\n"}).Draw(t, "end"))
		}
		src := parseText(code.String())
		if len(src.errs) > 0 {
			t.Fatalf("%v in\n%s", src.errs, code.String())
		}
		var got []string
		for _, s := range src.split.decls {
			got = append(got, src.code[s.start:s.end])
		}
		compare(t, "declarations", got, decls)
		got = nil
		for _, s := range src.stmts {
			if e, ok := s.(*ast.EmptyStmt); !ok || !e.Implicit {
				got = append(got, nodeText(src, s))
			}
		}
		compare(t, "statements", got, stmts)
		for _, fn := range src.funcs {
			checkIdents(t, src, fn)
		}
		for _, s := range src.stmts {
			checkIdents(t, src, s)
		}
	})
}

// TestSplitWholeFile: a file cut anywhere between its declarations parses in
// parts to what it parses to at once.
func TestSplitWholeFile(t *testing.T) {
	file := "package main\n\nimport \"fmt\"\n\n// T is documented.\ntype T struct{ a int }\n\nfunc (t T) M() int { return t.a }\n\nvar x, y = 1, func() int { return 2 }()\n\n// main too.\nfunc main() {\n\tfmt.Println(T{x}.M(), y)\n}\n"
	fset := token.NewFileSet()
	want, err := parser.ParseFile(fset, "", file, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	src := parseText(file)
	base := token.Pos(src.file.Base()) - want.FileStart
	for i, fn := range src.funcs {
		var other *ast.FuncDecl
		for _, d := range want.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Name.Name == fn.Name.Name {
				other = d
			}
		}
		if fn.Pos() != other.Pos()+base || fn.End() != other.End()+base || fn.Doc.Text() != other.Doc.Text() {
			t.Errorf("function %d: %d..%d %q, want %d..%d %q", i, fn.Pos(), fn.End(), fn.Doc.Text(), other.Pos()+base, other.End()+base, other.Doc.Text())
		}
	}
	if !src.whole || len(src.funcs) != 2 || len(src.stmts) != 2 || len(src.imports) != 1 {
		t.Errorf("whole %v, %d functions, %d statements, %d imports", src.whole, len(src.funcs), len(src.stmts), len(src.imports))
	}
}

// TestMaskKeepsPlaces: blanking keeps the length and the ends of lines.
func TestMaskKeepsPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringN(0, 60, 200).Draw(t, "code")
		a := rapid.IntRange(0, len(code)).Draw(t, "a")
		b := rapid.IntRange(a, len(code)).Draw(t, "b")
		for _, text := range [][]byte{mask(code, []span{{a, b}}), without(code, []span{{a, b}})} {
			if len(text) != len(code) || bytes.Count(text, []byte("\n")) != strings.Count(code, "\n") {
				t.Fatalf("%q became %q", code, text)
			}
		}
		if string(mask(code, []span{{a, b}})[a:b]) != code[a:b] {
			t.Fatal("what is kept has changed")
		}
	})
}

func parseText(code string) *source {
	fset := token.NewFileSet()
	fset.AddFile("", 1, firstBase)
	return parse(fset.AddFile("", -1, len(code)), 1, code)
}

func nodeText(src *source, n ast.Node) string {
	return src.code[src.file.Offset(n.Pos()):src.file.Offset(n.End())]
}

func checkIdents(t *rapid.T, src *source, n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && nodeText(src, id) != id.Name {
			t.Fatalf("identifier %s stands at %q", id.Name, nodeText(src, id))
		}
		return true
	})
}

func compare(t *rapid.T, what string, got, want []string) {
	if len(got) != len(want) {
		t.Fatalf("%d %s %q, want %d %q", len(got), what, got, len(want), want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("%s: %q, want %q", what, got[i], want[i])
		}
	}
}
