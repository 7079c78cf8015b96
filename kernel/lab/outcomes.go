package lab

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"runnext/kernel/display"
)

const (
	outcomesShown = 20                     // rows of the table
	outcomesFrame = 250 * time.Millisecond // between two pictures of a long count
	outcomesBar   = 24                     // columns of the longest bar
)

// Tally says how often each result of a function came. It is shown as a table.
type Tally struct {
	Runs   int // that have ended
	Wanted int // fewer ended only if the count was interrupted
	Procs  int // GOMAXPROCS at the end
	// Counts are the results, the most frequent first.
	Counts []Count
}

// Count is one result and how often it came.
type Count struct {
	Outcome string
	Times   int
}

// Times gives how often a result came, 0 if it did not.
func (t *Tally) Times(outcome string) int {
	for _, c := range t.Counts {
		if c.Outcome == outcome {
			return c.Times
		}
	}
	return 0
}

// MIMEBundle shows the counts as a table with a bar for each.
func (t *Tally) MIMEBundle() map[string]any { return t.table().Bundle().Data }

// String gives the table as text.
func (t *Tally) String() string { return t.table().String() }

func (d *desk) Outcomes(n int, f func() string) *Tally {
	if n < 1 {
		panic(fmt.Sprintf("lab.Outcomes: n is %d, at least 1 run is needed", n))
	}
	if f == nil {
		panic("lab.Outcomes: the function to run is nil")
	}
	var h *Handle
	counts := map[string]int{}
	at := d.now()
	runs := 0
	picture := func() {
		if runs == 0 {
			return
		}
		b := tally(counts, runs, n).table().Bundle()
		if h == nil {
			h = d.place(b)
		} else {
			h.replace(b)
		}
	}
	// However f ends, by a panic or an unwinding interrupt too, what has been
	// counted is shown.
	defer picture()
	for runs < n && !d.out.stopped() {
		counts[f()]++
		runs++
		if d.out.live() && runs < n {
			if now := d.now(); now.Sub(at) >= outcomesFrame {
				at = now
				picture()
			}
		}
	}
	return tally(counts, runs, n)
}

func tally(counts map[string]int, runs, wanted int) *Tally {
	t := &Tally{Runs: runs, Wanted: wanted, Procs: runtime.GOMAXPROCS(0)}
	for name, n := range counts {
		t.Counts = append(t.Counts, Count{name, n})
	}
	slices.SortFunc(t.Counts, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Outcome, b.Outcome))
	})
	return t
}

func (t *Tally) table() display.Table {
	drawn := display.Table{
		Caption: fmt.Sprintf("%s in %s", plural(len(t.Counts), "outcome"), plural(t.Runs, "run")),
		Headers: []string{"outcome", "times", "share", ""},
		Note: fmt.Sprintf("Go code ran on %s (GOMAXPROCS). "+
			"An outcome that is not in the table may still be possible.", plural(t.Procs, "processor")),
	}
	if t.Runs < t.Wanted {
		drawn.Caption = fmt.Sprintf("%s in %d of %s", plural(len(t.Counts), "outcome"), t.Runs, plural(t.Wanted, "run"))
	}
	for i, c := range t.Counts {
		if i == outcomesShown {
			drawn.Note = fmt.Sprintf("… and %s that came %s or fewer. %s", plural(len(t.Counts)-i, "more outcome"),
				plural(c.Times, "time"), drawn.Note)
			break
		}
		name := c.Outcome
		if name == "" || strings.TrimSpace(name) != name {
			name = strconv.Quote(name)
		}
		drawn.Rows = append(drawn.Rows, []string{name, strconv.Itoa(c.Times), share(c.Times, t.Runs), bar(c.Times, t.Counts[0].Times)})
	}
	return drawn
}

// share gives a percentage with as many digits as keep one of n runs apart
// from none, and n-1 of n from all.
func share(n, of int) string {
	digits := max(0, len(strconv.Itoa(of))-2)
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', digits, 64) + " %"
}

// bar gives at least one block: what was seen is to be seen.
func bar(n, most int) string {
	return strings.Repeat("█", max(1, n*outcomesBar/most))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return grouped(uint64(n)) + " " + what + "s"
}
