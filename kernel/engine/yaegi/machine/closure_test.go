package machine

import (
	"reflect"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	op "runnext/kernel/core/bytecode"
)

// host gives the types of a test's program.
type host struct{ types []reflect.Type }

func (h host) Type(typ int) reflect.Type                                    { return h.types[typ] }
func (host) Check(int)                                                      {}
func (host) Make(_, _, _ int) (unsafe.Pointer, any)                         { return nil, nil }
func (host) Bounds(_, _, _, _, _ int, _ bool) any                           { return nil }
func (host) Send(int, reflect.Kind, unsafe.Pointer, uint64) any             { return nil }
func (host) Recv(int, reflect.Kind, unsafe.Pointer) (uint64, bool)          { return 0, false }
func (host) Fail(f Failure)                                                 { panic(f) }
func (host) Methods() []Method                                              { return nil }
func (host) Many() *uint32                                                  { return new(uint32) }
func (host) EnterMap(int, unsafe.Pointer, bool) func()                      { return nil }
func (host) NilMap() any                                                    { return nil }
func (host) Holding(int, int) Holding                                       { return Holding{} }
func (host) SendFrom(int, reflect.Type, unsafe.Pointer, unsafe.Pointer) any { return nil }
func (host) RecvTo(int, reflect.Type, unsafe.Pointer, unsafe.Pointer) bool  { return false }
func (host) Select(int, bool, []Case, []Elem) (int, bool, any)              { return 0, false, nil }
func (host) MakeChan(int, int) (unsafe.Pointer, any)                        { return nil, nil }
func (host) Go(int, func())                                                 {}
func (host) NewFrame(func() []Active) unsafe.Pointer                        { return nil }
func (host) Defer(unsafe.Pointer, func())                                   {}
func (host) RunDefers(unsafe.Pointer)                                       {}
func (host) Run(unsafe.Pointer, func(), func())                             {}
func (host) Passed([]Active)                                                {}

type pair struct{ x, y int }

// TestValues holds func values of bytecode to carry what they are given and what
// they give, and what they have captured: each calls one of compiled code of its
// own type, by way of the machine.
func TestValues(t *testing.T) {
	types := []reflect.Type{
		reflect.TypeFor[func(int16) int16](),
		reflect.TypeFor[func(float32, bool, *int) float32](),
		reflect.TypeFor[func([]int, bool, uint8) ([]int, chan int, bool)](),
	}
	for letters := range forms {
		types = append(types, typeOf(letters))
	}
	for _, typ := range types {
		t.Run(typ.String(), func(t *testing.T) { carries(t, typ) })
	}
}

func typeOf(letters string) reflect.Type {
	of := map[rune]reflect.Type{'i': reflect.TypeFor[int](), 'r': reflect.TypeFor[int32](), 'b': reflect.TypeFor[bool](), 'f': reflect.TypeFor[float64](), 'p': reflect.TypeFor[*int](), 't': reflect.TypeFor[string]()}
	var lists [2][]reflect.Type
	at := 0
	for _, l := range letters {
		if l == ':' {
			at = 1
			continue
		}
		lists[at] = append(lists[at], of[l])
	}
	return reflect.FuncOf(lists[0], lists[1], false)
}

// sample gives a value of a type that is not like another one for any n.
func sample(t reflect.Type, n int) reflect.Value {
	v := reflect.New(t).Elem()
	switch {
	case v.CanInt():
		v.SetInt(int64(-n))
	case v.CanUint():
		v.SetUint(uint64(n))
	case v.CanFloat():
		v.SetFloat(float64(n) + 0.5)
	case t.Kind() == reflect.Bool:
		v.SetBool(true)
	case t.Kind() == reflect.String:
		v.SetString(strings.Repeat("x", n))
	case t.Kind() == reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
	case t.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(t, n, 2*n))
	case t.Kind() == reflect.Chan:
		v.Set(reflect.MakeChan(t, n))
	}
	return v
}

func carries(t *testing.T, typ reflect.Type) {
	var args, results []reflect.Value
	for in := range typ.Ins() {
		args = append(args, sample(in, 3+len(args)))
	}
	for out := range typ.Outs() {
		results = append(results, sample(out, 13+len(results)))
	}
	var given []reflect.Value
	inner := reflect.MakeFunc(typ, func(in []reflect.Value) []reflect.Value {
		given = in
		return results
	})
	m, err := New([]op.Func{handsOn(typ)}, nil, new(uint32), new(Threads), host{[]reflect.Type{nil, typ}})
	if err != nil {
		t.Fatal(err)
	}
	fn := m.Closure(0, typ, []reflect.Value{inner})
	runtime.GC()
	got := fn.Call(args)
	same := func(what string, got, want []reflect.Value) {
		for i := range want {
			if len(got) != len(want) || !reflect.DeepEqual(got[i].Interface(), want[i].Interface()) {
				t.Errorf("%s: %v, want %v", what, got, want)
				return
			}
		}
	}
	same("parameters", given, args)
	same("results", got, results)
	if c := m.known.closureOf(pointerOf(fn)); c == nil || c.m != m {
		t.Error("the machine does not know its own func value")
	}
	if m.known.closureOf(pointerOf(inner)) != nil {
		t.Error("the machine takes another's func value for its own")
	}
}

// handsOn is a function of a type that calls a func value it has captured.
func handsOn(typ reflect.Type) op.Func {
	f := op.Func{Number: 1, Type: 1, Free: "p"}
	var code []op.Instr
	move := func(words, ptrs int, back bool) {
		for i := range words {
			in := op.Instr{Op: op.Mov, A: uint16(f.Words + i), B: uint16(i)}
			if back {
				in.A, in.B = in.B, in.A
			}
			code = append(code, in)
		}
		for i := range ptrs {
			in := op.Instr{Op: op.MovP, A: uint16(f.Ptrs + i), B: uint16(i)}
			if back {
				in.A, in.B = in.B, in.A
			}
			code = append(code, in)
		}
	}
	count := func(list func(func(reflect.Type) bool)) (classes string, words, ptrs int) {
		for t := range list {
			classes += string(classOf(t))
			w, p := op.Slots(classOf(t))
			words, ptrs = words+w, ptrs+p
		}
		return classes, words, ptrs
	}
	in, words, ptrs := count(typ.Ins())
	out, w, p := count(typ.Outs())
	f.In, f.Out = in, out
	f.Words, f.Ptrs = max(words, w, 1), max(ptrs, p)+1
	move(words, ptrs, false)
	code = append(code, op.Instr{Op: op.CallF, B: uint16(ptrs), Imm: op.Called(1, 0)})
	move(w, p, true)
	f.Code = op.Pack(append(code, op.Instr{Op: op.Ret}))
	return f
}

// TestMadeFunc holds makeFuncImpl to what package reflect makes.
func TestMadeFunc(t *testing.T) {
	typ := reflect.TypeFor[func(string, pair) (pair, error)]()
	called := 0
	fn := func([]reflect.Value) []reflect.Value {
		called++
		return []reflect.Value{reflect.ValueOf(pair{1, 2}), reflect.Zero(typ.Out(1))}
	}
	made := reflect.MakeFunc(typ, fn)
	impl := *(*makeFuncImpl)(pointerOf(made))
	if impl.fn != pointerOf(reflect.ValueOf(fn)) {
		t.Fatalf("the func value lies elsewhere: %+v", impl)
	}
	p := unsafe.Pointer(&impl)
	if got, err := as[func(string, pair) (pair, error)](p)("x", pair{}); got != (pair{1, 2}) || err != nil || called != 1 {
		t.Errorf("a copy gives %v, %v after %d calls", got, err, called)
	}
}
