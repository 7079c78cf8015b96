package machine

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"sort"
	"strings"

	"golang.org/x/tools/go/ssa"

	"runnext/sim/machine/interp"
)

// checkBodies walks through what the program calls directly and refuses it
// before anything runs when a body is missing, with the places of the calls.
func (h *host) checkBodies(main *ssa.Function) error {
	var errs []error
	for _, f := range h.ownFuncs() {
		for _, b := range f.Blocks {
			for _, in := range b.Instrs {
				if castsUnsafe(in) {
					errs = append(errs, fmt.Errorf("%v: the simulator's memory has no bytes: unsafe.Pointer cannot become another pointer", h.position(in.Pos(), f)))
				}
				call, ok := in.(ssa.CallInstruction)
				if !ok {
					continue
				}
				callee := call.Common().StaticCallee()
				if callee == nil || h.own(callee) || h.vm.Runs(callee) {
					continue
				}
				errs = append(errs, fmt.Errorf("%v: %w", h.position(in.Pos(), f), &interp.MissingError{Name: callee.String()}))
			}
		}
	}
	if len(errs) == 0 {
		return nil
	}
	sort.SliceStable(errs, func(i, j int) bool { return errs[i].Error() < errs[j].Error() })
	return fmt.Errorf("%w: %w", ErrRefused, errors.Join(errs...))
}

// castsUnsafe tells whether an instruction may read memory as another type. A
// pointer that goes through unsafe.Pointer and comes back as it was is fine.
func castsUnsafe(in ssa.Instruction) bool {
	c, ok := in.(*ssa.Convert)
	if !ok {
		return false
	}
	b, ok := c.X.Type().Underlying().(*types.Basic)
	if !ok || b.Kind() != types.UnsafePointer {
		return false
	}
	from, ok := c.X.(*ssa.Convert)
	return !ok || !types.Identical(from.X.Type(), c.Type())
}

func (h *host) position(pos token.Pos, f *ssa.Function) string {
	if !pos.IsValid() {
		pos = f.Pos()
	}
	return h.cfg.Program.Fset.Position(pos).String()
}

// ownFuncs gives the functions of the program's own package, in the order of
// the source.
func (h *host) ownFuncs() []*ssa.Function {
	h.cfg.Main.Build()
	seen := map[*ssa.Function]bool{}
	var out []*ssa.Function
	var add func(f *ssa.Function)
	add = func(f *ssa.Function) {
		if f == nil || seen[f] {
			return
		}
		seen[f] = true
		if f.TypeParams().Len() == 0 || len(f.TypeArgs()) > 0 {
			out = append(out, f)
		}
		for _, a := range f.AnonFuncs {
			add(a)
		}
	}
	var names []string
	for name := range h.cfg.Main.Members {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		switch x := h.cfg.Main.Members[name].(type) {
		case *ssa.Function:
			if !strings.HasPrefix(x.Synthetic, "package init") {
				add(x)
			}
		case *ssa.Type:
			for _, m := range methodsOf(h.cfg.Program, x) {
				add(m)
			}
		}
	}
	return out
}
