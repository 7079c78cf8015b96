package native

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// shelf is the folder programs are built in, and what is known of compiled
// packages. Compiled packages of the standard library are the go command's, in
// its own cache; a cell's program leaves nothing there, because compiler and
// linker are run on it directly.
type shelf struct {
	root   string // holds the module and a folder for each running program
	module string // the module that programs import from, named by its content

	mu    sync.Mutex
	known map[string][]export // by imports and mode
}

// export is the compiled form of a package.
type export struct{ path, file string }

// maxModules is how many versions of the module a shelf keeps: those of the
// releases of this kernel that ran last.
const maxModules = 3

// openShelf makes the folder, writes the module and takes away what dead
// kernels have left.
func openShelf(c Config, g *goTool) (*shelf, error) {
	s := &shelf{root: filepath.Join(c.CacheDir, "native"), known: map[string][]export{}}
	if c.CacheDir == "" {
		return nil, fmt.Errorf("there is no folder for built programs: neither a cache folder nor a home is set")
	}
	if err := os.MkdirAll(s.root, 0o700); err != nil {
		return nil, fmt.Errorf("folder of built programs: %w", err)
	}
	sweep(s.root)
	sources, err := c.Packages()
	if err != nil {
		return nil, fmt.Errorf("packages for programs: %w", err)
	}
	if err := s.write(sources); err != nil {
		return nil, fmt.Errorf("packages for programs: %w", err)
	}
	s.trim()
	return s, nil
}

func (s *shelf) close() {}

// write puts the module where the go command can compile it, once for all
// kernels that have the same sources.
func (s *shelf) write(sources map[string][]byte) error {
	files := map[string][]byte{"go.mod": []byte("module runnext\n\ngo 1.26\n")}
	for name, data := range sources {
		files[strings.TrimPrefix(name, "runnext/")] = data
	}
	names := slices.Sorted(maps.Keys(files))
	sum := sha256.New()
	for _, name := range names {
		fmt.Fprintf(sum, "%s %d\n%s", name, len(files[name]), files[name])
	}
	s.module = filepath.Join(s.root, "module-"+hex.EncodeToString(sum.Sum(nil))[:16])
	if _, err := os.Stat(s.module); err == nil {
		now := time.Now()
		return os.Chtimes(s.module, now, now) // in use: trim takes the others
	}
	tmp, err := os.MkdirTemp(s.root, "module-new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	for _, name := range names {
		at := filepath.Join(tmp, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(at, files[name], 0o600); err != nil {
			return err
		}
	}
	if err := os.Rename(tmp, s.module); err != nil {
		if _, other := os.Stat(s.module); other == nil {
			return nil // another kernel was faster
		}
		return err
	}
	return nil
}

// trim removes the modules of other releases but the last used.
func (s *shelf) trim() {
	found, err := filepath.Glob(filepath.Join(s.root, "module-*"))
	if err != nil || len(found) <= maxModules {
		return
	}
	age := func(name string) time.Time {
		info, err := os.Stat(name)
		if err != nil {
			return time.Time{}
		}
		return info.ModTime()
	}
	slices.SortFunc(found, func(a, b string) int { return age(b).Compare(age(a)) })
	for _, name := range found[maxModules:] {
		if name != s.module {
			os.RemoveAll(name)
		}
	}
}

// exports gives the compiled packages that a program with these imports is
// linked of. The go command is asked once for each set; it compiles what its
// cache does not hold.
func (s *shelf) exports(ctx context.Context, g *goTool, imports []string, race bool) ([]export, error) {
	want := slices.Concat(imports, []string{"runtime"})
	if race {
		want = append(want, "runtime/race", "runtime/cgo")
	}
	slices.Sort(want)
	want = slices.Compact(want)
	want = slices.DeleteFunc(want, func(p string) bool { return p == "unsafe" })
	key := fmt.Sprint(race, want)
	s.mu.Lock()
	found := s.known[key]
	s.mu.Unlock()
	if len(found) > 0 && !slices.ContainsFunc(found, func(e export) bool { _, err := os.Stat(e.file); return err != nil }) {
		return found, nil // and the go command has not trimmed its cache since
	}
	args := []string{"list", "-export", "-deps", "-f", "{{if .Export}}{{.ImportPath}}={{.Export}}{{end}}"}
	if race {
		args = append(args, "-race")
	}
	cmd := exec.CommandContext(ctx, g.path, append(args, want...)...)
	cmd.Dir, cmd.Env = s.module, g.env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("compile %s: %w\n%s", strings.Join(imports, ", "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	found = nil
	for line := range strings.SplitSeq(stdout.String(), "\n") {
		if p, file, ok := strings.Cut(line, "="); ok {
			found = append(found, export{p, file})
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) > 100 {
		clear(s.known)
	}
	s.known[key] = found
	return found, nil
}
