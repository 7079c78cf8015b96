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

// cellOf is a cell: a label, chips in order, a note.
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

// queues lays out the Ps: who runs, runnext, the ring, schedtick.
func queues(before, after *event.Snapshot) table {
	t := table{head: []string{"P", "M", "runs", "runnext", "ring: head → tail", "schedtick"}}
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
	m.changed = old != nil && old.M != p.M
	runs := cellOf{label: p.Status}
	if p.Curg != 0 {
		runs.label = ""
		runs.chips = []chip{gChip(s, p.Curg, old != nil && old.Curg != p.Curg)}
		runs.note = place(s, p.Curg)
		if p.Status == "syscall" {
			runs.note += ", in a system call"
		}
	} else if p.Status == "running" {
		runs.label = "looks for a G"
		if p.Spinning {
			runs.label = "spins: looks at the other Ps"
		}
	}
	runs.changed = old != nil && (old.Curg != p.Curg || old.Status != p.Status || old.Spinning != p.Spinning)
	next := cellOf{}
	if p.RunNext != 0 {
		next.chips = []chip{gChip(s, p.RunNext, old != nil && old.RunNext != p.RunNext)}
	}
	next.changed = old != nil && old.RunNext != p.RunNext
	ring := cellOf{chips: gChips(s, p.Ring, oldRing(old))}
	ring.changed = old != nil && !slices.Equal(old.Ring, p.Ring)
	if n := len(p.Ring); n > maxChips {
		ring.note = fmt.Sprintf("%d of 256", n)
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

// below lists what belongs to no P: the global queue always, and idle Ps, the
// threads, the netpoller and the timers when there is something to say.
func below(before, after *event.Snapshot) []line {
	global := line{label: "global queue"}
	if before == nil {
		global.chips = gChips(after, after.Global, nil)
	} else {
		was := before.Global
		if was == nil {
			was = []int64{}
		}
		global.chips = gChips(after, after.Global, was)
		global.changed = !slices.Equal(was, after.Global)
	}
	out := []line{global}
	add := func(label string, of func(*event.Snapshot) []string) {
		now := of(after)
		var was []string
		if before != nil {
			was = of(before)
		}
		if len(now) == 0 && len(was) == 0 {
			return
		}
		l := line{label: label, changed: before != nil && !slices.Equal(was, now)}
		for _, x := range now {
			l.chips = append(l.chips, chip{text: x, isNew: before != nil && !slices.Contains(was, x)})
		}
		out = append(out, l)
	}
	add("idle Ps", idlePs)
	add("other Ms", threadsOf)
	add("netpoller", poller)
	add("timers", timers)
	return out
}

func idlePs(s *event.Snapshot) []string {
	var out []string
	for _, p := range s.IdlePs {
		out = append(out, fmt.Sprintf("P%d", p))
	}
	return out
}

// threadsOf tells of the Ms that no P's row shows, and of what those with a P
// do besides running a G.
func threadsOf(s *event.Snapshot) []string {
	var out []string
	for i := range s.Ms {
		m := &s.Ms[i]
		what := ""
		switch m.State {
		case "idle":
			what = "sleeps"
		case "spinning":
			what = "spins"
		case "polling":
			what = "in the netpoller"
		case "locked":
			what = fmt.Sprintf("sleeps, wired to G%d", m.Locked)
		case "syscall":
			what = fmt.Sprintf("in a system call of G%d", m.Curg)
		}
		if what == "" || m.P >= 0 && m.State == "syscall" {
			continue
		}
		if out = append(out, fmt.Sprintf("M%d %s", m.ID, what)); len(out) == maxChips {
			return append(out, "…")
		}
	}
	return out
}

// poller lists the Gs whose input is awaited.
func poller(s *event.Snapshot) []string {
	var out []string
	for i, w := range s.Poller {
		if i == maxChips {
			return append(out, fmt.Sprintf("… %d more", len(s.Poller)-i))
		}
		out = append(out, fmt.Sprintf("G%d", w.G))
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
			x := fmt.Sprintf("P%d %v", s.Ps[i].ID, dur(t.When))
			if t.G != 0 {
				x += fmt.Sprintf(" G%d", t.G)
			}
			if out = append(out, x); len(out) == maxChips {
				return append(out, "…")
			}
		}
	}
	return out
}

// word is a cell of one word.
func word(text string, changed bool) cellOf {
	return cellOf{label: orDash(text), changed: changed}
}

func orDash(s string) string {
	if strings.TrimSpace(s) == "" {
		return "–"
	}
	return s
}
