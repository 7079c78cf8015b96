package core

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/program"
	"runnext/sim/ssaform"
)

// isCompiled tells whether a function is called as compiled code: an exported,
// concrete function or method of a carried package.
func isCompiled(fn *ssa.Function) bool {
	obj, ok := fn.Object().(*types.Func)
	if !ok || obj.Pkg() == nil || obj.Pkg().Path() == "main" || fn.Parent() != nil || fn.Origin() != nil || fn.TypeParams().Len() > 0 {
		return ok && obj.Pkg() == nil && !ssaform.IsWrapper(fn) // the method of error
	}
	if !obj.Exported() || fn.Synthetic != "" && !strings.HasPrefix(fn.Synthetic, "from type information") && fn.Syntax() == nil {
		return false
	}
	recv := obj.Signature().Recv()
	if recv == nil {
		return true
	}
	n := namedOf(recv.Type())
	if n == nil {
		return false
	}
	_, carried := isCarried(n)
	return carried
}

func namedOf(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

// compiled gives the name of a compiled function. One that waits, or starts a
// goroutine, is a helper of its own for each site it is called from: so the
// runner knows the place without being told at every call.
func (e *emitter) compiled(fn *ssa.Function, pos token.Pos) string {
	obj := fn.Object().(*types.Func)
	site := 0
	if sited[fn.RelString(nil)] {
		site = e.site(pos)
	}
	if recv := obj.Signature().Recv(); recv != nil {
		return e.addHelper(program.Helper{Op: "method", Types: []int{e.types.number(recv.Type())}, Name: obj.Name(), Site: site})
	}
	return e.addHelper(program.Helper{Op: "std", Path: obj.Pkg().Path(), Name: obj.Name(), Site: site})
}

// sited are the compiled functions whose helpers know their site.
var sited = map[string]bool{
	"(*sync.Mutex).Lock": true, "(*sync.RWMutex).Lock": true, "(*sync.RWMutex).RLock": true,
	"(*sync.Mutex).Unlock": true, "(*sync.RWMutex).Unlock": true, "(*sync.RWMutex).RUnlock": true,
	"(*sync.WaitGroup).Wait": true, "(*sync.WaitGroup).Go": true, "(*sync.WaitGroup).Add": true, "(*sync.WaitGroup).Done": true,
	"(*sync.Cond).Wait": true, "time.Sleep": true, "time.AfterFunc": true, "context.AfterFunc": true,
	"os.Exit": true, "log.Fatal": true, "log.Fatalf": true, "log.Fatalln": true,
	"(*log.Logger).Fatal": true, "(*log.Logger).Fatalf": true, "(*log.Logger).Fatalln": true,
	"(*golang.org/x/sync/errgroup.Group).Wait": true, "(*golang.org/x/sync/errgroup.Group).Go": true,
	"(*golang.org/x/sync/errgroup.Group).TryGo": true,
}

// call writes a call.
func (f *function) call(i *ssa.Call) {
	if f.shape.folded[i] {
		return
	}
	if b, ok := i.Call.Value.(*ssa.Builtin); ok {
		f.builtin(i, b.Name())
		return
	}
	if f.handOn(i) {
		return
	}
	text := f.callText(&i.Call, i.Pos())
	if _, tuple := i.Type().(*types.Tuple); tuple {
		if i.Type().(*types.Tuple).Len() > 0 {
			f.setTuple(i, text)
		} else {
			f.line("%s", text)
		}
		f.afterCall(&i.Call)
		return
	}
	if r := f.shape.reg(i); r != "" {
		f.assign(r, i.Type(), text)
	} else {
		f.line("%s", text)
	}
	f.afterCall(&i.Call)
}

// afterCall looks whether the goroutine must unwind after a compiled call that
// may have blocked meanwhile.
func (f *function) afterCall(c *ssa.CallCommon) {
	fn := c.StaticCallee()
	if c.IsInvoke() || fn != nil && isCompiled(fn) && !quick[packagePath(fn)] {
		f.line(stopCheck)
	}
}

// quick are the packages whose functions do not block.
var quick = map[string]bool{
	"bytes": true, "cmp": true, "container/heap": true, "container/list": true, "container/ring": true,
	"encoding/binary": true, "encoding/hex": true, "errors": true, "hash/fnv": true, "maps": true, "math": true,
	"math/big": true, "math/bits": true, "math/cmplx": true, "math/rand": true, "math/rand/v2": true,
	"reflect": true, "slices": true, "sort": true, "strconv": true, "strings": true, "sync/atomic": true,
	"unicode": true, "unicode/utf16": true, "unicode/utf8": true,
}

func packagePath(fn *ssa.Function) string {
	if obj := fn.Object(); obj != nil && obj.Pkg() != nil {
		return obj.Pkg().Path()
	}
	return ""
}

// callText gives the text of a call other than of a builtin function.
func (f *function) callText(c *ssa.CallCommon, pos token.Pos) string {
	site := f.e.site(pos)
	var args []string
	var spread *ssa.Slice
	outer, _ := promotion(c)
	for k, a := range c.Args {
		if k == 0 && outer != nil {
			f.checkNil(outer, pos)
			args = append(args, f.x(outer))
			continue
		}
		if lit, ok := a.(*ssa.Slice); ok && f.shape.lits.args[lit] {
			spread = lit
			args = append(args, f.variadicArgs(lit)...)
			continue
		}
		args = append(args, f.rhs(a))
	}
	if c.IsInvoke() {
		f.e.note(0, c.Method.Name(), site)
		return f.invoke(c, args, pos)
	}
	fn := c.StaticCallee()
	if fn == nil {
		f.e.note(0, "", site)
		f.checkNil(c.Value, pos)
		return fmt.Sprintf("%s(%s)", f.x(c.Value), strings.Join(args, ", "))
	}
	if fn.Name() == f.e.in.ResultFunc && fn.Pkg == f.e.main && f.e.in.ResultFunc != "" {
		return "h.Result(" + strings.Join(args, ", ") + "...)"
	}
	if mc, ok := c.Value.(*ssa.MakeClosure); ok {
		f.e.note(f.e.numberOf(fn), "", site)
		return fmt.Sprintf("%s(%s)", f.shape.reg(mc), strings.Join(args, ", "))
	}
	if outer != nil {
		f.e.note(0, fn.Name(), site)
		if fn.Signature.Variadic() && spread == nil {
			args[len(args)-1] += "..."
		}
		return fmt.Sprintf("%s(%s)", f.e.promotedCall(outer, fn.Name()), strings.Join(args, ", "))
	}
	if isCompiled(fn) {
		f.e.note(0, fn.RelString(nil), site)
		if fn.Signature.Variadic() && spread == nil {
			args[len(args)-1] += "..."
		}
		return fmt.Sprintf("%s(%s)", f.e.compiled(fn, pos), strings.Join(args, ", "))
	}
	if h, ok := f.e.hostFunc(fn); ok {
		f.e.note(0, fn.RelString(nil), site)
		return fmt.Sprintf("%s(%s)", h, strings.Join(args, ", "))
	}
	name := f.e.need(fn)
	f.e.note(f.e.numberOf(fn), "", site)
	switch {
	case f.e.asCode(fn):
		name = f.e.codeCall(fn)
	case isLiteral(fn):
		name = f.x(fn)
	}
	return fmt.Sprintf("%s(%s)", name, strings.Join(args, ", "))
}

func (e *emitter) numberOf(fn *ssa.Function) int {
	e.need(fn)
	return e.fns[fn]
}

// note remembers a call of the function being written, for the places of a
// failure that passes through it.
func (e *emitter) note(fn int, name string, site int) {
	e.calls = append(e.calls, program.Call{Func: fn, Name: name, Site: site})
}

// isLock tells whether a method of an interface may be that of a mutex, as
// sync.Locker's is: then the runner looks at what the interface holds.
func isLock(m *types.Func) bool {
	sig := m.Signature()
	return (m.Name() == "Lock" || m.Name() == "Unlock") && sig.Params().Len() == 0 && sig.Results().Len() == 0
}

// invoke writes a call of a method of an interface.
func (f *function) invoke(c *ssa.CallCommon, args []string, pos token.Pos) string {
	sig := c.Method.Signature()
	plain := c.Method.Exported() && f.e.types.faithful(types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), false))
	f.checkNil(c.Value, pos)
	if isLock(c.Method) {
		lock := f.e.addHelper(program.Helper{Op: "method", Types: []int{f.e.types.number(c.Value.Type())}, Name: c.Method.Name(), Site: f.e.site(pos)})
		return fmt.Sprintf("%s(%s)", lock, f.x(c.Value))
	}
	if plain {
		if sig.Variadic() {
			args[len(args)-1] += "..."
		}
		return fmt.Sprintf("%s.%s(%s)", f.x(c.Value), c.Method.Name(), strings.Join(args, ", "))
	}
	m := program.Helper{Op: "invoke", Types: []int{f.e.types.number(c.Value.Type()), f.e.types.number(types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic()))}, Name: c.Method.Name()}
	if !c.Method.Exported() {
		m.Path = c.Method.Pkg().Path()
	}
	return fmt.Sprintf("%s(%s)", f.e.addHelper(m), strings.Join(append([]string{f.x(c.Value)}, args...), ", "))
}

// thunk gives a func() that makes a call with operands as they are now, and
// how many interpreted calls it is until the function called. It is made by a
// function of its own, so that nothing it reads changes later.
func (f *function) thunk(c *ssa.CallCommon, pos token.Pos) (text string, depth int) {
	site := f.e.site(pos)
	var names, params, values []string
	add := func(v ssa.Value) string {
		if _, isConst := v.(*ssa.Const); isConst && !isNil(v) {
			if _, basic := v.Type().Underlying().(*types.Basic); basic && v.(*ssa.Const).Value != nil {
				return f.x(v)
			}
		}
		n := fmt.Sprintf("a%d", len(names))
		names = append(names, n)
		params = append(params, n+" "+f.e.types.core(v.Type()))
		values = append(values, f.x(v))
		return n
	}
	var call string
	var args []string
	switch fn := c.StaticCallee(); {
	case c.IsInvoke():
		f.checkNil(c.Value, pos)
		recv := add(c.Value)
		for _, a := range c.Args {
			args = append(args, add(a))
		}
		sig := c.Method.Signature()
		m := program.Helper{Op: "invoke", Types: []int{f.e.types.number(c.Value.Type()), f.e.types.number(types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic()))}, Name: c.Method.Name()}
		if !c.Method.Exported() {
			m.Path = c.Method.Pkg().Path()
		}
		f.e.note(0, c.Method.Name(), site)
		call = fmt.Sprintf("%s(%s)", f.e.addHelper(m), strings.Join(append([]string{recv}, args...), ", "))
	case isBuiltin(c.Value):
		for _, a := range c.Args {
			args = append(args, add(a))
		}
		call = f.builtinCall(c.Value.(*ssa.Builtin).Name(), c, args, pos)
	case fn != nil && !isClosure(c.Value):
		for _, a := range c.Args {
			args = append(args, add(a))
		}
		switch {
		case isCompiled(fn):
			f.e.note(0, fn.RelString(nil), site)
			if fn.Signature.Variadic() {
				args[len(args)-1] += "..."
			}
			call = fmt.Sprintf("%s(%s)", f.e.compiled(fn, pos), strings.Join(args, ", "))
		case isLiteral(fn):
			f.e.note(f.e.numberOf(fn), "", site)
			names, params = append(names, "fn"), append(params, "fn "+f.e.types.core(signatureOf(fn)))
			values = append(values, f.x(fn))
			if len(args) == 0 && fn.Signature.Results().Len() == 0 {
				return values[0], 1
			}
			call = fmt.Sprintf("fn(%s)", strings.Join(args, ", "))
		default:
			call = fmt.Sprintf("%s(%s)", f.e.need(fn), strings.Join(args, ", "))
			f.e.note(f.e.numberOf(fn), "", site)
		}
	default:
		value := add(c.Value)
		for _, a := range c.Args {
			args = append(args, add(a))
		}
		f.e.note(0, "", site)
		call = fmt.Sprintf("%s(%s)", value, strings.Join(args, ", "))
		if len(args) == 0 && c.Signature().Results().Len() == 0 {
			return values[0], 1 // a func() already
		}
	}
	name := fmt.Sprintf("g%d_%d", f.n, len(f.after))
	f.after = append(f.after, fmt.Sprintf("func %s(%s) func() {\n\treturn func() { %s }\n}\n\n", name, strings.Join(params, ", "), call))
	return fmt.Sprintf("%s(%s)", name, strings.Join(values, ", ")), 2
}

func isBuiltin(v ssa.Value) bool {
	_, ok := v.(*ssa.Builtin)
	return ok
}

func isClosure(v ssa.Value) bool {
	_, ok := v.(*ssa.MakeClosure)
	return ok
}

// frameOf gives the frame a defer statement adds to: of this function, or of
// the one whose loop over a function it stands in.
func (f *function) frameOf(stack ssa.Value) string {
	if stack == nil {
		return "fr"
	}
	return f.x(stack)
}
