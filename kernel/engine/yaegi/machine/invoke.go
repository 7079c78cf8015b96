package machine

import (
	"reflect"
	"sync/atomic"
	"unsafe"

	op "runnext/kernel/core/bytecode"
	"runnext/kernel/engine/yaegi/forge"
)

// Method is a method that has bytecode.
type Method struct {
	Name, Path     string // Path is the package of one that is not exported
	Type           reflect.Type
	Value, Address int            // see program.Bind
	True, Pointer  unsafe.Pointer // the type that Go gives such values, and pointers to them
	Direct         bool           // interfaces hold values of the type themselves
}

type methodKey struct {
	typ        unsafe.Pointer
	name, path string
}

// target is where a call of a method leads to for values of a type.
type target struct {
	typ     unsafe.Pointer
	f       *function // nil for compiled code
	value   *part     // the receiver's type; nil for a pointer
	direct  bool
	through bool // a pointer leads to the receiver
}

// invoke is a method of an interface type that is called.
type invoke struct {
	name, path string
	entry      uintptr    // where a table has the method's code
	sig        *signature // of that, which takes what an interface holds first
	last       atomic.Pointer[target]
}

// learnMethods learns which methods have bytecode.
func (m *Machine) learnMethods() {
	m.methods = map[methodKey]*target{}
	for _, d := range m.host.Methods() {
		of := newPart(d.Type)
		set := func(typ unsafe.Pointer, x target, code int) {
			x.typ, x.f = typ, &m.funcs[code-1]
			m.methods[methodKey{typ, d.Name, d.Path}] = &x
		}
		if d.Value > 0 {
			set(d.True, target{value: of, direct: d.Direct}, d.Value)
			set(d.Pointer, target{value: of, through: true}, d.Value)
		}
		if d.Address > 0 {
			set(d.Pointer, target{}, d.Address)
		}
	}
}

// learnInvoke learns the method that an instruction calls, and has it name that
// by its place.
func (m *Machine) learnInvoke(f *function, in *op.Instr) {
	v := &invoke{name: f.Texts[in.A], path: f.Texts[in.C]}
	t := m.host.Type(int(uint32(in.Imm)))
	params := []reflect.Type{reflect.TypeFor[unsafe.Pointer]()}
	var results []reflect.Type
	for p := range t.Ins() {
		params = append(params, p)
	}
	iface := params[1]
	for r := range t.Outs() {
		results = append(results, r)
	}
	v.sig = m.known.signature(reflect.FuncOf(append(params[:1], params[2:]...), results, false))
	for i := range iface.NumMethod() {
		if x := iface.Method(i); x.Name == v.name && (v.path == "" || x.PkgPath == v.path) {
			v.entry = tableHead + uintptr(i)*unsafe.Sizeof(uintptr(0))
		}
	}
	in.Imm = in.Imm&^(1<<32-1) | int64(len(m.invokes))
	m.invokes = append(m.invokes, v)
}

// tableHead is what lies before the code of methods in an interface's table
// (go1.26.8 internal/abi/iface.go:14 ITab).
const tableHead = 24

// invoked begins a call of a method of an interface. It gives the function whose
// bytecode that is, with the receiver before the other parameters, which lie in
// the registers from base and pbase on; or nil after it has called compiled code.
//
//go:noinline
func (m *Machine) invoked(t *Thread, f *function, in *op.Instr, pb unsafe.Pointer, base, pbase int) *function {
	v, x := m.invokes[uint32(in.Imm)], *(*forge.Iface)(unsafe.Pointer(p(pb, in.B)))
	if x.Word == nil {
		m.fail(t, f, NilPointer, in.Imm>>32, 0, 0)
	}
	typ := x.Dynamic(true)
	to := v.last.Load()
	if to == nil || to.typ != typ {
		if to = m.methods[methodKey{typ, v.name, v.path}]; to == nil {
			to = &target{typ: typ}
		}
		v.last.Store(to)
	}
	words, ptrs := v.sig.words, v.sig.ptrs-1 // without what the interface holds
	if to.f == nil || to.through && x.Data == nil {
		code := *(*unsafe.Pointer)(unsafe.Add(x.Word, v.entry))
		move := t.p[pbase : pbase+ptrs+1]
		copy(move[1:], move)
		move[0] = x.Data
		m.leaveBy(v.sig, t, f, int(in.Imm>>32), unsafe.Pointer(&code), base, pbase)
		if *m.stop != 0 {
			m.host.Check(0)
		}
		return nil
	}
	dw, dp := op.Slots(to.f.In[0])
	ws, ps := t.w[base:base+dw+words], t.p[pbase:pbase+dp+ptrs]
	copy(ws[dw:], ws)
	copy(ps[dp:], ps)
	m.receiver(to, x.Data, unsafe.Pointer(&t.w[base]), unsafe.Pointer(&t.p[pbase]))
	return to.f
}

// receiver puts what an interface holds where a method takes it.
func (m *Machine) receiver(to *target, data, wb, pb unsafe.Pointer) {
	switch {
	case to.value == nil:
		*p(pb, 0) = data
	case to.through:
		m.copied(to.value, data, w(wb, 0), p(pb, 0))
	case to.direct && to.value.class == op.Memory:
		at := newOf(to.value.mem)
		*(*unsafe.Pointer)(at) = data
		*p(pb, 0) = at
	case to.direct:
		*p(pb, 0) = data
	default:
		m.take(to.value, data, w(wb, 0), p(pb, 0))
	}
}
