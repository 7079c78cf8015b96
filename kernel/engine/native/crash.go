package native

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"runnext/kernel/engine"
)

// maxGoroutines bounds how many goroutines of a crash are named.
const maxGoroutines = 16

// goroutineDump is one goroutine of the runtime's report.
type goroutineDump struct {
	number string
	status string
	frames []engine.Place // those that are the learner's
	origin engine.Place   // of the go statement
}

var (
	dumpHead = regexp.MustCompile(`^goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[([^\]]*)\]:$`)
	cellLine = regexp.MustCompile(`^\s+(?:.*/)?\[cell (\d+)\]:(\d+)`)
)

// crash reads the runtime's report of a program's death, nil if it is none.
func crash(text string) *engine.Failure {
	head, rest := report(text)
	if head == "" {
		return nil
	}
	f := &engine.Failure{Kind: engine.KindFatal, Text: shown(head)}
	switch {
	case strings.HasPrefix(head, "panic: "):
		f.Kind = engine.KindPanic
	case strings.HasSuffix(head, "all goroutines are asleep - deadlock!"):
		f.Kind = engine.KindDeadlock
	}
	lines := strings.Split(rest, "\n")
	for len(lines) > 0 && !dumpHead.MatchString(lines[0]) {
		if l := strings.TrimSpace(lines[0]); l != "" && !strings.HasPrefix(l, "[signal ") && !strings.HasPrefix(l, "runtime: ") && !strings.HasPrefix(l, "runtime stack") && l != "[running]:" {
			if f.Kind == engine.KindPanic {
				f.Detail = append(f.Detail, shown(l))
			}
		}
		lines = lines[1:]
	}
	dumps := goroutines(lines)
	if len(dumps) == 0 {
		return nil
	}
	f.Places = dumps[0].places()
	if f.Kind == engine.KindDeadlock {
		f.Why = "Every goroutine waits for another one, and no timer or call is left that could wake any of them."
		for i, d := range dumps {
			if i == maxGoroutines {
				f.Detail = append(f.Detail, fmt.Sprintf("and %d more", len(dumps)-i))
				break
			}
			f.Detail = append(f.Detail, d.String())
		}
	}
	return f
}

// report gives the line that says what happened, and what follows it.
func report(text string) (head, rest string) {
	for text != "" {
		line, after, _ := strings.Cut(text, "\n")
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			return line, after
		}
		if head == "" && dying(line) && !strings.HasPrefix(line, "runtime: ") {
			head, rest = line, after // unless the fatal error itself follows
		}
		text = after
	}
	return head, rest
}

func goroutines(lines []string) []goroutineDump {
	var out []goroutineDump
	fn := ""
	for _, line := range lines {
		if m := dumpHead.FindStringSubmatch(line); m != nil {
			out = append(out, goroutineDump{number: m[1], status: m[2]})
			continue
		}
		if len(out) == 0 {
			continue
		}
		d := &out[len(out)-1]
		m := cellLine.FindStringSubmatch(line)
		if m == nil {
			if line != "" && line[0] != '\t' {
				fn = line
			}
			continue
		}
		p := engine.Place{Column: 1}
		p.Cell, _ = strconv.Atoi(m[1])
		p.Line, _ = strconv.Atoi(m[2])
		if strings.HasPrefix(fn, "created by ") {
			d.origin = p
			continue
		}
		p.Func = funcName(fn)
		d.frames = append(d.frames, p)
	}
	return out
}

// funcName gives a function of a traceback as the learner calls it, "" for
// main itself, which is the top of the cell.
func funcName(line string) string {
	if i := strings.LastIndexByte(line, '('); i > 0 && strings.HasSuffix(line, ")") {
		line = line[:i]
	}
	name := strings.TrimPrefix(shown(line), "main.")
	if name == "main" {
		return ""
	}
	return name
}

func (d goroutineDump) places() []engine.Place {
	out := d.frames
	if d.origin.Cell > 0 {
		o := d.origin
		o.Text = "goroutine " + d.number + " was started here"
		out = append(out, o)
	}
	return out
}

func (d goroutineDump) String() string {
	text := fmt.Sprintf("goroutine %s waits: %s", d.number, d.status)
	if len(d.frames) > 0 {
		p := d.frames[0]
		if p.Func != "" {
			text += ", in " + p.Func
		}
		text += " at " + strings.TrimSuffix(p.String(), ":1")
	}
	return text
}
