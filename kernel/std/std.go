// Package std is what the binary carries of the standard library, so that
// cells are checked and run without a Go toolchain: export data for the type
// checker, symbols for the interpreter, sources of packages whose bodies are
// needed, and doc comments. It is generated from the toolchain in use by
// runnext/kernel/std/internal/generate and linked with the build tag carried;
// without the tag [Carried] fails. It runs nothing and checks no cell: that is
// runnext/kernel/cell and runnext/kernel/core.
package std

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"

	"runnext/kernel/std/internal/index"
)

// ErrNotCarried says that the binary was built without its standard library.
var ErrNotCarried = errors.New("standard library is not carried: run make build")

// Library is the carried standard library. Its methods may be called from any
// goroutine.
type Library struct {
	index   index.Index
	files   map[string]*zip.File
	symbols func(path string) (map[string]reflect.Value, bool)
	paths   []string

	mu   sync.Mutex
	docs map[string]map[string]string
}

// Carried opens what was linked in, or fails with [ErrNotCarried]. It reads
// the list of packages only; everything else is read when it is asked for.
func Carried() (*Library, error) {
	archive, symbols := carried()
	if symbols == nil {
		return nil, ErrNotCarried
	}
	return open(archive, symbols)
}

func open(archive string, symbols func(string) (map[string]reflect.Value, bool)) (*Library, error) {
	z, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("carried archive: %w", err)
	}
	l := &Library{files: map[string]*zip.File{}, symbols: symbols, docs: map[string]map[string]string{}}
	for _, f := range z.File {
		l.files[f.Name] = f
	}
	text, err := l.read(index.Name)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &l.index); err != nil {
		return nil, fmt.Errorf("carried archive: %s: %w", index.Name, err)
	}
	for path, p := range l.index.Packages {
		if !p.Hidden {
			l.paths = append(l.paths, path)
		}
	}
	slices.Sort(l.paths)
	return l, nil
}

// Packages lists the import paths that cells may use, sorted.
func (l *Library) Packages() []string { return slices.Clone(l.paths) }

// Name gives the name in the package clause of a carried package, "" if there
// is none at the path.
func (l *Library) Name(path string) string { return l.index.Packages[path].Name }

// GoVersion gives the toolchain's version, go1.26.8.
func (l *Library) GoVersion() string { return l.index.GoVersion }

// Symbols gives functions, variables (addressable) and types (as nil pointers)
// of a package, by name; constants and generic declarations are absent. A new
// map is built by each call.
func (l *Library) Symbols(path string) (map[string]reflect.Value, bool) { return l.symbols(path) }

// Doc gives the doc comment of a name: "" for the package itself, Type.Method
// for what belongs to a type. It is "" when there is none.
func (l *Library) Doc(path, name string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all, ok := l.docs[path]
	if !ok {
		if text, err := l.read(index.Docs(path)); err == nil {
			_ = json.Unmarshal(text, &all) // generated; an unreadable page is an absent one
		}
		l.docs[path] = all
	}
	return all[name]
}

// read gives one entry of the archive.
func (l *Library) read(name string) ([]byte, error) {
	f, ok := l.files[name]
	if !ok {
		return nil, fmt.Errorf("carried archive: no %s", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("carried archive: %s: %w", name, err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("carried archive: %s: %w", name, err)
	}
	return data, nil
}
