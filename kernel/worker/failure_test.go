package worker

import (
	"strings"
	"testing"

	"runnext/kernel/engine"
)

func TestDeathInWords(t *testing.T) {
	const stack = "\n\ngoroutine 7 [running]:\nmain.f(0x1)\n\t/tmp/x.go:12 +0x1d\n"
	tests := []struct {
		name  string
		death Death
		cause string
		kind  engine.Kind
		text  string
		words string // somewhere in why and try
	}{
		{"exit", Death{ExitCode: 5}, CauseExit, engine.KindExit, "exit status 5", "os.Exit"},
		{"exit 2 of its own", Death{ExitCode: 2}, CauseExit, engine.KindExit, "exit status 2", "os.Exit"},
		{"map", Death{ExitCode: 2, Text: "fatal error: concurrent map read and map write" + stack},
			CauseFatal, engine.KindFatal, "fatal error: concurrent map read and map write", "sync.Mutex"},
		{"unlock", Death{ExitCode: 2, Text: "fatal error: sync: unlock of unlocked mutex" + stack},
			CauseFatal, engine.KindFatal, "fatal error: sync: unlock of unlocked mutex", "defer mu.Unlock()"},
		{"unknown fatal", Death{ExitCode: 2, Text: "fatal error: bulkBarrierPreWrite: unaligned arguments" + stack},
			CauseFatal, engine.KindFatal, "fatal error: bulkBarrierPreWrite: unaligned arguments", "recover does not help"},
		{"stack", Death{ExitCode: 2, Text: "runtime: goroutine stack exceeds 268435456-byte limit\nfatal error: stack overflow" + stack},
			CauseStackOverflow, engine.KindFatal, "fatal error: stack overflow", "recursive"},
		{"panic through the engine", Death{ExitCode: 2, Text: "1:40: panic: main.f(...)\npanic: boom [recovered, repanicked]" + stack},
			CausePanic, engine.KindPanic, "panic: boom", "recover"},
		{"runtime out of memory", Death{ExitCode: 2, Text: "fatal error: runtime: out of memory" + stack},
			CauseOutOfMemory, engine.KindLimit, "out of memory", "smaller"},
		{"limit", Death{ExitCode: -1, Signal: "killed", Cause: CauseOutOfMemory, Memory: 3 << 30, Limit: 2 << 30},
			CauseOutOfMemory, engine.KindLimit, "out of memory: 3.0 GB in use, the limit is 2.0 GB", "one cell cannot bring the machine down"},
		{"kill -9", Death{ExitCode: -1, Signal: "killed"},
			CauseKilled, engine.KindFatal, "fatal error: killed by signal: killed", "out of memory"},
		{"terminated", Death{ExitCode: -1, Signal: "terminated"},
			CauseKilled, engine.KindFatal, "fatal error: killed by signal: terminated", "Another program"},
		{"core dump", Death{ExitCode: -1, Signal: "aborted", Text: "fatal error: concurrent map writes" + stack},
			CauseFatal, engine.KindFatal, "fatal error: concurrent map writes", "map"},
		{"a signal inside", Death{ExitCode: 2, Text: "SIGSEGV: segmentation violation" + stack},
			CauseFatal, engine.KindFatal, "SIGSEGV: segmentation violation", "unsafe"},
	}
	for _, tt := range tests {
		d := tt.death
		d.judge()
		f := d.Failure()
		if d.Cause != tt.cause || f.Kind != tt.kind || f.Text != tt.text || !strings.Contains(f.Why+" "+f.Try, tt.words) {
			t.Errorf("%s: cause %s, %+v", tt.name, d.Cause, *f)
		}
		if strings.Contains(f.Error(), "goroutine 7") || strings.Contains(f.Error(), "x.go") {
			t.Errorf("%s: shows a stack: %s", tt.name, f.Error())
		}
	}
}
