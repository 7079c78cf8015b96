package render

import (
	"fmt"
	"slices"
	"strings"

	"runnext/sim/event"
)

// knot is a deadlock: the Gs that wait for good, and what they wait for.
type knot struct {
	gs      []wait
	ids     []int64
	on      []int64 // the channel of each, 0 for none
	holders []int64 // of the lock each waits for, 0 for none
	users   map[int64][]int64
}

// newKnot reads a deadlock off the last state of a story. Who has used a
// channel, by waiting on it or by ending a wait, is known from the steps.
func newKnot(st *event.Story) *knot {
	last := &st.Steps[len(st.Steps)-1].After
	k := &knot{gs: waiting(st, nil, last, nil), users: map[int64][]int64{}}
	for _, w := range k.gs {
		g, _ := last.G(w.g.g)
		k.ids = append(k.ids, g.ID)
		k.on = append(k.on, g.On)
		k.holders = append(k.holders, g.Holder)
	}
	use := func(channel, g int64) {
		if channel != 0 && g != 0 && !slices.Contains(k.users[channel], g) {
			k.users[channel] = append(k.users[channel], g)
		}
	}
	for i := range st.Steps {
		for _, e := range st.Steps[i].Events {
			if e.Kind == event.Parked || e.Kind == event.Readied {
				use(e.N, e.G)
				use(e.N, e.By)
			}
		}
	}
	return k
}

// others names the Gs on whom one waits: the holder of the lock, or those that
// wait too and have used the channel.
func (k *knot) others(i int) []int64 {
	if h := k.holders[i]; h != 0 {
		return []int64{h}
	}
	var out []int64
	for _, g := range k.users[k.on[i]] {
		if g != k.ids[i] && slices.Contains(k.ids, g) {
			out = append(out, g)
		}
	}
	slices.Sort(out)
	return out
}

// circle follows the locks from holder to holder until it comes back.
func (k *knot) circle() []int64 {
	next := map[int64]int64{}
	for i, g := range k.ids {
		if k.holders[i] != 0 {
			next[g] = k.holders[i]
		}
	}
	for _, g := range k.ids {
		path := []int64{g}
		for at := next[g]; at != 0; at = next[at] {
			if i := slices.Index(path, at); i >= 0 {
				return path[i:]
			}
			path = append(path, at)
		}
	}
	return nil
}

func circleText(ids []int64) string {
	out := ""
	for i, g := range ids {
		to := ids[(i+1)%len(ids)]
		if i > 0 {
			out += ", "
		}
		out += fmt.Sprintf("G%d waits for a lock of G%d", g, to)
	}
	return out
}

// maxKnot is how many Gs of a deadlock are drawn.
const maxKnot = 16

func knotText(st *event.Story) string {
	k := newKnot(st)
	var b strings.Builder
	b.WriteString("deadlock: every goroutine waits, and nothing is left that could wake one\n")
	if c := k.circle(); len(c) > 1 {
		b.WriteString(wrap("a circle of locks: "+circleText(c), textWidth, "  "))
	}
	for i, w := range k.gs {
		if i == maxKnot {
			fmt.Fprintf(&b, "  and %d more\n", len(k.gs)-i)
			break
		}
		text := fmt.Sprintf("G%d waits at %s", w.g.g, w.where)
		if w.code != "" {
			text += " `" + w.code + "`"
		}
		text += ": " + w.why + "; needed: " + w.waker
		if o := k.others(i); len(o) > 0 && k.on[i] != 0 {
			text += "; it shares the channel with " + gNames(o) + ", which waits too"
			if len(o) > 1 {
				text = strings.TrimSuffix(text, "which waits too") + "which wait too"
			}
		}
		b.WriteString(wrap(text, textWidth, "  "))
	}
	return b.String()
}

func gNames(ids []int64) string {
	var out []string
	for _, g := range ids {
		out = append(out, fmt.Sprintf("G%d", g))
	}
	return strings.Join(out, ", ")
}

// knotHTML draws the Gs on the left, what they wait for on the right, and an
// arrow from each to what it waits for; dashed ones lead on to those who have
// used it.
func knotHTML(st *event.Story) string {
	k := newKnot(st)
	n := min(len(k.gs), maxKnot)
	var objects []string
	object := make([]int, n)
	for i := range n {
		name := k.gs[i].why
		if k.holders[i] != 0 {
			name = fmt.Sprintf("lock held by G%d", k.holders[i])
		} else if k.on[i] == 0 && k.gs[i].code != "" {
			name = k.gs[i].code
		} else if k.on[i] != 0 {
			name = fmt.Sprintf("channel %d", k.on[i])
		}
		at := slices.Index(objects, name)
		if at < 0 {
			at = len(objects)
			objects = append(objects, name)
		}
		object[i] = at
	}
	const line = 44
	p := newPicture(760, 30+line*max(n, len(objects)))
	gy := func(i int) int { return 16 + i*line }
	for i := range n {
		w := k.gs[i]
		p.add(`<rect x="8" y="%d" width="330" height="32" rx="6" fill="%s" stroke="%s"/>`, gy(i), hue(w.g.g), ink)
		p.text(16, gy(i)+14, ink, 12, fmt.Sprintf("G%d at %s", w.g.g, clip(w.where, 40)))
		p.text(16, gy(i)+27, ink, 11, clip(w.why, 50))
	}
	for i, name := range objects {
		p.add(`<rect x="520" y="%d" width="230" height="32" rx="16" fill="%s" stroke="%s"/>`, gy(i), shade, ink)
		p.mono(534, gy(i)+20, ink, clip(name, 28))
	}
	for i := range n {
		from, to := gy(i)+10, gy(object[i])+10
		p.add(`<line x1="338" y1="%d" x2="512" y2="%d" stroke="%s" stroke-width="1.5"/><path d="M520 %d l-9 -4 v8 z" fill="%s"/>`, from, to, accent, to, accent)
		for _, g := range k.others(i) {
			if at := slices.Index(k.ids[:n], g); at >= 0 {
				p.add(`<line x1="520" y1="%d" x2="346" y2="%d" stroke="%s" stroke-dasharray="4 3"/><path d="M338 %d l9 -4 v8 z" fill="%s"/>`,
					gy(object[i])+24, gy(at)+24, faint, gy(at)+24, faint)
			}
		}
	}
	p.text(350, 12, accent, 11, "waits for")
	return image(p.done(), knotText(st))
}
