package native

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"runnext/kernel/engine"
)

// Toolchain is the Go toolchain of this machine. Its methods may be called
// from any goroutine.
type Toolchain struct {
	c       Config
	running sync.WaitGroup // processes that still have to end
	ended   context.Context
	end     context.CancelFunc

	mu      sync.Mutex
	goTool  *goTool
	shelf   *shelf
	failure *engine.Failure
}

// goTool is what `go env` tells.
type goTool struct {
	path string // of the go command
	GOROOT, GOTOOLDIR, GOVERSION,
	GOOS, GOARCH, CGO_ENABLED, CC string
	env []string
}

// NewToolchain gives a toolchain that is looked for when it is first needed.
func NewToolchain(c Config) *Toolchain {
	t := &Toolchain{c: c}
	t.ended, t.end = context.WithCancel(context.Background())
	return t
}

// Close ends every program and waits for it.
func (t *Toolchain) Close(ctx context.Context) error {
	t.end()
	done := make(chan struct{})
	go func() { t.running.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		return fmt.Errorf("native programs: %w", ctx.Err())
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shelf != nil {
		t.shelf.close()
		t.shelf = nil
	}
	return nil
}

// errNoGo says that no go command is to be found.
var errNoGo = errors.New("there is no go command on PATH")

// find gives the toolchain and the shelf of packages. What is wrong with the
// machine is looked at again each time: a learner may have mended it.
func (t *Toolchain) find(ctx context.Context) (*goTool, *shelf, *engine.Failure) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.goTool == nil {
		g, err := t.locate(ctx)
		if err != nil {
			return nil, nil, missing(err)
		}
		t.goTool = g
	}
	if t.shelf == nil {
		s, err := openShelf(t.c, t.goTool)
		if err != nil {
			return nil, nil, &engine.Failure{Kind: engine.KindRefused, Text: err.Error(), Why: "A program that is built needs a folder to stand in."}
		}
		t.shelf = s
	}
	return t.goTool, t.shelf, nil
}

func missing(err error) *engine.Failure {
	f := &engine.Failure{Kind: engine.KindRefused, Text: "no Go toolchain: " + err.Error()}
	if errors.Is(err, errNoGo) {
		f.Try = "Install Go from https://go.dev/dl, or run the cell without its %% line."
	}
	return f
}

// locate asks the go command about itself.
func (t *Toolchain) locate(ctx context.Context) (*goTool, error) {
	name := ""
	for _, dir := range filepath.SplitList(t.c.Getenv("PATH")) {
		if p, err := exec.LookPath(filepath.Join(dir, "go")); err == nil && filepath.IsAbs(p) {
			name = p
			break
		}
	}
	if root := t.c.Getenv("GOROOT"); name == "" && root != "" {
		if p, err := exec.LookPath(filepath.Join(root, "bin", "go")); err == nil {
			name = p
		}
	}
	if name == "" {
		return nil, errNoGo
	}
	g := &goTool{path: name}
	g.env = environ(t.c.Environ, "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "GOTOOLCHAIN=local", "GO111MODULE=on", "GOENV=off", "GOEXPERIMENT=")
	cmd := exec.CommandContext(ctx, name, "env", "-json", "GOROOT", "GOTOOLDIR", "GOVERSION", "GOOS", "GOARCH", "CGO_ENABLED", "CC")
	cmd.Env = g.env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s env: %w: %s", name, err, bytes.TrimSpace(stderr.Bytes()))
	}
	if err := json.Unmarshal(out, g); err != nil {
		return nil, fmt.Errorf("%s env: %w", name, err)
	}
	g.env = append(g.env, "GOROOT="+g.GOROOT)
	return g, nil
}

// environ puts variables into an environment in place of what they were.
func environ(base []string, set ...string) []string {
	var out []string
	for _, kv := range base {
		name, _, _ := strings.Cut(kv, "=")
		if !hasVar(set, name) {
			out = append(out, kv)
		}
	}
	return append(out, set...)
}

func hasVar(set []string, name string) bool {
	for _, kv := range set {
		if n, _, _ := strings.Cut(kv, "="); n == name {
			return true
		}
	}
	return false
}

func (g *goTool) tool(name string) string {
	if g.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(g.GOTOOLDIR, name)
}

// canRace tells in a line why the race detector cannot be had, "" if it can.
func (g *goTool) canRace(look func(string) (string, error)) string {
	if g.CGO_ENABLED != "1" {
		return "-race needs cgo, and CGO_ENABLED is 0 here"
	}
	cc := strings.Fields(g.CC)
	if len(cc) == 0 {
		return "-race needs cgo, and no C compiler is set (CC)"
	}
	if _, err := look(cc[0]); err != nil {
		return fmt.Sprintf("-race needs cgo, and the C compiler %s is not here", cc[0])
	}
	return ""
}

// Folder is one for files of a run. It is removed when it is closed, and when
// the kernel ends without closing it.
type Folder struct{ guard *guard }

// Path gives the folder's path.
func (f *Folder) Path() string { return f.guard.dir }

// Close removes the folder.
func (f *Folder) Close() { f.guard.release() }

// Folder makes a folder. It needs no toolchain.
func (t *Toolchain) Folder() (*Folder, *engine.Failure) {
	root := filepath.Join(t.c.CacheDir, "native")
	err := os.MkdirAll(root, 0o700)
	var g *guard
	if err == nil {
		sweep(root)
		g, err = newGuard(root)
	}
	if err != nil {
		return nil, &engine.Failure{Kind: engine.KindRefused, Text: err.Error(), Why: "A run that is observed needs a folder for what is written down."}
	}
	g.start()
	return &Folder{g}, nil
}
