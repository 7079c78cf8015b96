package yaegi

import (
	"context"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"runnext/kernel/engine"
)

// alarmIO is a job's outside in a process that has an alarm, as a worker has.
type alarmIO struct {
	testIO
	alarm *uint32
}

func (x *alarmIO) Alarm() *uint32 { return x.alarm }

// readyIO is interrupted when the cell prints READY, by the write itself: a
// goroutine of the test would wait for its turn behind the cell's.
type readyIO struct {
	alarmIO
	at time.Time
}

func (x *readyIO) Stdout() io.Writer { return readyWriter{x} }

type readyWriter struct{ x *readyIO }

func (w readyWriter) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "READY") {
		w.x.at = time.Now()
		w.x.interrupt()
		w.x.interrupt()
	}
	return len(p), nil
}

// interrupt does what the kernel process does.
func (x *alarmIO) interrupt() {
	atomic.StoreUint32(&x.word, 1)
	atomic.StoreUint32(x.alarm, engine.AlarmLook)
}

// runIO runs a cell with an outside of the test's own.
func (n *notebook) runIO(code string, x engine.IO) engine.Report {
	n.t.Helper()
	job, fail := n.prepare(code)
	if fail != nil {
		return engine.Report{Failure: fail}
	}
	return n.runner.Run(context.Background(), job, x)
}

const spinners = "import \"fmt\"\nfor range 1000 {\n\tgo func() {\n\t\tfor {\n\t\t}\n\t}()\n}\nfmt.Println(\"READY\")\n"

// A thousand goroutines that spin see the alarm themselves: nobody polls for
// them, and one of them looks at the words, once.
func TestAlarm(t *testing.T) {
	for _, rest := range []string{"select {}", "for {\n}"} {
		n := newNotebook(t)
		x := &readyIO{alarmIO: alarmIO{alarm: alarmWord(t)}}
		rep := n.runIO(spinners+rest, x)
		t.Logf("report after %v", time.Since(x.at))
		if rep.Failure == nil || rep.Failure.Kind != engine.KindInterrupted {
			t.Fatalf("report %v", rep.Failure)
		}
		// Everything ends, and the alarm is taken back after that.
		for n.runner.jobs.goroutines() > 0 || atomic.LoadUint32(x.alarm) == engine.AlarmKnown { // ends, or the test's own limit does
			runtime.Gosched()
		}
		if looks := n.runner.stop.looks.Load(); looks < 1 || looks > 2 {
			t.Errorf("%d looks at the words, want one for each time the alarm was set", looks)
		}
	}
}

// alarmWord gives a word like the kernel process's: outside the Go heap.
func alarmWord(t *testing.T) *uint32 {
	t.Helper()
	word, err := newStopWord()
	if err != nil {
		t.Fatal(err)
	}
	return word
}

// One cell's alarm ends that cell, also when its goroutine runs another cell's
// code; the others look once and go on.
func TestAlarmOfOne(t *testing.T) {
	n := newNotebook(t)
	alarm := alarmWord(t)
	bg := &alarmIO{alarm: alarm}
	n.runIO("count := 0\nspin := func() {\n\tfor {\n\t}\n}\nstop := make(chan bool)\ndone := make(chan int)\ngo func() {\n\tfor {\n\t\tselect {\n\t\tcase <-stop:\n\t\t\tdone <- count\n\t\t\treturn\n\t\tdefault:\n\t\t\tcount++\n\t\t}\n\t}\n}()", bg)
	x := &readyIO{alarmIO: alarmIO{alarm: alarm}}
	rep := n.runIO("import \"fmt\"\nfmt.Println(\"READY\")\nspin()", x)
	if rep.Failure == nil || rep.Failure.Kind != engine.KindInterrupted {
		t.Fatalf("report %v", rep.Failure)
	}
	if rep := n.runIO("stop <- true\n<-done >= 0", &alarmIO{alarm: alarm}); rep.Value == nil || rep.Value.Data["text/plain"] != "true" {
		t.Errorf("the other cell: %v %v", rep.Value, rep.Failure)
	}
}

// What the kernel sets while a job unwinds is not taken back with it.
func TestAlarmIsNotLost(t *testing.T) {
	s, err := newStopFlag()
	if err != nil {
		t.Fatal(err)
	}
	s.raise()
	s.raise()
	s.lower()
	if got := atomic.LoadUint32(s.word); got != engine.AlarmKnown {
		t.Errorf("%#x while a job unwinds", got)
	}
	atomic.StoreUint32(s.word, engine.AlarmLook)
	s.raise()
	s.lower()
	s.lower()
	if got := atomic.LoadUint32(s.word); got != engine.AlarmLook {
		t.Errorf("%#x, the kernel's own is gone", got)
	}
	atomic.StoreUint32(s.word, engine.AlarmKnown)
	s.raise()
	s.lower()
	if got := atomic.LoadUint32(s.word); got != 0 {
		t.Errorf("%#x when nothing unwinds", got)
	}
}
