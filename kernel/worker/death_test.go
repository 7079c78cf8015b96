//go:build unix

package worker

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"

	"runnext/kernel/engine"
)

// Where it happened is told when it is known: by who ends the process, or by
// whose goroutine was running.
func TestDeathHasAPlace(t *testing.T) {
	tests := []struct{ program, first, detail string }{
		{"exitat", "[cell 2]:7:3: exit status 3", "In a goroutine."},
		{"marked", "[cell 4]:5:6: fatal error: stack overflow", "It happened in the goroutine that was started here; its own line is not known."},
		{"exit 3", "exit status 3", "Why: "},
	}
	r := start(t, Config{})
	for _, tt := range tests {
		e := r.do(tt.program, newSink())
		if e.Died == nil {
			t.Fatalf("%s: %+v", tt.program, e)
		}
		got := e.Report.Failure.Traceback()
		if got[0] != tt.first || !strings.HasPrefix(got[1], tt.detail) {
			t.Errorf("%s: %q", tt.program, got)
		}
	}
}

func TestDeaths(t *testing.T) {
	tests := []struct {
		program string
		cause   string
		code    int
		kind    engine.Kind
		text    string // the failure's own
		crash   string // part of the runtime's
		output  string
	}{
		{"exit 3", CauseExit, 3, engine.KindExit, "exit status 3", "", "stdout:before "},
		{"exit 0", CauseExit, 0, engine.KindExit, "exit status 0", "", "stdout:before "},
		{"kill", CauseKilled, -1, engine.KindFatal, "fatal error: killed by signal: killed", "", "stdout:before "},
		{"gopanic", CausePanic, 2, engine.KindPanic, "panic: in a goroutine", "goroutine ", ""},
		{"overflow", CauseStackOverflow, 2, engine.KindFatal, "fatal error: stack overflow", "goroutine stack exceeds", ""},
		{"mapwrite", CauseFatal, 2, engine.KindFatal, "fatal error: concurrent map writes", "goroutine ", ""},
	}
	r := start(t, Config{})
	for _, tt := range tests {
		t.Run(tt.program, func(t *testing.T) {
			if tt.program == "mapwrite" && raceEnabled {
				t.Skip("the race detector reports this one first")
			}
			out := newSink()
			e := r.do(tt.program, out)
			if e.Died == nil {
				t.Fatalf("%+v", e)
			}
			if e.Died.Cause != tt.cause || e.Died.ExitCode != tt.code || !strings.Contains(e.Died.Text, tt.crash) {
				t.Errorf("%+v", e.Died)
			}
			f := e.Report.Failure
			if f.Kind != tt.kind || f.Text != tt.text || f.Why == "" || f.Try == "" {
				t.Errorf("failure %+v", f)
			}
			if strings.Contains(f.Error(), "goroutine 1 [") || strings.Contains(f.Error(), ".go:") {
				t.Errorf("a stack in %s", f.Error())
			}
			if out.text() != tt.output {
				t.Errorf("output %q, want %q", out.text(), tt.output)
			}
			if got := r.value("echo again"); got != "again" {
				t.Errorf("the next worker says %q", got)
			}
		})
	}
}

func TestMemoryLimit(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("resident memory is read on Linux only")
	}
	r := start(t, Config{MemoryLimit: 96 << 20})
	e := r.do("eat", newSink())
	if e.Died == nil || e.Died.Cause != CauseOutOfMemory || e.Died.Memory <= 96<<20 || e.Died.Limit != 96<<20 {
		t.Fatalf("%+v %+v", e, e.Died)
	}
	f := e.Report.Failure
	if f.Kind != engine.KindLimit || !strings.Contains(f.Text, "the limit is 96 MB") {
		t.Errorf("%+v", f)
	}
	r.value("echo x")
}

func TestEveryRunningJobLearnsOfADeath(t *testing.T) {
	r := start(t, Config{})
	var wg sync.WaitGroup
	outs := make([]*sink, 5)
	for i := range outs {
		outs[i] = newSink()
		wg.Go(func() {
			if e := r.do("never", outs[i]); e.Died == nil || e.Died.ExitCode != 7 {
				t.Errorf("job %d: %+v", i, e)
			}
		})
	}
	for _, o := range outs {
		o.await(func(log []string) bool { return len(log) > 0 })
	}
	if e := r.do("exit 7", newSink()); e.Died == nil {
		t.Errorf("%+v", e)
	}
	wg.Wait()
}

func TestDeathAfterTheCellIsLate(t *testing.T) {
	r := start(t, Config{})
	out := newSink()
	if e := r.do("lateexit 4", out); e.Died == nil {
		out.await(func([]string) bool { return len(out.late) > 0 })
		if f := out.late[0]; f.Kind != engine.KindExit || f.Text != "exit status 4" {
			t.Errorf("%+v", f)
		}
	}
	r.value("echo x")
}

func TestRestartReplaysBeforeOthersRun(t *testing.T) {
	var r *rig
	replays := 0
	r = start(t, Config{OnRestart: func(ctx context.Context, run func(context.Context, engine.Job, engine.Output) Ending) {
		replays++
		for range 5 {
			run(ctx, r.job("count"), newSink())
		}
	}})
	r.value("count")
	r.do("exit 1", newSink())
	if got := r.value("count"); got != "6" {
		t.Errorf("count after replay: %s, want 6", got)
	}
	if replays != 1 {
		t.Errorf("%d replays", replays)
	}
}

func TestReplayThatDiesIsNotReplayed(t *testing.T) {
	var r *rig
	var endings []Ending
	r = start(t, Config{OnRestart: func(ctx context.Context, run func(context.Context, engine.Job, engine.Output) Ending) {
		endings = append(endings, run(ctx, r.job("exit 9"), newSink()))
	}})
	r.do("exit 1", newSink())
	if got := r.value("count"); got != "1" {
		t.Errorf("count: %s", got)
	}
	if len(endings) != 1 || endings[0].Died == nil || endings[0].Died.ExitCode != 9 {
		t.Errorf("%+v", endings)
	}
}

func TestWorkersDyingInARow(t *testing.T) {
	for _, c := range []Config{{}, {NoSpare: true}} {
		r := start(t, c)
		for range 10 {
			if e := r.do("exit 1", newSink()); e.Died == nil || e.Died.Cause != CauseExit {
				t.Fatalf("%+v %+v", e, e.Died)
			}
		}
		r.value("echo x")
	}
}
