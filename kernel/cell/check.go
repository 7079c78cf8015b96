package cell

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"runtime"
	"slices"
	"strings"

	"runnext/kernel/engine"
)

// Check reads and type-checks a cell against what is committed. It changes
// nothing a later Check could see. The failure holds all errors, each at its
// place in the cell.
func (n *Notebook) Check(number int, code string) (*Checked, *engine.Failure) {
	src := n.parse(number, code)
	c, fail := n.check(src)
	if fail != nil {
		n.fset.RemoveFile(src.file)
		return nil, fail
	}
	return c, nil
}

func (n *Notebook) parse(number int, code string) *source {
	return parse(n.fset.AddFile(fmt.Sprintf(fileName, number), -1, len(code)), number, code)
}

func (n *Notebook) check(src *source) (*Checked, *engine.Failure) {
	return n.checkIn(src, n.state())
}

func (n *Notebook) checkIn(src *source, st *state) (*Checked, *engine.Failure) {
	if refused := n.refusedPragmas(src); len(refused) > 0 {
		return nil, n.failure(src, nil, refused)
	}
	if len(src.errs) > 0 {
		return nil, n.failure(src, nil, src.errs)
	}
	a := n.settle(src, st)
	if errs := a.problems(); len(errs) > 0 {
		return nil, n.failure(src, a, errs)
	}
	return a.finish()
}

// attempt is a type-checked build.
type attempt struct {
	b     *build
	e     *entry
	file  *ast.File
	pkg   *types.Package
	info  *types.Info
	errs  []problem
	stale []stale // older declarations that no longer fit
}

// mode is how an attempt is made.
type mode uint8

const (
	usual     mode = iota
	wrapped        // the last expression is no statement
	tentative      // for an answer about half-written code: nothing is given a name for good
)

// attempt builds and checks a cell. names are the identifying names it has
// been given, f is what earlier attempts found.
func (n *Notebook) attempt(src *source, st *state, m mode, names map[string]string, f fits) *attempt {
	b := newBuild(n, st, src, m == tentative, names, f)
	b.reach.roots()
	e := b.entry(m == wrapped)
	b.reach.finish()
	a := &attempt{b: b, e: e, file: b.file(e), info: newInfo(), pkg: types.NewPackage(mainPath, mainPath)}
	aliens := map[string]types.Type{}
	for _, d := range b.reach.vars {
		for _, x := range d.alien {
			aliens[x.name] = x.typ
		}
	}
	conf := types.Config{
		GoVersion: n.cfg.GoVersion,
		Importer:  &lender{n.pkgs, aliens},
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
		Error:     a.report,
	}
	a.run(&conf)
	return a
}

// run lets go/types judge the file. What is wrong comes through report, all of
// it. A cell that go/types itself breaks on must not take the kernel along.
func (a *attempt) run(conf *types.Config) {
	defer func() {
		if r := recover(); r != nil {
			a.errs = append(a.errs, problem{
				pos: token.Pos(a.b.src.file.Base()),
				msg: fmt.Sprintf("internal compiler error: go/types: %v", r),
			})
		}
	}()
	_ = types.NewChecker(conf, a.b.nb.fset, a.pkg, a.info).Files([]*ast.File{a.file})
}

func newInfo() *types.Info {
	return &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Instances:    map[*ast.Ident]types.Instance{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		Scopes:       map[ast.Node]*types.Scope{},
		FileVersions: map[*ast.File]string{},
	}
}

// report takes one of go/types' errors. Imports of a notebook may stay unused,
// and an order of initialization is what the statements themselves say.
func (a *attempt) report(err error) {
	var e types.Error
	if !errors.As(err, &e) {
		return
	}
	if strings.HasSuffix(e.Msg, "imported and not used") || strings.Contains(e.Msg, " imported as ") && strings.HasSuffix(e.Msg, " and not used") {
		return
	}
	if strings.HasPrefix(e.Msg, "initialization cycle") && !a.e.whole {
		return
	}
	if strings.HasPrefix(e.Msg, "\t") && len(a.errs) == 0 {
		return
	}
	a.errs = append(a.errs, problem{pos: e.Pos, msg: e.Msg, soft: e.Soft})
}

// inCell tells whether a position is in the cell being checked.
func (a *attempt) inCell(pos token.Pos) bool {
	f := a.b.src.file
	return int(pos) >= f.Base() && int(pos) <= f.Base()+f.Size()
}

// settle makes attempts until what is left are errors of the cell's own.
func (n *Notebook) settle(src *source, st *state) *attempt {
	f := fits{map[token.Pos]string{}, map[method]problem{}, map[method]problem{}}
	names := map[string]string{}
	m := usual
	const rounds = 12 // a bound; two are more than cells are seen to need
	for round := 0; ; round++ {
		a := n.attempt(src, st, m, names, f.clone())
		again := false
		if m == usual && a.e.value != nil && a.unusedValue() {
			m, again = wrapped, true
		}
		if a.misnamed(f) || a.outdated(f) {
			again = true
		}
		if !again || round == rounds {
			a.usesOutdated()
			return a
		}
	}
}

// unusedValue tells whether the last expression looked like a call and is
// none that Go takes as a statement.
func (a *attempt) unusedValue() bool {
	x := a.e.value.X
	for _, p := range a.errs {
		if p.pos >= x.Pos() && p.pos < x.End() && strings.HasSuffix(p.msg, "is not used") {
			return true
		}
	}
	return false
}

// problems gives what is wrong, in the order of the cell and each once.
func (a *attempt) problems() []problem {
	var errs []problem
	seen := map[string]bool{}
	for _, p := range slices.Concat(a.b.errs, a.errs) {
		p.msg = strings.ReplaceAll(p.msg, " in argument to "+resultName, "")
		if a.e.isShort(p.pos) {
			p.msg = strings.Replace(p.msg, "in variable declaration", "in assignment", 1)
		}
		// A definition is checked as a declaration and as an assignment.
		key := fmt.Sprintf("%d %s", a.line(p.pos), strings.Replace(p.msg, "in variable declaration", "in assignment", 1))
		if strings.HasPrefix(p.msg, "\t") || !seen[key] {
			seen[key] = true
			errs = append(errs, p)
		}
	}
	return sorted(errs)
}

func (a *attempt) line(pos token.Pos) int {
	if f := a.b.nb.fset.File(pos); f != nil {
		return f.Base() + f.Line(pos)
	}
	return 0
}

// finish makes a Checked of an attempt without errors.
func (a *attempt) finish() (*Checked, *engine.Failure) {
	b := a.b
	c := &Checked{
		Number: b.src.number, Source: b.src.code, Fset: b.nb.fset, Pkg: a.pkg, Info: a.info, File: a.file,
		Entry: entryName, Whole: a.e.whole, AutoImported: b.auto,
		delta: &delta{names: b.order, methods: b.methods, dots: b.dots},
	}
	a.initOrder()
	c.Values = a.e.values
	a.info.InitOrder = nil
	if a.takeValue() {
		c.ResultFunc = resultName
		c.Result = a.resultTypes()
	}
	if b.main != nil {
		c.MainFunc = b.main.decls[0].name
	}
	scope := a.pkg.Scope()
	for _, d := range b.reach.vars {
		c.UsedVars = append(c.UsedVars, scope.Lookup(d.name).(*types.Var))
	}
	var errs []problem
	for _, d := range b.order {
		if d.kind != varKind {
			continue
		}
		v := scope.Lookup(d.name).(*types.Var)
		c.NewVars = append(c.NewVars, v)
		if err := b.record(d, v.Type()); err != nil && !b.src.compiled {
			errs = append(errs, problem{pos: d.pos, msg: refusedMark + err.Error()})
		}
	}
	if len(errs) > 0 {
		return nil, b.nb.failure(b.src, a, errs)
	}
	a.dropMethods(c.delta)
	strip(a.file, c.ResultFunc != "")
	c.Pkg.SetImports(slices.DeleteFunc(slices.Clone(c.Pkg.Imports()), func(p *types.Package) bool { return p.Path() == alienPath }))
	return c, nil
}

// dropMethods takes methods that do not fit a type declared anew off it, and
// notes why.
func (a *attempt) dropMethods(d *delta) {
	d.misfits = map[*decl]map[*unit]problem{}
	for t, units := range a.b.methods {
		var kept []*unit
		for _, u := range units {
			why, ok := a.b.reach.drop[a.b.method(inst{unit: u, recv: t})]
			if !ok {
				kept = append(kept, u)
				continue
			}
			if d.misfits[t] == nil {
				d.misfits[t] = map[*unit]problem{}
			}
			d.misfits[t][u] = why
		}
		a.b.methods[t] = kept
	}
}

// record keeps a variable's type for later cells.
func (b *build) record(d *decl, t types.Type) error {
	v := newVarType(d.pos)
	v.decls, v.alien = b.reach.types, b.nb.alienName
	v.qual = func(pkg *types.Package) *decl {
		return b.nb.importDecl(pkg.Name(), cellPath(pkg.Path()), d.cell, d.pos)
	}
	d.typ = v.write.Expr(t)
	d.types = append(v.types, v.imports...)
	d.alien = v.aliens
	return v.err
}
