package render

import (
	"fmt"
	"slices"
	"strings"

	"runnext/sim/event"
)

// chip is one G, or one word, in a cell of a table.
type chip struct {
	text   string
	g      int64
	isNew  bool // was not here one step before
	system bool
}

// cellOf is a cell: a label above chips in order.
type cellOf struct {
	label   string
	chips   []chip
	note    string
	changed bool
}

type row []cellOf

// table is what both forms of a step are drawn from.
type table struct {
	head []string
	rows []row
}

// maxChips is how many Gs of one queue are drawn; the middle of a longer one is
// left out and counted.
const maxChips = 12

// queues lays out the Ps: who runs, runnext, the ring, schedtick; then the
// global queue and who waits.
func queues(before, after *event.Snapshot) table {
	t := table{head: []string{"P", "M", "runs", "runnext", "ring, head → tail", "schedtick"}}
	for i := range after.Ps {
		p, old := &after.Ps[i], (*event.P)(nil)
		if before != nil && i < len(before.Ps) {
			old = &before.Ps[i]
		}
		t.rows = append(t.rows, pRow(after, p, old))
	}
	return t
}

func pRow(s *event.Snapshot, p, old *event.P) row {
	r := row{{label: fmt.Sprintf("P%d", p.ID)}}
	m := cellOf{label: "–"}
	if p.M >= 0 {
		m.label = fmt.Sprintf("M%d", p.M)
	}
	if p.Spinning {
		m.note = "spinning"
	}
	if p.Status == "syscall" {
		m.note = "in a system call"
	}
	m.changed = old != nil && old.M != p.M
	runs := cellOf{label: p.Status}
	if p.Curg != 0 {
		runs.label = ""
		runs.chips = []chip{gChip(s, p.Curg, old != nil && old.Curg != p.Curg)}
		runs.note = place(s, p.Curg)
	} else if p.Status == "running" {
		runs.label = "looks for a G"
	}
	runs.changed = old != nil && (old.Curg != p.Curg || old.Status != p.Status)
	next := cellOf{}
	if p.RunNext != 0 {
		next.chips = []chip{gChip(s, p.RunNext, old != nil && old.RunNext != p.RunNext)}
	}
	next.changed = old != nil && old.RunNext != p.RunNext
	ring := cellOf{chips: gChips(s, p.Ring, oldRing(old))}
	ring.changed = old != nil && !slices.Equal(old.Ring, p.Ring)
	if n := len(p.Ring); n > maxChips {
		ring.note = fmt.Sprintf("%d Gs", n)
	}
	tick := cellOf{label: fmt.Sprint(p.Tick)}
	tick.changed = old != nil && old.Tick != p.Tick
	return append(r, m, runs, next, ring, tick)
}

func oldRing(p *event.P) []int64 {
	if p == nil {
		return nil
	}
	return p.Ring
}

func gChip(s *event.Snapshot, id int64, isNew bool) chip {
	c := chip{text: fmt.Sprintf("G%d", id), g: id, isNew: isNew}
	if g, ok := s.G(id); ok {
		c.system = g.System
	}
	return c
}

func gChips(s *event.Snapshot, ids, old []int64) []chip {
	var out []chip
	for i, id := range ids {
		if len(ids) > maxChips && i == maxChips/2 {
			out = append(out, chip{text: fmt.Sprintf("… %d …", len(ids)-maxChips)})
		}
		if len(ids) > maxChips && i >= maxChips/2 && i < len(ids)-maxChips/2 {
			continue
		}
		out = append(out, gChip(s, id, old != nil && !slices.Contains(old, id)))
	}
	return out
}

// line is one labelled line below the Ps.
type line struct {
	label   string
	chips   []chip
	changed bool
}

// below lists the global queue, who waits for what, and the netpoller and
// timers when there is something in them.
func below(before, after *event.Snapshot) []line {
	var old event.Snapshot
	if before != nil {
		old = *before
	}
	out := []line{{label: "global queue", chips: gChips(after, after.Global, old.Global),
		changed: before != nil && !slices.Equal(old.Global, after.Global)}}
	if before == nil {
		for i := range out[0].chips {
			out[0].chips[i].isNew = false
		}
	}
	out = append(out, waiting(before, after)...)
	if t := timers(after); len(t) > 0 {
		l := line{label: "timers"}
		for _, x := range t {
			l.chips = append(l.chips, chip{text: x})
		}
		l.changed = before != nil && !slices.Equal(t, timers(before))
		out = append(out, l)
	}
	return out
}

func waiting(before, after *event.Snapshot) []line {
	by := map[string][]chip{}
	var order []string
	changed := map[string]bool{}
	for i := range after.Gs {
		g := &after.Gs[i]
		var why string
		switch {
		case g.System:
			continue
		case g.Status == event.Waiting:
			why = "waits: " + g.Reason.String()
		case g.Status == event.InCall:
			why = "in a system call"
		default:
			continue
		}
		c := gChip(after, g.ID, false)
		if before != nil {
			if o, ok := before.G(g.ID); !ok || o.Status != g.Status || o.Reason != g.Reason {
				c.isNew, changed[why] = true, true
			}
		}
		if by[why] == nil {
			order = append(order, why)
		}
		by[why] = append(by[why], c)
	}
	var out []line
	for _, why := range order {
		chips := by[why]
		if n := len(chips); n > maxChips {
			chips = append(slices.Clone(chips[:maxChips]), chip{text: fmt.Sprintf("… %d more", n-maxChips)})
		}
		out = append(out, line{label: why, chips: chips, changed: changed[why]})
	}
	return out
}

func timers(s *event.Snapshot) []string {
	var out []string
	for i := range s.Ps {
		for _, t := range s.Ps[i].Timers {
			if t.Dead || t.When <= 0 {
				continue
			}
			x := dur(t.When).String()
			if t.G != 0 {
				x = fmt.Sprintf("%s G%d", x, t.G)
			}
			if out = append(out, x); len(out) == maxChips {
				return append(out, "…")
			}
		}
	}
	return out
}

// place says where a running G stands.
func place(s *event.Snapshot, id int64) string {
	g, ok := s.G(id)
	if !ok {
		return ""
	}
	name := short(g.Entry)
	if g.Site == nil {
		return name
	}
	if g.Site.Func != "" {
		name = short(g.Site.Func)
	}
	if g.Site.Line > 0 {
		return fmt.Sprintf("%s:%d", strings.TrimSpace(name), g.Site.Line)
	}
	return name
}
