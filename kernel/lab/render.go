package lab

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"runnext/kernel/display"
	"runnext/kernel/engine"
)

// maxRows is how much of a long table is shown. JupyterLab takes seconds to
// lay out a table of some thousand rows.
const maxRows = 100

// render makes the bundle of one value by the rules that [Show] states.
func render(v any) engine.Bundle {
	switch v := v.(type) {
	case Bundler:
		b := engine.Bundle{Data: maps.Clone(v.MIMEBundle())}
		if b.Data == nil {
			b.Data = map[string]any{}
		}
		if _, ok := b.Data["text/plain"].(string); !ok {
			b.Data["text/plain"] = text(v)
		}
		return b
	case string:
		return display.Text(v)
	case error, fmt.Stringer, []byte, nil:
		return display.Text(text(v))
	}
	if t, ok := tableOf(reflect.ValueOf(v)); ok {
		return shorten(t).Bundle()
	}
	return display.Text(text(v))
}

// maxText is how much of one value is shown, in bytes. To see more of it is
// what fmt.Print is for.
const maxText = 64 << 10

// text is what stands for a value in a line of text.
func text(v any) string { return clip(fmt.Sprintf("%+v", v)) }

func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	end := maxText
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return fmt.Sprintf("%s … and %d more bytes", s[:end], len(s)-end)
}

// shorten cuts a long table and says so below it.
func shorten(t display.Table) display.Table {
	if more := len(t.Rows) - maxRows; more > 0 {
		t.Rows = t.Rows[:maxRows]
		t.Note = strings.TrimSpace(fmt.Sprintf("%s … and %d more rows", t.Note, more))
	}
	return t
}

// tableOf gives the table of a map or of a slice of rows.
func tableOf(v reflect.Value) (display.Table, bool) {
	switch v.Kind() {
	case reflect.Map:
		t := display.Table{Headers: []string{"key", "value"}}
		for _, k := range sortedKeys(v) {
			t.Rows = append(t.Rows, []string{valueText(k), valueText(v.MapIndex(k))})
		}
		return t, true
	case reflect.Slice, reflect.Array:
		switch row := under(v.Type().Elem()); row.Kind() {
		case reflect.Struct:
			return tableOfStructs(v, row)
		case reflect.Map:
			return tableOfMaps(v), true
		case reflect.Slice, reflect.Array:
			return tableOfSlices(v), row.Elem().Kind() != reflect.Uint8
		}
	}
	return display.Table{}, false
}

// under looks through one pointer.
func under(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// item gives an element with its pointer followed; false for nil.
func item(v reflect.Value, i int) (reflect.Value, bool) {
	e := v.Index(i)
	if e.Kind() == reflect.Pointer {
		return e.Elem(), !e.IsNil()
	}
	return e, true
}

var stringer = reflect.TypeFor[fmt.Stringer]()

func tableOfStructs(v reflect.Value, row reflect.Type) (display.Table, bool) {
	if row.NumField() == 0 || v.Type().Elem().Implements(stringer) {
		return display.Table{}, false // a time.Time is one value, not a row
	}
	var t display.Table
	for f := range row.Fields() {
		t.Headers = append(t.Headers, f.Name)
	}
	for i := range v.Len() {
		e, ok := item(v, i)
		if !ok {
			t.Rows = append(t.Rows, []string{"nil"})
			continue
		}
		line := make([]string, row.NumField())
		for c := range line {
			line[c] = valueText(e.Field(c))
		}
		t.Rows = append(t.Rows, line)
	}
	return t, true
}

// tableOfMaps has a column for each key that occurs.
func tableOfMaps(v reflect.Value) display.Table {
	columns := map[string]int{}
	var keys []reflect.Value
	for i := range v.Len() {
		if e, ok := item(v, i); ok {
			for _, k := range e.MapKeys() {
				if name := valueText(k); columns[name] == 0 {
					columns[name] = 1
					keys = append(keys, k)
				}
			}
		}
	}
	sortKeys(keys)
	var t display.Table
	for c, k := range keys {
		t.Headers = append(t.Headers, valueText(k))
		columns[t.Headers[c]] = c
	}
	for i := range v.Len() {
		line := make([]string, len(keys))
		if e, ok := item(v, i); ok {
			for it := e.MapRange(); it.Next(); {
				line[columns[valueText(it.Key())]] = valueText(it.Value())
			}
		}
		t.Rows = append(t.Rows, line)
	}
	return t
}

func tableOfSlices(v reflect.Value) display.Table {
	var t display.Table
	for i := range v.Len() {
		var line []string
		if e, ok := item(v, i); ok {
			for c := range e.Len() {
				line = append(line, valueText(e.Index(c)))
			}
		}
		t.Rows = append(t.Rows, line)
	}
	return t
}

// valueText is text for a value met by reflection. The methods of an
// unexported field cannot be called, and a duration in nanoseconds is no use
// to anybody, so that one is made anew.
func valueText(v reflect.Value) string {
	switch {
	case !v.IsValid():
		return text(nil)
	case v.CanInterface():
		return text(v.Interface())
	case v.Type() == reflect.TypeFor[time.Duration]():
		return time.Duration(v.Int()).String()
	}
	return clip(fmt.Sprintf("%+v", v))
}

func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	sortKeys(keys)
	return keys
}

// sortKeys puts numbers in order of value and the rest in order of text.
func sortKeys(keys []reflect.Value) {
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		switch {
		case a.CanInt() && b.CanInt():
			return cmp.Compare(a.Int(), b.Int())
		case a.CanUint() && b.CanUint():
			return cmp.Compare(a.Uint(), b.Uint())
		case a.CanFloat() && b.CanFloat():
			return cmp.Compare(a.Float(), b.Float())
		}
		return cmp.Compare(valueText(a), valueText(b))
	})
}
