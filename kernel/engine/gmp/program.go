package gmp

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"runtime"
	"slices"
	"strings"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
	"runnext/kernel/std"
	"runnext/sim/machine"
)

// mainName is what a program begins with.
const mainName = "main"

// ownMain is what the learner's own func main is called while the cell's
// statements are the program's main; the mark is no part of a Go name, and
// [cell.Shown] takes it off.
const ownMain = "main·0"

// newProgram makes a package main of a checked cell: its statements are func
// main, its variables are the package's. The cell was checked with packages
// known by their declarations; here it is checked again with those whose
// bodies the machine executes, because types of the ones are none of the others.
// values are what variables of earlier cells begin with.
func newProgram(c *cell.Checked, imports types.Importer, values map[string]ast.Expr) (*machine.Checked, *engine.Failure) {
	file, err := program(c, values)
	if err != nil {
		return nil, &engine.Failure{
			Kind: engine.KindRefused, Text: err.Error(), Places: []engine.Place{{Cell: c.Number, Line: 1, Column: 1}},
			Try: "Run it in a cell without %%gmp.",
		}
	}
	var found []types.Error
	conf := types.Config{
		Importer: imports, Sizes: types.SizesFor("gc", runtime.GOARCH), GoVersion: "go1.26",
		Error: func(err error) {
			var e types.Error
			if errors.As(err, &e) && !strings.HasSuffix(e.Msg, "imported and not used") && !strings.HasSuffix(e.Msg, " and not used") {
				found = append(found, e)
			}
		},
	}
	info := std.NewInfo()
	pkg, _ := conf.Check(mainName, c.Fset, []*ast.File{file}, info) // its error is the first found
	if len(found) > 0 {
		return nil, compileFailure(c, found)
	}
	return &machine.Checked{Pkg: pkg, Files: []*ast.File{file}, Info: info}, nil
}

// program gives the cell's file with func main in it.
func program(c *cell.Checked, values map[string]ast.Expr) (*ast.File, error) {
	freeMain(c)
	t := newTypeWriter(c.File.FileEnd, values)
	file := *c.File
	file.Decls = nil
	for _, d := range c.File.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				file.Decls = append(file.Decls, t.vars(c, d)...)
				continue
			}
		case *ast.FuncDecl:
			switch {
			case d.Recv != nil:
			case d.Name.Name == c.Entry:
				file.Decls = append(file.Decls, mainOf(c, d))
				continue
			case d.Name.Name == c.ResultFunc && c.ResultFunc != "":
				continue
			}
		}
		file.Decls = append(file.Decls, d)
	}
	file.Decls = append(t.specs(), file.Decls...)
	for _, d := range file.Decls {
		if gen, ok := d.(*ast.GenDecl); ok && gen.Tok == token.IMPORT && !slices.Contains(file.Imports, gen.Specs[0].(*ast.ImportSpec)) {
			file.Imports = append(file.Imports, gen.Specs[0].(*ast.ImportSpec))
		}
	}
	return &file, t.err
}

// freeMain gives the learner's func main another name, for the cell's
// statements to be main. A checked cell is not shared: what a notebook keeps of
// it is its own copy.
func freeMain(c *cell.Checked) {
	own := c.Pkg.Scope().Lookup(mainName)
	if own == nil {
		return
	}
	for id, obj := range c.Info.Defs {
		if obj == own {
			id.Name = ownMain
		}
	}
	for id, obj := range c.Info.Uses {
		if obj == own {
			id.Name = ownMain
		}
	}
}

// mainOf makes func main of the cell's entry. A program has no value: what
// would be the cell's is a statement, if Go takes it as one.
func mainOf(c *cell.Checked, entry *ast.FuncDecl) *ast.FuncDecl {
	body := *entry.Body
	body.List = slices.Clone(body.List)
	for i, s := range body.List {
		if x, ok := s.(*ast.ExprStmt); ok && c.ResultFunc != "" {
			if call, ok := x.X.(*ast.CallExpr); ok && isNamed(call.Fun, c.ResultFunc) && len(call.Args) == 1 {
				body.List[i] = &ast.ExprStmt{X: call.Args[0]}
			}
		}
	}
	return &ast.FuncDecl{Name: &ast.Ident{NamePos: entry.Name.NamePos, Name: mainName}, Type: entry.Type, Body: &body}
}

func isNamed(x ast.Expr, name string) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == name
}

// firstUse finds where the cell itself, or else what it calls, names a variable.
func firstUse(c *cell.Checked, v *types.Var) token.Pos {
	var best token.Pos
	for id, obj := range c.Info.Uses {
		if obj != v {
			continue
		}
		own, bestOwn := c.Position(id.Pos()).Cell == c.Number, best.IsValid() && c.Position(best).Cell == c.Number
		if !best.IsValid() || own && !bestOwn || own == bestOwn && id.Pos() < best {
			best = id.Pos()
		}
	}
	return best
}

// compileFailure tells all errors of a cell.
func compileFailure(c *cell.Checked, found []types.Error) *engine.Failure {
	f := &engine.Failure{Kind: engine.KindCompile}
	for _, e := range found {
		p := c.Position(e.Pos)
		p.Text = cell.Shown(e.Msg)
		f.Places = append(f.Places, p)
	}
	f.Text = f.Places[0].Text
	if strings.HasSuffix(f.Text, " is not used") {
		f.Why = "The cell is a program, and a program has no value to show."
		f.Try = "Print it, or take the line away."
	}
	return f
}
