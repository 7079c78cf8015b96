//go:build linux || darwin

package native

import (
	"context"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"runnext/kernel/cell"
	"runnext/kernel/directive"
	"runnext/kernel/engine"
	"runnext/kernel/std/stdtest"
)

// notebook gives cells to an engine of its own.
type notebook struct {
	t      *testing.T
	cells  *cell.Notebook
	engine *Engine
	cache  string
	number int
}

// newNotebook skips a test in a tree where make build has not run.
func newNotebook(t *testing.T) *notebook {
	t.Helper()
	library := stdtest.Carried(t)
	n := &notebook{t: t, cache: t.TempDir()}
	n.cells = cell.New(cell.Config{Importer: library.Importer(token.NewFileSet()), Packages: library.Packages()})
	n.engine = New(Config{
		Packages: func() (map[string][]byte, error) {
			return map[string][]byte{"runnext/lab/lab.go": []byte("package lab\n")}, nil
		},
		CacheDir: n.cache, Getenv: os.Getenv, Environ: os.Environ(),
	})
	t.Cleanup(func() {
		if err := n.engine.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if left, _ := filepath.Glob(filepath.Join(n.cache, "native", "run-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
	return n
}

// CheckProgram implements [Notebook].
func (n *notebook) CheckProgram(c engine.Cell, with bool, _ engine.Output) (*cell.Checked, *engine.Failure) {
	return n.cells.CheckProgram(c.Number, c.Code, with)
}

// declare makes a cell's declarations known.
func (n *notebook) declare(code string) {
	n.t.Helper()
	n.number++
	c, failure := n.cells.Check(n.number, code)
	if failure != nil {
		n.t.Fatal(failure)
	}
	n.cells.Commit(c)
}

// run runs a cell as `%%native args` in the cell's second line.
func (n *notebook) run(ctx context.Context, args, code string) (engine.Outcome, *output) {
	n.t.Helper()
	n.number++
	out := &output{streams: map[string]string{}, seen: make(chan struct{}, 1000)}
	call := directive.Call{Entry: Entry(), Args: strings.Fields(args), Line: 1, Column: 1}
	o, derr := n.engine.Serve(ctx, engine.Cell{Number: n.number, Code: "\n" + code}, call, n, out)
	if derr != nil {
		n.t.Fatal(derr)
	}
	return o, out
}

// output keeps what a cell prints and shows.
type output struct {
	mu       sync.Mutex
	streams  map[string]string
	displays []engine.Display
	seen     chan struct{} // one for each piece printed
}

func (o *output) Stream(name string, text []byte) {
	o.mu.Lock()
	o.streams[name] += string(text)
	o.mu.Unlock()
	select {
	case o.seen <- struct{}{}:
	default:
	}
}

func (o *output) Display(d engine.Display) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.displays = append(o.displays, d)
	o.streams[engine.Stdout] += "<" + d.Data["text/plain"].(string) + ">"
}
func (o *output) Clear(bool)           {}
func (o *output) Late(*engine.Failure) {}
func (o *output) Input(context.Context, string, bool) (string, error) {
	return "", engine.ErrNoInput
}

func (o *output) text(name string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.streams[name]
}
