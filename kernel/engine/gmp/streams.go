package gmp

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"

	"runnext/kernel/engine"
	"runnext/sim/machine"
)

// door is a program's way to its cell's output. Once it is closed nothing more
// comes through, and the program goes on as if it had been read.
type door struct {
	out    engine.Output
	closed atomic.Bool
}

func (d *door) close() { d.closed.Store(true) }

func (d *door) stream(name string) io.Writer { return stream{d, name} }

type stream struct {
	door *door
	name string
}

func (s stream) Write(p []byte) (int, error) {
	if !s.door.closed.Load() {
		s.door.out.Stream(s.name, p)
	}
	return len(p), nil
}

// keyboard gives what a person types, a line at a time.
type keyboard struct {
	ctx  context.Context
	out  engine.Output
	rest string
}

func (k *keyboard) Read(p []byte) (int, error) {
	if k.rest == "" {
		line, err := k.out.Input(k.ctx, "", false)
		if errors.Is(err, engine.ErrNoInput) {
			err = io.EOF
		}
		if err != nil {
			return 0, err
		}
		k.rest = line + "\n"
	}
	n := copy(p, k.rest)
	k.rest = k.rest[n:]
	return n, nil
}

// What the machine's last words begin with on a program's standard error; each
// of them begins a Write.
var lastWordsBegin = []string{"panic: ", "fatal error: ", "runtime: goroutine stack exceeds ", cutBegins}

// cutBegins is how the machine begins to say that a run was cut.
const cutBegins = "runnext sim: "

// lastWords stands on a program's standard error. What may be the machine's
// report of a crash is held back: a cell has its failure for that.
type lastWords struct {
	to   io.Writer
	held strings.Builder
}

func (w *lastWords) Write(p []byte) (int, error) {
	text := string(p)
	for _, begin := range lastWordsBegin {
		if strings.HasPrefix(text, begin) && !strings.HasPrefix(w.held.String(), lastWordsBegin[2]) {
			w.release()
			w.held.WriteString(text)
			return len(p), nil
		}
	}
	if w.held.Len() > 0 {
		return w.held.WriteString(text)
	}
	return w.to.Write(p)
}

func (w *lastWords) release() {
	io.WriteString(w.to, w.held.String()) // a door takes everything
	w.held.Reset()
}

// end gives the machine's last words, and lets through what were none.
func (w *lastWords) end(res *machine.Result) string {
	if res != nil && (res.Fault != nil || res.Status == machine.StatusCut && strings.HasPrefix(w.held.String(), cutBegins)) {
		return w.held.String()
	}
	w.release()
	return ""
}
