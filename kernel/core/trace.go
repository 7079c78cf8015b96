package core

import (
	"fmt"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/ssa"

	"runnext/sim/ssaform"
)

// asking are the objects by which a program asks for its own stack. Only one
// that names some of them keeps account of its calls: the interpreter's stack
// says nothing of a cell's functions.
var asking = map[string]bool{
	"runtime.Caller": true, "runtime.Callers": true, "runtime.Stack": true, "runtime.FuncForPC": true,
	"runtime/debug.Stack": true, "runtime/debug.PrintStack": true,
	"log.Lshortfile": true, "log.Llongfile": true,
}

// askStack finds out whether the program asks for its stack, and refuses what
// asks inside compiled code.
func (e *emitter) askStack() {
	for id, obj := range e.in.Info.Uses {
		if obj.Pkg() == nil {
			continue
		}
		if v, ok := obj.(*types.Var); ok && v.IsField() && v.Name() == "AddSource" && v.Pkg().Path() == "log/slog" {
			e.refuse(id.Pos(), "slog's AddSource: compiled code does not know a cell's lines")
		}
		if asking[obj.Pkg().Path()+"."+obj.Name()] && obj.Parent() == obj.Pkg().Scope() {
			e.traced = true
		}
		e.named = e.named || obj.Pkg().Path() == "runtime" && obj.Name() == "FuncForPC"
	}
}

// keepsAccount tells whether a function's calls are noted: what Go shows in a
// stack, which are functions of the cell but not wrappers.
func (f *function) keepsAccount() bool {
	fn := f.fn
	if !f.e.traced || ssaform.IsWrapper(fn) || f.e.in.Position(fn.Pos()).Line == 0 {
		return false
	}
	return fn.Synthetic == "" || strings.HasPrefix(fn.Synthetic, "instance of") || fn.Syntax() != nil
}

// enter writes the start of the account of one call.
func (f *function) enter() string {
	if !f.account {
		return ""
	}
	return fmt.Sprintf("\tvar dp int\n\tdp = h.Enter(%d)\n", f.n)
}

// at notes where the function is when it calls another: in the account of its
// calls, and in a variable that is read when a panic has passed through it.
func (f *function) at(pos token.Pos) {
	site := f.e.site(pos)
	if f.account {
		f.line("h.At(dp, %d)", site)
	}
	if site > 0 && !ssaform.IsWrapper(f.fn) {
		f.marks[site] = true
		f.line("at = %d", site)
	}
}

// markLine is what at writes for the variable.
var markLine = regexp.MustCompile(`(?m)^\tat = \d+\n`)

// marked declares the variable of a body in which there are several places to
// note, and takes the notes out of another.
func (f *function) marked(body string) string {
	if len(f.marks) < 2 {
		return markLine.ReplaceAllString(body, "")
	}
	f.decls.WriteString("\tvar at h.Mark\n")
	f.e.funcs[f.n].Marks = true
	return body
}

// runDefers writes the run of the deferred calls at the end of a block: called
// from the return, or from the end of the function.
func (f *function) runDefers(b *ssa.BasicBlock) {
	pos := b.Instrs[len(b.Instrs)-1].Pos()
	if !pos.IsValid() && f.fn.Syntax() != nil {
		pos = f.fn.Syntax().End() - 1
	}
	f.at(pos)
	f.line("h.RunDefers(fr)")
}

// leave ends the account before a return.
func (f *function) leave() {
	if f.account && !f.deferred {
		f.line("h.Leave(dp)")
	}
}

// namedFunc gives the helper by which function values are made: one that
// remembers their names where the program asks for them.
func (e *emitter) namedFunc(fn *ssa.Function, sig types.Type) string {
	if !e.named {
		return e.helper("func", sig)
	}
	return e.addNamed(e.numberOf(fn), sig)
}
