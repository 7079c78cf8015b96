package native

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// lastWords reads a program's standard error. It passes on what the program
// prints there and keeps back what looks like the runtime's report of its
// death, until the program has ended or was silent for longer than the runtime
// is between two lines.
type lastWords struct {
	out     io.Writer
	held    []byte
	midline bool // what was passed on last has no newline at its end
}

const (
	wordsQuiet = time.Second
	wordsMost  = 256 << 10
)

// deathMarks begin the lines with which a Go program begins to die
// (go1.26.8 runtime/panic.go:1420 fatalthrow, go1.26.8 runtime/signal_unix.go:845 fatalsignal).
var deathMarks = []string{"panic: ", "fatal error: ", "runtime: ", "unexpected fault address ", "SIGSEGV: ", "SIGBUS: ", "SIGFPE: ", "SIGILL: ", "SIGABRT: ", "SIGQUIT: "}

func (w *lastWords) read(f *os.File) {
	buf := make([]byte, 32<<10)
	for {
		var until time.Time
		if len(w.held) > 0 && !fatal(w.held) {
			until = time.Now().Add(wordsQuiet)
		}
		f.SetReadDeadline(until)
		n, err := f.Read(buf)
		w.take(buf[:n])
		if errors.Is(err, os.ErrDeadlineExceeded) {
			w.pass(w.held)
			w.held = nil
			continue
		}
		if err != nil {
			if text := string(w.held); !dying(text) {
				w.pass(w.held)
				w.held = nil
			}
			return
		}
	}
}

func (w *lastWords) take(p []byte) {
	if len(p) == 0 {
		return
	}
	if len(w.held) > 0 {
		w.held = append(w.held, p...)
		if line, _, whole := strings.Cut(string(w.held[:min(len(w.held), 64)]), "\n"); whole && !dying(line) || len(w.held) > wordsMost {
			held := w.held
			w.held = nil
			w.plain(held)
		}
		return
	}
	w.plain(p)
}

// plain passes on lines up to one that may be the beginning of the end.
func (w *lastWords) plain(p []byte) {
	at := 0
	if w.midline {
		at = nextLine(p, 0)
	}
	for at < len(p) && !mayDie(p[at:]) {
		at = nextLine(p, at)
	}
	if len(p)-at > wordsMost {
		at = len(p)
	}
	w.pass(p[:at])
	w.held = bytes.Clone(p[at:])
}

func (w *lastWords) pass(p []byte) {
	if len(p) == 0 {
		return
	}
	w.midline = p[len(p)-1] != '\n'
	w.out.Write([]byte(shown(string(p)))) // a cell's stream takes all there is
}

func nextLine(p []byte, at int) int {
	if i := bytes.IndexByte(p[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(p)
}

// mayDie tells whether a line begins with a mark, or with a part of one and
// nothing more.
func mayDie(line []byte) bool {
	return slices.ContainsFunc(deathMarks, func(m string) bool {
		return bytes.HasPrefix(line, []byte(m)) || strings.HasPrefix(m, string(line))
	})
}

// dying tells whether a whole line begins with a mark.
func dying(line string) bool {
	return slices.ContainsFunc(deathMarks, func(m string) bool { return strings.HasPrefix(line, m) })
}

// fatal tells whether a fatal error has been announced: to write down a stack
// of millions of frames takes the runtime many seconds.
func fatal(held []byte) bool {
	return bytes.HasPrefix(held, []byte("fatal error: ")) || bytes.Contains(held, []byte("\nfatal error: "))
}

// text gives what was kept back when the program ended.
func (w *lastWords) text() string { return string(w.held) }
