package native

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
)

// nameMark stands in a program for the dot with which a notebook tells the
// meanings of a name apart: it looks like it, and it is a letter to Go.
const nameMark = "ˑ"

// goName makes a name of a notebook one that the compiler takes.
func goName(name string) string { return strings.ReplaceAll(name, "·", nameMark) }

// shown takes the marks of a program off what it says: a learner knows x, and
// not xˑ2.
func shown(text string) string { return cell.Shown(strings.ReplaceAll(text, nameMark, "·")) }

// source is a checked cell as a program.
type source struct {
	text    []byte // package main, with //line directives that name the cells
	imports []string
	value   bool // the program ends by telling its value
}

// writer turns a checked cell into a program. The cell must not be used for
// anything else afterwards: its identifiers are renamed.
type writer struct {
	c      *cell.Checked
	out    bytes.Buffer
	types  map[string]string // import path to the name that written types use
	shared map[*types.Var]bool
	value  bool
	err    *engine.Failure
}

// write makes a program of a checked cell; trace has it begin and end an
// execution trace.
func write(c *cell.Checked, trace bool) (*source, *engine.Failure) {
	if f := variables(c); f != nil {
		return nil, f
	}
	w := &writer{c: c, types: map[string]string{}, shared: map[*types.Var]bool{}}
	entry := w.find()
	w.share(entry)
	body := w.body(entry)
	var decls []ast.Decl
	var imports []*ast.ImportSpec
	for _, d := range c.File.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			switch d.Tok {
			case token.IMPORT:
				for _, spec := range d.Specs {
					imports = append(imports, spec.(*ast.ImportSpec))
				}
				continue
			case token.VAR:
				continue
			}
		case *ast.FuncDecl:
			if d == entry || d.Recv == nil && c.ResultFunc != "" && d.Name.Name == c.ResultFunc {
				continue
			}
		}
		decls = append(decls, d)
	}
	used := w.used(imports, decls, body)
	alone := c.MainFunc != "" && len(body) == 1 && calls(body[0], c.MainFunc)
	w.rename(alone)
	if trace {
		w.traced(alone, decls, &body, entry)
	}
	for _, d := range decls {
		w.print(d)
	}
	if !alone {
		w.main(entry, body)
	}
	vars := w.packageVars()
	if w.err != nil {
		return nil, w.err
	}
	return w.source(used, vars), nil
}

// variables refuses a cell that needs a variable of an earlier one.
func variables(c *cell.Checked) *engine.Failure {
	if len(c.UsedVars) == 0 {
		return nil
	}
	f := &engine.Failure{
		Kind: engine.KindRefused,
		Why:  "A variable of the notebook lives in the process that runs ordinary cells; a built program is another process.",
		Try:  "Define it in this cell, or pass it to the function as an argument.",
	}
	for _, v := range c.UsedVars {
		p := c.Position(v.Pos())
		for id, obj := range c.Info.Uses {
			if at := c.Position(id.Pos()); obj == v && (at.Cell == c.Number && (p.Cell != c.Number || at.Line < p.Line)) {
				p = at
			}
		}
		p.Text = fmt.Sprintf("%s is a variable of an earlier cell", cell.Shown(v.Name()))
		f.Places = append(f.Places, p)
	}
	f.Text = f.Places[0].Text
	return f
}

func (w *writer) find() *ast.FuncDecl {
	for _, d := range w.c.File.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == w.c.Entry {
			return fn
		}
	}
	return nil
}

// share finds the variables that functions use: they are the package's. The
// others are main's own, as in the program a learner would write.
func (w *writer) share(entry *ast.FuncDecl) {
	for _, d := range w.c.File.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn != entry {
			ast.Inspect(fn, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					if v, ok := w.c.Info.Uses[id].(*types.Var); ok {
						w.shared[v] = true
					}
				}
				return true
			})
		}
	}
}

// used gives the imports that the program uses: Go refuses the others, a
// notebook does not.
func (w *writer) used(imports []*ast.ImportSpec, decls []ast.Decl, body []ast.Stmt) []*ast.ImportSpec {
	named, dotted := map[types.Object]bool{}, map[string]bool{}
	look := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			obj := w.c.Info.Uses[n]
			if p, ok := obj.(*types.PkgName); ok {
				named[p] = true
			} else if obj != nil && obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() {
				dotted[obj.Pkg().Path()] = true
			}
		case *ast.SelectorExpr:
			if id, ok := n.X.(*ast.Ident); ok {
				if p, ok := w.c.Info.Uses[id].(*types.PkgName); ok {
					named[p] = true
					return false
				}
			}
		}
		return true
	}
	for _, d := range decls {
		ast.Inspect(d, look)
	}
	for _, s := range body {
		ast.Inspect(s, look)
	}
	var out []*ast.ImportSpec
	for _, spec := range imports {
		var obj types.Object = w.c.Info.Implicits[spec]
		if spec.Name != nil {
			obj = w.c.Info.Defs[spec.Name]
		}
		p, ok := obj.(*types.PkgName)
		if !ok {
			continue
		}
		if spec.Name != nil && spec.Name.Name == "." && dotted[p.Imported().Path()] || named[p] {
			out = append(out, spec)
		}
	}
	return out
}

func calls(s ast.Stmt, name string) bool {
	x, ok := s.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := x.X.(*ast.CallExpr)
	if !ok || len(call.Args) > 0 {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && id.Name == name
}

// rename makes every name one that the compiler takes. A func main stays what
// it is where it is all that the cell does; elsewhere the statements are main.
func (w *writer) rename(alone bool) {
	names := map[types.Object]string{}
	for _, name := range w.c.Pkg.Scope().Names() {
		switch {
		case alone && name == w.c.MainFunc:
			names[w.c.Pkg.Scope().Lookup(name)] = "main"
		case name == "main":
			names[w.c.Pkg.Scope().Lookup(name)] = "main·0"
		}
	}
	ast.Inspect(w.c.File, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		if name, ok := names[w.c.Info.ObjectOf(id)]; ok {
			id.Name = name
		}
		id.Name = goName(id.Name)
		return true
	})
}

var config = printer.Config{Mode: printer.SourcePos | printer.TabIndent, Tabwidth: 8}

func (w *writer) print(n any) {
	w.fresh()
	if err := config.Fprint(&w.out, w.c.Fset, n); err != nil && w.err == nil {
		w.err = &engine.Failure{Kind: engine.KindRefused, Text: "the cell cannot be written as a program: " + err.Error()}
	}
	w.fresh()
}

// fresh begins a new line: a //line directive has one for itself.
func (w *writer) fresh() {
	if b := w.out.Bytes(); len(b) > 0 && b[len(b)-1] != '\n' {
		w.out.WriteByte('\n')
	}
}

func (w *writer) main(entry *ast.FuncDecl, body []ast.Stmt) {
	w.print(&ast.FuncDecl{
		Name: &ast.Ident{NamePos: entry.Type.Func, Name: "main"}, Type: entry.Type,
		Body: &ast.BlockStmt{Lbrace: entry.Body.Lbrace, List: body, Rbrace: entry.Body.Rbrace},
	})
}

// source puts the file together.
func (w *writer) source(used []*ast.ImportSpec, vars string) *source {
	s := &source{value: w.value}
	var b bytes.Buffer
	b.WriteString("package main\n")
	for _, spec := range used {
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name
		}
		p, _ := strconv.Unquote(spec.Path.Value)
		if name == path.Base(p) {
			name = ""
		}
		fmt.Fprintf(&b, "import %s %q\n", name, p)
		s.imports = append(s.imports, p)
	}
	for p, name := range w.types {
		fmt.Fprintf(&b, "import %s %q\n", name, p)
		s.imports = append(s.imports, p)
	}
	slices.Sort(s.imports)
	s.imports = slices.Compact(s.imports)
	b.WriteString(vars)
	b.Write(w.out.Bytes())
	s.text = b.Bytes()
	return s
}
