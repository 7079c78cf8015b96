package core

import (
	"go/token"
	"go/types"
	"reflect"
	"runtime"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
)

// kindOf gives the kind of a type whose values are one word.
func kindOf(t types.Type) (reflect.Kind, bool) {
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		return 0, false
	}
	k, ok := wordKinds[b.Kind()]
	return k, ok
}

var wordKinds = map[types.BasicKind]reflect.Kind{
	types.Bool: reflect.Bool, types.Int: reflect.Int, types.Int8: reflect.Int8, types.Int16: reflect.Int16,
	types.Int32: reflect.Int32, types.Int64: reflect.Int64, types.Uint: reflect.Uint, types.Uint8: reflect.Uint8,
	types.Uint16: reflect.Uint16, types.Uint32: reflect.Uint32, types.Uint64: reflect.Uint64,
	types.Uintptr: reflect.Uintptr, types.Float32: reflect.Float32, types.Float64: reflect.Float64,
}

// classOf gives the class of registers that values of a type lie in, 0 when
// bytecode has none.
func classOf(t types.Type) byte {
	if _, ok := kindOf(t); ok {
		return bytecode.Word
	}
	switch t := t.Underlying().(type) {
	case *types.Interface:
		return bytecode.Iface
	case *types.Basic:
		if t.Info()&types.IsString != 0 {
			return bytecode.String
		}
	case *types.Struct, *types.Array:
		if sizes.Sizeof(t) < 1<<31 {
			return bytecode.Memory
		}
	case *types.Pointer, *types.Chan, *types.Signature, *types.Map:
		return bytecode.Pointer
	case *types.Slice:
		return bytecode.Slice
	}
	return 0
}

// held tells whether registers hold all values of a tuple. One that nobody reads
// may have no type.
func held(t *types.Tuple) bool {
	for v := range t.Variables() {
		if v.Type() != types.Typ[types.Invalid] && classOf(v.Type()) == 0 {
			return false
		}
	}
	return true
}

// sizes are those of the process that runs the program, which is of this binary.
var sizes = types.SizesFor("gc", runtime.GOARCH)

// closed tells whether a function, and whatever it calls, needs nothing of
// the interpreter, so that it runs as bytecode.
func (e *emitter) closed(fn *ssa.Function) bool {
	if ok, known := e.isClosed[fn]; known {
		return ok
	}
	seen := map[*ssa.Function]bool{}
	ok := e.closedWith(fn, seen)
	e.isClosed[fn] = ok
	if ok { // then so are those it calls
		for f := range seen {
			e.isClosed[f] = true
		}
	}
	return ok
}

func (e *emitter) closedWith(fn *ssa.Function, seen map[*ssa.Function]bool) bool {
	if ok, known := e.isClosed[fn]; known {
		return ok
	}
	if seen[fn] {
		return true
	}
	seen[fn] = true
	if e.isEntry(fn) || isCompiled(fn) || hosted(fn) || e.traced {
		return false
	}
	e.b.ensure(fn)
	if fn.Blocks == nil {
		return false
	}
	var passed []types.Type
	for _, p := range fn.Params {
		passed = append(passed, p.Type())
	}
	for _, v := range fn.FreeVars {
		passed = append(passed, v.Type())
	}
	if !passable(passed) || !passable(tupleTypes(fn.Signature.Results())) {
		return false
	}
	n := 0
	for _, b := range fn.Blocks {
		if n += len(b.Instrs); n > maxClosed {
			return false
		}
		for _, i := range b.Instrs {
			if !e.lowers(i, seen) {
				return false
			}
		}
	}
	return true
}

// passable tells whether values of these types can be handed to a function.
func passable(list []types.Type) bool {
	words, ptrs := 0, 0
	for _, t := range list {
		c := classOf(t)
		if c == 0 {
			return false
		}
		w, p := bytecode.Slots(c)
		words, ptrs = words+w, ptrs+p
	}
	return words < bytecode.MaxPassed && ptrs < bytecode.MaxPassed
}

// lowers tells whether an instruction has a form in bytecode. seen are the
// functions that are taken to have one; nil for none.
func (e *emitter) lowers(i ssa.Instruction, seen map[*ssa.Function]bool) bool {
	if x, ok := i.(*ssa.Extract); ok && unread(x) {
		return true
	}
	if s, ok := i.(*ssa.Select); ok {
		return selects(s)
	}
	closed := func(fn *ssa.Function) bool {
		if seen == nil {
			return e.closed(fn)
		}
		return e.closedWith(fn, seen)
	}
	for _, op := range i.Operands(nil) {
		if next, ok := i.(*ssa.Next); ok && *op == next.Iter {
			continue // which has registers of its own
		}
		switch v := (*op).(type) {
		case nil, *ssa.Builtin:
			continue
		case *ssa.Function:
			if !isCallee(op, i) && !closed(v) {
				return false
			}
			continue
		case *ssa.Global:
			if v.Pkg != e.main {
				return false
			}
		}
		if _, tuple := (*op).Type().(*types.Tuple); !tuple && classOf((*op).Type()) == 0 {
			return false
		}
	}
	if v, ok := i.(ssa.Value); ok {
		_, iter := v.(*ssa.Range)
		tuple, several := v.Type().(*types.Tuple)
		if !several && !iter && classOf(v.Type()) == 0 {
			return false
		}
		// What is not read is put somewhere too, but for a type assertion.
		if _, asks := v.(*ssa.TypeAssert); several && !asks && !held(tuple) {
			return false
		}
	}
	switch i := i.(type) {
	case *ssa.Jump, *ssa.If, *ssa.DebugRef, *ssa.Return, *ssa.Store, *ssa.FieldAddr, *ssa.Field, *ssa.Alloc, *ssa.MakeChan, *ssa.Send:
		return true
	case *ssa.Phi, *ssa.TypeAssert, *ssa.ChangeInterface:
		return true
	case *ssa.MakeInterface:
		return !isFile(i.X.Type())
	case *ssa.Panic: // others are of loops over functions, which have words of their own
		return i.Pos().IsValid()
	case *ssa.BinOp:
		switch classOf(i.X.Type()) {
		case bytecode.Slice:
			return i.Op == token.EQL || i.Op == token.NEQ
		}
		return classOf(i.X.Type()) == classOf(i.Y.Type()) || i.Op == token.SHL || i.Op == token.SHR
	case *ssa.UnOp:
		return true
	case *ssa.Convert:
		return e.converts(i)
	case *ssa.ChangeType:
		return classOf(i.X.Type()) == classOf(i.Type())
	case *ssa.Extract:
		switch t := i.Tuple.(type) {
		case *ssa.Call:
			return !isBuiltin(t.Call.Value)
		case *ssa.UnOp, *ssa.Select, *ssa.Next, *ssa.TypeAssert, *ssa.Lookup:
			return true
		}
	case *ssa.MakeMap, *ssa.MapUpdate, *ssa.Lookup, *ssa.Range, *ssa.Next:
		return true
	case *ssa.Index:
		if classOf(i.X.Type()) == bytecode.String {
			return true
		}
		n, fixed := fixedLen(i.X.Type())
		return fixed && n > 0 && n < aboveWords
	case *ssa.IndexAddr:
		if n, fixed := fixedLen(i.X.Type()); fixed {
			return n > 0 && n < aboveWords // what IdxChkI holds
		}
		return classOf(i.X.Type()) == bytecode.Slice
	case *ssa.MakeSlice:
		return true
	case *ssa.Slice:
		if a, ok := i.X.(*ssa.Alloc); ok && a.Comment == "makeslice" { // it fails in make's words
			n, _ := fixedLen(a.Type())
			if c, known := i.High.(*ssa.Const); !known || c.Int64() < 0 || c.Int64() > n {
				return false
			}
		}
		if n, fixed := fixedLen(i.X.Type()); fixed {
			return n < 1<<31 && sizes.Sizeof(elemOf(i.X.Type())) < 1<<23
		}
		if classOf(i.X.Type()) == bytecode.String {
			return true
		}
		return classOf(i.X.Type()) == bytecode.Slice && sizes.Sizeof(elemOf(i.X.Type())) < 1<<23
	case *ssa.Call:
		if b, ok := i.Call.Value.(*ssa.Builtin); ok {
			return e.lowersBuiltin(i, b.Name())
		}
		if i.Call.IsInvoke() {
			return e.invokes(i)
		}
		fn, static := i.Call.Value.(*ssa.Function)
		if static && isCompiled(fn) {
			return e.callsHost(&i.Call)
		}
		return static && closed(fn) || !static && e.callsValue(&i.Call)
	case *ssa.Go:
		return e.startsCall(&i.Call, closed)
	case *ssa.Defer: // to the frame of a function, which a loop has not
		return seen != nil && i.DeferStack == nil && e.startsCall(&i.Call, closed)
	case *ssa.RunDefers:
		return seen != nil
	case *ssa.MakeClosure:
		return true
	}
	return false
}

// unread tells whether nobody reads a part of a tuple.
func unread(x *ssa.Extract) bool { return len(*x.Referrers()) == 0 }

// hasLength tells whether the length of a value is one of its registers.
func hasLength(v ssa.Value) bool {
	c := classOf(v.Type())
	return c == bytecode.Slice || c == bytecode.String
}

// isSignal tells whether values of a type have no bits.
func isSignal(t types.Type) bool {
	s, ok := t.Underlying().(*types.Struct)
	return ok && s.NumFields() == 0
}
