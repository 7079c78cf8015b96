package yaegi

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"runnext/kernel/engine"
)

// bundler is a value that says itself how it is shown, as lab's are.
type bundler interface{ MIMEBundle() map[string]any }

// plotter is a value that is shown as a plot as well: a front end draws one form
// of a bundle, so that table and plot are two.
type plotter interface{ PlotBundle() map[string]any }

// shown gives the cell's value. A method of the learner's may panic.
func (c *cell) shown() *engine.Bundle {
	if len(c.value) == 1 {
		if m, ok := c.value[0].(bundler); ok {
			if p, ok := c.value[0].(plotter); ok {
				if data := p.PlotBundle(); data != nil {
					c.io.Display(engine.Display{Bundle: engine.Bundle{Data: data}})
				}
			}
			b := &engine.Bundle{Data: map[string]any{}}
			for mime, data := range m.MIMEBundle() {
				b.Data[mime] = data
			}
			if _, ok := b.Data["text/plain"]; !ok {
				b.Data["text/plain"] = valueText(c.value[0])
			}
			return b
		}
	}
	parts := make([]string, len(c.value))
	for i, v := range c.value {
		parts[i] = valueText(v)
	}
	return &engine.Bundle{Data: map[string]any{"text/plain": strings.Join(parts, ", ")}}
}

// valueText gives a value as text: strings quoted, errors and Stringers by
// their method, else as %+v.
func valueText(v any) string {
	switch v := v.(type) {
	case nil:
		return "<nil>"
	case error:
		return fmt.Sprintf("%v", v)
	case fmt.Stringer:
		return fmt.Sprintf("%v", v)
	case string:
		return strconv.Quote(v)
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.String {
		return strconv.Quote(r.String())
	}
	return fmt.Sprintf("%+v", v)
}
