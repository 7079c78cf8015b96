package machine

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"runnext/sim/machine/interp"
)

// osNatives are the little of package os that a simulated program has: its
// three files, its arguments and its end.
func osNatives(h *host) map[string]native {
	return map[string]native{
		"os.Exit": func(t *thread, a []value) status {
			return h.visible(t, Op{Kind: "exit", Ends: true}, func(t *thread) status {
				h.sync(t)
				h.exit(int(a[0].Int()))
				return interp.Ended
			})
		},
		"(*os.File).Write": func(t *thread, a []value) status {
			t.M.Toil(a[1].Len())
			return h.write(t, a[0], a[1].Bytes())
		},
		"(*os.File).WriteString": func(t *thread, a []value) status {
			return h.write(t, a[0], []byte(a[1].Str()))
		},
		"(*os.File).Close":    ret(value{}),
		"(*os.File).Sync":     ret(value{}),
		"(*os.File).Read":     h.read,
		"(*os.File).ReadFrom": h.readFrom,
		"(*os.File).Fd":       func(t *thread, a []value) status { return t.Return(*a[0].Addr()) },
		"(*os.File).Name": func(t *thread, a []value) status {
			return t.Return(interp.String([]string{"/dev/stdin", "/dev/stdout", "/dev/stderr"}[a[0].Addr().N%3]))
		},
	}
}

// write prints. It is a system call that is over at once.
func (h *host) write(t *thread, file value, b []byte) status {
	return h.visible(t, h.printing(file, b), func(t *thread) status {
		if h.print(t, file, b); h.ended {
			return interp.Ended
		}
		return t.Return(interp.Int(int64(len(b))), value{})
	})
}

func (h *host) print(t *thread, file value, b []byte) {
	if h.ended {
		return
	}
	h.s.ShortCall(h.sync(t))
	w := h.cfg.Stdout
	if file.P != nil && file.Addr().N == 2 {
		w = h.cfg.Stderr
	}
	// A program that prints into a closed pipe is not told here either.
	_, _ = w.Write(b)
	if h.printed += int64(len(b)); h.cfg.Output > 0 && h.printed > h.cfg.Output {
		h.cut(fmt.Sprintf("the limit of %d bytes of output is reached", h.cfg.Output))
	}
}

func (h *host) input() *bufio.Reader {
	if h.stdin == nil {
		var r io.Reader = strings.NewReader("")
		if h.cfg.Stdin != nil {
			r = &input{from: h.cfg.Stdin, over: h.done}
		}
		h.stdin = bufio.NewReader(r)
	}
	return h.stdin
}

// input is a program's standard input. A read that waits does not keep a run
// from ending; it cannot be taken back, and is left behind then.
type input struct {
	from io.Reader
	over <-chan struct{} // closed when the run is to end; nil for never
	buf  [4096]byte
}

func (in *input) Read(b []byte) (int, error) {
	type result struct {
		n   int
		err error
	}
	read := make(chan result, 1)
	go func() {
		n, err := in.from.Read(in.buf[:min(len(b), len(in.buf))])
		read <- result{n, err}
	}()
	select {
	case r := <-read:
		return copy(b, in.buf[:r.n]), r.err
	case <-in.over:
		panic(interp.Stop{})
	}
}

func (h *host) read(t *thread, a []value) status {
	h.room(int64(a[1].Len()) / 16)
	b := make([]byte, a[1].Len())
	n, err := h.input().Read(b)
	h.s.ShortCall(h.sync(t))
	for i := range a[1].Cells(n) {
		a[1].Cells(n)[i].N = uint64(b[i])
	}
	return t.Return(interp.Int(int64(n)), h.goError(t, err))
}

// readFrom copies what a reader of the program gives to a file.
func (h *host) readFrom(t *thread, a []value) status {
	typ, recv := t.M.Unbox(a[1])
	read := interp.Method(t.M, typ, "Read")
	buf := interp.Slice(make([]value, 4096))
	total := int64(0)
	var step func(t *thread) status
	step = func(t *thread) status {
		n, err := t.R[0].Int(), t.R[1]
		h.print(t, a[0], buf.Bytes()[:n])
		total += n
		if err.N != 0 {
			if eof := h.global("io", "EOF"); eof != nil && *eof == err {
				err = value{}
			}
			return t.Return(interp.Int(total), err)
		}
		return t.Call(read, []value{recv, buf}, step)
	}
	return t.Call(read, []value{recv, buf}, step)
}

// goError gives a Go error of the host's side as one of the program's.
func (h *host) goError(t *thread, err error) value {
	if err == nil {
		return value{}
	}
	if own := (programError{}); errors.As(err, &own) {
		return own.val
	}
	for _, e := range []struct {
		err  error
		name string
	}{{io.EOF, "EOF"}, {io.ErrUnexpectedEOF, "ErrUnexpectedEOF"}} {
		if g := h.global("io", e.name); err == e.err && g != nil {
			return *g
		}
	}
	return t.M.Box(h.textError(), interp.Pointer(&[]value{interp.String(err.Error())}[0]))
}
