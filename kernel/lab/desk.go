package lab

import (
	"crypto/rand"
	"fmt"
	"html"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"runnext/kernel/display"
	"runnext/kernel/engine"
)

// desk is where one cell, or a compiled program, shows things.
type desk struct {
	out   sink
	now   func() time.Time
	newID func() string // display ids, unique among all notebooks
}

// sink is the way out of a desk. Its methods may be called from any goroutine.
type sink interface {
	show(d engine.Display)
	clear()
	// live says whether a display can be changed once it is shown.
	live() bool
	// stopped says whether the person wants the cell to end.
	stopped() bool
}

// plain is the desk of a compiled program. It holds nothing from one call to
// the next.
func plain() *desk { return newDesk(compiled()) }

func newDesk(out sink) *desk { return &desk{out: out, now: time.Now, newID: rand.Text} }

// printer shows on a terminal or in a file.
type printer struct{ w io.Writer }

func (p printer) show(d engine.Display) {
	// As fmt.Println does, it leaves a closed standard output to the caller.
	_, _ = fmt.Fprintf(p.w, "%s\n", d.Data["text/plain"])
}
func (printer) clear()        {}
func (printer) live() bool    { return false }
func (printer) stopped() bool { return false }

// cell shows below a running cell of a notebook.
type cell struct{ io engine.IO }

func (c cell) show(d engine.Display) { c.io.Display(d) }
func (c cell) clear()                { c.io.Clear(false) }
func (c cell) live() bool            { return true }
func (c cell) stopped() bool {
	word := c.io.Interrupted()
	return word != nil && atomic.LoadUint32(word) != 0
}

// place shows a bundle for the first time.
func (d *desk) place(b engine.Bundle) *Handle {
	h := &Handle{d: d, id: d.newID()}
	d.out.show(engine.Display{Bundle: b, ID: h.id})
	return h
}

func (d *desk) Show(values ...any) *Handle {
	h := d.place(renderAll(values))
	for _, v := range values {
		if p, ok := v.(plotter); ok {
			if data := p.PlotBundle(); data != nil {
				d.place(engine.Bundle{Data: data})
			}
		}
	}
	return h
}

// plotter is a value that is shown as a plot too. A front end draws one form of
// a bundle, so that table and plot are two.
type plotter interface{ PlotBundle() map[string]any }

func (d *desk) HTML(source string) *Handle { return d.place(display.HTML(source)) }

func (d *desk) Markdown(source string) *Handle { return d.place(display.Markdown(source)) }

func (d *desk) SVG(source, alt string) *Handle { return d.place(svg(source, alt)) }

func (d *desk) JSON(value any) *Handle {
	b, err := display.JSON(value)
	if err != nil {
		panic(fmt.Sprintf("lab.JSON: %v", err))
	}
	return d.place(b)
}

func (d *desk) Table(headers []string, rows [][]any) *Handle {
	return d.place(table(headers, rows))
}

func (d *desk) Clear() { d.out.clear() }

func svg(source, alt string) engine.Bundle {
	b, err := display.SVG(source, alt)
	if err != nil {
		panic(fmt.Sprintf("lab.SVG: %v", err))
	}
	return b
}

func table(headers []string, rows [][]any) engine.Bundle {
	t := display.Table{Headers: headers}
	for _, r := range rows {
		line := make([]string, len(r))
		for i, v := range r {
			line[i] = text(v)
		}
		t.Rows = append(t.Rows, line)
	}
	return shorten(t).Bundle()
}

// renderAll makes one bundle of several values. Forms that cannot stand one
// below the other (a tree of JSON, say) are then shown as plain text.
func renderAll(values []any) engine.Bundle {
	if len(values) == 1 {
		return render(values[0])
	}
	var plain, page []string
	rich := false
	for _, v := range values {
		b := render(v)
		p, _ := b.Data["text/plain"].(string)
		plain = append(plain, p)
		h, ok := b.Data["text/html"].(string)
		if !ok {
			h = `<pre style="margin:2px 0">` + html.EscapeString(p) + "</pre>"
		}
		rich = rich || ok
		page = append(page, h)
	}
	b := display.Text(strings.Join(plain, "\n"))
	if rich {
		b.Data["text/html"] = strings.Join(page, "\n")
	}
	return b
}
