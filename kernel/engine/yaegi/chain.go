package yaegi

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"
)

// earlier is a panic in whose course another one began.
type earlier struct {
	value     any
	recovered bool
}

// again notes a panic in whose course another one began: v, which began at o.
func (p *panicking) again(c *cell, v any, o *origin) {
	if o == nil {
		o = &origin{cell: c}
	}
	var before []earlier
	if p.place != nil {
		before = p.place.before
		o.under = append(o.under, under{p.place, len(o.calls)})
	}
	before = append(before[:len(before):len(before)], earlier{p.value, p.recovered})
	o.before = append(before, o.before...)
	p.value, p.place, p.recovered = v, o, false
}

// lines gives what the runtime prints of a panic that ends a goroutine and of
// those before it (go1.26.8 runtime/panic.go:734 printpanics): one text for each
// panic, which may have several lines.
func (o *origin) lines(v any) []string {
	all := []earlier{{value: v}}
	if o != nil {
		all = append(o.before[:len(o.before):len(o.before)], all...)
	}
	var out []string
	repeats := false // the one before has the same value, and has told it
	for i, p := range all {
		told := repeats
		repeats = i+1 < len(all) && same(p.value, all[i+1].value)
		if told {
			continue
		}
		line := "panic: " + panicText(p.value)
		switch {
		case p.recovered && repeats:
			line += " [recovered, repanicked]"
		case p.recovered:
			line += " [recovered]"
		}
		if i > 0 {
			line = "\t" + line
		}
		out = append(out, line)
	}
	return out
}

// panicText gives what a built program prints of a panic's value, without the
// word panic (go1.26.8 runtime/error.go:215 printpanicval).
func panicText(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case error:
		return indented(v.Error())
	case fmt.Stringer:
		return indented(v.String())
	case string:
		return indented(v)
	}
	t := reflect.TypeOf(v)
	text := builtinText([]any{v}, "")
	switch kind := t.Kind(); {
	case kind == reflect.String:
		return fmt.Sprintf(`%v("%s")`, t, indented(text))
	case kind > reflect.Complex128:
		return fmt.Sprintf("(%v) %#x", t, (*[2]uintptr)(unsafe.Pointer(&v))[1])
	case t.PkgPath() == "": // a type of the language's
		return text
	case kind >= reflect.Complex64: // which brings its own brackets
		return t.String() + text
	}
	return fmt.Sprintf("%v(%s)", t, text)
}

// indented puts a tab behind every newline, so that no line of a panic's value
// looks like one of the runtime's own.
func indented(text string) string { return strings.ReplaceAll(text, "\n", "\n\t") }
