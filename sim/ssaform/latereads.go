package ssaform

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// LateReads puts reads behind the calls that follow in the same statement. The
// language leaves the order open; go/ssa reads from left to right, while the
// compiler puts what calls give into temporaries first and looks at variables,
// fields and elements when it has all of them (go1.26.8
// cmd/compile/internal/walk/order.go:1186 expr1). So f(y, g(), y) hands over
// what g has made of y, twice, and so does a, b := s.x, g().
//
// Reads move within their block: those before a && or || in the same statement
// stay there.
//
// A function must be moved by one goroutine, before anybody else looks at it; a
// second time changes nothing.
func LateReads(fn *ssa.Function) {
	if fn.Syntax() != nil {
		late(fn, func() *spans { return spansOf(fn.Syntax(), nil, nil) })
	}
}

func late(fn *ssa.Function, text func() *spans) {
	var r *reader
	for _, b := range fn.Blocks {
		if !slices.ContainsFunc(b.Instrs, isOrdered) {
			continue
		}
		if r == nil {
			r = &reader{text: text()}
		}
		r.block(b)
	}
}

// isOrdered tells whether an instruction is done in the order of the text and
// may change what is read around it.
func isOrdered(i ssa.Instruction) bool {
	switch i := i.(type) {
	case *ssa.Call:
		b, builtin := i.Call.Value.(*ssa.Builtin)
		return !builtin || b.Name() == "append" || b.Name() == "copy"
	case *ssa.UnOp:
		return i.Op == token.ARROW
	}
	return false
}

// reader moves the reads of one function, block by block.
type reader struct {
	text *spans

	instrs []ssa.Instruction
	place  map[ssa.Instruction]int // in the block
	of     []int                   // the statement of each
	at     []int                   // before which each is put; its own place while it stays
	calls  []int                   // how many ordered instructions stand before each
	end    map[int]int             // of a statement: where all that is ordered is done
	stored map[int]int             // of a statement: its first store
	made   map[*ssa.Alloc]int      // where a literal gets its last part
}

func (r *reader) block(b *ssa.BasicBlock) {
	n := len(b.Instrs)
	r.instrs, r.place, r.of, r.at, r.calls = b.Instrs, make(map[ssa.Instruction]int, n), make([]int, n), make([]int, n), make([]int, n+1)
	r.end, r.stored, r.made = map[int]int{}, map[int]int{}, map[*ssa.Alloc]int{}
	for k, i := range b.Instrs {
		r.place[i], r.at[k], r.calls[k+1] = k, k, r.calls[k]
		if isOrdered(i) {
			r.calls[k+1]++
		}
	}
	// What has no position is there for the next that has one.
	of := none
	for k := n - 1; k >= 0; k-- {
		i := b.Instrs[k]
		if i.Pos().IsValid() {
			of = r.text.at(i.Pos())
		}
		r.of[k] = of
		if _, seen := r.end[of]; !seen && isOrdered(i) {
			r.end[of] = k + 1
		}
		if r.isTarget(i) {
			r.stored[of] = k
		} else if st, ok := i.(*ssa.Store); ok {
			a := literalOf(st.Addr)
			if _, seen := r.made[a]; !seen {
				r.made[a] = k
			}
		}
	}
	moved := false
	for k := n - 1; k >= 0; k-- {
		if i := b.Instrs[k]; r.of[k] != none && r.isLate(i) {
			if to := r.needed(k, i); r.calls[to] > r.calls[k] {
				r.at[k], moved = to, true
			}
		}
	}
	if !moved {
		return
	}
	// What stands before the same instruction keeps its order among itself.
	order := make([]int, n)
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int {
		if c := cmp.Compare(r.at[a], r.at[b]); c != 0 {
			return c
		}
		if stays := r.at[a] == a; stays != (r.at[b] == b) {
			if stays {
				return 1
			}
			return -1
		}
		return cmp.Compare(a, b)
	})
	out := make([]ssa.Instruction, n)
	for k, from := range order {
		out[k] = b.Instrs[from]
	}
	b.Instrs = out
}

// isTarget tells whether an instruction stores what a statement assigns, not
// what it makes a literal of or hands over as variadic arguments.
func (r *reader) isTarget(i ssa.Instruction) bool {
	switch i := i.(type) {
	case *ssa.Store:
		a := literalOf(i.Addr)
		return !r.text.parts[i.Pos()] && (a == nil || a.Comment != "varargs")
	case *ssa.MapUpdate:
		return !r.text.parts[i.Pos()]
	}
	return false
}

// isLate tells whether the compiler does something when its value is needed,
// not where it stands.
func (r *reader) isLate(i ssa.Instruction) bool {
	switch i := i.(type) {
	case *ssa.UnOp:
		return i.Op != token.ARROW
	case *ssa.BinOp, *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Field, *ssa.Index, *ssa.ChangeType, *ssa.ChangeInterface, *ssa.MakeInterface, *ssa.SliceToArrayPointer:
		return true
	case *ssa.Lookup:
		return !i.CommaOk
	case *ssa.Convert:
		_, slice := i.Type().Underlying().(*types.Slice)
		return !slice
	case *ssa.TypeAssert:
		return !i.CommaOk && isPointerShaped(i.AssertedType)
	case *ssa.MakeClosure:
		return i.Fn.(*ssa.Function).Syntax() == nil // a method value
	case *ssa.Slice:
		return isLiteral(i.X)
	case *ssa.Store:
		return r.text.parts[i.Pos()] && literalOf(i.Addr) != nil
	}
	return false
}

// needed gives the place before which something is done at the latest.
func (r *reader) needed(k int, i ssa.Instruction) int {
	of := r.of[k]
	done := max(r.end[of], k)
	to := len(r.instrs)
	if r.text.list[of].value {
		to = done // the next part of a literal is another
	}
	if s, ok := r.stored[of]; ok && s > k {
		to = min(to, s)
	}
	use := func(refs []ssa.Instruction) {
		if len(refs) == 0 { // done for what it may fail with
			to = min(to, done)
		}
		for _, ref := range refs {
			at, here := r.place[ref]
			switch {
			case !here || r.of[at] != of:
				to = min(to, done)
			case isCopied(i, ref):
				to = k
			default:
				to = min(to, r.at[at])
			}
		}
	}
	st, ok := i.(*ssa.Store)
	if !ok {
		use(*i.(ssa.Value).Referrers())
		return to
	}
	a := literalOf(st.Addr)
	refs := readers(a)
	use(refs)
	for _, ref := range refs {
		// An &T{} that goes into an interface is made where it stands.
		if _, ok := ref.(*ssa.MakeInterface); ok {
			if at, here := r.place[ref]; here && r.of[at] == of {
				to = min(to, r.made[a])
			}
		}
	}
	return to
}

// isCopied tells whether the compiler takes a value where it stands, for the
// sake of what needs it: a bound of a slice (go1.26.8
// cmd/compile/internal/walk/order.go:117 cheapExpr), and what has no address and
// must have one (order.go:232 addrTemp).
func isCopied(i, ref ssa.Instruction) bool {
	v, ok := i.(ssa.Value)
	if !ok {
		return false
	}
	load, ok := v.(*ssa.UnOp)
	isLoad := ok && load.Op == token.MUL
	switch ref := ref.(type) {
	case *ssa.Slice:
		if v == ref.X {
			return false
		}
		if isLoad {
			switch load.X.(type) {
			case *ssa.Alloc, *ssa.Global, *ssa.FreeVar:
				return false
			}
		}
		return true
	case *ssa.MakeInterface:
		return !(isLoad && !isLiteral(load.X)) && byAddress(v.Type())
	case *ssa.BinOp:
		switch v.Type().Underlying().(type) {
		case *types.Struct, *types.Array:
			return !(isLoad && !isLiteral(load.X))
		}
	}
	return false
}

// byAddress tells whether the compiler puts a value of a type into an interface
// by its address (go1.26.8 cmd/compile/internal/walk/convert.go:366
// dataWordFuncName).
func byAddress(t types.Type) bool {
	switch u := soleComponent(t).(type) {
	case *types.Slice:
		return false
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			return false
		}
	}
	if hasPointers(t) {
		return true
	}
	size, align := sizes.Sizeof(t), sizes.Alignof(t)
	return size != align || size != 2 && size != 4 && size != 8
}

// sizes are those of the machines with 64 bits, which are alike.
var sizes = types.SizesFor("gc", "amd64")

func soleComponent(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		if u.NumFields() == 1 {
			return soleComponent(u.Field(0).Type())
		}
	case *types.Array:
		if u.Len() == 1 {
			return soleComponent(u.Elem())
		}
	}
	return t.Underlying()
}

func hasPointers(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0 || u.Kind() == types.UnsafePointer
	case *types.Struct:
		for f := range u.Fields() {
			if hasPointers(f.Type()) {
				return true
			}
		}
		return false
	case *types.Array:
		return u.Len() > 0 && hasPointers(u.Elem())
	}
	return true
}

// isPointerShaped tells whether an interface holds values of a type themselves.
func isPointerShaped(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Chan, *types.Map, *types.Signature:
		return true
	}
	return false
}

// isLiteral tells whether a value is the memory of a literal.
func isLiteral(v ssa.Value) bool {
	a, ok := v.(*ssa.Alloc)
	return ok && (a.Comment == "complit" || a.Comment == "slicelit" || a.Comment == "varargs")
}

// literalOf gives the literal that an address is a part of.
func literalOf(v ssa.Value) *ssa.Alloc {
	for {
		switch a := v.(type) {
		case *ssa.FieldAddr:
			v = a.X
		case *ssa.IndexAddr:
			v = a.X
		default:
			if !isLiteral(v) {
				return nil
			}
			return v.(*ssa.Alloc)
		}
	}
}

// readers gives what uses a literal when it is made.
func readers(a *ssa.Alloc) []ssa.Instruction {
	var list []ssa.Instruction
	var visit func(v ssa.Value)
	visit = func(v ssa.Value) {
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.FieldAddr:
				visit(ref)
			case *ssa.IndexAddr:
				visit(ref)
			case *ssa.Store:
				if ref.Addr != v {
					list = append(list, ref)
				}
			default:
				list = append(list, ref)
			}
		}
	}
	visit(a)
	return list
}
