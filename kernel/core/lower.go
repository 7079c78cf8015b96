package core

import (
	"go/constant"
	"go/types"
	"math"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
)

// lowering writes a closed function, or a loop of a function, as bytecode.
type lowering struct {
	e      *emitter
	fn     *ssa.Function
	shape  *shape
	blocks []*ssa.BasicBlock // in the order of their code
	inside map[*ssa.BasicBlock]bool
	params []ssa.Value
	outs   []ssa.Value // of a loop: what is needed behind it
	loops  bool        // so that constants are set once, at the start
	exits  []edge      // of a loop

	code   []bytecode.Instr
	start  map[*ssa.BasicBlock]int
	jumps  []jump // whose targets are not known yet
	stubs  []stub
	slot   map[string]place // by the name of a register
	words  int
	ptrs   int
	consts map[int64]uint16
	texts  map[string]place
	pool   []string // constants that are strings
	nils   uint16
	vars   map[int]uint16
	pre    []bytecode.Instr // sets constants, before all other code
	known  known
	block  *ssa.BasicBlock
	frame  uint16              // the register of the host's frame, where there are deferred calls
	direct map[ssa.Value]place // values that lie among the arguments of a call
	update map[*ssa.Store]inPlace
}

// place is the first register of each file that a value takes.
type place struct{ w, p uint16 }

type edge struct{ from, to *ssa.BasicBlock }

type jump struct {
	at int
	to *ssa.BasicBlock
}

// stub is an edge that has work to do, written behind the other code.
type stub struct {
	at int // of the jump that leads here
	edge
}

// Registers that are not known before the function is written: those above its
// own, where arguments and results of calls lie.
const (
	aboveWords = 0x8000
	abovePtrs  = 0xc000
)

// lowerFunction writes a closed function.
func (e *emitter) lowerFunction(fn *ssa.Function, n int) bytecode.Func {
	l := newLowering(e, fn)
	l.blocks = newFunction(e, fn, n).ordered()
	for _, p := range fn.Params {
		l.params = append(l.params, p)
	}
	for _, v := range fn.FreeVars {
		l.params = append(l.params, v)
	}
	deferred := hasDefer(fn)
	if deferred && fn.Recover != nil {
		l.blocks = append(l.blocks, fn.Recover)
	}
	f := l.write()
	f.Number = n
	if deferred {
		f.Frame = int(l.frame) + 1
		if fn.Recover != nil {
			f.Recover = l.start[fn.Recover] + len(l.pre)
		}
	}
	f.In, f.Free = f.In[:len(fn.Params)], f.In[len(fn.Params):]
	for v := range fn.Signature.Results().Variables() {
		f.Out += string(classOf(v.Type()))
	}
	return f
}

func newLowering(e *emitter, fn *ssa.Function) *lowering {
	return &lowering{
		e: e, fn: fn, inside: map[*ssa.BasicBlock]bool{}, start: map[*ssa.BasicBlock]int{}, slot: map[string]place{},
		consts: map[int64]uint16{}, texts: map[string]place{}, vars: map[int]uint16{}, known: newKnown(), direct: map[ssa.Value]place{}, update: map[*ssa.Store]inPlace{},
	}
}

func (l *lowering) write() bytecode.Func {
	for _, b := range l.blocks {
		l.inside[b] = true
		l.loops = l.loops || isLoopHead(b)
	}
	f := newFunction(l.e, l.fn, 0)
	l.shape = &shape{f: f, folded: map[ssa.Value]bool{}, regs: map[ssa.Value]string{}}
	l.fuse()
	l.shape.assign()
	var out bytecode.Func
	for _, p := range l.params {
		l.place(p)
		out.In += string(classOf(p.Type()))
	}
	if hasDefer(l.fn) {
		l.frame = l.fresh(bytecode.Pointer).p
	}
	l.direct = l.directs()
	for i, b := range l.blocks {
		var next *ssa.BasicBlock
		if i+1 < len(l.blocks) {
			next = l.blocks[i+1]
		}
		l.block = b
		l.start[b] = len(l.code)
		for _, i := range b.Instrs {
			l.instr(i)
		}
		l.branch(b, next)
	}
	for len(l.stubs) > 0 {
		s := l.stubs[0]
		l.stubs = l.stubs[1:]
		l.code[s.at].C = uint16(len(l.code))
		l.moves(s.from, s.to)
		l.jump(s.to)
	}
	// A frame takes at least one register: by them the machine knows how deep
	// the calls are.
	l.words = max(l.words, 1)
	if len(l.code)+len(l.pre) > aboveWords/2 || l.words > aboveWords/2 || l.ptrs > aboveWords/2 {
		l.e.refuse(l.fn.Pos(), "function "+l.fn.Name()+" is too long")
	}
	for _, j := range l.jumps {
		l.code[j.at].C = uint16(l.start[j.to])
	}
	for i := range l.code {
		in := &l.code[i]
		if in.Op.Branches() {
			in.C += uint16(len(l.pre))
		}
		for k, r := range []*uint16{&in.A, &in.B, &in.C} {
			switch {
			case k == 1 && in.Op.Counts(): // no register
			case *r >= abovePtrs:
				out.AboveP = max(out.AboveP, int(*r-abovePtrs)+1)
				*r = *r - abovePtrs + uint16(l.ptrs)
			case *r >= aboveWords:
				out.AboveW = max(out.AboveW, int(*r-aboveWords)+1)
				*r = *r - aboveWords + uint16(l.words)
			}
		}
	}
	out.Words, out.Ptrs, out.Texts = l.words, l.ptrs, l.pool
	out.Code = bytecode.Pack(append(l.pre, l.code...))
	return out
}

// place gives the registers of a value.
func (l *lowering) place(v ssa.Value) place {
	if p, ok := l.direct[v]; ok {
		return p
	}
	switch v := v.(type) {
	case *ssa.Const:
		return l.constant(v)
	case *ssa.Global:
		return place{p: l.global(v)}
	case *ssa.Function:
		p := l.fresh(bytecode.Pointer)
		l.makeFunc(p.p, v, nil)
		return p
	case *ssa.Call:
		if l.shape.folded[v] { // a length, see lenHere
			p := l.place(v.Call.Args[0])
			if v.Call.Value.(*ssa.Builtin).Name() == "cap" {
				p.w++
			}
			return place{w: p.w}
		}
	}
	name, class := l.shape.reg(v), classOf(v.Type())
	if iter, ok := v.(*ssa.Range); ok {
		class = bytecode.Slice // see bytecode.Strings
		if isMap(iter.X) {
			class = bytecode.Pointer
		}
		name += string(class)
	}
	if name == "" {
		return l.fresh(class) // nobody reads it
	}
	p, ok := l.slot[name]
	if !ok {
		p = l.fresh(class)
		l.slot[name] = p
	}
	return p
}

// fresh gives registers of its own to a value of a class; the first one of a file
// that it has none of, so that every number is a register's.
func (l *lowering) fresh(class byte) (p place) {
	w, q := bytecode.Slots(class)
	if w > 0 {
		p.w = uint16(l.words)
	}
	if q > 0 {
		p.p = uint16(l.ptrs)
	}
	l.words += w
	l.ptrs += q
	return p
}

// w gives the register of a word.
func (l *lowering) w(v ssa.Value) uint16 { return l.place(v).w }

// p gives the register of a pointer, also of a slice's.
func (l *lowering) p(v ssa.Value) uint16 { return l.place(v).p }

// put writes an instruction.
func (l *lowering) put(op bytecode.Op, a, b, c uint16, imm int64) int {
	l.code = append(l.code, bytecode.Instr{Op: op, A: a, B: b, C: c, Imm: imm})
	return len(l.code) - 1
}

// constant gives registers that hold a constant: set at the start where there
// are loops, else where they are needed.
func (l *lowering) constant(c *ssa.Const) place {
	switch classOf(c.Type()) {
	case bytecode.Word:
		return place{w: l.number(bits(c))}
	case bytecode.Pointer:
		return place{p: l.null()}
	case bytecode.String:
		return l.constText(c)
	}
	p := l.fresh(classOf(c.Type()))
	l.set(p, c)
	return p
}

func (l *lowering) number(n int64) uint16 {
	r, ok := l.consts[n]
	if !ok {
		r = l.fresh(bytecode.Word).w
		l.consts[n] = r
		if l.loops {
			l.pre = append(l.pre, bytecode.Instr{Op: bytecode.Const, A: r, Imm: n})
		}
	}
	if !l.loops {
		l.put(bytecode.Const, r, 0, 0, n)
	}
	return r
}

func (l *lowering) null() uint16 {
	p := l.fresh(bytecode.Pointer).p
	l.put(bytecode.NilP, p, 0, 0, 0)
	return p
}

func (l *lowering) global(g *ssa.Global) uint16 {
	v := g.Object().(*types.Var)
	l.e.variable(v)
	n := l.e.vars[v]
	r, ok := l.vars[n]
	if !ok {
		r = l.fresh(bytecode.Pointer).p
		l.vars[n] = r
		if l.loops {
			l.pre = append(l.pre, bytecode.Instr{Op: bytecode.Global, A: r, Imm: int64(n)})
		}
	}
	if !l.loops {
		l.put(bytecode.Global, r, 0, 0, int64(n))
	}
	return r
}

// bits gives a constant as a word.
func bits(c *ssa.Const) int64 {
	if c.Value == nil {
		return 0
	}
	switch k, _ := kindOf(c.Type()); {
	case c.Value.Kind() == constant.Bool:
		if constant.BoolVal(c.Value) {
			return 1
		}
		return 0
	case isFloat(c.Type()) && k == wordKinds[types.Float32]:
		v, _ := constant.Float32Val(c.Value)
		return int64(math.Float32bits(v))
	case isFloat(c.Type()):
		v, _ := constant.Float64Val(c.Value)
		return int64(math.Float64bits(v))
	}
	v := constant.ToInt(c.Value)
	if n, ok := constant.Int64Val(v); ok {
		return n
	}
	n, _ := constant.Uint64Val(v)
	return int64(n)
}

// copy gives one value to the registers of another.
func (l *lowering) copy(to, from place, class byte) {
	words, ptrs := bytecode.Slots(class)
	for i := uint16(0); i < uint16(words) && to.w != from.w; i++ {
		l.put(bytecode.Mov, to.w+i, from.w+i, 0, 0)
	}
	for i := uint16(0); i < uint16(ptrs) && to.p != from.p; i++ {
		l.put(bytecode.MovP, to.p+i, from.p+i, 0, 0)
	}
}
