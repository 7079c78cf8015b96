package event

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// AppendText appends the event as one line without its newline: the kind, the
// time, then key=value pairs for what is set. [Parse] reads it back.
func (e *Event) AppendText(b []byte) []byte {
	b = append(b, e.Kind.String()...)
	b = append(b, " t="...)
	b = strconv.AppendInt(b, e.Time, 10)
	num := func(key string, v, unset int64) {
		if v != unset {
			b = append(append(append(b, ' '), key...), '=')
			b = strconv.AppendInt(b, v, 10)
		}
	}
	num("m", int64(e.M), -1)
	num("p", int64(e.P), -1)
	num("p2", int64(e.P2), -1)
	num("g", e.G, 0)
	num("by", e.By, 0)
	num("n", e.N, 0)
	if e.Addr != 0 {
		b = strconv.AppendUint(append(b, " addr=0x"...), e.Addr, 16)
	}
	word := func(key, v string) {
		if v != "" {
			b = append(append(append(b, ' '), key...), '=')
			if strings.ContainsAny(v, " \"\t\r\n\\=") {
				b = strconv.AppendQuote(b, v)
			} else {
				b = append(b, v...)
			}
		}
	}
	if e.From != Nowhere {
		word("from", e.From.String())
	}
	if e.To != Nowhere {
		word("to", e.To.String())
	}
	word("why", e.Reason.String())
	word("name", e.Name)
	if e.Rule != NoRule {
		word("rule", e.Rule.String())
	}
	if s := e.Site; s != nil {
		word("fn", s.Func)
		word("file", s.File)
		num("line", int64(s.Line), 0)
		num("col", int64(s.Col), 0)
	}
	return b
}

// String is the event's line.
func (e Event) String() string { return string(e.AppendText(nil)) }

// Parse reads one line of the text form.
func Parse(line string) (Event, error) {
	e := New(None, NoRule, 0)
	kind, rest, _ := strings.Cut(line, " ")
	for k, n := range kindNames {
		if n == kind && k > 0 {
			e.Kind = Kind(k)
		}
	}
	if e.Kind == None {
		return e, fmt.Errorf("event: unknown kind %q", kind)
	}
	var site Site
	for rest != "" {
		key, after, ok := strings.Cut(rest, "=")
		if !ok {
			return e, fmt.Errorf("event: %q is not key=value", rest)
		}
		var value string
		if strings.HasPrefix(after, `"`) {
			quoted, err := strconv.QuotedPrefix(after)
			if err != nil {
				return e, fmt.Errorf("event: value of %s: %w", key, err)
			}
			value, _ = strconv.Unquote(quoted)
			rest = strings.TrimPrefix(after[len(quoted):], " ")
		} else {
			value, rest, _ = strings.Cut(after, " ")
		}
		if err := e.set(&site, key, value); err != nil {
			return e, err
		}
	}
	if site != (Site{}) {
		e.Site = &site
	}
	return e, nil
}

func (e *Event) set(site *Site, key, value string) error {
	switch key {
	case "from", "to":
		for w, n := range whereNames {
			if n == value {
				if key == "from" {
					e.From = Where(w)
				} else {
					e.To = Where(w)
				}
				return nil
			}
		}
		return fmt.Errorf("event: %s=%q is no place", key, value)
	case "why":
		r, ok := ParseReason(value)
		if !ok {
			return fmt.Errorf("event: unknown wait reason %q", value)
		}
		e.Reason = r
		return nil
	case "rule":
		r, ok := ParseRule(value)
		if !ok {
			return fmt.Errorf("event: unknown rule %q", value)
		}
		e.Rule = r
		return nil
	case "addr":
		a, err := strconv.ParseUint(value, 0, 64)
		if err != nil {
			return fmt.Errorf("event: %s=%q: %w", key, value, err)
		}
		e.Addr = a
		return nil
	case "name":
		e.Name = value
		return nil
	case "fn":
		site.Func = value
		return nil
	case "file":
		site.File = value
		return nil
	}
	bits := 64
	if key == "m" || key == "p" || key == "p2" {
		bits = 32
	}
	n, err := strconv.ParseInt(value, 10, bits)
	if err != nil {
		return fmt.Errorf("event: %s=%q: %w", key, value, err)
	}
	switch key {
	case "t":
		e.Time = n
	case "m":
		e.M = int32(n)
	case "p":
		e.P = int32(n)
	case "p2":
		e.P2 = int32(n)
	case "g":
		e.G = n
	case "by":
		e.By = n
	case "n":
		e.N = n
	case "line":
		site.Line = int(n)
	case "col":
		site.Col = int(n)
	default:
		return fmt.Errorf("event: unknown key %q", key)
	}
	return nil
}

// WriteTo writes the events, one a line.
func (l *Log) WriteTo(w io.Writer) (int64, error) {
	bw := bufio.NewWriter(w)
	var n int64
	var buf []byte
	for i := range l.Events {
		buf = append(l.Events[i].AppendText(buf[:0]), '\n')
		k, err := bw.Write(buf)
		n += int64(k)
		if err != nil {
			return n, fmt.Errorf("event: write: %w", err)
		}
	}
	if err := bw.Flush(); err != nil {
		return n, fmt.Errorf("event: write: %w", err)
	}
	return n, nil
}

// Read parses what [Log.WriteTo] wrote; the start state is not part of it.
func Read(r io.Reader) (*Log, error) {
	var l Log
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for line := 1; sc.Scan(); line++ {
		if sc.Text() == "" {
			continue
		}
		e, err := Parse(sc.Text())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		l.Add(e)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("event: read: %w", err)
	}
	return &l, nil
}
