package interp

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math"

	"golang.org/x/tools/go/ssa"
)

// compiler turns the blocks of one function into a line of instructions.
type compiler struct {
	m     *Machine
	f     *ssa.Function
	out   *Func
	regs  map[ssa.Value]int32
	kpool map[ssa.Value]int32
	next  int32
	start []int32 // where a block begins
	fixes []fix
	pos   token.Pos
}

// fix is a jump whose target is not known yet.
type fix struct {
	at   int
	alt  bool // m, not n
	from *ssa.BasicBlock
	to   *ssa.BasicBlock
}

// compile makes f's code; the error is a [*MissingError] for a function that
// has no body.
func (m *Machine) compile(out *Func) (err error) {
	if out.code != nil || out.err != nil {
		return out.err
	}
	defer func() { out.err = err }()
	f := out.SSA
	f = withBody(f)
	if f.Blocks == nil {
		return &MissingError{Name: f.String()}
	}
	c := &compiler{m: m, f: f, out: out, regs: map[ssa.Value]int32{}, kpool: map[ssa.Value]int32{},
		start: make([]int32, len(f.Blocks))}
	for _, p := range f.Params {
		c.define(p)
	}
	for _, v := range f.FreeVars {
		c.define(v)
	}
	out.nparams, out.nfree = len(f.Params), len(f.FreeVars)
	for _, b := range f.Blocks {
		c.start[b.Index] = int32(len(out.code))
		for _, in := range b.Instrs {
			out.starts = append(out.starts, int32(len(out.code)))
			if p := in.Pos(); p.IsValid() {
				c.pos = p
			} else if p := loopPos(in); p.IsValid() {
				c.pos = p
			}
			if err := c.instr(b, in); err != nil {
				return fmt.Errorf("%s: %w", f, err)
			}
			if m.failed != nil {
				return m.failed
			}
			if m.missing != "" {
				name := m.missing
				m.missing = ""
				return &MissingError{Name: "the variable " + name}
			}
		}
	}
	for i := 0; i < len(c.fixes); i++ {
		c.patch(c.fixes[i])
	}
	if f.Recover != nil {
		out.recover = c.start[f.Recover.Index]
	}
	out.nregs, out.values = int(c.next), c.regs
	out.bytes = 24 + 8*int64(out.nregs)
	out.quiet = f.Pkg != nil && f.Name() == "init" && f.Synthetic != "" && f.Pkg.Pkg.Name() != "main"
	return nil
}

// withBody gives f, or for a function in assembly the one in Go beside it that
// does the same and is named with the suffix _g.
func withBody(f *ssa.Function) *ssa.Function {
	if f.Blocks != nil || f.Pkg == nil {
		return f
	}
	f.Pkg.Build()
	if g := f.Pkg.Func(f.Name() + "_g"); f.Blocks == nil && g != nil {
		return g
	}
	return f
}

func (c *compiler) emit(in inst) int {
	c.out.code = append(c.out.code, in)
	c.out.pos = append(c.out.pos, c.pos)
	return len(c.out.code) - 1
}

// define gives v its registers: one, or one for each member of a tuple.
func (c *compiler) define(v ssa.Value) int32 {
	if r, ok := c.regs[v]; ok {
		return r
	}
	if x, ok := v.(*ssa.Extract); ok {
		r := c.define(x.Tuple) + int32(x.Index)
		c.regs[v] = r
		return r
	}
	r := c.next
	n := int32(1)
	if t, ok := v.Type().(*types.Tuple); ok {
		n = int32(max(t.Len(), 1))
	}
	c.next += n
	c.regs[v] = r
	return r
}

// temp gives a register that no SSA value has.
func (c *compiler) temp() int32 {
	c.next++
	return c.next - 1
}

// use gives the operand for v.
func (c *compiler) use(v ssa.Value) int32 {
	switch v := v.(type) {
	case *ssa.Const:
		return c.constant(v, func() Value { return c.m.constant(v) })
	case *ssa.Function:
		return c.constant(v, func() Value { return FuncValue(c.m.FuncOf(v)) })
	case *ssa.Global:
		return c.constant(v, func() Value { return Value{P: c.m.Global(v)} })
	}
	return c.define(v)
}

func (c *compiler) constant(v ssa.Value, make func() Value) int32 {
	if r, ok := c.kpool[v]; ok {
		return r
	}
	c.out.consts = append(c.out.consts, make())
	r := -int32(len(c.out.consts))
	c.kpool[v] = r
	return r
}

func (c *compiler) uses(list []ssa.Value) []int32 {
	out := make([]int32, len(list))
	for i, v := range list {
		out[i] = c.use(v)
	}
	return out
}

func (c *compiler) typ(v ssa.Value) *Type { return c.m.types.of(v.Type()) }

// jump emits a jump along an edge, with the moves its phis ask for.
func (c *compiler) edge(from, to *ssa.BasicBlock) {
	c.moves(from, to)
	at := c.emit(inst{op: opJump})
	c.fixes = append(c.fixes, fix{at: at, from: from, to: to})
}

func (c *compiler) patch(f fix) {
	target := c.start[f.to.Index]
	in := c.out.code[f.at]
	if in.op == opIf && hasPhis(f.to) {
		target = int32(len(c.out.code))
		c.edge(f.from, f.to)
	}
	if f.alt {
		c.out.code[f.at].m = target
	} else {
		c.out.code[f.at].n = target
	}
}

func hasPhis(b *ssa.BasicBlock) bool {
	if len(b.Instrs) == 0 {
		return false
	}
	_, ok := b.Instrs[0].(*ssa.Phi)
	return ok
}

// moves emits what the phis of to take when entered from from: all at once, so
// that a register that is both read and written is read first.
func (c *compiler) moves(from, to *ssa.BasicBlock) {
	edge := -1
	for i, p := range to.Preds {
		if p == from {
			edge = i
			break
		}
	}
	type move struct{ dst, src int32 }
	var list []move
	for _, in := range to.Instrs {
		phi, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		if m := (move{c.define(phi), c.use(phi.Edges[edge])}); m.dst != m.src {
			list = append(list, m)
		}
	}
	for len(list) > 0 {
		free := -1
		for i, m := range list {
			read := false
			for j, o := range list {
				read = read || j != i && o.src == m.dst
			}
			if !read {
				free = i
				break
			}
		}
		if free < 0 {
			t := c.temp()
			c.emit(inst{op: opMove, dst: t, a: list[0].src})
			list[0].src = t
			continue
		}
		c.emit(inst{op: opMove, dst: list[free].dst, a: list[free].src})
		list = append(list[:free], list[free+1:]...)
	}
}

// constant makes the value of a constant.
func (m *Machine) constant(k *ssa.Const) Value {
	t := m.types.of(k.Type())
	if k.Value == nil {
		if t.Kind.agg() {
			return m.zeroCells(t)
		}
		return Value{}
	}
	switch {
	case t.Kind == KBool:
		return Bool(constant.BoolVal(k.Value))
	case t.Kind == KString:
		return String(constant.StringVal(k.Value))
	case t.Kind.signed():
		n, _ := constant.Int64Val(constant.ToInt(k.Value))
		return Int(n)
	case t.Kind.integer() || t.Kind == KUnsafe:
		n, _ := constant.Uint64Val(constant.ToInt(k.Value))
		return Value{N: n}
	case t.Kind == KFloat32:
		f, _ := constant.Float32Val(constant.ToFloat(k.Value))
		return Value{N: uint64(math.Float32bits(f))}
	case t.Kind == KFloat64:
		f, _ := constant.Float64Val(constant.ToFloat(k.Value))
		return Float(f)
	case t.Kind == KComplex64 || t.Kind == KComplex128:
		x := constant.ToComplex(k.Value)
		re, _ := constant.Float64Val(constant.Real(x))
		im, _ := constant.Float64Val(constant.Imag(x))
		return Complex(complex(re, im))
	}
	return Value{}
}

// Complex is the value of a complex number of either size.
func Complex(c complex128) Value {
	cells := []Value{Float(real(c)), Float(imag(c))}
	return Value{P: Pointer(&cells[0]).P}
}

// Complex reads a complex number.
func (v Value) Complex() complex128 {
	if v.P == nil {
		return 0
	}
	c := v.Cells(2)
	return complex(c[0].Float(), c[1].Float())
}
