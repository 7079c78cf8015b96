package simulate

import (
	"context"
	"errors"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/gofile"
	"runnext/kernel/std"
	"runnext/sim/machine"
)

// loaded is a file as the machine takes it, or what the compiler says of it.
type loaded struct {
	program  *ssa.Program
	main     *ssa.Package
	problems []string
}

// load reads, checks and makes a machine's program of a file's code.
func load(l *std.Library, file, code string) loaded {
	fset := token.NewFileSet()
	pkgs := NewPackages(l, fset)
	checked, problems := gofile.Judge{
		Fset: fset, Importer: pkgs, Preloaded: Preloaded(), Info: std.NewInfo(),
	}.Check(file, code)
	if problems != nil {
		return loaded{problems: problems}
	}
	var out loaded
	out.program, out.main = pkgs.Program(&machine.Checked{Pkg: checked.Pkg, Files: []*ast.File{checked.File}, Info: checked.Info})
	return out
}

// errLate says that the time was up before the program was checked.
var errLate = errors.New("the time is up while the program is checked")

// loadWithin is load that is over soon after ctx: go/types takes exponential
// time over some types and constants, and cannot be stopped. What it is at is
// left behind then; the process ends soon.
func loadWithin(ctx context.Context, l *std.Library, file, code string) (loaded, error) {
	done := make(chan loaded, 1)
	go func() { done <- load(l, file, code) }()
	select {
	case x := <-done:
		return x, nil
	case <-ctx.Done():
		return loaded{}, errLate
	}
}
