package exectrace

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"runnext/kernel/display"
)

// shownGoroutines bounds the rows of a table and the lanes of a picture.
const shownGoroutines = 24

// waitsShown is how many of the longest waits are named.
const waitsShown = 10

// loudest gives the goroutines that did most, in the order of their numbers,
// and how many are left out.
func (t *Trace) loudest() (shown []*Goroutine, more int) {
	mine := t.Mine()
	if len(mine) <= shownGoroutines {
		return mine, 0
	}
	weight := map[*Goroutine]time.Duration{}
	for _, g := range mine {
		weight[g] = g.Total(Running)*4 + g.Total(Runnable)*2 + g.Total(Syscall)
	}
	slices.SortStableFunc(mine, func(a, b *Goroutine) int { return int(weight[b] - weight[a]) })
	shown = mine[:shownGoroutines]
	slices.SortFunc(shown, func(a, b *Goroutine) int { return int(a.ID - b.ID) })
	return shown, len(mine) - shownGoroutines
}

// Summary is what each goroutine spent its time with.
func (t *Trace) Summary() display.Table {
	out := display.Table{
		Caption: fmt.Sprintf("Observed: %s of a real run on %d P", short(t.Len), t.Procs),
		Headers: []string{"goroutine", "started at", "running", "runnable", "waiting", "syscall", "waits"},
	}
	shown, more := t.loudest()
	for _, g := range shown {
		waits := 0
		for _, s := range g.Spans {
			if s.State == Waiting {
				waits++
			}
		}
		out.Rows = append(out.Rows, []string{name(g), g.Origin.String(), short(g.Total(Running)), short(g.Total(Runnable)),
			short(g.Total(Waiting)), short(g.Total(Syscall)), strconv.Itoa(waits)})
	}
	notes := []string{fmt.Sprintf("%d events; runnable is ready to run, without a P.", t.Events)}
	if more > 0 {
		notes = append(notes, fmt.Sprintf("%d more goroutines did less.", more))
	}
	if n, sum := t.collections(); n > 0 {
		notes = append(notes, fmt.Sprintf("Garbage collections: %d, marking for %s.", n, short(sum)))
	}
	if t.Cut != "" {
		notes = append(notes, "The trace ends early, as the program did: "+t.Cut+".")
	}
	out.Note = strings.Join(notes, " ")
	return out
}

func (t *Trace) collections() (n int, sum time.Duration) {
	for _, r := range t.GC {
		n++
		sum += r.To - r.From
	}
	return n, sum
}

// LongestWaits names the lines at which goroutines waited longest.
func (t *Trace) LongestWaits() display.Table {
	out := display.Table{Caption: "The longest waits", Headers: []string{"for", "goroutine", "at", "why", "from", "woken by"}}
	for _, w := range t.Waits(waitsShown) {
		waker := ""
		if next, ok := w.G.At(w.To); ok && next.Waker > 0 {
			waker = "G" + strconv.FormatInt(next.Waker, 10)
		}
		out.Rows = append(out.Rows, []string{short(w.Len()), "G" + strconv.FormatInt(w.G.ID, 10), w.Place.String(), w.Reason, short(w.From), waker})
	}
	if len(out.Rows) == 0 {
		out.Note = "No goroutine waited."
	}
	return out
}

// States is what each goroutine does at a moment.
func (t *Trace) States(at time.Duration) display.Table {
	out := display.Table{Caption: "At " + short(at), Headers: []string{"goroutine", "state", "P", "why", "at", "since"}}
	more := 0
	for _, g := range t.Mine() {
		s, ok := g.At(at)
		if !ok {
			continue
		}
		if len(out.Rows) == shownGoroutines {
			more++
			continue
		}
		p := ""
		if s.Proc >= 0 {
			p = strconv.Itoa(s.Proc)
		}
		out.Rows = append(out.Rows, []string{name(g), s.State.String(), p, s.Reason, s.Place.String(), short(at - s.From)})
	}
	if more > 0 {
		out.Note = fmt.Sprintf("And %d more.", more)
	}
	return out
}

// Counts is how many events of each kind there were.
func (t *Trace) Counts() display.Table {
	out := display.Table{Caption: fmt.Sprintf("%d events", t.Events), Headers: []string{"kind", "events"}}
	for _, k := range slices.Sorted(maps.Keys(t.Kinds)) {
		out.Rows = append(out.Rows, []string{k, strconv.Itoa(t.Kinds[k])})
	}
	return out
}

func name(g *Goroutine) string {
	n := "G" + strconv.FormatInt(g.ID, 10)
	if f := strings.TrimPrefix(g.Func, "main."); f != "" && f != g.Func {
		n += " " + f
	}
	return n
}

// short writes a time with three digits.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= time.Second:
		return d.Round(time.Millisecond).String()
	case d >= time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d >= time.Microsecond:
		return d.Round(10 * time.Nanosecond).String()
	}
	return d.String()
}
