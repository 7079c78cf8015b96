package machine

import (
	"fmt"
	"io"
	"iter"

	"runnext/sim/machine/interp"
)

// fscanNatives are the functions that scan what a reader of the program gives.
func fscanNatives(h *host) map[string]native {
	return map[string]native{
		"fmt.Fscan":   h.scanFrom(func(r io.Reader, _ []value, to []any) (int, error) { return fmt.Fscan(r, to...) }),
		"fmt.Fscanln": h.scanFrom(func(r io.Reader, _ []value, to []any) (int, error) { return fmt.Fscanln(r, to...) }),
		"fmt.Fscanf": h.scanFrom(func(r io.Reader, a []value, to []any) (int, error) {
			return fmt.Fscanf(r, a[1].Str(), to...)
		}),
	}
}

// scanning is a scan that waits, as a coroutine, where it needs a method of the
// program's reader.
type scanning struct {
	pausing
	vm    *interp.Machine
	next  func() (readCall, bool)
	yield func(readCall) bool
	r     rune
	b     byte
	n     int
	err   error
}

// readCall is a method of a reader that a scan needs.
type readCall int

const (
	callRead readCall = iota
	callReadRune
	callUnreadRune
)

// ask has the program call a method; its results are in s then.
func (s *scanning) ask(c readCall) {
	s.vm.Toil(runeToil)
	if !s.yield(c) {
		s.n, s.err = 0, io.ErrClosedPipe // the run is over
	}
}

// byteReader and runeReader are the program's reader as the real fmt sees it:
// one that takes no rune back loses the one behind what was scanned.
type byteReader struct{ s *scanning }

func (r byteReader) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	r.s.ask(callRead)
	if r.s.n > 0 {
		b[0] = r.s.b
	}
	return r.s.n, r.s.err
}

type runeReader struct{ byteReader }

func (r runeReader) ReadRune() (rune, int, error) {
	r.s.ask(callReadRune)
	return r.s.r, r.s.n, r.s.err
}

func (r runeReader) UnreadRune() error {
	r.s.ask(callUnreadRune)
	return r.s.err
}

// programError is an error of the program that passes through the real fmt.
type programError struct{ val value }

func (programError) Error() string { return "error of the program" }

// failed gives an error of the program as one of the host's side.
func (h *host) failed(v value) error {
	if v.N == 0 {
		return nil
	}
	if eof := h.global("io", "EOF"); eof != nil && *eof == v {
		return io.EOF
	}
	return programError{v}
}

func (h *host) scanFrom(read func(r io.Reader, a []value, to []any) (int, error)) native {
	return func(t *thread, a []value) status {
		a = append([]value(nil), a...)
		targets := list(a[len(a)-1])
		to := make([]any, len(targets))
		for i, v := range targets {
			to[i] = scanTarget(t.M, v)
		}
		end := func(t *thread, n int, err error) status {
			for i := range min(n, len(targets)) {
				scanStore(t.M, targets[i], to[i])
			}
			return t.Return(interp.Int(int64(n)), h.goError(t, err))
		}
		if a[0].N == 0 {
			return t.RaiseError("invalid memory address or nil pointer dereference")
		}
		typ, recv := t.M.Unbox(a[0])
		if t.M.TypeString(typ) == "*os.File" {
			n, err := read(h.input(), a, to)
			return end(t, n, err)
		}
		s := &scanning{vm: t.M}
		var from io.Reader = byteReader{s}
		if interp.Method(t.M, typ, "ReadRune") != nil && interp.Method(t.M, typ, "UnreadRune") != nil {
			from = runeReader{byteReader{s}}
		}
		n, err := 0, error(nil)
		s.next, s.stop = iter.Pull(func(yield func(readCall) bool) {
			s.yield = yield
			n, err = read(from, a, to)
		})
		h.keep(&s.pausing)
		return h.scanOn(t, s, typ, recv, func(t *thread) status { return end(t, n, err) })
	}
}

// scanOn lets a scan go on until it has come to its end.
func (h *host) scanOn(t *thread, s *scanning, typ *interp.Type, recv value, end func(t *thread) status) status {
	call, more := s.next()
	if !more {
		h.forget(&s.pausing)
		return end(t)
	}
	again := func(t *thread) status { return h.scanOn(t, s, typ, recv, end) }
	switch call {
	case callReadRune:
		return t.Call(interp.Method(t.M, typ, "ReadRune"), []value{recv}, func(t *thread) status {
			s.r, s.n, s.err = rune(t.R[0].Int()), int(t.R[1].Int()), h.failed(t.R[2])
			return again(t)
		})
	case callUnreadRune:
		return t.Call(interp.Method(t.M, typ, "UnreadRune"), []value{recv}, func(t *thread) status {
			s.err = h.failed(t.R[0])
			return again(t)
		})
	}
	cell := []value{{}}
	return t.Call(interp.Method(t.M, typ, "Read"), []value{recv, interp.Slice(cell)}, func(t *thread) status {
		s.b, s.n, s.err = byte(cell[0].N), int(t.R[0].Int()), h.failed(t.R[1])
		return again(t)
	})
}
