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

// checkBodies follows what main and the initialization of the program may call,
// through every package whose bodies are there, and refuses the program before
// anything runs when it can reach what the machine does not have: with the
// place in the program from which it does. What is merely imported, or stands
// in a function that nobody calls, is fine.
func (h *host) checkBodies(main *ssa.Function) error {
	r := &reach{h: h, seen: map[*ssa.Function]bool{}, boxed: map[string]bool{}, told: map[string]bool{},
		left: map[*types.Package]bool{}}
	h.cfg.Main.Build()
	r.add(step{fn: h.cfg.Main.Func("init")})
	r.add(step{fn: main})
	for len(r.todo) > 0 {
		for len(r.todo) > 0 {
			s := r.todo[0]
			r.todo = r.todo[1:]
			r.visit(s)
		}
		r.dispatch()
	}
	if len(r.errs) == 0 {
		return nil
	}
	sort.SliceStable(r.errs, func(i, j int) bool { return r.errs[i].Error() < r.errs[j].Error() })
	return fmt.Errorf("%w: %w", ErrRefused, errors.Join(r.errs...))
}

// instrToil is the work of looking at one instruction, methodToil that of
// finding a method: some hundred nanoseconds.
const (
	instrToil  = 16
	methodToil = 64
)

// reach is a walk over what a program may call.
type reach struct {
	h                      *host
	seen                   map[*ssa.Function]bool
	todo                   []step
	types                  []types.Type // what the program puts into interfaces
	boxed                  map[string]bool
	invokes                []invoke
	seenTypes, seenInvokes int // those that have been brought together
	told                   map[string]bool
	left                   map[*types.Package]bool
	errs                   []error
}

// step is a function that can be reached and from where: the last place in the
// program's own code and, when others are in between, what is called there.
type step struct {
	fn    *ssa.Function
	place string
	via   *ssa.Function
}

// invoke is a call of a method through an interface, by the program itself.
type invoke struct {
	method *types.Func
	iface  *types.Interface
	place  string
}

func (r *reach) add(s step) {
	if s.fn == nil || r.seen[s.fn] {
		return
	}
	r.seen[s.fn] = true
	switch {
	case r.h.own(s.fn):
		s.via = nil
		r.todo = append(r.todo, s)
	case !r.h.vm.Runs(s.fn):
		if s.via == nil || outside(s.fn) {
			r.refuse(s)
		}
	case !r.h.vm.Native(s.fn) && r.leaves(pkgOf(s.fn)):
		if s.via == nil {
			s.via = s.fn
		}
		r.todo = append(r.todo, s)
	}
}

func (r *reach) refuse(s step) {
	text := (&interp.MissingError{Name: s.fn.String()}).Error()
	if outside(s.fn) {
		text = s.fn.String() + " cannot run on the simulator: a simulated program has no files, no network and no other processes; " +
			"gmp.Syscall(d) and gmp.NetWait(d) stand for waiting for them"
	}
	if s.via != nil {
		text = fmt.Sprintf("%s may call what is not there: %s", s.via, text)
	}
	r.tell(s.place, text)
}

func (r *reach) tell(place, text string) {
	text = place + ": " + text
	if !r.told[text] {
		r.told[text] = true
		r.errs = append(r.errs, errors.New(text))
	}
}

// outside tells whether a function belongs to what a simulated program does not
// have at all.
func outside(f *ssa.Function) bool {
	p := pkgOf(f)
	return p != nil && outsidePath(p.Path())
}

func outsidePath(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return first == "net" || first == "os" || first == "syscall" || first == "plugin"
}

func pkgOf(f *ssa.Function) *types.Package {
	switch o := f.Object(); {
	case f.Pkg != nil:
		return f.Pkg.Pkg
	case o != nil:
		return o.Pkg()
	case f.Parent() != nil:
		return pkgOf(f.Parent())
	}
	return nil
}

// leaves tells whether functions of a package can call the outside: it is
// imported, by whatever way. What the program hands to them is looked at where
// the program names it.
func (r *reach) leaves(p *types.Package) bool {
	if p == nil {
		return true
	}
	v, ok := r.left[p]
	if !ok {
		for _, i := range p.Imports() {
			if v = v || outsidePath(i.Path()) || r.leaves(i); v {
				break
			}
		}
		r.left[p] = v
	}
	return v
}

// visit looks at the instructions of a function.
func (r *reach) visit(s step) {
	fn, own := r.h.vm.Body(s.fn), r.h.own(s.fn)
	for _, b := range fn.Blocks {
		r.h.vm.Toil(len(b.Instrs) * instrToil)
		for _, in := range b.Instrs {
			next := s
			if own {
				next.place = r.h.position(in.Pos(), s.fn)
				r.look(in, next.place)
			}
			var room [8]*ssa.Value
			for _, op := range in.Operands(room[:0]) {
				switch v := (*op).(type) {
				case *ssa.Function:
					next.fn = v
					r.add(next)
				case *ssa.Global:
					if own && !r.h.vm.Knows(v) {
						r.tell(next.place, (&interp.MissingError{Name: "the variable " + v.String()}).Error())
					}
				}
			}
		}
	}
}

// look notes what an instruction of the program does with interfaces, and
// refuses what no memory without bytes can do.
func (r *reach) look(in ssa.Instruction, place string) {
	if castsUnsafe(in) {
		r.tell(place, "the simulator's memory has no bytes: unsafe.Pointer cannot become another pointer")
	}
	if x, ok := in.(*ssa.MakeInterface); ok {
		if name := x.X.Type().String(); !r.boxed[name] {
			r.boxed[name] = true
			r.types = append(r.types, x.X.Type())
			r.methods(x.X.Type(), place)
		}
	}
	if call, ok := in.(ssa.CallInstruction); ok && call.Common().IsInvoke() {
		if i, ok := call.Common().Value.Type().Underlying().(*types.Interface); ok {
			r.invokes = append(r.invokes, invoke{call.Common().Method, i, place})
		}
	}
}

// methods reaches all methods of a type of the program: whoever has it in an
// interface, fmt for one, may call them.
func (r *reach) methods(t types.Type, place string) {
	set := r.h.cfg.Program.MethodSets.MethodSet(t)
	for i := range set.Len() {
		if f := r.h.cfg.Program.MethodValue(set.At(i)); f != nil && r.h.own(f) {
			r.add(step{fn: f, place: place})
		}
	}
}

// dispatch reaches the methods that calls through interfaces may lead to.
func (r *reach) dispatch() {
	for i, t := range r.types {
		calls := r.invokes
		if i < r.seenTypes {
			calls = calls[r.seenInvokes:]
		}
		for _, c := range calls {
			r.h.vm.Toil(methodToil)
			if !types.Implements(t, c.iface) {
				continue
			}
			if sel := r.h.cfg.Program.MethodSets.MethodSet(t).Lookup(c.method.Pkg(), c.method.Name()); sel != nil {
				r.add(step{fn: r.h.cfg.Program.MethodValue(sel), place: c.place})
			}
		}
	}
	r.seenTypes, r.seenInvokes = len(r.types), len(r.invokes)
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
