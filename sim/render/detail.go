package render

import (
	"fmt"
	"strings"

	"runnext/sim/event"
)

// detail is one drawing of a step besides the tables of the queues.
type detail struct{ text, html string }

// tableDetail draws a table in both forms.
func tableDetail(t table) detail {
	var b strings.Builder
	gridHTML(&b, t, nil)
	return detail{grid(t), b.String()}
}

// details draws the views that tell of each G. Pictures are drawn of the steps
// in which what they show happens; the tables beside them are of every step.
func details(st *event.Story, v View, n int, before, after *event.Snapshot) []detail {
	var out []detail
	if v&Waits != 0 {
		out = append(out, tableDetail(waitTable(st, before, after)))
	}
	if v&Gobuf != 0 {
		if n > 0 {
			for _, s := range switches(&st.Steps[n-1], before, after) {
				out = append(out, s.detail())
			}
		}
		out = append(out, tableDetail(gobufs(before, after)))
	}
	if v&Stack != 0 {
		if n > 0 {
			for _, c := range copies(&st.Steps[n-1], before, after) {
				out = append(out, c.detail())
			}
		}
		out = append(out, stackDetail(before, after))
	}
	return out
}

func waitTable(st *event.Story, before, after *event.Snapshot) table {
	t := table{head: []string{"G", "status", "waits for", "where", "what wakes it"}}
	program(before, after, func(g, old *event.G) {
		why, waker := "", ""
		if g.Status == event.Waiting || g.Status == event.InCall {
			why, waker = waitsFor(g.Reason, g.On), wakers(g)
		}
		was := old == nil && before != nil || old != nil && (old.Status != g.Status || old.Reason != g.Reason)
		where := cellOf{label: orDash(code(st, g.Site)), note: place(after, g.ID)}
		if where.label == "–" {
			where = cellOf{label: orDash(place(after, g.ID))}
		}
		t.rows = append(t.rows, row{
			{chips: []chip{gChip(after, g.ID, old == nil && before != nil)}},
			word(g.Status.String(), was), word(why, was && why != ""), where, word(waker, false)})
	})
	return t
}

// gobufs shows sp, pc, bp and ctxt of each G; those of a running one are in
// the registers of its thread.
func gobufs(before, after *event.Snapshot) table {
	t := table{head: []string{"G", "status", "gobuf.sp", "gobuf.pc", "gobuf.bp", "gobuf.ctxt"}}
	program(before, after, func(g, old *event.G) {
		changed := old != nil && old.Status != g.Status
		r := row{{chips: []chip{gChip(after, g.ID, old == nil && before != nil)}}, word(g.Status.String(), changed)}
		if g.Status == event.Running || g.Status == event.InCall {
			r = append(r, word(fmt.Sprintf("in registers of M%d", g.M), changed), word("", false), word("", false), word("", false))
		} else {
			saved := before != nil && (old == nil || old.Buf.SP != g.Buf.SP)
			r = append(r, word(hex(g.Buf.SP), saved), word(bufPC(g), saved), word(hex(g.Buf.BP), saved), word(short(g.Buf.Ctxt), saved && g.Buf.Ctxt != ""))
		}
		t.rows = append(t.rows, r)
	})
	return t
}

// bufPC says where a G that does not run goes on.
func bufPC(g *event.G) string {
	switch {
	case g.Buf.Ctxt != "":
		return entry(g)
	case g.Buf.PC == nil:
		return entry(g)
	case g.Buf.PC.Line == 0:
		return short(g.Buf.PC.Func)
	}
	return fmt.Sprintf("%s:%d", short(g.Buf.PC.Func), g.Buf.PC.Line)
}

func hex(a uint64) string {
	if a == 0 {
		return ""
	}
	return fmt.Sprintf("%#x", a)
}
