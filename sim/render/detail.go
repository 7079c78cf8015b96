package render

import (
	"fmt"

	"runnext/sim/event"
)

// details lays out the tables of the views that tell of each G.
func details(v View, before, after *event.Snapshot) []table {
	var out []table
	if v&Waits != 0 {
		out = append(out, waits(before, after))
	}
	if v&Gobuf != 0 {
		out = append(out, gobufs(before, after))
	}
	if v&Stack != 0 {
		out = append(out, stacks(before, after))
	}
	return out
}

// program gives the Gs of the program, and each as it was before.
func program(before, after *event.Snapshot, f func(g, old *event.G)) {
	for i := range after.Gs {
		g := &after.Gs[i]
		if g.System {
			continue
		}
		var old *event.G
		if before != nil {
			old, _ = before.G(g.ID)
		}
		f(g, old)
	}
}

func word(text string, changed bool) cellOf {
	if text == "" {
		text = "–"
	}
	return cellOf{label: text, changed: changed}
}

func waits(before, after *event.Snapshot) table {
	t := table{head: []string{"G", "status", "waits for", "on", "at"}}
	program(before, after, func(g, old *event.G) {
		on := ""
		if g.On != 0 {
			on = fmt.Sprintf("channel %d", g.On)
		}
		was := old == nil && before != nil || old != nil && (old.Status != g.Status || old.Reason != g.Reason)
		t.rows = append(t.rows, row{
			{chips: []chip{{text: fmt.Sprintf("G%d", g.ID), g: g.ID, isNew: old == nil && before != nil}}},
			word(g.Status.String(), was), word(g.Reason.String(), was && g.Reason != event.NoReason),
			word(on, false), word(place(after, g.ID), false)})
	})
	return t
}

// gobufs shows sp, pc, bp and ctxt of each G; those of a running one are in
// the registers of its thread.
func gobufs(before, after *event.Snapshot) table {
	t := table{head: []string{"G", "status", "gobuf.sp", "gobuf.pc", "gobuf.bp", "gobuf.ctxt"}}
	program(before, after, func(g, old *event.G) {
		r := row{{chips: []chip{{text: fmt.Sprintf("G%d", g.ID), g: g.ID}}}, word(g.Status.String(), old != nil && old.Status != g.Status)}
		if g.Status == event.Running {
			reg := "in registers"
			r = append(r, word(reg, old != nil && old.Status != g.Status), word(reg, false), word(reg, false), word(reg, false))
		} else {
			pc := "goexit+1 below " + short(g.Entry)
			if g.Buf.Ctxt != "" {
				pc = short(g.Entry)
			} else if g.Buf.PC != nil {
				pc = fmt.Sprintf("%s:%d", short(g.Buf.PC.Func), g.Buf.PC.Line)
			}
			r = append(r, word(hex(g.Buf.SP), old == nil || old.Buf.SP != g.Buf.SP), word(pc, old == nil || old.Buf.PC != g.Buf.PC),
				word(hex(g.Buf.BP), false), word(short(g.Buf.Ctxt), false))
		}
		t.rows = append(t.rows, r)
	})
	return t
}

// stacks shows where each stack lies and how much of it is used. The sizes of
// frames are modelled, not the compiler's.
func stacks(before, after *event.Snapshot) table {
	t := table{head: []string{"G", "stack.lo", "stack.hi", "size", "sp", "used (modelled)"}}
	program(before, after, func(g, old *event.G) {
		size := g.Stack.Hi - g.Stack.Lo
		used := uint64(0)
		if g.Stack.SP > 0 && g.Stack.SP <= g.Stack.Hi {
			used = g.Stack.Hi - g.Stack.SP
		}
		grown := old != nil && old.Stack.Hi-old.Stack.Lo != size
		t.rows = append(t.rows, row{
			{chips: []chip{{text: fmt.Sprintf("G%d", g.ID), g: g.ID, isNew: old == nil && before != nil}}},
			word(hex(g.Stack.Lo), grown), word(hex(g.Stack.Hi), grown), word(fmt.Sprintf("%d B", size), grown),
			word(hex(g.Stack.SP), old != nil && old.Stack.SP != g.Stack.SP), word(fmt.Sprintf("%d B %s", used, bar(used, size)), false)})
	})
	return t
}

func hex(a uint64) string {
	if a == 0 {
		return ""
	}
	return fmt.Sprintf("%#x", a)
}

// bar draws used of size as ten blocks.
func bar(used, size uint64) string {
	if size == 0 {
		return ""
	}
	n := int((used*10 + size - 1) / size)
	out := ""
	for i := range 10 {
		if i < n {
			out += "█"
		} else {
			out += "░"
		}
	}
	return out
}
