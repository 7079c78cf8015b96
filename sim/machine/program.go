package machine

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Checked is a type-checked package. Files and Info are nil for a package that
// is known by its declarations only.
type Checked struct {
	Pkg   *types.Package
	Files []*ast.File
	Info  *types.Info
}

// Sources names the standard packages whose bodies the machine executes: what
// is generic, what calls back or may block, and what is plain Go. All others
// are known by their declarations, and their functions are either the
// machine's own or refused.
func Sources() []string {
	return []string{"bufio", "bytes", "cmp", "container/heap", "container/list", "container/ring",
		"context", "errors", "internal/bytealg", "internal/byteorder", "internal/itoa", "internal/oserror", "internal/race",
		"internal/strconv", "internal/stringslite", "internal/sync", "io", "iter", "log", "log/internal", "maps", "math", "math/bits", "math/cmplx",
		"math/rand", "math/rand/v2", "internal/chacha8rand", "slices", "sort", "strconv", "strings", "sync", "sync/atomic",
		"text/tabwriter", "time", "unicode", "unicode/utf16", "unicode/utf8", "golang.org/x/sync/errgroup",
		"golang.org/x/sync/semaphore", "golang.org/x/sync/singleflight", "hash", "hash/fnv", "hash/crc32", "hash/maphash",
		"math/big", "regexp", "regexp/syntax", "unique", "encoding/binary", "encoding/hex", "encoding/base64"}
}

// Build makes the SSA form of packages, which stand after those they import.
// The last one is the program's main. A package that is imported and not among
// them is known by its declarations. Bodies are built when they are needed.
func Build(fset *token.FileSet, pkgs []*Checked) (*ssa.Program, *ssa.Package) {
	prog := ssa.NewProgram(fset, ssa.InstantiateGenerics)
	created := map[*types.Package]bool{}
	for _, c := range pkgs {
		created[c.Pkg] = true
	}
	var declare func(p *types.Package)
	declare = func(p *types.Package) {
		if created[p] {
			return
		}
		created[p] = true
		for _, i := range p.Imports() {
			declare(i)
		}
		prog.CreatePackage(p, nil, nil, true)
	}
	var last *ssa.Package
	for _, c := range pkgs {
		for _, i := range c.Pkg.Imports() {
			declare(i)
		}
		last = prog.CreatePackage(c.Pkg, c.Files, c.Info, true)
	}
	return prog, last
}
