package core

import (
	"fmt"
	"strings"

	"golang.org/x/tools/go/ssa"

	"runnext/sim/ssaform"
)

// recovers tells whether a function calls recover, or hands its call on to a
// method that may: one that a built program would not see between the two.
func recovers(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, i := range b.Instrs {
			if c, ok := i.(*ssa.Call); ok && isBuiltin(c.Call.Value) && c.Call.Value.Name() == "recover" {
				return true
			}
		}
	}
	return ssaform.IsWrapper(fn)
}

// handOn writes the call that a wrapper ends in so that recover does not count
// the wrapper among the callers of the method.
func (f *function) handOn(i *ssa.Call) (done bool) {
	if !ssaform.IsWrapper(f.fn) || isBuiltin(i.Call.Value) {
		return false
	}
	if fn := i.Call.StaticCallee(); fn != nil && (isCompiled(fn) || !recovers(fn)) {
		return false
	}
	text := f.callText(&i.Call, i.Pos())
	switch results := i.Call.Signature().Results(); results.Len() {
	case 0:
		f.line("h.Through(func() { %s })", text)
	case 1:
		if r := f.shape.reg(i); r != "" {
			f.line("h.Through(func() { %s = %s })", r, text)
		} else {
			f.line("h.Through(func() { %s })", text)
		}
	default:
		parts := make([]string, results.Len())
		for k := range parts {
			parts[k] = f.fresh(f.e.types.core(results.At(k).Type()))
		}
		f.line("h.Through(func() { %s = %s })", strings.Join(parts, ", "), text)
		for _, r := range *i.Referrers() {
			if x, ok := r.(*ssa.Extract); ok && f.shape.reg(x) != "" {
				f.line("%s = %s", f.shape.reg(x), parts[x.Index])
			}
		}
	}
	return true
}

// throughText gives a call that a wrapper for compiled code makes.
func throughText(fn *ssa.Function, call string, results int) string {
	if results > 0 || isCompiled(fn) || !recovers(fn) {
		return call
	}
	return fmt.Sprintf("h.Through(func() { %s })", call)
}
