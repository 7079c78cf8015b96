package yaegi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"runnext/kernel/engine"
)

// deadlockText is Go's (go1.26.8 runtime/proc.go checkdead).
const deadlockText = "fatal error: all goroutines are asleep - deadlock!"

// most is how many goroutines a report shows.
const most = 12

// deadlock tells who waits for what, the cell's own goroutine first.
func (j *job) deadlock(waits []*wait) *engine.Failure {
	f := &engine.Failure{
		Kind: engine.KindDeadlock, Text: deadlockText,
		Why: "every goroutine of the cell waits for another one, and nothing that could wake them is left: no timer, no read, no goroutine that runs",
		Try: "follow the arrows above: somebody has to send, receive, close, unlock or call Done before he waits himself",
	}
	if hint := hintFor(waits); hint != "" {
		f.Try += "; " + hint
	}
	n := j.named()
	byNumber(waits)
	var said, picture []string
	width := 0
	for _, w := range waits[:min(len(waits), most)] {
		width = max(width, len(w.g.short()))
	}
	for i, w := range waits[:min(len(waits), most)] {
		ps := w.places()
		where := ""
		if len(ps) > 0 {
			p := ps[0]
			if i > 0 {
				p.Text = w.g.subject() + " " + w.says(n)
			}
			if i == 0 || len(ps) == 1 {
				f.Places = append(f.Places, p)
			}
			where = " at " + at(p, j.cell)
			if len(ps) > 1 {
				where += " or another line that makes the same call"
			}
		}
		said = append(said, w.g.name()+" "+w.says(n)+where)
		picture = append(picture, fmt.Sprintf("    %-*s %s", width, w.g.short(), w.arrow(n)))
	}
	f.Detail = append(f.Detail, said...)
	if more := len(waits) - most; more > 0 {
		f.Detail = append(f.Detail, fmt.Sprintf("and %d goroutines more", more))
	}
	f.Detail = append(f.Detail, "Who waits for whom:")
	f.Detail = append(f.Detail, picture...)
	return f
}

// hintFor says what is most often forgotten where goroutines wait as these do.
func hintFor(waits []*wait) string {
	kinds := map[waitKind]bool{}
	locks := 0
	for _, w := range waits {
		kinds[w.kind] = true
		if w.kind == waitLock {
			locks++
		}
		if len(w.on) == 1 && w.on[0].elem != nil && w.on[0].p == 0 {
			return "a channel is nil until make gives it one"
		}
		if strings.HasSuffix(w.compiled, "(*Once).Do") || strings.HasSuffix(w.compiled, "(*Once).doSlow") {
			return "a function that Once.Do runs must not call Do of the same Once"
		}
	}
	switch {
	case kinds[waitCond]:
		return "Signal wakes one goroutine and Broadcast all, and neither is kept for one that waits later: test the condition in a loop around Wait"
	case kinds[waitLock] && kinds[waitReadLock], (kinds[waitLock] || kinds[waitReadLock]) && len(waits) == 1:
		return "who holds a mutex cannot lock it once more, and a read lock cannot become a write lock: unlock first"
	case locks > 1:
		return "lock mutexes in the same order everywhere"
	case kinds[waitGroup] && len(kinds) == 1:
		return "Done is due once for each Add, on every way out of a goroutine (defer it), and a WaitGroup that is passed by value is a copy with a counter of its own: pass a pointer"
	case kinds[waitReceive] && len(kinds) == 1 || kinds[waitReceive] && kinds[waitGroup] && len(kinds) == 2:
		return "a loop over a channel ends when the sender closes it"
	case kinds[waitSend] && (len(kinds) == 1 || kinds[waitGroup] && len(kinds) == 2):
		return "a send without room in the buffer waits for a receiver, which has to be another goroutine"
	}
	return ""
}

// oneLine tells the same where the cell goes on.
func (j *job) oneLine(waits []*wait) string {
	n := j.named()
	byNumber(waits)
	var parts []string
	for _, w := range waits[:min(len(waits), 3)] {
		text := w.g.subject() + " " + w.says(n)
		if ps := w.places(); len(ps) == 1 {
			text += " at " + at(ps[0], j.cell)
		}
		parts = append(parts, text)
	}
	if more := len(waits) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("%d more wait", more))
	}
	return fmt.Sprintf("cell %d: all goroutines wait, and only another console can wake them: %s", j.cell, strings.Join(parts, "; "))
}

func byNumber(waits []*wait) {
	slices.SortStableFunc(waits, func(a, b *wait) int { return cmp.Compare(a.number(), b.number()) })
}

func (w *wait) number() int {
	if w.g == nil {
		return 1 << 30
	}
	return w.g.number
}

// arrow draws a wait as a line of the picture.
func (w *wait) arrow(n *names) string {
	kind := [...]string{
		waitSend: "send", waitReceive: "receive", waitSelect: "select", waitLock: "lock", waitReadLock: "rlock",
		waitGroup: "wait", waitErrGroup: "wait", waitCond: "wait", waitSleep: "sleep", waitCompiled: "call",
	}[w.kind]
	missing := [...]string{
		waitSend: "nobody is left to receive", waitReceive: "nobody is left to send or close", waitSelect: "nobody is left at the other end",
		waitLock: "nobody is left to unlock it", waitReadLock: "nobody is left to unlock it", waitGroup: "nobody is left to call Done",
		waitErrGroup: "its functions wait themselves", waitCond: "nobody is left to signal", waitSleep: "",
		waitCompiled: "nobody is left to end the call",
	}[w.kind]
	var on []string
	for _, o := range w.on {
		on = append(on, n.of(o.p))
	}
	switch {
	case w.kind == waitCompiled:
		on = []string{w.compiled}
	case len(on) == 0:
		on = []string{"nothing"}
	}
	return fmt.Sprintf("--%s--> %s  (%s)", kind, strings.Join(on, ", "), missing)
}
