package render

import (
	"fmt"
	"slices"
	"strings"

	"runnext/sim/event"
)

// used is how much of a G's stack is in use, in bytes.
func used(s *event.Stack) uint64 {
	if s.SP == 0 || s.SP > s.Hi {
		return 0
	}
	return s.Hi - s.SP
}

// frames says what lies on a G's stack, the innermost first, as far as a story
// tells: what was noted when its registers were saved or its stack grew, or
// else the function it stands in and the one it began with.
func frames(g, old *event.G) []string {
	var out []string
	stale := g.Status == event.Running && old != nil && slices.Equal(old.Frames, g.Frames)
	for _, f := range g.Frames {
		if !stale {
			out = append(out, short(f))
		}
	}
	if out != nil {
		return out
	}
	if g.Site != nil && g.Site.Func != "" && g.Site.Line > 0 {
		out = append(out, fmt.Sprintf("%s:%d", short(g.Site.Func), g.Site.Line))
		if short(g.Site.Func) == short(g.Entry) {
			return out
		}
	}
	return append(out, entry(g))
}

// maxStacks is how many stacks a picture shows.
const maxStacks = 10

// stackDetail shows where each stack lies and how much of it is used. The sizes
// of frames are modelled, not the compiler's.
func stackDetail(before, after *event.Snapshot) detail {
	t := table{head: []string{"G", "lo", "guard", "sp", "hi", "used of size (modelled)", "frames, innermost first"}}
	var list []event.G
	program(before, after, func(g, old *event.G) {
		size := g.Stack.Hi - g.Stack.Lo
		grown := old != nil && old.Stack.Hi-old.Stack.Lo != size
		list = append(list, *g)
		guard := hex(g.Stack.Guard)
		if g.Preempt {
			guard = "stackPreempt"
		}
		t.rows = append(t.rows, row{
			{chips: []chip{gChip(after, g.ID, old == nil && before != nil)}},
			word(hex(g.Stack.Lo), grown), word(guard, grown || old != nil && old.Preempt != g.Preempt),
			word(hex(g.Stack.SP), old != nil && old.Stack.SP != g.Stack.SP), word(hex(g.Stack.Hi), grown),
			word(fmt.Sprintf("%d of %d B %s", used(&g.Stack), size, bar(used(&g.Stack), size)), grown),
			word(clip(strings.Join(frames(g, old), " ‹ "), 90), false)})
	})
	d := tableDetail(t)
	d.html = image(stackPicture(list), d.text) + d.html
	return d
}

// stackPicture draws stacks side by side: addresses go up, frames grow down
// from hi, the guard is a dashed line above lo.
func stackPicture(list []event.G) string {
	if len(list) > maxStacks {
		list = list[:maxStacks]
	}
	const top, height, width, gap = 26, 150, 70, 26
	p := newPicture(60+len(list)*(width+gap), top+height+44)
	p.text(4, top+10, faint, 11, "hi")
	p.text(4, top+height, faint, 11, "lo")
	for i := range list {
		p.stack(56+i*(width+gap), top, width, height, &list[i].Stack, fmt.Sprintf("G%d", list[i].ID), hue(list[i].ID))
	}
	return p.done()
}

func (p *picture) stack(x, top, width, height int, s *event.Stack, name, fill string) {
	size := max(s.Hi-s.Lo, 1)
	px := func(bytes uint64) int { return int(bytes * uint64(height) / size) }
	p.text(x, top-8, ink, 12, fmt.Sprintf("%s %d B", name, s.Hi-s.Lo))
	p.add(`<rect x="%d" y="%d" width="%d" height="%d" fill="%s" stroke="%s"/>`, x, top, width, height, paper, ink)
	p.add(`<rect x="%d" y="%d" width="%d" height="%d" fill="%s" stroke="%s"/>`, x, top, width, max(px(used(s)), 2), fill, ink)
	p.text(x+2, top+max(px(used(s)), 2)+12, faint, 10, fmt.Sprintf("sp, %d B used", used(s)))
	if s.Guard > s.Lo && s.Guard < s.Hi {
		y := top + height - px(s.Guard-s.Lo)
		p.add(`<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#b3261e" stroke-dasharray="4 3"/>`, x-4, y, x+width+4, y)
		p.text(x+2, y+12, "#b3261e", 10, "guard")
	}
}

// copied is a stack that grew: the old one, and the one it was copied to.
type copied struct {
	g        int64
	from, to event.Stack
	where    string
}

func copies(step *event.Step, before, after *event.Snapshot) []copied {
	var out []copied
	for i := range step.Events {
		e := &step.Events[i]
		if e.Kind != event.StackGrown {
			continue
		}
		old, ok := before.G(e.G)
		now, still := after.G(e.G)
		if ok && still {
			c := copied{g: e.G, from: old.Stack, to: now.Stack, where: at(e.Site)}
			// The log tells the pointer of the last event only; a stack that
			// grows is used down to its guard.
			c.from.SP = max(c.from.Guard, c.from.Lo)
			c.to.SP = c.to.Hi - used(&c.from)
			out = append(out, c)
		}
	}
	return out
}

func (c copied) detail() detail {
	where := ""
	if c.where != "" {
		where = " at " + c.where
	}
	text := wrap(fmt.Sprintf("the next frame of G%d%s would pass its guard: newstack takes %d bytes at %s, copystack copies what is used (about %d bytes) to the same distance from hi and moves every pointer into the stack by hi − hi = %#x; the old %d bytes at %s are free again",
		c.g, where, c.to.Hi-c.to.Lo, hex(c.to.Lo), used(&c.from), c.to.Hi-c.from.Hi, c.from.Hi-c.from.Lo, hex(c.from.Lo)), textWidth, "  ")
	p := newPicture(420, 220)
	p.stack(40, 60, 90, 75, &c.from, "old:", hue(c.g))
	p.stack(280, 26, 90, 150, &c.to, "new:", hue(c.g))
	p.across(140, 270, 80)
	p.text(160, 72, accent, 12, "copystack")
	return detail{text, image(p.done(), text)}
}

// bar draws used of size as ten blocks.
func bar(used, size uint64) string {
	if size == 0 {
		return ""
	}
	n := min(10, int((used*10+size-1)/size))
	return strings.Repeat("█", n) + strings.Repeat("░", 10-n)
}
