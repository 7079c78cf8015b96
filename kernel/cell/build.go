package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"
)

const (
	mainPath   = "main"
	entryName  = "·cell"
	resultName = "·result"
)

// build is one attempt to make a self-sufficient file of a cell. It belongs to
// the goroutine of one check.
type build struct {
	nb  *Notebook
	st  *state
	src *source
	// tentative code is given names that end with it.
	tentative bool

	names   map[string]string // identifying names this cell has been given, by base
	own     map[string]*decl  // what the cell declares without an order: imports, types, constants, functions
	vars    map[string]*decl  // its variables, all of them
	seen    map[string]*decl  // its variables so far, while statements are passed
	units   []*unit           // its types, constants and functions, in order
	methods map[*decl][]*unit // its methods
	dots    []string          // its dot imports
	order   []*decl           // everything declared, in order
	main    *unit
	inits   []*unit
	auto    []string
	errs    []problem

	reach *reach
	// suffixed has, by shown name, embedded fields that are called otherwise.
	suffixed map[string][]string
}

func newBuild(n *Notebook, st *state, src *source, tentative bool, names map[string]string, f fits) *build {
	b := &build{
		nb: n, st: st, src: src, tentative: tentative,
		names: names, own: map[string]*decl{}, vars: map[string]*decl{}, seen: map[string]*decl{},
		methods: map[*decl][]*unit{}, suffixed: map[string][]string{},
	}
	b.reach = newReach(b, f)
	b.imports()
	b.variables()
	b.declarations()
	b.reuse()
	b.bindMethods()
	for _, u := range b.units {
		b.bind(u)
	}
	return b
}

func (b *build) fail(pos token.Pos, msg string) {
	b.errs = append(b.errs, problem{pos: pos, msg: msg})
}

// name gives the identifying name that base has in this cell.
func (b *build) name(base string) string {
	if name, ok := b.names[base]; ok {
		return name
	}
	name := base + versionMark + "0"
	if !b.tentative {
		name = b.nb.version(base, b.foreign(base))
	}
	b.names[base] = name
	return name
}

// foreign tells whether a name means something without the notebook.
func (b *build) foreign(base string) bool {
	return types.Universe.Lookup(base) != nil || base == "init" || b.dotted(base) != ""
}

// dotted gives the path of the dot import that makes a name known.
func (b *build) dotted(base string) string {
	if !token.IsExported(base) {
		return ""
	}
	for _, paths := range [][]string{b.dots, b.st.dots} {
		for _, path := range paths {
			if pkg, err := b.nb.pkgs.Import(path); err == nil && pkg.Scope().Lookup(base) != nil {
				return path
			}
		}
	}
	return ""
}

func (b *build) declare(k kind, id *ast.Ident, u *unit) *decl {
	d := &decl{kind: k, base: id.Name, name: b.name(id.Name), cell: b.src.number, pos: id.Pos(), unit: u}
	if u != nil {
		u.decls = append(u.decls, d)
	}
	if k != varKind {
		b.own[d.base] = d
	} else {
		b.vars[d.base] = d
	}
	b.order = append(b.order, d)
	return d
}

func (b *build) imports() {
	for _, spec := range b.src.imports {
		path := importPath(spec)
		if refused := b.refuseImport(spec, path); refused {
			continue
		}
		pkg, err := b.nb.pkgs.Import(path)
		if err != nil {
			b.fail(spec.Path.Pos(), noPackage+path)
			continue
		}
		base := pkg.Name()
		if spec.Name != nil {
			base = spec.Name.Name
		}
		switch base {
		case "_":
		case ".":
			b.dots = addPath(b.dots, path)
		case "init":
			b.fail(spec.Pos(), "cannot import package as init - init must be a func")
		default:
			if other, ok := b.own[base]; ok && other.path != path {
				b.fail(spec.Pos(), base+" redeclared in this block")
				b.fail(other.pos, "\tother declaration of "+base)
				continue
			}
			b.use(base, path, spec.Pos())
		}
	}
}

// use makes an import part of what this cell declares.
func (b *build) use(base, path string, pos token.Pos) *decl {
	d := b.nb.importDecl(base, path, b.src.number, pos)
	b.own[base] = d
	b.order = append(b.order, d)
	return d
}

// variables finds the names that the statements at the top define.
func (b *build) variables() {
	for _, stmt := range b.src.stmts {
		switch stmt := inner(stmt).(type) {
		case *ast.AssignStmt:
			if stmt.Tok == token.DEFINE && allNames(stmt.Lhs) {
				for _, e := range stmt.Lhs {
					b.variable(e.(*ast.Ident))
				}
			}
		case *ast.DeclStmt:
			if d, ok := stmt.Decl.(*ast.GenDecl); ok && d.Tok == token.VAR {
				for _, spec := range d.Specs {
					for _, id := range spec.(*ast.ValueSpec).Names {
						b.variable(id)
					}
				}
			}
		}
	}
}

func (b *build) variable(id *ast.Ident) {
	if id.Name != "_" && b.vars[id.Name] == nil {
		b.declare(varKind, id, nil)
	}
}

func allNames(list []ast.Expr) bool {
	for _, e := range list {
		if _, ok := e.(*ast.Ident); !ok {
			return false
		}
	}
	return true
}

// declarations finds types, constants, functions and methods.
func (b *build) declarations() {
	for _, stmt := range b.src.stmts {
		d, ok := inner(stmt).(*ast.DeclStmt)
		if !ok {
			continue
		}
		gen, ok := d.Decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		switch gen.Tok {
		case token.TYPE:
			for _, spec := range gen.Specs {
				b.typeSpec(gen, spec.(*ast.TypeSpec))
			}
		case token.CONST:
			u := b.unit(gen, "")
			for _, spec := range gen.Specs {
				for _, id := range spec.(*ast.ValueSpec).Names {
					if id.Name != "_" {
						b.declare(constKind, id, u)
					}
				}
			}
		}
	}
	for _, fn := range b.src.funcs {
		b.fn(fn)
	}
	sort.SliceStable(b.order, func(i, j int) bool { return b.order[i].pos < b.order[j].pos })
}

func (b *build) unit(n ast.Node, base string) *unit {
	u := &unit{cell: b.src.number, node: n, base: base, uses: freeIn(b.src.top, n)}
	b.units = append(b.units, u)
	return u
}

func (b *build) typeSpec(gen *ast.GenDecl, spec *ast.TypeSpec) {
	if spec.Doc == nil {
		spec.Doc = gen.Doc
	}
	u := b.unit(spec, spec.Name.Name)
	u.text = b.text(spec)
	if spec.Name.Name != "_" {
		b.declare(typeKind, spec.Name, u)
	}
}

func (b *build) text(n ast.Node) string {
	start, end := b.src.file.Offset(n.Pos()), b.src.file.Offset(n.End())
	return b.src.code[start:min(max(start, end), len(b.src.code))]
}

func (b *build) fn(fn *ast.FuncDecl) {
	name := fn.Name.Name
	if fn.Recv == nil && (name == "main" || name == "init") {
		b.checkSpecial(fn)
	}
	if fn.Body == nil {
		b.fail(fn.Name.Pos(), "missing function body")
	}
	u := b.unit(fn, name)
	u.text = b.text(fn)
	switch {
	case fn.Recv != nil || name == "_":
	case name == "init":
		b.inits = append(b.inits, u)
	default:
		b.declare(funcKind, fn.Name, u)
		if name == "main" && fn.Type.Params.NumFields() == 0 {
			b.main = u
		}
	}
}

func (b *build) checkSpecial(fn *ast.FuncDecl) {
	if fn.Type.TypeParams != nil {
		b.fail(fn.Name.Pos(), "func "+fn.Name.Name+" must have no type parameters")
	}
	if fn.Type.Params.NumFields() > 0 || fn.Type.Results.NumFields() > 0 {
		b.fail(fn.Name.Pos(), "func "+fn.Name.Name+" must have no arguments and no return values")
	}
}

// lookup gives what a name means where the statements stand now.
func (b *build) lookup(base string) *decl {
	if d := b.seen[base]; d != nil {
		return d
	}
	if d := b.own[base]; d != nil {
		return d
	}
	return b.st.names[base]
}

// newest gives what a name means at the end of the cell.
func (b *build) newest(base string) *decl {
	if d := b.vars[base]; d != nil {
		return d
	}
	if d := b.own[base]; d != nil {
		return d
	}
	return b.st.names[base]
}

// bind settles what the names in a declaration of this cell mean.
func (b *build) bind(u *unit) {
	u.bound = map[string]*decl{}
	for _, x := range u.uses {
		if d := b.resolve(x, b.newest); d != nil {
			u.bound[x.id.Name] = d
		} else if path := b.dotted(x.id.Name); path != "" {
			u.dots = addPath(u.dots, path)
		}
	}
}

// resolve finds the declaration a use means, importing a package when only
// that gives it a meaning.
func (b *build) resolve(x use, find func(string) *decl) *decl {
	base := x.id.Name
	if d := find(base); d != nil {
		return d
	}
	if x.member == "" || b.foreign(base) {
		return nil
	}
	if b.newest(base) != nil { // declared further down; Go's error says it best
		return nil
	}
	path, ok := b.nb.pkgs.missing(base, b.membersOf(base))
	if !ok {
		return nil
	}
	if _, err := b.nb.pkgs.Import(path); err != nil {
		return nil
	}
	d := b.use(base, path, x.id.Pos())
	if b.nb.cfg.Preloaded[base] != path {
		b.auto = append(b.auto, path)
	}
	return d
}

// membersOf gives everything the cell selects from a name.
func (b *build) membersOf(base string) []string {
	var members []string
	add := func(uses []use) {
		for _, x := range uses {
			if x.id.Name == base && x.member != "" && !strings.HasSuffix(x.member, cursorName) {
				members = addPath(members, x.member)
			}
		}
	}
	for _, u := range b.units {
		add(u.uses)
	}
	for _, stmt := range b.src.stmts {
		add(freeIn(b.src.top, stmt))
	}
	return members
}
