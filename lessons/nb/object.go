package nb

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// object takes the fields of a JSON object one by one and keeps the first
// thing that is wrong with them.
type object struct {
	at     string // what it is, for errors
	fields map[string]any
	taken  []string
	err    error
}

func (o *object) need(key string) any {
	o.taken = append(o.taken, key)
	v, ok := o.fields[key]
	if !ok {
		o.fail("%s is missing", key)
	}
	return v
}

func (o *object) fail(format string, args ...any) {
	if o.err == nil {
		o.err = fmt.Errorf("%s: %s", o.at, fmt.Sprintf(format, args...))
	}
}

// end gives the first error, a field nobody asked for among them.
func (o *object) end() error {
	for _, key := range slices.Sorted(maps.Keys(o.fields)) {
		if !slices.Contains(o.taken, key) {
			o.fail("%s is not a field of it", key)
		}
	}
	return o.err
}

func (o *object) text(key string) string {
	s, ok := o.need(key).(string)
	if !ok {
		o.fail("%s is not a string", key)
	}
	return s
}

func (o *object) integer(key string) int {
	n, ok := o.need(key).(json.Number)
	if !ok {
		o.fail("%s is not a number", key)
		return 0
	}
	i, err := n.Int64()
	if err != nil || i < 0 {
		o.fail("%s is %s, not a count", key, n)
	}
	return int(i)
}

func (o *object) table(key string) map[string]any {
	m, ok := o.need(key).(map[string]any)
	if !ok {
		o.fail("%s is not an object", key)
	}
	return m
}

func (o *object) list(key string) []any {
	l, ok := o.need(key).([]any)
	if !ok {
		o.fail("%s is not a list", key)
	}
	return l
}

// lines reads a text that may be cut into a list of lines.
func (o *object) lines(key string) string {
	switch v := o.need(key).(type) {
	case string:
		return v
	case []any:
		var b strings.Builder
		for _, part := range v {
			s, ok := part.(string)
			if !ok {
				o.fail("%s holds what is not a string", key)
			}
			b.WriteString(s)
		}
		return b.String()
	default:
		o.fail("%s is neither a string nor a list of strings", key)
	}
	return ""
}
