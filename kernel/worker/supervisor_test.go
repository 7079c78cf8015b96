//go:build unix

package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"runnext/kernel/engine"
)

func TestJobsShareTheRunner(t *testing.T) {
	r := start(t, Config{})
	for i := 1; i <= 3; i++ {
		if got := r.value("count"); got != fmt.Sprint(i) {
			t.Errorf("count: %s, want %d", got, i)
		}
	}
	if e := r.do("nonsense", newSink()); e.Report.Failure == nil || e.Report.Failure.Kind != engine.KindRefused {
		t.Errorf("nonsense: %+v", e)
	}
}

func TestOrderOfEvents(t *testing.T) {
	r := start(t, Config{})
	out := newSink()
	r.do("mixed", out)
	if got, want := out.text(), "stdout:one |display:x|stderr:two |clear|stdout:three"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	d := out.shown[0].Data
	if _, bad := d["bad"]; bad || !strings.HasPrefix(d["text/plain"].(string), "shown\n(bad cannot be shown") || fmt.Sprint(d["n"]) != "3" {
		t.Errorf("display %v", d)
	}
}

func TestRawOutputIsTheCells(t *testing.T) {
	r := start(t, Config{})
	for range 20 {
		out := newSink()
		r.do("raw", out)
		if got := out.text(); got != "stdout:raw out |stderr:raw err\n" && got != "stderr:raw err\n|stdout:raw out " {
			t.Fatalf("%q", got)
		}
	}
}

func TestThousandJobsOnFewSlots(t *testing.T) {
	r := start(t, Config{slots: 16})
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 250 {
				want := fmt.Sprintf("%d/%d", g, i)
				out := newSink()
				if got := r.value("echo " + want); got != want {
					t.Errorf("%s, want %s", got, want)
				}
				if r.do("print "+want, out); out.text() != "stdout:"+want {
					t.Errorf("printed %s, want %s", out.text(), want)
				}
			}
		})
	}
	wg.Wait()
}

func TestMuchOutputArrivesWholeAndInOrder(t *testing.T) {
	r := start(t, Config{})
	out := newSink()
	r.do("lines 200000", out)
	i := 0
	for line := range strings.Lines(strings.TrimPrefix(out.text(), "stdout:")) {
		if line != fmt.Sprintf("%019d\n", i) {
			t.Fatalf("line %d is %q", i, line)
		}
		i++
	}
	if i != 200000 {
		t.Errorf("%d lines", i)
	}
	out = newSink()
	out.discard = true
	r.do("big 67108864", out)
	if out.bytes["stdout"] != 64<<20 {
		t.Errorf("%d bytes of 64 MB", out.bytes["stdout"])
	}
}

// TestSlowReaderHoldsOnlyItsOwnCell runs other jobs while one's output is
// taken by nobody.
func TestSlowReaderHoldsOnlyItsOwnCell(t *testing.T) {
	r := start(t, Config{})
	slow := newSink()
	slow.gate, slow.discard = make(chan struct{}), true
	var wg sync.WaitGroup
	var e Ending
	wg.Go(func() { e = r.do("big 4194304", slow) })
	for i := range 50 {
		if got := r.value(fmt.Sprintf("echo %d", i)); got != fmt.Sprint(i) {
			t.Errorf("echo: %s", got)
		}
	}
	close(slow.gate)
	wg.Wait()
	if e.Report.Failure != nil || slow.bytes["stdout"] != 4<<20 {
		t.Errorf("%v, %d bytes of 4 MB", e.Report.Failure, slow.bytes["stdout"])
	}
}

func TestInput(t *testing.T) {
	r := start(t, Config{})
	tests := []struct {
		name  string
		allow bool
		text  string
		err   error
		want  string
	}{
		{"line", true, "hello", nil, `"hello\n" <nil>`},
		{"end of file", true, "", io.EOF, `"" EOF`},
		{"refused by the client", true, "", engine.ErrNoInput, `"" ` + engine.ErrNoInput.Error()},
		{"not allowed", false, "", nil, `"" ` + engine.ErrNoInput.Error()},
		{"other", true, "", errors.New("odd"), `"" input: odd`},
	}
	for _, tt := range tests {
		out := newSink()
		out.input = func(context.Context) (string, error) { return tt.text, tt.err }
		j := r.job("input")
		j.AllowInput = tt.allow
		e := r.Run(t.Context(), j, out)
		if got := e.Report.Value.Data["text/plain"]; got != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
}

func TestLateOutputGoesToItsCell(t *testing.T) {
	r := start(t, Config{})
	out := newSink()
	r.do("late", out)
	r.value("echo x")
	out.await(func([]string) bool { return len(out.late) > 0 })
	if got := out.text(); got != "stdout:after the end|late:late" {
		t.Errorf("%s", got)
	}
}

func TestRunnersPanicIsAFailure(t *testing.T) {
	r := start(t, Config{})
	r.value("count")
	e := r.do("panic", newSink())
	if e.Died != nil || e.Report.Failure == nil || !strings.Contains(e.Report.Failure.Text, "runner's own") {
		t.Errorf("%+v", e)
	}
	if got := r.value("count"); got != "2" {
		t.Errorf("state lost: %s", got)
	}
}

func TestGrandchildDoesNotHoldTheCell(t *testing.T) {
	r := start(t, Config{})
	out := newSink()
	if e := r.do("grandchild", out); e.Report.Failure != nil {
		t.Fatal(e.Report.Failure)
	}
	out.await(func(log []string) bool { return len(log) > 0 && log[0] == "stdout:from sh\n" })
	if got := r.value("echo on"); got != "on" {
		t.Error(got)
	}
}

func TestCellsChildrenInheritNothing(t *testing.T) {
	r := start(t, Config{})
	if got := r.value("fds"); got != "end\n <nil>" {
		t.Errorf("descriptors 3 to 5 are %s", got)
	}
}

func TestStartFails(t *testing.T) {
	for _, c := range []Config{
		{Path: "/nonexistent/worker"},
		{Path: "/bin/true"},
		{Path: "/bin/sh", Args: []string{"-c", "echo no worker >&2; exit 3"}},
	} {
		if s, err := Start(t.Context(), c); err == nil {
			t.Errorf("%s started", c.Path)
			s.Close(t.Context())
		}
	}
}

func TestClosedSupervisor(t *testing.T) {
	r := start(t, Config{})
	var wg sync.WaitGroup
	out := newSink()
	wg.Go(func() {
		if e := r.do("never", out); e.Died == nil {
			t.Errorf("a running job at Close: %+v", e)
		}
	})
	out.await(func(log []string) bool { return len(log) > 0 })
	if err := r.Close(t.Context()); err != nil {
		t.Error(err)
	}
	wg.Wait()
	if e := r.do("echo x", newSink()); e.Died == nil || e.Died.Cause != CauseStart {
		t.Errorf("Run after Close: %+v", e)
	}
}
