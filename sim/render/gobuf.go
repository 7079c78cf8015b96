package render

import (
	"fmt"

	"runnext/sim/event"
)

// switching is one half of a change of goroutines: mcall saves the registers
// of the G that stops, gogo loads those of the G that goes on.
// go1.26.8 runtime/asm_amd64.s:458 mcall
// go1.26.8 runtime/asm_amd64.s:441 gogo
type switching struct {
	g    event.G // with its gobuf
	m    int32
	save bool
	all  bool // asynchronously: every register is on the G's stack too
}

// switches finds the changes in a step, in order.
func switches(step *event.Step, before, after *event.Snapshot) []switching {
	var out []switching
	for i := range step.Events {
		e := &step.Events[i]
		switch e.Kind {
		case event.Parked, event.Yielded, event.Preempted:
			if g, ok := after.G(e.G); ok && !g.System && g.Buf.SP != 0 {
				out = append(out, switching{*g, e.M, true, e.Kind == event.Preempted})
			}
		case event.Started:
			if g, ok := before.G(e.G); ok && !g.System {
				out = append(out, switching{*g, e.M, false, false})
			}
		}
	}
	return out
}

// fields are the words of a gobuf.
func (s switching) fields() [][2]string {
	f := [][2]string{{"sp", orDash(hex(s.g.Buf.SP))}, {"pc", bufPC(&s.g)}, {"bp", orDash(hex(s.g.Buf.BP))}}
	if s.g.Buf.Ctxt != "" {
		f = append(f, [2]string{"ctxt", "closure of " + entry(&s.g)})
	}
	return append(f, [2]string{"g", fmt.Sprintf("G%d", s.g.ID)})
}

func (s switching) text() string {
	words := ""
	for i, f := range s.fields() {
		if i > 0 {
			words += ", "
		}
		words += f[0] + " = " + f[1]
	}
	id := s.g.ID
	switch {
	case s.save && s.all:
		return wrap(fmt.Sprintf("G%d was stopped between two instructions: asyncPreempt put all its registers on its own stack, then mcall saves into G%d.sched: %s; M%d goes on with g0, the scheduler's stack", id, id, words, s.m), textWidth, "  ")
	case s.save:
		return wrap(fmt.Sprintf("mcall saves into G%d.sched: %s. Nothing else: the compiler has put what is still needed on the stack. M%d goes on with g0, the scheduler's stack", id, words, s.m), textWidth, "  ")
	case s.g.Buf.Ctxt != "":
		return wrap(fmt.Sprintf("gogo loads G%d.sched into the registers of M%d: %s. It is the first time: below the frame of %s lies a return address made up by newproc1, goexit+1, so its return ends G%d", id, s.m, words, entry(&s.g), id), textWidth, "  ")
	}
	return wrap(fmt.Sprintf("gogo loads G%d.sched into the registers of M%d: %s. G%d goes on as if its call had just returned", id, s.m, words, id), textWidth, "  ")
}

// detail draws a thread's registers, a gobuf, and what moves between them.
func (s switching) detail() detail {
	const width, line = 660, 20
	fields := s.fields()
	p := newPicture(width, 52+line*len(fields)+14)
	box := func(x int, title string) {
		p.add(`<rect x="%d" y="30" width="250" height="%d" rx="6" fill="%s" stroke="%s"/>`, x, line*len(fields)+12, shade, ink)
		p.text(x, 22, ink, 13, title)
		for i, f := range fields {
			p.mono(x+10, 50+i*line, faint, f[0])
			p.mono(x+56, 50+i*line, ink, clip(f[1], 26))
		}
	}
	from, to, name := 272, 388, "gogo"
	if s.save {
		name = "mcall"
		box(10, fmt.Sprintf("registers of M%d", s.m))
		box(400, fmt.Sprintf("G%d.sched, its gobuf", s.g.ID))
	} else {
		box(10, fmt.Sprintf("G%d.sched, its gobuf", s.g.ID))
		box(400, fmt.Sprintf("registers of M%d", s.m))
	}
	p.text(312, 22, accent, 13, name)
	for i := range fields {
		p.across(from, to, 46+i*line)
	}
	return detail{s.text(), image(p.done(), s.text())}
}
