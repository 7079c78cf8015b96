package cell

import (
	"fmt"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/tools/go/ssa"
)

// TestBeside: questions are answered while cells are checked, and two consoles
// that define the same name get two variables.
func TestBeside(t *testing.T) {
	defer goleak.VerifyNone(t)
	n := newNotebook(t)
	given(t, n, shapes, "x := 1\nfunc g() int { return x }")
	var wg sync.WaitGroup
	var mu sync.Mutex
	names := map[string]bool{}
	for i := range 4 {
		wg.Go(func() {
			for j := range 20 {
				c, fail := n.Check(10+20*i+j, fmt.Sprintf("x := g()\nw%d := Point{x, %d}\ntype P%d struct{ Point }\nbytes.Contains(nil, nil)", i, j, i))
				if fail != nil {
					t.Error(fail)
					return
				}
				n.Commit(c)
				if err := buildSSA(c, ssa.SanityCheckFunctions); err != nil {
					t.Error(err)
				}
				mu.Lock()
				if name := c.NewVars[0].Name(); names[name] {
					t.Errorf("two variables are called %s", name)
				} else {
					names[name] = true
				}
				mu.Unlock()
			}
		})
		wg.Go(func() {
			for range 20 {
				if out := n.Complete("for {\n\tunit.No", 15); len(out.Items) != 1 {
					t.Errorf("%+v", out.Items)
				}
				if _, ok := n.Inspect("unit.Norm()", 7, 1); !ok {
					t.Error("unit.Norm is not known")
				}
				if c := n.IsComplete("for {"); c.Status != "incomplete" {
					t.Error(c)
				}
				n.Check(0, "x := )")
				n.Check(0, "nobody.Knows(")
			}
		})
	}
	wg.Wait()
}
