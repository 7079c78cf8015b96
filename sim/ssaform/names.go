package ssaform

import (
	"fmt"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Literal gives the function that a function literal, or the body of a loop over
// a function, is named after, and what the compiler adds to its name. Literals
// are numbered within their function, those within another literal without the
// word; bodies of loops do not count as functions around others.
// go1.26.8 cmd/compile/internal/ir/func.go:431 closureName
func Literal(f *ssa.Function) (outer *ssa.Function, end string) {
	outer = f.Parent()
	for IsLoopBody(outer) {
		outer = outer.Parent()
	}
	n := 1
	var count func(of *ssa.Function)
	count = func(of *ssa.Function) {
		for _, a := range of.AnonFuncs {
			if IsLoopBody(a) == IsLoopBody(f) && a.Pos() < f.Pos() {
				n++
			}
			if IsLoopBody(a) {
				count(a)
			}
		}
	}
	count(outer)
	switch {
	case IsLoopBody(f):
		return outer, fmt.Sprintf("-range%d", n)
	case outer.Parent() != nil:
		return outer, fmt.Sprintf(".%d", n)
	}
	return outer, fmt.Sprintf(".func%d", n)
}

// IsLoopBody tells the function that go/ssa makes of the body of a loop over a
// function.
func IsLoopBody(f *ssa.Function) bool { return strings.HasPrefix(f.Synthetic, "range-over-func") }
