package run

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"runnext/kernel/core/program"
)

// Names of functions by which the stacks of an interpreting process are read.
const (
	// interprets or the machine's functions are on the stack of every goroutine
	// of the program.
	interprets = "github.com/traefik/yaegi/interp.runCfg("
	machines   = "runnext/kernel/engine/yaegi/machine."
	// startsMain has started the goroutine of main.
	startsMain = "created by runnext/kernel/engine/yaegi.(*job).runMain"
	// blocks is what a goroutine of the program is in when it waits or does
	// what the runtime may throw at; its first argument is the site.
	blocks = "runnext/kernel/engine/yaegi.standing("
	// begins is the lowest function of a goroutine that the program started;
	// its first argument is the site of the go statement.
	begins = "runnext/kernel/engine/yaegi.started("
)

// crashBegins finds the line with which the runtime begins to die
// (go1.26.8 runtime/panic.go:1220 throw, stack.go, signal_unix.go).
var crashBegins = regexp.MustCompile(`^(?:fatal error: |fatal: |panic: |runtime: (?:goroutine stack exceeds|out of memory|cannot allocate)|SIG[A-Z]+: |unexpected fault address )`)

func runsProgram(line string) bool {
	return strings.HasPrefix(line, interprets) || strings.HasPrefix(line, machines)
}

// goroutineHeader begins the stack of one goroutine.
var goroutineHeader = regexp.MustCompile(`^goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[(.*)\]:$`)

// maxLine bounds how much of a line is kept back.
const maxLine = 64 << 10

// teller stands on descriptor 2 of the program's process. What the program
// itself writes there goes on line by line. When the runtime dies, its first
// lines go on as they are, and of the goroutines those that are the program's,
// with the learner's frames in place of the interpreter's.
type teller struct {
	out  io.Writer
	file string
	code []byte           // the encoded program
	prog *program.Program // decoded when it is needed

	line  []byte
	state tellerState
	block []string // of the goroutine that is read
	main  string   // the number of the goroutine that runs main
}

type tellerState int

const (
	tellsAll   tellerState = iota // the program's own output
	tellsHead                     // the runtime's first lines
	tellsStack                    // a goroutine's stack
	tellsNone                     // the runtime's own stack
)

func newTeller(out io.Writer, file string, code []byte) *teller {
	return &teller{out: out, file: file, code: code}
}

// Write implements [io.Writer]. It never fails: a reader that is gone must not
// keep the process from being read to its end.
func (t *teller) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			t.line = append(t.line, p...)
			if t.state == tellsAll && len(t.line) > maxLine {
				t.out.Write(t.line)
				t.line = t.line[:0]
			}
			break
		}
		t.line = append(t.line, p[:i+1]...)
		t.take(string(t.line))
		t.line, p = t.line[:0], p[i+1:]
	}
	return n, nil
}

// end tells what is left when the process is gone.
func (t *teller) end() {
	if len(t.line) > 0 {
		t.take(string(t.line))
		t.line = nil
	}
	t.goroutine()
}

// take takes one line with its newline.
func (t *teller) take(line string) {
	text := strings.TrimSuffix(line, "\n")
	if goroutineHeader.MatchString(text) && t.state != tellsAll {
		t.goroutine()
		t.state, t.block = tellsStack, []string{text}
		return
	}
	switch t.state {
	case tellsAll:
		if crashBegins.MatchString(text) {
			t.state = tellsHead
		}
		io.WriteString(t.out, line)
	case tellsHead:
		switch {
		case text == "runtime stack:":
			t.state = tellsNone
		case text != "":
			io.WriteString(t.out, line)
		}
	case tellsStack:
		if text == "" {
			t.goroutine()
			t.state = tellsNone
			return
		}
		t.block = append(t.block, text)
	}
}

// goroutine tells the stack that was read when it is the program's.
func (t *teller) goroutine() {
	block := t.block
	t.block = nil
	if len(block) == 0 || !slices.ContainsFunc(block, runsProgram) {
		return
	}
	m := goroutineHeader.FindStringSubmatch(block[0])
	id, reason := m[1], m[2]
	if slices.ContainsFunc(block, func(l string) bool { return strings.HasPrefix(l, startsMain) }) {
		t.main, id = id, "1"
	}
	places := t.thrown(block)
	for _, l := range block[1:] {
		if args, ok := strings.CutPrefix(l, blocks); ok && places == "" {
			if s, ok := t.site(args); ok {
				places = frame(t.file, t.prog.Enclosing(s), s.Line)
			}
		}
		if args, ok := strings.CutPrefix(l, begins); ok {
			if s, ok := t.site(args); ok {
				places += createdBy(t.file, t.prog.Enclosing(s), t.parent(block), s.Line)
			}
		}
	}
	fmt.Fprintf(t.out, "\ngoroutine %s [%s]:\n%s", id, reason, places)
}

// thrown gives the place of a call of the standard library in which the runtime
// threw, when the program makes that call at one place only.
func (t *teller) thrown(block []string) string {
	for i, l := range block {
		if i < 2 || !runsProgram(l) && !strings.HasPrefix(l, "reflect.") {
			continue
		}
		name := calledName(block[i-2]) // between them is the file
		if name == "" || !t.decode() {
			return ""
		}
		found := map[program.Site]bool{}
		text := ""
		for _, f := range t.prog.Funcs {
			for _, c := range f.Calls {
				if c.Name == name && c.Site > 0 && c.Site < len(t.prog.Sites) {
					s := t.prog.Sites[c.Site]
					found[s] = true
					text = frame(t.file, t.prog.Enclosing(s), s.Line)
				}
			}
		}
		if len(found) == 1 {
			return text
		}
		return ""
	}
	return ""
}

var methodLine = regexp.MustCompile(`^([\w./]+)\.\((\*?)(\w+)\)\.(\w+)\(`)

// calledName gives the name that a program knows a function by whose frame a
// line is: (*sync.Mutex).Unlock.
func calledName(line string) string {
	if m := methodLine.FindStringSubmatch(line); m != nil {
		return "(" + m[2] + m[1] + "." + m[3] + ")." + m[4]
	}
	return ""
}

// site reads the site that is the first of a call's arguments. A number with a
// question mark may be of a register that was used again.
func (t *teller) site(args string) (program.Site, bool) {
	end := strings.IndexAny(args, "?,)")
	if end < 0 || !t.decode() {
		return program.Site{}, false
	}
	n, err := strconv.ParseUint(args[:end], 0, 31)
	if err != nil || n == 0 || int(n) >= len(t.prog.Sites) {
		return program.Site{}, false
	}
	return t.prog.Sites[n], true
}

func (t *teller) decode() bool {
	if t.prog == nil && t.code != nil {
		t.prog, _ = program.Decode(t.code) // without it there are no places
		t.code = nil
	}
	return t.prog != nil
}

// createdIn ends the stack of a goroutine.
var createdIn = regexp.MustCompile(`^created by .* in goroutine (\d+)$`)

// parent gives the number of the goroutine that started one.
func (t *teller) parent(block []string) string {
	for _, l := range block {
		if m := createdIn.FindStringSubmatch(l); m != nil && m[1] == t.main {
			return "1"
		} else if m != nil {
			return m[1]
		}
	}
	return ""
}
