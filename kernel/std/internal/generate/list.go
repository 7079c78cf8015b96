package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

// listed is one package as the toolchain describes it.
type listed struct {
	ImportPath string
	Name       string
	Dir        string
	Export     string
	GoFiles    []string
	Imports    []string
	Standard   bool
	Error      *struct{ Err string }

	Path     string   `json:"-"` // what a cell imports
	Hidden   bool     `json:"-"` // needed by sources only
	Data     []byte   `json:"-"` // export data, the __.PKGDEF member alone
	Mentions []string `json:"-"` // packages its export data names
	pkg      *types.Package
}

// listPackages asks the toolchain for everything that is carried, in the order
// of paths. The version of the toolchain must be the one given.
func listPackages(version string) ([]*listed, error) {
	out, err := exec.Command("go", "env", "GOVERSION").Output()
	if err != nil {
		return nil, fmt.Errorf("ask go for its version: %w", err)
	}
	if v := strings.TrimSpace(string(out)); v != version {
		return nil, fmt.Errorf("the toolchain is %s, this generator was built by %s", v, version)
	}
	pkgs, err := goList(carried...)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{"C": true}
	for _, p := range pkgs {
		known[p.ImportPath] = true
	}
	for hidden := append(unknown(pkgs, known), unnamed(known)...); len(hidden) > 0; {
		more, err := goList(hidden...)
		if err != nil {
			return nil, err
		}
		for _, p := range more {
			p.Hidden = true
		}
		pkgs = append(pkgs, more...)
		hidden = unknown(more, known)
	}
	for _, e := range extra {
		more, err := goList(e.module)
		if err != nil {
			continue // not in this tree
		}
		more[0].Path = e.cell
		pkgs = append(pkgs, more[0])
	}
	for _, p := range pkgs {
		if p.Path == "" {
			p.Path = p.ImportPath
		}
		if err := p.readExport(); err != nil {
			return nil, fmt.Errorf("export data of %s: %w", p.ImportPath, err)
		}
	}
	slices.SortFunc(pkgs, func(a, b *listed) int { return strings.Compare(a.Path, b.Path) })
	return pkgs, nil
}

// builtins finds the page on what is built into Go, which cannot be compiled.
func builtins() (*listed, error) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles", builtin).Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", builtin, err)
	}
	p := new(listed)
	if err := json.Unmarshal(out, p); err != nil {
		return nil, fmt.Errorf("go list %s: %w", builtin, err)
	}
	return p, nil
}

// unknown gives what sources import and known does not hold yet, and adds it.
func unknown(pkgs []*listed, known map[string]bool) []string {
	var paths []string
	for _, p := range pkgs {
		if !p.hasSource() {
			continue
		}
		for _, path := range p.Imports {
			if !known[path] {
				known[path] = true
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// unnamed gives the packages of simulated that known does not hold yet, and adds
// them: those that sources do not import.
func unnamed(known map[string]bool) []string {
	var paths []string
	for _, path := range slices.Sorted(maps.Keys(simulated)) {
		if !known[path] {
			known[path] = true
			paths = append(paths, path)
		}
	}
	return paths
}

// hasSource tells whether the package's source is carried.
func (p *listed) hasSource() bool { return sourced[p.ImportPath] || simulated[p.ImportPath] }

// goList runs go list -export, which compiles what is not in the build cache.
func goList(paths ...string) ([]*listed, error) {
	args := append([]string{"list", "-export", "-json=ImportPath,Name,Dir,Export,GoFiles,Imports,Standard,Error"}, paths...)
	cmd := exec.Command("go", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, bytes.TrimSpace(stderr.Bytes()))
	}
	var pkgs []*listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(listed)
		if err := dec.Decode(p); errors.Is(err, io.EOF) {
			return pkgs, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if p.Error != nil {
			return nil, fmt.Errorf("go list %s: %s", p.ImportPath, p.Error.Err)
		}
		pkgs = append(pkgs, p)
	}
}

// readExport keeps the member of the archive that describes the package, and
// notes which other packages it names.
func (p *listed) readExport() error {
	if p.ImportPath == "unsafe" {
		p.pkg = types.Unsafe
		return nil
	}
	f, err := os.Open(p.Export)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return err
	}
	if p.Data, err = io.ReadAll(r); err != nil {
		return err
	}
	imports := map[string]*types.Package{}
	p.pkg, err = gcexportdata.Read(bytes.NewReader(p.Data), token.NewFileSet(), imports, p.ImportPath)
	if err != nil {
		return err
	}
	for path := range imports {
		if path != p.ImportPath {
			p.Mentions = append(p.Mentions, path)
		}
	}
	slices.Sort(p.Mentions)
	return nil
}
