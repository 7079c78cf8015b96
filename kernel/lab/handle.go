package lab

import (
	"sync"
	"time"

	"runnext/kernel/display"
	"runnext/kernel/engine"
)

// Handle is something shown that can be changed in place. In a compiled
// program a change is printed below. It may be used from any goroutine, and
// after its cell has ended too.
type Handle struct {
	d  *desk
	id string
}

// Update shows other values in place of the ones before, by the rules of
// [Show].
func (h *Handle) Update(values ...any) { h.replace(renderAll(values)) }

// HTML shows HTML in place of what was there.
func (h *Handle) HTML(source string) { h.replace(display.HTML(source)) }

// Markdown shows formatted text in place of what was there.
func (h *Handle) Markdown(source string) { h.replace(display.Markdown(source)) }

// SVG shows a picture in place of what was there.
func (h *Handle) SVG(source, alt string) { h.replace(svg(source, alt)) }

// Table shows a table in place of what was there.
func (h *Handle) Table(headers []string, rows [][]any) { h.replace(table(headers, rows)) }

// String says what a Handle is: what it shows stands above, where it was shown.
func (h *Handle) String() string {
	if h == nil {
		return "no lab.Handle"
	}
	return "lab.Handle of what was shown; Update changes it in place"
}

func (h *Handle) replace(b engine.Bundle) {
	h.d.out.show(engine.Display{Bundle: b, ID: h.id, Update: true})
}

// frame is the least time between two pictures of a bar: JupyterLab draws no
// faster than a person can see, and its server drops what comes too fast.
const frame = 50 * time.Millisecond

// Bar shows how far a piece of work is. It may be moved from any goroutine.
type Bar struct {
	d     *desk
	total int
	label string

	mu    sync.Mutex // held while a picture is shown, so that none overtakes
	done  int
	drawn int // what the last picture says, -1 before the first
	at    time.Time
	h     *Handle
	ended bool
}

func (d *desk) Progress(total int, label string) *Bar {
	b := &Bar{d: d, total: total, label: label, drawn: -1}
	b.move(func(int) int { return 0 })
	return b
}

// Add moves the bar on by n, back if n is negative.
func (b *Bar) Add(n int) { b.move(func(done int) int { return done + n }) }

// Set moves the bar to n.
func (b *Bar) Set(n int) { b.move(func(int) int { return n }) }

// Done shows the bar as it stands; later moves are not shown. Where the total
// is known and was reached, it need not be called.
func (b *Bar) Done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ended {
		b.draw()
		b.ended = true
	}
}

// String gives the bar as it stands.
func (b *Bar) String() string {
	if b == nil {
		return "no lab.Bar"
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	text, _ := display.Progress(b.done, b.total, b.label).Data["text/plain"].(string)
	return text
}

func (b *Bar) move(to func(int) int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done = to(b.done)
	if b.ended || b.done == b.drawn {
		return
	}
	full := b.total > 0 && b.done >= b.total
	if !b.d.out.live() && !full {
		return // a line for each step would bury a terminal
	}
	if b.h != nil && !full && b.d.now().Sub(b.at) < frame {
		return
	}
	b.draw()
}

func (b *Bar) draw() {
	if b.done == b.drawn {
		return
	}
	picture := display.Progress(b.done, b.total, b.label)
	if b.h == nil {
		b.h = b.d.place(picture)
	} else {
		b.h.replace(picture)
	}
	b.drawn, b.at = b.done, b.d.now()
}
