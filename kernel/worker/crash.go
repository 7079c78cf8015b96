package worker

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"runnext/kernel/stream"
)

const (
	crashHead = 64 << 10
	crashTail = 16 << 10
	// crashQuiet is how long a process may be silent and alive after a line
	// that looks like a crash before that line is taken for ordinary output.
	crashQuiet = time.Second
	// crashDump is the same after the runtime has said that it gives up: it may
	// walk over a stack of a gigabyte before it says more.
	crashDump = time.Minute
)

// crashMarks begin the lines with which the runtime, or yaegi before it, begins
// to die (go1.26.8 runtime/panic.go: throw, fatal, printpanics; signal_unix.go).
var crashMarks = []string{
	"fatal error: ", "panic: ", "runtime: ", "SIGSEGV: ", "SIGBUS: ", "SIGFPE: ", "SIGILL: ", "SIGABRT: ",
	"SIGQUIT: ", "fatal: ", "[signal ", "unexpected fault address ", "goroutine ",
}

// givenUp finds the line after which the runtime ends the process.
var givenUp = regexp.MustCompile(`(?m)^(fatal error: |runtime: goroutine stack exceeds )`)

// crashFilter stands on fd 2. It passes on what a cell prints there and keeps
// back what looks like the runtime's last words, until the process is either
// dead or was quiet and alive for crashQuiet.
type crashFilter struct {
	clock stream.Clock
	pass  func(p []byte)

	mu      sync.Mutex
	midline bool   // what was passed last has no newline at its end
	start   []byte // the beginning of a line that may become a mark
	holding bool
	head    []byte
	tail    []byte
	lost    int // bytes between head and tail
	timer   stream.Timer
	epoch   int // of the text held; a timer of an older one does nothing
	closed  bool
}

// take accepts the next bytes; pass may block it.
func (c *crashFilter) take(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.holding {
		c.hold(p)
		return
	}
	p = append(c.start, p...)
	c.start = nil
	n := c.plain(p)
	if n > 0 {
		c.midline = p[n-1] != '\n'
		c.pass(p[:n])
	}
	switch rest := p[n:]; {
	case len(rest) == 0:
	case isMark(rest) == markWhole:
		c.hold(rest)
	default:
		c.start = bytes.Clone(rest)
	}
	if c.start != nil {
		c.arm()
	}
}

// plain returns how much of p comes before a line that is, or may become, a mark.
func (c *crashFilter) plain(p []byte) int {
	at := 0
	if c.midline {
		at = nextLine(p, 0)
	}
	for at < len(p) {
		if isMark(p[at:]) != markNone {
			return at
		}
		at = nextLine(p, at)
	}
	return len(p)
}

func nextLine(p []byte, at int) int {
	if i := bytes.IndexByte(p[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(p)
}

type mark int

const (
	markNone mark = iota
	markMaybe
	markWhole
)

// isMark looks at the beginning of a line. yaegi puts line:column: before its own.
func isMark(line []byte) mark {
	rest := bytes.TrimLeft(line, "0123456789:")
	if len(rest) < len(line) {
		rest = bytes.TrimPrefix(rest, []byte(" "))
		if len(rest) == 0 {
			return markMaybe
		}
		if bytes.HasPrefix(rest, []byte("panic: ")) {
			return markWhole
		}
		if len(rest) < len("panic: ") && strings.HasPrefix("panic: ", string(rest)) {
			return markMaybe
		}
		return markNone
	}
	for _, m := range crashMarks {
		if bytes.HasPrefix(line, []byte(m)) {
			return markWhole
		}
		if len(line) < len(m) && strings.HasPrefix(m, string(line)) {
			return markMaybe
		}
	}
	return markNone
}

func (c *crashFilter) hold(p []byte) {
	c.holding = true
	n := min(len(p), crashHead-len(c.head))
	c.head = append(c.head, p[:n]...)
	p = p[n:]
	c.tail = append(c.tail, p...)
	if over := len(c.tail) - crashTail; over > 0 {
		c.lost += over
		c.tail = append(c.tail[:0], c.tail[over:]...)
	}
	c.arm()
}

func (c *crashFilter) arm() {
	c.epoch++
	epoch := c.epoch
	if c.timer != nil {
		c.timer.Stop()
	}
	if !c.closed {
		quiet := crashQuiet
		if givenUp.Match(c.head) {
			quiet = crashDump
		}
		c.timer = c.clock.AfterFunc(quiet, func() { c.release(epoch) })
	}
}

// release passes on what was held: the process has outlived it.
func (c *crashFilter) release(epoch int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if epoch != c.epoch || c.closed {
		return
	}
	text := c.text()
	c.forget()
	if len(text) > 0 {
		c.midline = text[len(text)-1] != '\n'
		c.pass(text)
	}
}

// close ends the filter and returns what it holds. No timer runs after it.
func (c *crashFilter) close() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.timer != nil {
		c.timer.Stop()
	}
	text := c.text()
	c.forget()
	return text
}

func (c *crashFilter) text() []byte {
	text := append(c.head, c.start...)
	if c.lost > 0 {
		text = fmt.Appendf(text, "\n... %d bytes left out ...\n", c.lost)
	}
	return append(text, c.tail...)
}

func (c *crashFilter) forget() {
	c.holding, c.head, c.tail, c.start, c.lost = false, nil, nil, nil, 0
}
