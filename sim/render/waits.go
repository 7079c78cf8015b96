package render

import (
	"fmt"
	"slices"
	"strings"

	"runnext/sim/event"
)

// wait is the row of a G that waits or is in a system call.
type wait struct {
	g       chip
	why     string // the reason, and the channel
	where   string // function and line
	code    string // what stands there
	waker   string // what could wake it, and who does
	changed bool   // it began to wait in this step
}

// waiting lists every G of the program that cannot run now. woken tells who
// ends a wait later on, in words; it may be nil.
func waiting(st *event.Story, before, after *event.Snapshot, woken func(g int64) string) []wait {
	var out []wait
	program(before, after, func(g, old *event.G) {
		w := wait{where: place(after, g.ID), code: code(st, g.Site), waker: wakers(g)}
		switch g.Status {
		case event.Waiting:
			w.why = waitsFor(g.Reason, g.On)
		case event.InCall:
			w.why = "system call"
		default:
			return
		}
		w.changed = before != nil && (old == nil || old.Status != g.Status || old.Reason != g.Reason)
		w.g = gChip(after, g.ID, w.changed)
		if woken != nil {
			if who := woken(g.ID); who != "" {
				w.waker += ": " + who
			}
		}
		out = append(out, w)
	})
	return out
}

// program gives the Gs of the program, and each as it was before.
func program(before, after *event.Snapshot, f func(g, old *event.G)) {
	for i := range after.Gs {
		g := &after.Gs[i]
		if g.System {
			continue
		}
		var old *event.G
		if before != nil {
			old, _ = before.G(g.ID)
		}
		f(g, old)
	}
}

// wakeup is where a wait ends.
type wakeup struct {
	step int
	by   int64
	rule event.Rule
}

// wakeups finds for each G the steps in which its waits end.
func wakeups(st *event.Story) map[int64][]wakeup {
	out := map[int64][]wakeup{}
	for i := range st.Steps {
		for k := range st.Steps[i].Events {
			e := &st.Steps[i].Events[k]
			if e.Kind == event.Readied || e.Kind == event.SysExit {
				out[e.G] = append(out[e.G], wakeup{i + 1, e.By, e.Rule})
			}
		}
	}
	return out
}

// wakerAt gives the words for who wakes a G that waits after a step. ended is
// whether the story is told to its end.
func wakerAt(all map[int64][]wakeup, step int, ended bool) func(int64) string {
	return func(g int64) string {
		list := all[g]
		i, _ := slices.BinarySearchFunc(list, step+1, func(w wakeup, n int) int { return w.step - n })
		switch {
		case i == len(list) && ended:
			return "nobody does"
		case i == len(list):
			return ""
		case list[i].by == 0:
			return fmt.Sprintf("in step %d", list[i].step)
		}
		return fmt.Sprintf("G%d does, in step %d", list[i].by, list[i].step)
	}
}

// deadlocked tells whether a story ends because nobody can run any more.
func deadlocked(st *event.Story) bool {
	if len(st.Steps) == 0 {
		return false
	}
	return strings.Contains(st.Steps[len(st.Steps)-1].After.Fatal, "deadlock")
}

// over tells whether the story is told to the program's end.
func over(st *event.Story) bool {
	if len(st.Steps) == 0 {
		return false
	}
	for _, e := range st.Steps[len(st.Steps)-1].Events {
		if e.Kind == event.Fatal || e.Kind == event.Exited && e.Rule == event.MainReturns {
			return true
		}
	}
	return false
}

// fullEvery is how many steps apart the tables of all waiting Gs stand; those
// between them list who has begun to wait, and name the others.
const fullEvery = 20

// fewWaits is how many rows are always written out.
const fewWaits = 3

// shown parts the waiting Gs of a step into those whose rows are drawn and
// those that are only named, because a step before shows them.
func shown(list []wait, step int) (rows, named []wait) {
	if len(list) <= fewWaits || step%fullEvery == 0 {
		return list, nil
	}
	for _, w := range list {
		if w.changed {
			rows = append(rows, w)
		} else {
			named = append(named, w)
		}
	}
	return rows, named
}
