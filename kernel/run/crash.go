package run

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"runnext/kernel/engine"
)

// crashText is what a built program writes when it dies of f: Go's first line,
// and the goroutine's frames as far as they are the learner's. id is the
// goroutine's number; the one that runs main is 1.
func crashText(file string, f *engine.Failure, id uint64) string {
	var b strings.Builder
	b.WriteString(f.Text + "\n")
	for _, line := range f.Detail {
		b.WriteString(line + "\n")
	}
	if strings.Contains(f.Text, nilText) {
		b.WriteString("[signal SIGSEGV: segmentation violation]\n")
	}
	places := f.Places
	if n := len(places) - 1; n > 0 && places[n].Func == "" && startsProgram(places[n-1].Func) {
		places = places[:n] // the call of main or init is the runtime's
	}
	if n := len(places); f.First || f.Started == nil && (n == 0 || startsProgram(places[n-1].Func)) {
		id = 1
	}
	fmt.Fprintf(&b, "\ngoroutine %d [running]:\n", id)
	for _, p := range places {
		b.WriteString(frame(file, p.Func, p.Line))
	}
	if s := f.Started; s != nil {
		b.WriteString(createdBy(file, s.Func, "", s.Line))
	}
	return b.String()
}

// nilText is the run-time error that the runtime makes of a signal.
const nilText = "invalid memory address or nil pointer dereference"

// frame writes one frame as the runtime does. The arguments are not known.
func frame(file, fn string, line int) string {
	args := "(...)"
	if startsProgram(fn) {
		args = "()"
	}
	return fmt.Sprintf("main.%s%s\n\t%s:%d\n", named(fn), args, file, line)
}

// createdBy tells who started a goroutine, and where. The number of that one is
// left out where it is not known.
func createdBy(file, fn, goroutine string, line int) string {
	if goroutine != "" {
		goroutine = " in goroutine " + goroutine
	}
	return fmt.Sprintf("created by main.%s%s\n\t%s:%d\n", named(fn), goroutine, file, line)
}

// startsProgram tells the functions that the main goroutine begins with.
func startsProgram(fn string) bool {
	return fn == "" || fn == "main" || strings.HasPrefix(fn, "init.")
}

// named gives a function's name as the compiler has it. The statements of a file
// are what sets its variables.
func named(fn string) string {
	if fn == "" {
		return "init"
	}
	return fn
}

// goid gives the running goroutine's number.
func goid() uint64 {
	var buf [64]byte
	text := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	digits, _, _ := bytes.Cut(text, []byte(" "))
	id, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		return 0
	}
	return id
}
