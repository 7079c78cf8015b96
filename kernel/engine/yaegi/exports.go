package yaegi

import (
	"fmt"
	"reflect"
	"strconv"
	"unsafe"

	"github.com/traefik/yaegi/interp"

	"runnext/kernel/core/program"
	"runnext/kernel/engine/yaegi/forge"
)

// exports gives everything a program's source names, as the one package it
// imports: types, variables, host functions and helpers.
func (c *cell) exports() (interp.Exports, error) {
	h := map[string]reflect.Value{
		"Stop":         c.r.stop.flag,
		"Many":         reflect.ValueOf((*bool)(unsafe.Pointer(c.r.maps.crowd.flag))),
		"Check":        reflect.ValueOf(c.check),
		"Nil":          reflect.ValueOf(c.nilPanic),
		"NilValue":     reflect.ValueOf(c.nilValue),
		"Iteration":    reflect.ValueOf(c.iteration),
		"LostPanic":    reflect.ValueOf(c.lostPanic),
		"Index":        reflect.ValueOf(c.indexPanic),
		"IndexU":       reflect.ValueOf(c.unsignedIndex),
		"NilMap":       reflect.ValueOf(c.nilMap),
		"Div":          reflect.ValueOf(c.divPanic),
		"Shift":        reflect.ValueOf(c.shiftPanic),
		"Eq":           reflect.ValueOf(c.equal),
		"Complex":      reflect.ValueOf(func(re, im float64) complex128 { return complex(re, im) }),
		"Floatmin":     reflect.ValueOf(floatMin),
		"Floatmax":     reflect.ValueOf(floatMax),
		"Frame":        reflect.ValueOf((**Frame)(nil)),
		"Mark":         reflect.ValueOf((*Mark)(nil)),
		"NewFrame":     reflect.ValueOf(func() *Frame { return new(Frame) }),
		"Run":          reflect.ValueOf(c.run),
		"Defer":        reflect.ValueOf(deferCall),
		"DeferRecover": reflect.ValueOf(c.deferRecover),
		"Through":      reflect.ValueOf(through),
		"RunDefers":    reflect.ValueOf(c.runDefers),
		"Recover":      reflect.ValueOf(c.r.panics.recover),
		"Panic":        reflect.ValueOf(c.panic),
		"Enter":        reflect.ValueOf(c.enter),
		"At":           reflect.ValueOf(c.at),
		"Leave":        reflect.ValueOf(c.leave),
		"Go":           reflect.ValueOf(c.goStmt),
		"Result":       reflect.ValueOf(c.result),
		"Iter":         reflect.ValueOf((*any)(nil)),
		"RangeString":  reflect.ValueOf(rangeString),
		"NextRune":     reflect.ValueOf(nextRune),
		"Print":        reflect.ValueOf(c.print),
		"Iface":        reflect.ValueOf(printed),
		"Println":      reflect.ValueOf(c.println),
		"UnsafeAdd":    reflect.ValueOf(unsafeAdd),
		"UnsafeString": reflect.ValueOf(c.unsafeString),
		"StringData":   reflect.ValueOf(func(s string) *byte { return unsafe.StringData(s) }),
		"Ignore":       reflect.ValueOf(func(...any) {}),
	}
	for i := 1; i < len(c.set.Core); i++ {
		h["T"+strconv.Itoa(i)] = reflect.Zero(reflect.PointerTo(c.set.Core[i]))
	}
	for i, v := range c.prog.Vars {
		h["V"+strconv.Itoa(i)] = c.r.vars.pointer(v, c.set)
	}
	if err := c.openMachine(h); err != nil {
		return nil, err
	}
	for i, d := range c.prog.Helpers {
		fn, err := c.helper(d, h)
		if err != nil {
			return nil, err
		}
		h["H"+strconv.Itoa(i)] = fn
	}
	if c.machine != nil {
		c.machine.Link(func(i int) reflect.Value { return h["H"+strconv.Itoa(i)] })
	}
	return interp.Exports{"h/h": h}, nil
}

// helper makes the function of one helper.
func (c *cell) helper(d program.Helper, h map[string]reflect.Value) (reflect.Value, error) {
	switch d.Op {
	case "std":
		v, ok := c.function(d.Path, d.Name, d.Site)
		if !ok {
			return v, fmt.Errorf("%s.%s is not carried", d.Path, d.Name)
		}
		return v, nil
	case "global":
		v, ok := c.global(d.Path, d.Name)
		if !ok {
			return v, fmt.Errorf("%s.%s is not carried", d.Path, d.Name)
		}
		return v, nil
	case "method":
		return c.method(c.set.True[d.Types[0]], d.Name, d.Site)
	case "compiled":
		fn := h[d.Name[len("h."):]]
		out := c.set.Core[d.Types[0]]
		return makeFunc([]reflect.Type{fn.Type()}, []reflect.Type{out}, func(in []reflect.Value) []reflect.Value {
			return []reflect.Value{forge.RetypeValue(in[0], out)}
		}), nil
	}
	make, ok := makers[d.Op]
	if !ok {
		return reflect.Value{}, fmt.Errorf("no helper %s", d.Op)
	}
	return make(c, d), nil
}

// maker makes a helper for the types of its description.
type maker func(c *cell, d program.Helper) reflect.Value

// makers is the table of helpers that depend on types. The types of operands
// and results are core faces.
var makers = map[string]maker{
	"code":          makeCode,
	"closure":       makeClosure,
	"func":          makeIdentity,
	"funcnamed":     makeNamed,
	"box":           makeBox,
	"iface":         makeIface,
	"assert":        makeAssert,
	"assert2":       makeAssert2,
	"retype":        makeRetype,
	"convert":       makeConvert,
	"arrayptr":      makeArrayPointer,
	"invoke":        makeInvoke,
	"makeslice":     makeMakeSlice,
	"makemap":       makeMakeMap,
	"slice":         makeSlice,
	"slicestring":   makeSliceString,
	"append":        makeAppend,
	"appendstring":  makeAppendString,
	"copy":          makeCopy,
	"mapset":        makeMapSet,
	"mapget":        makeMapGet,
	"mapget2":       makeMapGet2,
	"delete":        makeDelete,
	"clear":         makeClear,
	"range":         makeRange,
	"next":          makeNext,
	"mapsclone":     makeMapsClone,
	"complex":       makeComplex,
	"real":          makeReal,
	"imag":          makeImag,
	"makechan":      makeMakeChan,
	"chanlen":       makeChanLen,
	"chancap":       makeChanCap,
	"close":         makeClose,
	"send":          makeSend,
	"recv":          makeRecv,
	"recv2":         makeRecv2,
	"select":        makeSelect,
	"unsafeslice":   makeUnsafeSlice,
	"slicedata":     makeSliceData,
	"randn":         makeRandN,
	"typefor":       makeTypeFor,
	"addcleanup":    makeAddCleanup,
	"uniquemake":    makeUniqueMake,
	"uniquevalue":   makeUniqueValue,
	"weakmake":      makeWeakMake,
	"weakvalue":     makeWeakValue,
	"reflectassert": makeReflectAssert,
	"iterpull":      makePull,
	"iterpull2":     makePull2,
}

func makeFunc(in, out []reflect.Type, fn func([]reflect.Value) []reflect.Value) reflect.Value {
	return reflect.MakeFunc(reflect.FuncOf(in, out, false), fn)
}

// retyped gives a function the type func(in...) out. Its own has operands and
// results of the same memory.
func retyped(fn any, in, out []reflect.Type) reflect.Value {
	return forge.RetypeValue(reflect.ValueOf(fn), reflect.FuncOf(in, out, false))
}

var (
	intType  = reflect.TypeFor[int]()
	boolType = reflect.TypeFor[bool]()
	anyType  = reflect.TypeFor[any]()
)

func list(t ...reflect.Type) []reflect.Type     { return t }
func values(v ...reflect.Value) []reflect.Value { return v }

func (c *cell) core(d program.Helper, i int) reflect.Type { return c.set.Core[d.Types[i]] }
