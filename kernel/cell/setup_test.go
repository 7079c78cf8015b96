package cell

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/ssa"
)

// stdPackages are what the tests' notebooks may import.
var stdPackages = strings.Fields(`bufio bytes cmp container/heap container/list context crypto/rand encoding/binary
	encoding/json errors fmt html/template io iter log maps math math/rand math/rand/v2 net/http os runtime
	slices sort strconv strings sync sync/atomic text/template time unicode/utf8 net/url`)

// exportFiles asks the go command where the compiled packages are.
var exportFiles = sync.OnceValues(func() (map[string]string, error) {
	args := append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}, stdPackages...)
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		return nil, fmt.Errorf("go list -export: %w", err)
	}
	files := map[string]string{}
	for line := range bytes.Lines(out) {
		if path, file, ok := strings.Cut(strings.TrimSpace(string(line)), " "); ok && file != "" {
			files[path] = file
		}
	}
	return files, nil
})

// onlyStd is an importer that knows the packages of the standard library that
// the tests use and no others.
func onlyStd(tb testing.TB) types.Importer {
	tb.Helper()
	files, err := exportFiles()
	if err != nil {
		tb.Fatal(err)
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		file, ok := files[path]
		if !ok {
			return nil, fmt.Errorf("no package %s", path)
		}
		return os.Open(file)
	})
}

func newNotebook(tb testing.TB) *Notebook {
	return New(Config{
		Importer: onlyStd(tb),
		Packages: stdPackages,
		Doc: func(path, name string) string {
			if path == "fmt" && name == "Println" {
				return "Println formats using the default formats for its operands."
			}
			return ""
		},
	})
}

// buildSSA holds a Checked against its promise: File is all that is needed to
// compile the cell.
func buildSSA(c *Checked, mode ssa.BuilderMode) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("ssa: %v", r)
		}
	}()
	prog := ssa.NewProgram(c.Fset, ssa.InstantiateGenerics|mode)
	seen := map[*types.Package]bool{}
	var load func([]*types.Package)
	load = func(pkgs []*types.Package) {
		for _, p := range pkgs {
			if !seen[p] {
				seen[p] = true
				prog.CreatePackage(p, nil, nil, true)
				load(p.Imports())
			}
		}
	}
	load(c.Pkg.Imports())
	pkg := prog.CreatePackage(c.Pkg, c.files(), c.Info, false)
	pkg.Build()
	if pkg.Func(c.Entry) == nil {
		return fmt.Errorf("ssa: no function %s", c.Entry)
	}
	for _, v := range append(append([]*types.Var(nil), c.NewVars...), c.UsedVars...) {
		if pkg.Var(v.Name()) == nil {
			return fmt.Errorf("ssa: no variable %s", v.Name())
		}
	}
	return nil
}

func (c *Checked) files() []*ast.File { return []*ast.File{c.File} }
