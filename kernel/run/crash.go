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
	if n := len(f.Places); f.Started == nil && (n == 0 || isMain(f.Places[n-1].Func)) {
		id = 1
	}
	fmt.Fprintf(&b, "\ngoroutine %d [running]:\n", id)
	for i, p := range f.Places {
		if p.Func == "" && i > 0 {
			break // what stands around main is ours
		}
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
	if isMain(fn) {
		fn, args = "main", "()"
	}
	return fmt.Sprintf("main.%s%s\n\t%s:%d\n", fn, args, file, line)
}

// createdBy tells who started a goroutine, and where. The number of that one is
// left out where it is not known.
func createdBy(file, fn, goroutine string, line int) string {
	if isMain(fn) {
		fn = "main"
	}
	if goroutine != "" {
		goroutine = " in goroutine " + goroutine
	}
	return fmt.Sprintf("created by main.%s%s\n\t%s:%d\n", fn, goroutine, file, line)
}

// isMain tells the functions that the main goroutine begins with.
func isMain(fn string) bool { return fn == "" || fn == "main" }

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
