package lab

import (
	"slices"
	"strconv"
	"strings"

	"runnext/kernel/display"
)

// thing is what one row of a table is about.
type thing struct {
	what string
	n    int
}

// table has a column for each quantity where several things are measured in
// several ways; else a row for each figure. What is the same in all rows is no
// column.
func (m Measured) table() display.Table {
	t := display.Table{Caption: m.Title}
	notes := m.Notes
	switch things, ofs := m.things(), m.quantities(); {
	case len(m.Figures) == 0:
		m.limitRows(&t)
	case len(things) > 1 && len(ofs) > 1:
		notes = append([]string{m.across(&t, things, ofs)}, notes...)
		notes = append(notes, m.limitNote()...)
	default:
		m.down(&t, things, ofs)
		notes = append(notes[:len(notes):len(notes)], m.limitNote()...)
	}
	t.Note = strings.Join(notes, "\n")
	return t
}

func (m Measured) things() (all []thing) {
	for _, f := range m.Figures {
		if k := (thing{f.What, f.N}); !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	return all
}

func (m Measured) quantities() (all []string) {
	for _, f := range m.Figures {
		if !slices.Contains(all, f.Of) {
			all = append(all, f.Of)
		}
	}
	return all
}

// names gives the columns that say which thing a row is about, and what stands
// in them.
func (m Measured) names(things []thing) (headers []string, of func(thing) []string) {
	what, n := false, false
	for _, k := range things {
		what, n = what || k.what != things[0].what, n || k.n != things[0].n
	}
	if what {
		headers = append(headers, "")
	}
	if n {
		headers = append(headers, m.counted())
	}
	return headers, func(k thing) (cells []string) {
		if what {
			cells = append(cells, k.what)
		}
		if n && k.n == 0 {
			cells = append(cells, "")
		} else if n {
			cells = append(cells, grouped(uint64(k.n)))
		}
		return cells
	}
}

// counted says what N is the number of.
func (m Measured) counted() string {
	if m.count == "" {
		return "n"
	}
	return m.count
}

// across writes a row for each thing, and tells how to read its cells.
func (m Measured) across(t *display.Table, things []thing, ofs []string) string {
	headers, names := m.names(things)
	t.Headers = append(headers, ofs...)
	least, most, spread := 0, 0, false
	for _, k := range things {
		row := append(names(k), make([]string, len(ofs))...)
		for _, f := range m.Figures {
			if (thing{f.What, f.N}) != k {
				continue
			}
			cell := quantity(f.Median, f.Unit)
			from, to := quantity(f.Min, f.Unit), quantity(f.Max, f.Unit)
			if from != cell || to != cell {
				cell, spread = cell+"\n"+from+" – "+to, true
			}
			row[len(headers)+slices.Index(ofs, f.Of)] = cell
			if least == 0 || f.Runs < least {
				least = f.Runs
			}
			most = max(most, f.Runs)
		}
		t.Rows = append(t.Rows, row)
	}
	runs := plural(most, "run")
	if least < most {
		runs = strconv.Itoa(least) + " to " + runs
	}
	if !spread {
		return "Each figure is the median of " + runs + "."
	}
	return "Each figure is the median of " + runs + "; below it the least and the most."
}

// down writes a row for each figure.
func (m Measured) down(t *display.Table, things []thing, ofs []string) {
	headers, names := m.names(things)
	if len(ofs) > 1 || len(headers) == 0 {
		headers = append(headers, "")
	}
	t.Headers = append(headers, "median", "least", "most", "runs")
	for _, f := range m.Figures {
		row := names(thing{f.What, f.N})
		switch {
		case len(ofs) > 1:
			row = append(row, f.Of)
		case len(row) == 0:
			row = append(row, strings.TrimSuffix(f.What+", "+f.Of, ", "))
		}
		t.Rows = append(t.Rows, append(row, quantity(f.Median, f.Unit), quantity(f.Min, f.Unit), quantity(f.Max, f.Unit), strconv.Itoa(f.Runs)))
	}
}

func (m Measured) limitNote() []string {
	if len(m.Limits) == 0 {
		return nil
	}
	var limits []string
	for _, l := range m.Limits {
		limits = append(limits, l.String())
	}
	return []string{"Limits: " + strings.Join(limits, "; ") + "."}
}

// limitRows writes the limits: where nothing was measured they are the result.
func (m Measured) limitRows(t *display.Table) {
	if len(m.Limits) == 0 {
		return
	}
	t.Headers = []string{"limit", "at most", "in use"}
	for _, l := range m.Limits {
		row := []string{l.Name, "none", ""}
		if l.Max != NoLimit {
			row[1] = grouped(l.Max)
		}
		if l.InUse > 0 {
			row[2] = grouped(l.InUse)
		}
		t.Rows = append(t.Rows, row)
	}
}
