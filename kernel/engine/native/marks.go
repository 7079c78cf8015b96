package native

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"

	"runnext/kernel/engine"
)

// marks reads a program's standard output. What the program shows stands in it
// between what it prints, so that the order is kept: the line
//
//	ESC _ <mark> <length> ESC \
//
// and a [shown] of that many bytes of JSON. The mark is drawn anew for each run
// and given to the program by its environment.
type marks struct {
	begin []byte
	out   engine.Output
	held  []byte
	value *engine.Bundle
}

// frame is what a program shows.
type frame struct {
	Data, Metadata map[string]any
	ID             string
	Update         bool
	Clear          bool
	Value          bool // it is the cell's value
}

func newMarks(mark string, out engine.Output) *marks {
	return &marks{begin: []byte("\x1b_" + mark + " "), out: out}
}

const maxFrame = 64 << 20

func (m *marks) read(f *os.File) {
	buf := make([]byte, 64<<10)
	for {
		n, err := f.Read(buf)
		m.take(buf[:n])
		if err != nil {
			m.print(m.held)
			m.held = nil
			return
		}
	}
}

func (m *marks) print(p []byte) {
	if len(p) > 0 {
		m.out.Stream(engine.Stdout, p)
	}
}

// take passes on what is whole and holds the rest.
func (m *marks) take(p []byte) {
	if len(m.held) > 0 {
		p = append(m.held, p...)
		m.held = nil
	}
	for len(p) > 0 {
		i := bytes.Index(p, m.begin)
		if i < 0 {
			i = len(p) - overlap(p, m.begin)
		}
		m.print(p[:i])
		p = p[i:]
		rest, whole := m.frame(p)
		if !whole {
			m.held = bytes.Clone(p)
			return
		}
		p = rest
	}
}

// overlap is how many bytes at the end of p may be the beginning of mark.
func overlap(p, mark []byte) int {
	for n := min(len(p), len(mark)-1); n > 0; n-- {
		if bytes.HasSuffix(p, mark[:n]) {
			return n
		}
	}
	return 0
}

// frame shows the frame that p begins with, if all of it is there.
func (m *marks) frame(p []byte) (rest []byte, whole bool) {
	if len(p) == 0 {
		return nil, true
	}
	head, ok := bytes.CutPrefix(p, m.begin)
	if !ok {
		return p, false
	}
	number, body, ok := bytes.Cut(head, []byte("\x1b\\"))
	if !ok {
		if len(head) > 20 {
			m.print(m.begin) // it was none
			return head, true
		}
		return p, false
	}
	n, err := strconv.Atoi(string(number))
	if err != nil || n < 0 || n > maxFrame {
		m.print(m.begin)
		return head, true
	}
	if len(body) < n {
		return p, false
	}
	var f frame
	if err := json.Unmarshal(body[:n], &f); err != nil {
		m.print(body[:n])
		return body[n:], true
	}
	m.show(f)
	return body[n:], true
}

func (m *marks) show(f frame) {
	b := engine.Bundle{Data: f.Data, Metadata: f.Metadata}
	switch {
	case f.Clear:
		m.out.Clear(false)
	case f.Value:
		m.value = &b
	default:
		m.out.Display(engine.Display{Bundle: b, ID: f.ID, Update: f.Update})
	}
}
