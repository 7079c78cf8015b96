package cell

import (
	"flag"
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what is seen into testdata")

// TestCells runs the archives of testdata: files "cell N" in order in one
// notebook, and behind each what is to be said of it. Every accepted cell's
// File is built to SSA form.
func TestCells(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no archives", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			runArchive(t, archive)
			if *update && !t.Failed() {
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func runArchive(t *testing.T, archive *txtar.Archive) {
	n := newNotebook(t)
	var files []txtar.File
	for i, f := range archive.Files {
		var number int
		if _, err := fmt.Sscanf(f.Name, "cell %d", &number); err != nil {
			continue
		}
		name := fmt.Sprintf("want %d", number)
		var want string
		if i+1 < len(archive.Files) && archive.Files[i+1].Name == name {
			want = string(archive.Files[i+1].Data)
		}
		got := said(t, n, number, strings.TrimSuffix(string(f.Data), "\n"))
		if !*update {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("cell %d (-want +got):\n%s", number, diff)
			}
		}
		files = append(files, f, txtar.File{Name: name, Data: []byte(got)})
	}
	archive.Files = files
}

// said checks a cell and puts what comes of it into words.
func said(t *testing.T, n *Notebook, number int, code string) string {
	t.Helper()
	c, fail := n.Check(number, code)
	if fail != nil {
		return fmt.Sprintf("%s\n%s\n", fail.Kind, fail)
	}
	if err := buildSSA(c, ssa.SanityCheckFunctions); err != nil {
		t.Errorf("cell %d: %v", number, err)
	}
	if len(c.Info.InitOrder) > 0 {
		t.Errorf("cell %d: InitOrder is not empty", number)
	}
	n.Commit(c)
	var b strings.Builder
	line := func(title string, parts ...string) {
		if len(parts) > 0 && parts[0] != "" {
			fmt.Fprintf(&b, "%s %s\n", title, strings.Join(parts, ", "))
		}
	}
	line("declares", c.Declared()...)
	line("new", variables(c.NewVars)...)
	line("uses", variables(c.UsedVars)...)
	if c.ResultFunc != "" {
		var list []string
		for _, t := range c.Result {
			list = append(list, typeText(t))
		}
		line("value", strings.Join(list, ", "))
	}
	line("imports", c.AutoImported...)
	line("main", c.MainFunc)
	return b.String()
}

func variables(vars []*types.Var) []string {
	var list []string
	for _, v := range vars {
		list = append(list, v.Name()+" "+typeText(v.Type()))
	}
	return list
}

// typeText keeps the notebook's suffixes: they are what is tested.
func typeText(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == mainPath {
			return ""
		}
		return p.Name()
	})
}
