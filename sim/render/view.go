package render

import (
	"fmt"
	"strings"
)

// View is a set of things to draw.
type View uint8

// The views. Queues is drawn when nothing else is asked for.
const (
	Queues View = 1 << iota // the Ps, their queues, and who waits
	Waits                   // who waits for what, and on which channel
	Gobuf                   // what a G that does not run has saved
	Stack                   // the simulated stacks
	Lanes                   // who ran when, over the whole story
)

var viewNames = []string{"queues", "waits", "gobuf", "stack", "lanes"}

// ParseViews reads a list such as queues,lanes.
func ParseViews(s string) (View, error) {
	var v View
	for _, w := range strings.Split(s, ",") {
		w = strings.TrimSpace(w)
		if w == "" {
			continue
		}
		bit := View(0)
		for i, n := range viewNames {
			if n == w {
				bit = 1 << i
			}
		}
		if bit == 0 {
			return 0, fmt.Errorf("there is no view %q; there are %s", w, strings.Join(viewNames, ", "))
		}
		v |= bit
	}
	if v == 0 {
		v = Queues
	}
	return v, nil
}

// String lists the views.
func (v View) String() string {
	var out []string
	for i, n := range viewNames {
		if v&(1<<i) != 0 {
			out = append(out, n)
		}
	}
	return strings.Join(out, ",")
}

// stepwise tells whether anything is drawn for each step.
func (v View) stepwise() bool { return v&^Lanes != 0 }
