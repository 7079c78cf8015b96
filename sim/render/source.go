package render

import (
	"cmp"
	"slices"
	"strings"

	"runnext/sim/event"
)

// stand is a line of the program and the Gs that stand there.
type stand struct {
	line int
	code string
	here []presence
}

// presence is one G on a line, and what it does there.
type presence struct {
	chip
	doing string // runs, waits, runnable, in a call
}

// stands says where each G of the program stands in its source; the Gs that
// have not begun yet stand on no line and come last, with line 0.
func stands(st *event.Story, before, after *event.Snapshot) []stand {
	if len(st.Source) == 0 {
		return nil
	}
	by := map[int]*stand{}
	program(before, after, func(g, old *event.G) {
		n := 0
		if s := g.Site; s != nil && !elsewhere(s) && s.Line >= 1 && s.Line <= len(st.Source) {
			n = s.Line
		}
		if n == 0 && (g.Site != nil && g.Site.Line > 0) {
			return // it is in another cell
		}
		p := presence{chip: gChip(after, g.ID, false), doing: doing(g)}
		p.isNew = before != nil && (old == nil || old.Status != g.Status || lineOf(old) != lineOf(g))
		if by[n] == nil {
			by[n] = &stand{line: n}
			if n > 0 {
				by[n].code = strings.ReplaceAll(st.Source[n-1], "\t", "    ")
			}
		}
		by[n].here = append(by[n].here, p)
	})
	var out []stand
	for _, s := range by {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b stand) int {
		if (a.line == 0) != (b.line == 0) {
			return cmp.Compare(b.line, a.line)
		}
		return cmp.Compare(a.line, b.line)
	})
	return out
}

func lineOf(g *event.G) int {
	if g.Site == nil {
		return 0
	}
	return g.Site.Line
}

func doing(g *event.G) string {
	switch g.Status {
	case event.Running:
		return "runs"
	case event.Waiting:
		return "waits"
	case event.InCall:
		return "in a system call"
	case event.Runnable:
		return "runnable"
	}
	return g.Status.String()
}

// gathered puts Gs that do the same on a line together.
func gathered(list []presence) (out []group) {
	for _, p := range list {
		i := slices.IndexFunc(out, func(g group) bool { return g.doing == p.doing })
		if i < 0 {
			out = append(out, group{doing: p.doing})
			i = len(out) - 1
		}
		out[i].chips = append(out[i].chips, p.chip)
	}
	for i := range out {
		if n := len(out[i].chips); n > maxChips {
			more := chip{text: "… " + plural(n-maxChips, "more")}
			out[i].chips = append(out[i].chips[:maxChips:maxChips], more)
		}
	}
	return out
}

type group struct {
	doing string
	chips []chip
}
