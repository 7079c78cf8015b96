package yaegi

import (
	"bytes"
	"runtime/pprof"
	"strings"

	"runnext/kernel/engine"
)

// callsOf gives the functions of carried packages in which goroutines are, by
// the goroutines' keys. Those that run interpreted code are not in it.
func (r *Runner) callsOf() map[string]string {
	r.leaks.mu.Lock()
	defer r.leaks.mu.Unlock()
	defer r.numbered()()
	var text bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&text, 1); err != nil {
		return nil
	}
	out := map[string]string{}
	for _, m := range labelLine.FindAllSubmatch(text.Bytes(), -1) {
		// Compiled code's own goroutines go by the same labels.
		if stack := string(m[4]); len(m[3]) > 0 && strings.Contains(stack, "github.com/traefik/yaegi/interp.") {
			if name := calledFunction(stack); name != "" {
				out[string(m[2])+"/"+string(m[3])] = name
			}
		}
	}
	return out
}

// state says what a goroutine does that does not wait where it is known, and at
// which place, when there is one.
func (g *goroutine) state(call string) (text string, at []engine.Place) {
	stopping := g.j.stopping.Load()
	if call == "" {
		if stopping {
			return "ends", nil
		}
		return "runs", nil
	}
	w := &wait{j: g.j, g: g, prog: g.j.prog, kind: waitCompiled, compiled: call}
	if g.prog != nil {
		w.prog = g.prog
	}
	text = "is in a call of " + call
	if stopping {
		text = "ends as soon as its call of " + call + " returns"
	}
	return text, w.places()
}
