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
	mark := os.Getenv("RUNNEXT_MARK")
	if mark == "" {
		fmt.Println(text)
		return
	}
	data, err := json.Marshal(map[string]any{"Data": map[string]any{"text/plain": text}, "Value": true})
	if err == nil {
		fmt.Fprintf(os.Stdout, "\x1b_%s %d\x1b\\%s", mark, len(data), data)
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
