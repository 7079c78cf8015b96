package core

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"runnext/kernel/core/program"
	"runnext/kernel/engine"
	"runnext/kernel/std"
	"runnext/kernel/std/stdtest"
)

var update = flag.Bool("update", false, "write the golden files")

// emit checks and emits a program whose entry is main.
func emit(t *testing.T, code string) (*program.Program, *engine.Failure) {
	t.Helper()
	lib := stdtest.Carried(t)
	fset := token.NewFileSet()
	im := lib.Importer(fset)
	f, err := parser.ParseFile(fset, "main.go", code, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := std.NewInfo()
	pkg, err := (&types.Config{Importer: im}).Check("main", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	return NewBuilder(im).Emit(Input{
		Fset: fset, Pkg: pkg, Info: info, File: f, Entry: "main",
		Position: func(pos token.Pos) engine.Place {
			at := fset.Position(pos)
			if at.Filename != "main.go" {
				return engine.Place{}
			}
			return engine.Place{Cell: 1, Line: at.Line, Column: at.Column}
		},
	})
}

// TestGolden shows the core Go of small programs.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			p, fail := emit(t, string(a.Files[0].Data))
			if fail != nil {
				t.Fatal(fail)
			}
			if *update {
				a.Files = append(a.Files[:1], txtar.File{Name: "core.go", Data: []byte(p.Source)})
				if err := os.WriteFile(file, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(a.Files) != 2 || string(a.Files[1].Data) != p.Source {
				t.Errorf("core Go is now\n%s", p.Source)
			}
		})
	}
}

// TestRefused holds what cannot be run right to a message before anything runs.
func TestRefused(t *testing.T) {
	for _, c := range []struct{ name, code, text string }{
		{"source of slog", "package main\nimport \"log/slog\"\nfunc main() { _ = slog.HandlerOptions{AddSource: true} }", "slog's AddSource: compiled code does not know a cell's lines"},
		{"no body", "package main\nimport \"hash/maphash\"\nfunc main() { _ = maphash.Comparable(maphash.MakeSeed(), 1) }", "hash/maphash.Comparable: its code is part of Go's runtime and is not carried"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, fail := emit(t, c.code)
			if fail == nil || fail.Kind != engine.KindRefused || fail.Text != c.text || len(fail.Places) != 1 {
				t.Errorf("got %v", fail)
			}
		})
	}
}

// TestProgramCrossesThePipe encodes and decodes a program.
func TestProgramCrossesThePipe(t *testing.T) {
	p, fail := emit(t, "package main\ntype T struct{ a int }\nfunc (t *T) String() string { return \"x\" }\nfunc main() { var x any = &T{1}; println(x != nil) }")
	if fail != nil {
		t.Fatal(fail)
	}
	text, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	q, err := program.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if q.Source != p.Source || len(q.Types) != len(p.Types) || len(q.Binds) != 1 || q.Binds[0].Method != "String" {
		t.Errorf("got %+v", q)
	}
	if _, err := program.Decode([]byte("{")); err == nil {
		t.Error("half a program is decoded")
	}
}
