package interp

import (
	"fmt"
	"go/token"
	"go/types"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// Status is how a native or an operation of the host came out.
type Status uint8

// The statuses.
const (
	Done   Status = iota // results are in the thread's R
	Parked               // the thread waits; see [Thread.Await]
	Raised               // a panic has been started with [Thread.Panic]
	Called               // a function was pushed with [Thread.Call]
	Ended                // the thread, or the program, is over
)

// Native is a function without a Go body. It reads its arguments, leaves its
// results in t.R and says how it came out.
type Native func(t *Thread, args []Value) Status

// Host is what a thread needs beyond the language. Its methods are called for
// the thread that runs. Results are left in the thread's R.
type Host interface {
	// Go starts a goroutine.
	Go(t *Thread, c *Closure, args []Value) Status
	// MakeChan makes a channel for size values.
	MakeChan(t *Thread, size int) unsafe.Pointer
	// Send, Recv, Select and Close are the operations; Recv leaves the value
	// in R[0] and whether it was sent in R[1], Select the index, whether a
	// value was received, and the value.
	Send(t *Thread, ch unsafe.Pointer, v Value) Status
	Recv(t *Thread, ch unsafe.Pointer) Status
	Select(t *Thread, cases []Case, block bool) Status
	Close(t *Thread, ch unsafe.Pointer) Status
	Len(t *Thread, ch unsafe.Pointer) Status
	Cap(ch unsafe.Pointer) int
	// Call accounts for a frame of so many bytes; false is a stack overflow.
	Call(t *Thread, bytes int64) bool
	Return(t *Thread, bytes int64)
	// Rand draws from 0 to n-1, for the order of maps.
	Rand(n uint32) uint32
	// Print writes what print and println print.
	Print(text string)
}

// Case is one case of a select.
type Case struct {
	Chan unsafe.Pointer
	Send bool
	Elem Value
}

// Machine holds what all threads of a program share: compiled functions,
// globals, types. It is owned by one goroutine.
type Machine struct {
	Prog *ssa.Program
	Host Host

	natives  map[string]Native
	trapped  *ssa.Function
	trap     func(*Thread)
	generics map[string]func(*Machine, []types.Type) Native
	globals  map[*ssa.Global]unsafe.Pointer
	sorted   []*ssa.Global // the same, by name
	given    map[string]func(m *Machine, g *ssa.Global) Value
	funcs    map[*ssa.Function]*Func
	consts   map[*ssa.Function]*Closure
	types    *typeTable
	rterr    runtimeTypes
	inited   map[*ssa.Package]bool
	eager    func(*ssa.Package) bool
	leaf     func(*ssa.Function) bool
	spaces   []space // of threads that are over
	missing  string
	failed   error // of a package's initialization
	memory   memory
	// Overdue, if it is set, tells after an operation of the host or a native
	// whether the thread has to stop although its budget is not used up.
	Overdue func() bool
	// MapUsed, if it is set, is told before each use of a map by the program
	// itself, and tells whether the thread will be stopped in the middle of it.
	MapUsed func(t *Thread, write bool) bool
	toil    toil
	watch   Watch
	order   []*ssa.Package // those initialized, in that order
}

// New makes a machine for a program. natives are named as ssa prints functions:
// "strings.Index", "(*os.File).Write", "(sync/atomic.Value).Load" without type
// arguments. given names globals of packages without bodies. A package that is
// not eager is initialized when one of its variables is first used: most
// programs use few of those they import.
func New(prog *ssa.Program, host Host, natives map[string]Native, given map[string]func(*Machine, *ssa.Global) Value, eager func(*ssa.Package) bool) *Machine {
	m := &Machine{Prog: prog, Host: host, natives: natives, given: given, eager: eager, inited: map[*ssa.Package]bool{},
		globals: map[*ssa.Global]unsafe.Pointer{}, funcs: map[*ssa.Function]*Func{},
		consts: map[*ssa.Function]*Closure{}, types: newTypeTable()}
	m.rterr = newRuntimeTypes(m)
	return m
}

// Func is a function of the program, compiled when it is first called.
type Func struct {
	Name string
	SSA  *ssa.Function // nil for a native that the machine made
	// Trap is called before the first instruction of each call; it may be nil.
	Trap func(t *Thread)

	native  Native
	leaf    bool // the native does not keep its arguments
	code    []inst
	marks   []bool              // instructions to stop before, by pc
	starts  []int32             // where each instruction of SSA begins
	values  map[ssa.Value]int32 // the registers of SSA's values
	layout  *layout             // made when it is first asked for
	consts  []Value
	pos     []token.Pos
	nregs   int
	nparams int
	nfree   int
	results int
	recover int32 // where a recovered call goes on, -1 for a plain return
	bytes   int64 // modelled size of its frame
	quiet   bool  // costs no time: it sets up the standard library
	err     error
}

// Closure is a func value.
type Closure struct {
	Fn   *Func
	Free []Value
}

// MissingError says that a program needs a function that has no body here.
type MissingError struct{ Name string }

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s cannot run on the simulator: its body is not there", e.Name)
}

// Func finds the machine's form of f.
func (m *Machine) Func(f *ssa.Function) *Func {
	x := m.funcs[f]
	if x == nil {
		x = &Func{Name: f.String(), SSA: f, recover: -1}
		m.funcs[f] = x
		x.native = m.nativeFor(f)
		x.leaf = x.native != nil && m.leaf != nil && m.leaf(f)
		if m.trap != nil && (f == m.trapped || f.Origin() == m.trapped) {
			x.Trap = m.trap
		}
		if x.native == nil && f.Pkg != nil && f == f.Pkg.Func("init") && !m.eager(f.Pkg) {
			x.native = func(t *Thread, _ []Value) Status { return t.Return() }
		}
		x.results = f.Signature.Results().Len()
	}
	return x
}

// Leaves tells which natives neither keep their arguments nor call, wait or
// panic with them at hand. It must be called before anything runs.
func (m *Machine) Leaves(leaf func(*ssa.Function) bool) { m.leaf = leaf }

// HasBodies tells whether the package was given with its bodies.
func (m *Machine) HasBodies(p *ssa.Package) bool {
	p.Build()
	return p.Func("init").Blocks != nil
}

// nativeFor looks a function up without its type arguments.
func (m *Machine) nativeFor(f *ssa.Function) Native {
	if f.Synthetic != "" && f.Origin() == nil && f.Blocks != nil && f.Object() == nil {
		return nil
	}
	if o := f.Origin(); o != nil {
		if g := m.generics[o.String()]; g != nil {
			return g(m, f.TypeArgs())
		}
		f = o
	}
	return m.natives[nativeName(f)]
}

func nativeName(f *ssa.Function) string {
	recv := f.Signature.Recv()
	if recv == nil || f.Pkg == nil && f.Object() == nil {
		return f.String()
	}
	t, star := recv.Type(), ""
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t, star = p.Elem(), "*"
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return f.String()
	}
	return "(" + star + n.Obj().Pkg().Path() + "." + n.Obj().Name() + ")." + f.Name()
}

// Value is the func value of a function without free variables; it is the same
// one each time.
func (m *Machine) FuncOf(f *ssa.Function) *Closure {
	c := m.consts[f]
	if c == nil {
		c = &Closure{Fn: m.Func(f)}
		m.consts[f] = c
	}
	return c
}

// NativeFunc makes a func value of a native.
func NativeFunc(name string, results int, f Native) *Closure {
	return &Closure{Fn: &Func{Name: name, native: f, results: results, recover: -1}}
}

// Global is the address of a package-level variable.
func (m *Machine) Global(g *ssa.Global) unsafe.Pointer {
	p := m.globals[g]
	if p == nil {
		m.initialize(g.Pkg)
		if p := m.globals[g]; p != nil {
			return p
		}
		t := m.types.of(g.Type().Underlying().(*types.Pointer).Elem())
		p = m.zeroCells(t).P
		m.globals[g] = p
		if f := m.given[g.String()]; f != nil {
			store(p, f(m, g), t.Size, t.Kind.agg())
		} else if !m.HasBodies(g.Pkg) {
			m.missing = g.String()
		}
	}
	return p
}

// initialize runs the initialization of a package that is not eager, on a
// thread of its own. It must not park.
func (m *Machine) initialize(p *ssa.Package) {
	if m.inited[p] || m.eager(p) || !m.HasBodies(p) {
		return
	}
	m.inited[p] = true
	m.order = append(m.order, p)
	t := &Thread{M: m, quiet: true}
	fn := &Func{Name: p.Pkg.Path() + ".init", SSA: p.Func("init"), recover: -1}
	if st := t.enter(&Closure{Fn: fn}, nil, noReg); st != Called {
		m.failed = t.err
		return
	}
	for {
		if _, st := t.Run(1 << 30); st != Done {
			if m.failed = t.err; m.failed == nil && (st != Ended || t.died != nil) {
				m.failed = fmt.Errorf("%s cannot be initialized on the simulator", p.Pkg.Path())
			}
			return
		}
	}
}

// Lookup finds a package-level function of the program, nil if it is not there.
func (m *Machine) Lookup(pkg, name string) *ssa.Function {
	if p := m.Prog.ImportedPackage(pkg); p != nil {
		return p.Func(name)
	}
	return nil
}

// Runs tells whether f can be called: it has a body, or a native stands in.
func (m *Machine) Runs(f *ssa.Function) bool {
	return m.Func(f).native != nil || withBody(f).Blocks != nil
}

// Trap has f, and every instance of it when it is generic, call trap before its
// first instruction. It is set before anything runs.
func (m *Machine) Trap(f *ssa.Function, trap func(*Thread)) {
	m.trapped, m.trap = f, trap
	m.Func(f).Trap = trap
}

// Native tells whether a native stands in for f.
func (m *Machine) Native(f *ssa.Function) bool { return m.Func(f).native != nil }

// Body is f, or the function that has its body.
func (m *Machine) Body(f *ssa.Function) *ssa.Function { return withBody(f) }

// Knows tells whether a package-level variable is there: its package has
// bodies, or the machine was given the variable.
func (m *Machine) Knows(g *ssa.Global) bool {
	return m.given[g.String()] != nil || m.HasBodies(g.Pkg)
}
