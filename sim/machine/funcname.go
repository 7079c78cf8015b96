package machine

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"runnext/sim/ssaform"
)

// ssaName is the name the runtime prints: main.body.func1, not main.body$1, and
// main.(*T).hit.
func ssaName(f *ssa.Function) string {
	if f.Parent() != nil {
		outer, end := ssaform.Literal(f)
		return ssaName(outer) + end
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
	if method, ok := strings.CutSuffix(name, "$thunk"); ok && f.Object() != nil {
		// A method expression, which the compiler makes the method itself.
		name, recv = method, f.Signature.Params().At(0)
		pkg = f.Prog.Package(f.Object().Pkg())
		if of := declaredIn(recv.Type()); of != nil {
			pkg = f.Prog.Package(of)
		}
	}
	if f.Origin() != nil {
		generic = "[...]"
	}
	if pkg == nil {
		return f.String()
	}
	if n, ok := strings.CutPrefix(name, "init#"); ok { // go/ssa counts from 1
		if k, err := strconv.Atoi(n); err == nil {
			name = fmt.Sprintf("init.%d", k-1)
		}
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

// declaredIn is the package of a named type, or of what a pointer to one points
// to; nil for any other.
func declaredIn(t types.Type) *types.Package {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj().Pkg()
	}
	return nil
}
