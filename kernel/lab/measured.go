package lab

import (
	"fmt"
	"slices"
	"strings"
)

// Measured is what an experiment has found. It is shown as a table and a plot:
// lab.Show(m), or as the last expression of a cell.
type Measured struct {
	Title   string
	Figures []Figure
	// Limits are what the system allows, where an experiment comes near it.
	Limits []Limit
	// Notes say what could not be measured and why, and what the figures mean.
	Notes []string

	plot  plotKind
	count string // what N counts: goroutines
}

// Figure is one quantity: the median of several runs and how far they spread.
type Figure struct {
	What string // what was measured: channel ping-pong
	Of   string // which quantity of it: "time each", "resident each", "" when there is one only
	N    int    // how many there were at once, 0 when that is no part of the experiment
	Unit string // ns, B (bytes), 1/s, or "" for a count
	Runs int
	// Median, Min and Max are in Unit, fractions included.
	Median, Min, Max float64
}

// Limit is what the system allows of something.
type Limit struct {
	Name  string // as an administrator knows it: ulimit -u
	Max   uint64 // [NoLimit] for none
	InUse uint64 // 0 where the system does not tell
}

// Of gives the figure of a thing, and of one of its quantities where it has
// several. It panics if there is none of that name.
func (m Measured) Of(what string, of ...string) Figure {
	for _, f := range m.Figures {
		if f.What == what && (len(of) == 0 || f.Of == of[0]) {
			return f
		}
	}
	var all []string
	for _, f := range m.Figures {
		all = append(all, strings.TrimSuffix(f.What+", "+f.Of, ", "))
	}
	panic(fmt.Sprintf("lab.Measured.Of: no figure %q; there are: %s", strings.Join(append([]string{what}, of...), ", "), strings.Join(all, "; ")))
}

// figure makes a Figure of the runs.
func figure(what, of string, n int, unit string, runs []float64) Figure {
	f := Figure{What: what, Of: of, N: n, Unit: unit, Runs: len(runs)}
	if len(runs) == 0 {
		return f
	}
	s := slices.Sorted(slices.Values(runs))
	f.Min, f.Max, f.Median = s[0], s[len(s)-1], s[len(s)/2]
	if len(s)%2 == 0 {
		f.Median = (s[len(s)/2-1] + s[len(s)/2]) / 2
	}
	return f
}

// add notes the runs of one quantity; none is not a figure.
func (m *Measured) add(what, of string, n int, unit string, runs ...float64) {
	if len(runs) > 0 {
		m.Figures = append(m.Figures, figure(what, of, n, unit, runs))
	}
}

func (m *Measured) note(format string, args ...any) {
	m.Notes = append(m.Notes, fmt.Sprintf(format, args...))
}

// MIMEBundle shows the figures as a table.
func (m Measured) MIMEBundle() map[string]any { return m.table().Bundle().Data }

// PlotBundle shows the figures as a plot: Vega-Lite for JupyterLab, bars of
// text elsewhere. It is nil when there is nothing to draw.
func (m Measured) PlotBundle() map[string]any { return m.plotBundle() }

// String gives the table as text.
func (m Measured) String() string { return m.table().String() }

func (l Limit) String() string {
	text := l.Name + " "
	if l.Max == NoLimit {
		text += "none"
	} else {
		text += grouped(l.Max)
	}
	if l.InUse > 0 {
		text += " (" + grouped(l.InUse) + " in use)"
	}
	return text
}
