package core

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/program"
)

// hostFuncs names the helpers that stand for generic functions of carried
// packages whose bodies reach into the runtime or are not carried. A helper is
// made for the function's signature, or for its type arguments.
var hostFuncs = map[string]struct {
	op       string
	typeArgs bool
}{
	"maps.clone":         {"mapsclone", false},
	"iter.Pull":          {"iterpull", false},
	"iter.Pull2":         {"iterpull2", false},
	"math/rand/v2.N":     {"randn", true},
	"reflect.TypeAssert": {"reflectassert", true},
	"reflect.TypeFor":    {"typefor", true},
	"runtime.AddCleanup": {"addcleanup", false},
	"unique.Make":        {"uniquemake", false},
	"weak.Make":          {"weakmake", false},

	"(unique.Handle[T]).Value": {"uniquevalue", false},
	"(weak.Pointer[T]).Value":  {"weakvalue", false},
}

// hosted tells whether a function is one of these.
func hosted(fn *ssa.Function) bool {
	_, ok := hostFuncs[originName(fn)]
	return ok
}

func originName(fn *ssa.Function) string {
	if o := fn.Origin(); o != nil {
		fn = o
	}
	return fn.RelString(nil)
}

// hostFunc gives the name of the helper that stands for a function.
func (e *emitter) hostFunc(fn *ssa.Function) (name string, ok bool) {
	host, ok := hostFuncs[originName(fn)]
	if !ok {
		return "", false
	}
	ts := []types.Type{signatureOf(fn)}
	if host.typeArgs {
		ts = fn.TypeArgs()
	}
	h := program.Helper{Op: host.op, Types: e.numbers(ts)}
	if pkg := fn.Pkg; pkg != nil {
		h.Path = pkg.Pkg.Path()
	} else if o := fn.Origin(); o != nil && o.Pkg != nil {
		h.Path = o.Pkg.Pkg.Path()
	}
	return e.addHelper(h), true
}
