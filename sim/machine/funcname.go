package machine

import (
	"fmt"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// ssaName is the name the runtime prints: main.body.func1, not main.body$1, and
// main.(*T).hit.
func ssaName(f *ssa.Function) string {
	if f.Parent() != nil {
		return closureName(f)
	}
	o := f
	if f.Origin() != nil {
		o = f.Origin()
	}
	recv, pkg := o.Signature.Recv(), o.Pkg
	name, generic := o.Name(), ""
	if method, ok := strings.CutSuffix(name, "$bound"); ok && f.Object() != nil {
		// A method value.
		name, recv = method+"-fm", f.Object().(*types.Func).Signature().Recv()
		pkg = f.Prog.Package(f.Object().Pkg())
	}
	if f.Origin() != nil {
		generic = "[...]"
	}
	if pkg == nil {
		return f.String()
	}
	path := pkg.Pkg.Path()
	if recv == nil {
		return path + "." + name + generic
	}
	t, star := recv.Type(), false
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t, star = p.Elem(), true
	}
	n, ok := types.Unalias(t).(*types.Named)
	switch {
	case !ok:
		return f.String()
	case star:
		return path + ".(*" + n.Obj().Name() + generic + ")." + name
	}
	return path + "." + n.Obj().Name() + generic + "." + name
}

// closureName numbers function literals within their function, those within
// another literal without the word, and bodies of loops over functions, which
// do not count as functions around others.
// cmd/compile/internal/ir/func.go closureName
func closureName(f *ssa.Function) string {
	outer := around(f)
	n := 1
	var count func(of *ssa.Function)
	count = func(of *ssa.Function) {
		for _, a := range of.AnonFuncs {
			if loopBody(a) == loopBody(f) && a.Pos() < f.Pos() {
				n++
			}
			if loopBody(a) {
				count(a)
			}
		}
	}
	count(outer)
	form := "%s.func%d"
	switch {
	case loopBody(f):
		form = "%s-range%d"
	case outer.Parent() != nil:
		form = "%s.%d"
	}
	return fmt.Sprintf(form, ssaName(outer), n)
}

// around is the function or literal that f stands in.
func around(f *ssa.Function) *ssa.Function {
	p := f.Parent()
	for loopBody(p) {
		p = p.Parent()
	}
	return p
}

func loopBody(f *ssa.Function) bool { return strings.HasPrefix(f.Synthetic, "range-over-func") }
