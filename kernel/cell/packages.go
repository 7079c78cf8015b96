package cell

import (
	"fmt"
	"go/ast"
	"go/types"
	"sort"
	"strings"
	"sync"
)

// packages is what may be imported. It makes an importer safe for concurrent
// use and knows by what name a missing import may be meant.
type packages struct {
	mu     sync.Mutex
	imp    types.Importer
	paths  []string            // sorted
	byName map[string][]string // package name to paths
	free   map[string]string   // Config.Preloaded
}

func newPackages(cfg Config) *packages {
	p := &packages{imp: cfg.Importer, free: cfg.Preloaded, byName: map[string][]string{}}
	p.paths = append(p.paths, cfg.Packages...)
	for _, path := range cfg.Preloaded {
		p.paths = addPath(p.paths, path)
	}
	sort.Strings(p.paths)
	for _, path := range p.paths {
		name := nameOfPath(path)
		p.byName[name] = append(p.byName[name], path)
	}
	return p
}

// Import loads a package for go/types.
func (p *packages) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.imp == nil {
		return nil, fmt.Errorf("import %q: no importer", path)
	}
	pkg, err := p.imp.Import(path)
	if err == nil && pkg == nil {
		err = fmt.Errorf("import %q: no package", path)
	}
	return pkg, err
}

func (p *packages) offers(path string) bool {
	i := sort.SearchStrings(p.paths, path)
	return i < len(p.paths) && p.paths[i] == path
}

// nameOfPath guesses a package's name from its path: the last element that is
// not a major version.
func nameOfPath(path string) string {
	elems := strings.Split(path, "/")
	last := elems[len(elems)-1]
	if len(elems) > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		last = elems[len(elems)-2]
	}
	return last
}

// preferred decides between packages of one name, best first: which one a
// learner means who writes the name without an import.
func preferred(name, member string) []string {
	switch name {
	case "rand":
		switch member {
		case "Read", "Reader", "Prime", "Text":
			return []string{"crypto/rand"}
		}
		return []string{"math/rand", "math/rand/v2", "crypto/rand"}
	case "template":
		return []string{"text/template", "html/template"}
	case "scanner":
		return []string{"text/scanner", "go/scanner"}
	case "pprof":
		return []string{"runtime/pprof", "net/http/pprof"}
	}
	return nil
}

// missing finds the package that an undefined name stands for, given what is
// selected from it. It answers only when there is no doubt.
func (p *packages) missing(name string, members []string) (path string, ok bool) {
	if path, ok := p.free[name]; ok {
		return path, true
	}
	paths := p.byName[name]
	switch len(paths) {
	case 0:
		return "", false
	case 1:
		return paths[0], true
	}
	member := ""
	if len(members) > 0 {
		member = members[0]
	}
	order := preferred(name, member)
	for _, path := range order {
		if p.offers(path) && p.exports(path, members) {
			return path, true
		}
	}
	for _, path := range order {
		if p.offers(path) {
			return path, true
		}
	}
	return "", false
}

func (p *packages) exports(path string, members []string) bool {
	pkg, err := p.Import(path)
	if err != nil {
		return false
	}
	for _, m := range members {
		if m != "_" && pkg.Scope().Lookup(m) == nil {
			return false
		}
	}
	return true
}

// nearest gives the offered path that a learner most likely meant.
func (p *packages) nearest(path string) string {
	name := nameOfPath(path)
	for _, candidate := range p.byName[strings.ToLower(name)] {
		return candidate
	}
	best, distance := "", min(3, 1+len(path)/2)
	for _, candidate := range p.paths {
		if d := editDistance(path, candidate, distance); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// editDistance counts the single letters to change, up to limit.
func editDistance(a, b string, limit int) int {
	if abs(len(a)-len(b)) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return min(row[len(b)], limit)
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// alien is a type that cannot be written in a cell because its name is not
// exported, such as the type of binary.LittleEndian. A cell's File names it
// through a package that exists for that alone.
type alien struct {
	name string
	typ  types.Type
}

const alienPath = "·alien"

// lender is the importer of one check: the notebook's packages and the aliens
// that this check names.
type lender struct {
	*packages
	aliens map[string]types.Type
}

func (l *lender) Import(path string) (*types.Package, error) {
	if path != alienPath {
		return l.packages.Import(path)
	}
	pkg := types.NewPackage(alienPath, alienPath)
	for name, typ := range l.aliens {
		obj := types.NewTypeName(0, pkg, name, nil)
		types.NewAlias(obj, typ)
		pkg.Scope().Insert(obj)
	}
	pkg.MarkComplete()
	return pkg, nil
}

// cellPath is the path by which a cell imports a package: those of this module
// stand elsewhere in it.
func cellPath(path string) string {
	if rest, ok := strings.CutPrefix(path, "runnext/"); ok {
		return "runnext/" + nameOfPath(rest)
	}
	return path
}

func importPath(spec *ast.ImportSpec) string {
	path := spec.Path.Value
	if len(path) < 2 {
		return ""
	}
	return path[1 : len(path)-1]
}
