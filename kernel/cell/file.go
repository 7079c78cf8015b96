package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// file puts a cell's File together as go/types is to see it: variables carry
// their types or values.
func (b *build) file(e *entry) *ast.File {
	r := b.reach
	start, end := token.Pos(b.src.file.Base()), token.Pos(b.src.file.Base()+b.src.file.Size())
	f := &ast.File{
		Package: start, Name: &ast.Ident{NamePos: end, Name: mainPath},
		FileStart: start, FileEnd: end,
	}
	aliases := b.embeds(end)
	var kinds [4][]ast.Decl // types, constants, variables, functions
	for _, a := range aliases {
		kinds[0] = append(kinds[0], a)
	}
	for _, i := range r.order {
		switch n := r.insts[i].(type) {
		case *ast.TypeSpec:
			kinds[0] = append(kinds[0], &ast.GenDecl{Doc: n.Doc, TokPos: n.Pos(), Tok: token.TYPE, Specs: []ast.Spec{n}})
		case *ast.GenDecl:
			kinds[1] = append(kinds[1], n)
		case *ast.FuncDecl:
			kinds[3] = append(kinds[3], n)
		}
	}
	aliens := b.oldVars(&kinds[2])
	for _, spec := range e.specs {
		kinds[2] = append(kinds[2], spec)
	}
	// What no learner wrote stands at the end, where no identifier begins.
	f.Decls = b.importDecls(end, aliens)
	for _, d := range f.Decls {
		f.Imports = append(f.Imports, d.(*ast.GenDecl).Specs[0].(*ast.ImportSpec))
	}
	for _, list := range kinds {
		f.Decls = append(f.Decls, list...)
	}
	f.Decls = append(f.Decls, resultDecl(end), &ast.FuncDecl{
		Name: &ast.Ident{NamePos: end, Name: entryName},
		Type: &ast.FuncType{Func: start, Params: &ast.FieldList{Opening: start, Closing: start}},
		Body: &ast.BlockStmt{Lbrace: start, List: e.body, Rbrace: end},
	})
	return f
}

func (b *build) importDecls(pos token.Pos, aliens bool) []ast.Decl {
	var decls []ast.Decl
	add := func(name, path string) {
		spec := &ast.ImportSpec{Path: &ast.BasicLit{ValuePos: pos, Kind: token.STRING, Value: strconv.Quote(path)}}
		if name != "" {
			spec.Name = &ast.Ident{NamePos: pos, Name: name}
		}
		decls = append(decls, &ast.GenDecl{TokPos: pos, Tok: token.IMPORT, Specs: []ast.Spec{spec}})
	}
	for _, d := range b.reach.imports {
		add(d.name, d.path)
	}
	for _, path := range b.reach.dots {
		add(".", path)
	}
	if aliens {
		add("", alienPath)
	}
	return decls
}

// oldVars declares the variables of earlier cells that are reached.
func (b *build) oldVars(decls *[]ast.Decl) (aliens bool) {
	for _, d := range b.reach.vars {
		c := copier{}
		spec := &ast.ValueSpec{Names: []*ast.Ident{{NamePos: d.pos, Name: d.name}}, Type: c.expr(d.typ)}
		*decls = append(*decls, &ast.GenDecl{TokPos: d.pos, Tok: token.VAR, Specs: []ast.Spec{spec}})
		aliens = aliens || len(d.alien) > 0
	}
	return aliens
}

// embeds names embedded fields of types that were declared anew. The field's
// name is the identifier in the struct, so that must be the shown name, and an
// alias makes it mean the type. Where two meanings of a name are in one File,
// one keeps its suffix in the field's name; what selects it is found by its
// error and given the suffix too.
func (b *build) embeds(pos token.Pos) []ast.Decl {
	var decls []ast.Decl
	owner := map[string]*decl{}
	for _, e := range b.reach.embeds {
		base := e.d.base
		switch other := owner[base]; {
		case e.d.name == base:
			e.id.Name = base
		case other == e.d:
			e.id.Name = base
		case other == nil && !b.reach.plain[base] && types.Universe.Lookup(base) == nil:
			owner[base] = e.d
			e.id.Name = base
			decls = append(decls, &ast.GenDecl{TokPos: pos, Tok: token.TYPE, Specs: []ast.Spec{b.alias(e.d)}})
		default:
			e.id.Name = e.d.name
			b.suffixed[base] = addPath(b.suffixed[base], e.d.name)
		}
	}
	return decls
}

// alias gives `type T = T·2`, or `type T[P any] = T·2[P]`.
func (b *build) alias(d *decl) *ast.TypeSpec {
	spec := &ast.TypeSpec{
		Name:   &ast.Ident{NamePos: d.pos, Name: d.base},
		Assign: d.pos,
		Type:   &ast.Ident{NamePos: d.pos, Name: d.name},
	}
	own, ok := b.reach.insts[inst{unit: d.unit}].(*ast.TypeSpec)
	if !ok || own.TypeParams == nil {
		return spec
	}
	c := copier{}
	spec.TypeParams = c.fields(own.TypeParams)
	args := &ast.IndexListExpr{X: spec.Type, Lbrack: d.pos, Rbrack: d.pos}
	for _, f := range spec.TypeParams.List {
		for _, id := range f.Names {
			args.Indices = append(args.Indices, &ast.Ident{NamePos: id.Pos(), Name: id.Name})
		}
	}
	spec.Type = args
	if len(args.Indices) == 1 {
		spec.Type = &ast.IndexExpr{X: args.X, Lbrack: d.pos, Index: args.Indices[0], Rbrack: d.pos}
	}
	return spec
}

// resultDecl declares func(...any) without a body.
func resultDecl(pos token.Pos) *ast.FuncDecl {
	return &ast.FuncDecl{
		Name: &ast.Ident{NamePos: pos, Name: resultName},
		Type: &ast.FuncType{Func: pos, Params: &ast.FieldList{Opening: pos, Closing: pos, List: []*ast.Field{{
			Type: &ast.Ellipsis{Ellipsis: pos, Elt: &ast.InterfaceType{
				Interface: pos, Methods: &ast.FieldList{Opening: pos, Closing: pos},
			}},
		}}}},
	}
}

// strip leaves of variables their names alone, and takes out what only the
// type checker was to see.
func strip(f *ast.File, result bool) {
	decls := f.Decls[:0]
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				spec := d.Specs[0].(*ast.ValueSpec)
				var names []*ast.Ident
				for _, id := range spec.Names {
					if id.Name != "_" {
						names = append(names, id)
					}
				}
				if names == nil {
					continue
				}
				d.Specs[0] = &ast.ValueSpec{Names: names}
			}
			if d.Tok == token.IMPORT && importPath(d.Specs[0].(*ast.ImportSpec)) == alienPath {
				continue
			}
		case *ast.FuncDecl:
			if d.Name.Name == resultName && d.Recv == nil && !result {
				continue
			}
		}
		decls = append(decls, d)
	}
	f.Decls = decls
	imports := f.Imports[:0]
	for _, spec := range f.Imports {
		if importPath(spec) != alienPath {
			imports = append(imports, spec)
		}
	}
	f.Imports = imports
}
