package lab

import (
	"cmp"
	"fmt"
	"maps"
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

func (d *desk) Outcomes(n int, f func() string) {
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
		b := tally(counts, runs, n, runtime.GOMAXPROCS(0)).Bundle()
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
}

// tally draws the table of a count, the most frequent outcome first.
func tally(counts map[string]int, runs, wanted, procs int) display.Table {
	t := display.Table{
		Caption: fmt.Sprintf("%s in %s", plural(len(counts), "outcome"), plural(runs, "run")),
		Headers: []string{"outcome", "times", "share", ""},
		Note: fmt.Sprintf("Go code ran on %s (GOMAXPROCS). "+
			"An outcome that is not in the table may still be possible.", plural(procs, "processor")),
	}
	if runs < wanted {
		t.Caption = fmt.Sprintf("%s in %d of %s", plural(len(counts), "outcome"), runs, plural(wanted, "run"))
	}
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for i, name := range names {
		if i == outcomesShown {
			t.Note = fmt.Sprintf("… and %s that came %s or fewer. %s", plural(len(names)-i, "more outcome"),
				plural(counts[name], "time"), t.Note)
			break
		}
		n := counts[name]
		if name == "" || strings.TrimSpace(name) != name {
			name = strconv.Quote(name)
		}
		t.Rows = append(t.Rows, []string{name, strconv.Itoa(n), share(n, runs), bar(n, counts[names[0]])})
	}
	return t
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
	return strconv.Itoa(n) + " " + what + "s"
}
