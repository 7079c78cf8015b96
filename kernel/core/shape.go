package core

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"runnext/sim/ssaform"
)

// shape is where the values of a function live: which are written into the
// expressions that use them, which addresses are never taken, and which
// registers the others share.
type shape struct {
	f        *function
	folded   map[ssa.Value]bool // written where they are used
	regs     map[ssa.Value]string
	declared []register
	live     *liveness
	lits     literals
}

type register struct{ name, typ string }

func shapeOf(f *function) *shape {
	s := &shape{f: f, folded: map[ssa.Value]bool{}, regs: map[ssa.Value]string{}}
	s.lits = findLiterals(f.fn)
	for lit := range s.lits.args {
		s.folded[lit] = true
		for _, e := range s.lits.elems[lit] {
			if m, ok := e.(*ssa.MakeInterface); ok && m.Block() == lit.Block() && !isAppend(lit) && s.plainBox(m) {
				s.folded[m] = true
			}
		}
	}
	for _, b := range f.fn.Blocks {
		for _, i := range b.Instrs {
			if c, ok := i.(*ssa.Call); ok {
				_, skip := promotion(&c.Call)
				for _, v := range skip {
					s.folded[v] = true
				}
			}
		}
		into := map[ssa.Instruction]ssa.Instruction{} // where a folded value ends up
		for i := len(b.Instrs) - 1; i >= 0; i-- {
			if v, ok := b.Instrs[i].(ssa.Value); ok && s.foldable(v, b, i, into) {
				s.folded[v] = true
			}
		}
	}
	s.assign()
	return s
}

// reg gives the register of a value, "" when it needs none.
func (s *shape) reg(v ssa.Value) string { return s.regs[v] }

// foldable tells whether a value may be computed where it is used.
func (s *shape) foldable(v ssa.Value, b *ssa.BasicBlock, at int, into map[ssa.Instruction]ssa.Instruction) bool {
	switch v := v.(type) {
	case *ssa.FieldAddr:
		return s.isPlace(v)
	case *ssa.IndexAddr:
		return s.isPlace(v)
	case *ssa.BinOp, *ssa.UnOp, *ssa.Convert, *ssa.Field, *ssa.Index, *ssa.ChangeType, *ssa.Call:
	default:
		return false
	}
	refs := *v.Referrers()
	if len(refs) != 1 || refs[0].Block() != b || s.lits.skip[refs[0]] {
		return false
	}
	switch r := refs[0].(type) {
	case *ssa.Store:
		// *p = *p + 1 does not get past the interpreter's type check.
		if _, sum := v.(*ssa.BinOp); sum && !s.isPlaceValue(r.Addr) || r.Addr == v {
			return false
		}
	case *ssa.UnOp:
		if r.Op == token.MUL {
			return false // an address that is no place
		}
	case *ssa.MapUpdate:
		if r.Map == v {
			return false
		}
	case *ssa.Call:
		if r.Call.Value == v {
			return false
		}
	case *ssa.Phi, *ssa.Defer, *ssa.Go, *ssa.DebugRef, *ssa.MakeClosure, *ssa.Return, *ssa.Select, *ssa.Extract, *ssa.Range:
		if _, ret := refs[0].(*ssa.Return); !ret || s.f.deferred {
			return false
		}
	case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Slice, *ssa.TypeAssert, *ssa.Lookup, *ssa.MakeInterface:
		return false
	}
	end := refs[0]
	if e, ok := into[end]; ok {
		end = e
	}
	if c, ok := v.(*ssa.Call); ok && s.nestedCall(c) {
		return s.foldCall(c, b, at, end, into)
	}
	switch foldClass(v) {
	case never:
		return false
	case read: // nothing between here and the use may write or fail
		for _, i := range b.Instrs[at+1:] {
			if i == end {
				break
			}
			w, ok := i.(ssa.Value)
			if !ok || foldClass(w) == never && !s.folded[w] {
				return false
			}
			if c, call := w.(*ssa.Call); call && !isBuiltin(c.Call.Value) {
				return false
			}
		}
	}
	into[v.(ssa.Instruction)] = end
	return true
}

// nestedCall tells whether a call may stand inside an expression: of a
// function of the source, for one plain value.
func (s *shape) nestedCall(c *ssa.Call) bool {
	fn := c.Call.StaticCallee()
	if fn == nil || isCompiled(fn) || isLiteral(fn) || isClosure(c.Call.Value) || hosted(fn) || s.f.account || s.f.e.asCode(fn) {
		return false
	}
	_, basic := c.Type().Underlying().(*types.Basic)
	return basic
}

// foldCall lets a call stand in the sum that a function returns, when nothing
// else is done between the two.
func (s *shape) foldCall(c *ssa.Call, b *ssa.BasicBlock, at int, end ssa.Instruction, into map[ssa.Instruction]ssa.Instruction) bool {
	if _, ret := end.(*ssa.Return); !ret {
		return false
	}
	for _, i := range b.Instrs[at+1:] {
		if i == end {
			into[c] = end
			return true
		}
		if v, ok := i.(ssa.Value); !ok || !s.folded[v] || into[i] != end {
			return false
		}
	}
	return false
}

// isPlaceValue tells whether an address is written as a field or element.
func (s *shape) isPlaceValue(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.FieldAddr:
		return s.isPlace(v)
	case *ssa.IndexAddr:
		return s.isPlace(v)
	}
	return false
}

// isPlace tells whether an address is only loaded from, stored to, or narrowed
// further, so that it is written p.F0 and never taken.
func (s *shape) isPlace(v ssa.Value) bool { return onlyReached(v, s.isPlace) }

// onlyReached tells whether an address is only loaded from and stored to, and
// narrowed to the addresses of parts that part accepts.
func onlyReached(v ssa.Value, part func(ssa.Value) bool) bool {
	for _, r := range *v.Referrers() {
		switch r := r.(type) {
		case *ssa.UnOp:
			if r.Op != token.MUL {
				return false
			}
		case *ssa.Store:
			if r.Addr != v || r.Val == v {
				return false
			}
		case *ssa.FieldAddr:
			if !part(r) {
				return false
			}
		case *ssa.IndexAddr:
			if !part(r) {
				return false
			}
		case *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

type class int

const (
	never class = iota // has an effect, or is a call of the host
	read               // depends on memory, or may fail
	free               // depends on registers alone
)

func foldClass(v ssa.Value) class {
	switch v := v.(type) {
	case *ssa.BinOp:
		switch v.Op {
		case token.QUO, token.REM, token.SHL, token.SHR:
			if ssaform.MayFail(v) {
				return never
			}
		case token.EQL, token.NEQ:
			if hostCompared(v) {
				return never
			}
		}
		return free
	case *ssa.UnOp:
		switch v.Op {
		case token.MUL:
			return read
		case token.ARROW:
			return never
		}
		return free
	case *ssa.Convert:
		if _, c := v.X.(*ssa.Const); !c && isNumeric(v.Type()) && isNumeric(v.X.Type()) {
			return free
		}
	case *ssa.Field:
		return read
	case *ssa.ChangeType:
		return never
	case *ssa.FieldAddr, *ssa.IndexAddr:
		return never
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && (b.Name() == "len" || b.Name() == "cap") {
			return read
		}
	}
	return never
}

func isNumeric(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0 && b.Info()&types.IsComplex == 0
}

// leaves calls do for every register that writing v reads.
func (s *shape) leaves(v ssa.Value, do func(ssa.Value)) {
	if !s.folded[v] {
		do(v)
		return
	}
	if lit, ok := v.(*ssa.Slice); ok {
		for _, e := range s.lits.elems[lit] {
			s.leaves(e, do)
		}
		return
	}
	for _, op := range v.(ssa.Instruction).Operands(nil) {
		if *op != nil {
			s.leaves(*op, do)
		}
	}
}

// needsRegister tells whether a value is held in a register of its own.
func (s *shape) needsRegister(v ssa.Value) bool {
	if i, ok := v.(ssa.Instruction); ok && s.lits.skip[i] {
		return false
	}
	if s.folded[v] || v.Referrers() == nil || len(*v.Referrers()) == 0 {
		return false
	}
	switch v := v.(type) {
	case *ssa.Call, *ssa.UnOp, *ssa.TypeAssert, *ssa.Lookup, *ssa.Next, *ssa.Select:
		if _, tuple := v.Type().(*types.Tuple); tuple {
			return false
		}
	}
	if t, ok := v.Type().(*types.Basic); ok && t.Kind() == types.Invalid {
		return false // an unused part of what Next gives
	}
	return true
}

// registersIn gives the names of registers that a text has.
func registersIn(text string) map[string]bool {
	used := map[string]bool{}
	for i := 0; i < len(text); i++ {
		if text[i] != 't' || i > 0 && isIdent(text[i-1]) {
			continue
		}
		j := i + 1
		for j < len(text) && isIdent(text[j]) {
			j++
		}
		used[text[i:j]] = true
		i = j
	}
	return used
}

func isIdent(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// assign gives out registers: a phi shares one with what flows into it, and
// values of one type that are never needed at once share one.
func (s *shape) assign() {
	s.live = newLiveness(s)
	g := newGroups(s)
	for _, b := range s.f.fn.Blocks {
		for _, i := range b.Instrs {
			phi, ok := i.(*ssa.Phi)
			if !ok {
				break
			}
			for _, e := range phi.Edges {
				g.join(phi, e)
			}
		}
	}
	for i, p := range s.f.fn.Params {
		s.regs[p] = fmt.Sprintf("p%d", i)
		if grp := g.of[p]; grp != nil {
			grp.name = s.regs[p]
		}
	}
	for i, v := range s.f.fn.FreeVars {
		s.regs[v] = fmt.Sprintf("b%d", i)
	}
	g.color()
}
