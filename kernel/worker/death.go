package worker

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"runnext/kernel/engine"
)

// Causes of a [Death].
const (
	CauseExit          = "exit"           // os.Exit, or main's end
	CauseFatal         = "fatal error"    // the runtime gave up
	CausePanic         = "panic"          // a panic nobody recovered
	CauseStackOverflow = "stack overflow" // a goroutine's stack passed the limit
	CauseOutOfMemory   = "out of memory"  // our limit, or the machine's
	CauseKilled        = "killed"         // a signal from outside
	CauseStart         = "not started"    // there is no worker to run a job
)

// Death is how a worker ended that nobody asked to end.
type Death struct {
	Cause    string
	ExitCode int    // -1 when a signal ended it
	Signal   string // "" when none did
	Text     string // the runtime's own words on fd 2: the first 64 KB and the last 16 KB
	Memory   int64  // bytes resident when the limit was passed; 0 for other causes
	Limit    int64  // the memory limit in bytes; 0 for other causes

	// Where the program was when it ended, as far as that is known.
	engine.Parting
}

// crashLine finds the line in which Go says what happened.
var crashLine = regexp.MustCompile(`(?m)^(?:fatal error: .*|panic: .*|SIG[A-Z]+: .*)$`)

// repanicked is what the runtime adds to a panic that was recovered on its way.
var repanicked = regexp.MustCompile(` \[recovered(?:, repanicked)?\]$`)

// firstLine is Go's first line, without a stack.
func (d *Death) firstLine() string {
	return repanicked.ReplaceAllString(crashLine.FindString(d.Text), "")
}

// judge finds a death's cause from its status and text.
func (d *Death) judge() {
	line := d.firstLine()
	// GOTRACEBACK=crash makes the runtime end with a signal.
	crashed := line != "" && (d.ExitCode == 2 || d.Signal == "aborted")
	switch {
	case d.Cause != "":
	case !crashed && d.Signal != "":
		d.Cause = CauseKilled
	case !crashed:
		d.Cause = CauseExit
	case strings.Contains(line, "fatal error: stack overflow"):
		d.Cause = CauseStackOverflow
	case strings.HasPrefix(line, "fatal error: ") &&
		(strings.Contains(line, "out of memory") || strings.Contains(line, "cannot allocate memory")):
		d.Cause = CauseOutOfMemory
	case strings.HasPrefix(line, "panic: "):
		d.Cause = CausePanic
	default:
		d.Cause = CauseFatal
	}
}

// locate finds out whose goroutine was running when the runtime gave up. The
// line it was at is not to be had.
func (d *Death) locate() {
	if d.Cause != CauseFatal && d.Cause != CauseStackOverflow && d.Cause != CausePanic {
		return
	}
	p, ok := engine.MarkIn(d.Text)
	switch {
	case !ok:
	case p.Line == 0: // the cell's own
		d.Places = []engine.Place{{Cell: p.Cell, Line: 1, Column: 1}}
	default:
		d.Places = []engine.Place{p}
		d.Detail = []string{"It happened in the goroutine that was started here; its own line is not known."}
	}
}

// Failure says in plain words what happened and where, why, and what to try.
// Which variables were lost is for the caller to add. No Go stack is in it.
func (d *Death) Failure() *engine.Failure {
	f := d.explained()
	f.Places, f.Detail = slices.Clone(d.Places), slices.Clone(d.Detail)
	return f
}

func (d *Death) explained() *engine.Failure {
	switch d.Cause {
	case CauseExit:
		return &engine.Failure{
			Kind: engine.KindExit,
			Text: fmt.Sprintf("exit status %d", d.ExitCode),
			Why: "os.Exit (or log.Fatal, which calls it) ends the whole program at once: no deferred function runs, " +
				"and all goroutines and variables of the notebook go with it.",
			Try: "Use return to leave a function, or panic to stop a cell; then the notebook keeps its variables.",
		}
	case CauseStackOverflow:
		return &engine.Failure{
			Kind: engine.KindFatal,
			Text: "fatal error: stack overflow",
			Why: "A function called itself again and again and never came back. Each call needs room on the goroutine's stack, " +
				"the stack grew to its limit, and Go cannot recover from that.",
			Try: "Look for a recursive function whose end condition is missing or never reached; or write it as a loop.",
		}
	case CauseOutOfMemory:
		return d.memoryFailure()
	case CausePanic:
		return &engine.Failure{
			Kind: engine.KindPanic,
			Text: d.firstLine(),
			Why:  "A panic that no deferred function recovered reached the end of its goroutine; that ends the whole program.",
			Try:  "Find what the line above names, or recover in a function deferred by the same goroutine.",
		}
	case CauseKilled:
		return d.killedFailure()
	case CauseStart:
		return &engine.Failure{
			Kind: engine.KindFatal,
			Text: "fatal error: the process that runs cells cannot be started: " + d.Text,
			Why:  "Cells run in a process of their own; the system did not let the kernel start it.",
			Try:  "Run the cell again; if that does not help, restart the kernel and run `runnext doctor`.",
		}
	}
	return d.fatalFailure()
}

func (d *Death) memoryFailure() *engine.Failure {
	f := &engine.Failure{
		Kind: engine.KindLimit,
		Text: "out of memory",
		Why:  "The cell's values needed more memory than the machine would give.",
		Try:  "Keep less at a time: a smaller slice or map, fewer goroutines, or let go of what is no longer needed.",
	}
	if d.Limit > 0 {
		f.Text = fmt.Sprintf("out of memory: %s in use, the limit is %s", size(d.Memory), size(d.Limit))
		f.Why = "The notebook's process may use that much, so that one cell cannot bring the machine down; it was stopped."
	}
	return f
}

func (d *Death) killedFailure() *engine.Failure {
	f := &engine.Failure{
		Kind: engine.KindFatal,
		Text: "fatal error: killed by signal: " + d.Signal,
		Why:  "Another program, or the operating system, ended the process that runs the cells.",
		Try:  "Run the cell again.",
	}
	if d.Signal == "killed" {
		f.Why += " The system does that when the whole machine is out of memory."
		f.Try = "Run the cell again; if it happens again, use less memory."
	}
	return f
}

// fatalWhy explains the runtime's fatal errors a learner of concurrency meets.
var fatalWhy = []struct{ text, why, try string }{
	{
		"concurrent map",
		"Two goroutines used one map at the same time and at least one of them wrote. A map is not made for that; Go stops the program rather than let the map break.",
		"Guard the map with a sync.Mutex, use sync.Map, or let one goroutine own it and send it requests.",
	},
	{
		"unlock of unlocked",
		"Unlock was called on a mutex that nobody had locked (or RUnlock more often than RLock).",
		"Call Unlock once for each Lock; `defer mu.Unlock()` right after `mu.Lock()` keeps them together.",
	},
	{
		"all goroutines are asleep",
		"Every goroutine waits for another one, so none can go on.",
		"Find who should have sent, received, unlocked or called Done.",
	},
	{
		"SIGSEGV",
		"The program touched memory that is not its own.",
		"Look for use of package unsafe, or for a data race.",
	},
}

func (d *Death) fatalFailure() *engine.Failure {
	f := &engine.Failure{
		Kind: engine.KindFatal,
		Text: d.firstLine(),
		Why:  "The Go runtime met something it cannot go on from; recover does not help against it.",
		Try:  "Look at what the cell's goroutines share.",
	}
	if f.Text == "" {
		f.Text = "fatal error"
	}
	for _, w := range fatalWhy {
		if strings.Contains(f.Text, w.text) {
			f.Why, f.Try = w.why, w.try
			break
		}
	}
	return f
}

// size writes bytes in the unit a person would.
func size(n int64) string {
	if n >= 10<<30 {
		return fmt.Sprintf("%.0f GB", float64(n)/(1<<30))
	}
	if n >= 1<<30 {
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	}
	return fmt.Sprintf("%d MB", n>>20)
}

// interruptedReport is what an abandoned job leaves behind.
func interruptedReport() engine.Report {
	return engine.Report{Failure: &engine.Failure{
		Kind: engine.KindInterrupted,
		Text: "interrupted",
		Why:  "The cell was stopped from outside.",
		Try:  "Variables keep what the cell had given them so far.",
	}}
}
