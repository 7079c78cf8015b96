package machine

import (
	"go/ast"
	"go/token"
	"go/types"
	"sync"

	"golang.org/x/tools/go/ssa"

	"runnext/sim/ssaform"
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
		"math/big", "regexp", "regexp/syntax", "unique", "encoding", "encoding/binary", "encoding/hex", "encoding/base64",
		"encoding/json", "os/signal", "encoding/csv", "flag", "hash/adler32", "hash/crc64", "path",
		"log/slog", "log/slog/internal", "log/slog/internal/buffer", "crypto/rand", "net/url", "net/netip", "html", "text/scanner", "encoding/base32", "encoding/pem",
		"text/template", "text/template/parse", "encoding/xml", "compress/flate", "compress/gzip", "image", "image/color", "internal/fmtsort"}
}

// Library is the SSA form of packages that many programs import. Building it
// costs tens of milliseconds, so it is kept. It is safe for concurrent use.
type Library struct {
	mu      sync.Mutex
	prog    *ssa.Program
	created map[*types.Package]bool
}

// NewLibrary makes a library of packages. One that is imported and not among
// them is known by its declarations. Bodies are built when they are needed.
func NewLibrary(fset *token.FileSet, pkgs []*Checked) *Library {
	l := &Library{prog: ssa.NewProgram(fset, ssa.InstantiateGenerics), created: map[*types.Package]bool{}}
	for _, c := range pkgs {
		l.created[c.Pkg] = true
	}
	for _, c := range pkgs {
		l.declare(c.Pkg.Imports())
		l.prog.CreatePackage(c.Pkg, c.Files, c.Info, true)
	}
	return l
}

func (l *Library) declare(pkgs []*types.Package) {
	for _, p := range pkgs {
		if l.created[p] {
			continue
		}
		l.created[p] = true
		l.declare(p.Imports())
		l.prog.CreatePackage(p, nil, nil, true)
	}
}

// Program adds a package main to the library's program. Its imports must be
// the library's own packages, not others of the same path. What is added stays
// until the library is dropped.
func (l *Library) Program(main *Checked) (*ssa.Program, *ssa.Package) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.declare(main.Pkg.Imports())
	pkg := l.prog.CreatePackage(main.Pkg, main.Files, main.Info, false)
	pkg.Build()
	mend(pkg)
	ssaform.LateInits(pkg.Func("init"), main.Files, main.Info)
	return l.prog, pkg
}

// mend has the functions of a package, what is declared in them, and their
// instances read variables, and run what is deferred, when the compiler does,
// and leave unread what it does not read.
func mend(pkg *ssa.Package) {
	seen := map[*ssa.Function]bool{}
	var visit func(*ssa.Function)
	visit = func(fn *ssa.Function) {
		if fn == nil || seen[fn] || !belongs(fn, pkg) {
			return
		}
		seen[fn] = true
		ssaform.LateDefers(fn)
		ssaform.Unread(fn)
		ssaform.LateReads(fn)
		for _, b := range fn.Blocks {
			for _, i := range b.Instrs {
				for _, op := range i.Operands(nil) {
					if f, ok := (*op).(*ssa.Function); ok {
						visit(f)
					}
				}
			}
		}
	}
	for _, m := range pkg.Members {
		switch m := m.(type) {
		case *ssa.Function:
			visit(m)
		case *ssa.Type:
			if named, ok := m.Type().(*types.Named); ok {
				for f := range named.Methods() {
					visit(pkg.Prog.FuncValue(f))
				}
			}
		}
	}
}

func belongs(fn *ssa.Function, pkg *ssa.Package) bool {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	if o := fn.Origin(); o != nil {
		fn = o
	}
	return fn.Pkg == pkg
}

// Build makes the SSA form of a program that is run once: packages after those
// they import, its main last.
func Build(fset *token.FileSet, pkgs []*Checked) (*ssa.Program, *ssa.Package) {
	n := len(pkgs) - 1
	return NewLibrary(fset, pkgs[:n]).Program(pkgs[n])
}
