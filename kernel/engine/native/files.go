package native

// valueFile is a file of programs that have a value: it shows the value by the
// rules of a notebook, in the form that [marks] reads.
const valueFile = `package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func runnextˑvalue(values ...any) {
	mark := os.Getenv("RUNNEXT_MARK")
	frame := func(data map[string]any, value bool) bool {
		text, err := json.Marshal(map[string]any{"Data": data, "Value": value})
		if err != nil || mark == "" {
			return false
		}
		fmt.Fprintf(os.Stdout, "\x1b_%s %d\x1b\\%s", mark, len(text), text)
		return true
	}
	texts := make([]string, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case string:
			texts[i] = strconv.Quote(v)
		case error:
			texts[i] = v.Error()
		case fmt.Stringer:
			texts[i] = v.String()
		default:
			texts[i] = fmt.Sprintf("%+v", v)
		}
	}
	text := strings.Join(texts, ", ")
	data := map[string]any{"text/plain": text}
	if len(values) == 1 {
		if p, ok := values[0].(interface{ PlotBundle() map[string]any }); ok {
			if plot := p.PlotBundle(); plot != nil {
				frame(plot, false)
			}
		}
		if b, ok := values[0].(interface{ MIMEBundle() map[string]any }); ok {
			for mime, v := range b.MIMEBundle() {
				data[mime] = v
			}
		}
	}
	if !frame(data, true) {
		fmt.Println(text)
	}
}
`

// traceFile is a file of programs whose run is to be traced. What is lost when
// a program ends by os.Exit or a panic of another goroutine is the last second.
const traceFile = `package main

import (
	"os"
	"runtime/trace"
)

var runnextˑtrace = func() func() {
	f, err := os.Create(os.Getenv("RUNNEXT_TRACE"))
	if err != nil {
		return func() {}
	}
	if err := trace.Start(f); err != nil {
		return func() {}
	}
	return trace.Stop
}()
`
