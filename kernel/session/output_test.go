package session_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"runnext/kernel/kerneltest"
	"runnext/kernel/session"
	"runnext/kernel/session/history"
	"runnext/kernel/stream"
)

// kinds gives what a cell has published, in order, streams with their text.
func kinds(c *kerneltest.Cell) string {
	var all []string
	for _, m := range c.Messages() {
		switch m.Type {
		case "status":
			all = append(all, fmt.Sprint(m.Content["execution_state"]))
		case "stream":
			all = append(all, fmt.Sprintf("%v(%v)", m.Content["name"], m.Content["text"]))
		default:
			all = append(all, m.Type)
		}
	}
	return strings.Join(all, " ")
}

// TestOrder prints around everything that is not printed; the clock stands
// still, so that only a flush can publish what was gathered.
func TestOrder(t *testing.T) {
	tests := []struct{ name, code, want string }{
		{"display", "raw a\nraw b\ndisplay - x\nraw c\nraw d", "stdout(a) stdout(b) display_data stdout(cd)"},
		{"clear", "raw a\nraw b\nclear\nraw c", "stdout(a) stdout(b) clear_output stdout(c)"},
		{"other stream", "raw a\nraw b\nwarn c\nraw d", "stdout(a) stdout(b) stderr(c\n) stdout(d)"},
		{"value", "raw a\nraw b\nvalue 1", "stdout(a) stdout(b) execute_result"},
		{"error", "raw a\nraw b\nerror panic: x", "stdout(a) stdout(b) error"},
		{"nothing else", "raw a\nraw b\nraw c", "stdout(a) stdout(bc)"},
		{"cut rune", `raw "\xed"` + "\n" + `raw "\x95"` + "\n" + `raw "\x9c"` + "\nvalue 1", "stdout(한) execute_result"},
		{"broken rune", `raw "a\xed"`, "stdout(a) stdout(\uFFFD)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, c := one(t, func(c *session.Config) { c.Clock = newClock() })
			got := kinds(c.Execute(tt.code))
			if want := "busy execute_input " + tt.want + " execute_reply idle"; got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

func TestTopics(t *testing.T) {
	_, c := one(t, func(c *session.Config) { c.KernelID = "k1" })
	cell := c.Execute("print a\nwarn b\nvalue 1")
	want := map[string]string{"stdout": "stream.stdout", "stderr": "stream.stderr"}
	for _, m := range cell.Messages("stream", "status", "execute_input", "execute_result") {
		topic := "kernel.k1." + m.Type
		if m.Type == "stream" {
			topic = want[fmt.Sprint(m.Content["name"])]
		}
		if m.Topic != topic {
			t.Errorf("topic of %s = %q, want %q", m.Type, m.Topic, topic)
		}
	}
}

// TestLateOutput keeps the parent of the cell that started the goroutine.
func TestLateOutput(t *testing.T) {
	k, c := one(t, nil)
	first := c.Execute("late gate one").OK()
	silent := c.Execute("late gate secret", kerneltest.Silent()).OK()
	second := c.Execute("latefail fail boom").OK()
	blocked := c.Start("wait hold")
	k.reached(t, "hold")
	k.echo.Open("gate")
	first.AwaitStdout("one\n")
	k.echo.Open("fail")
	if m := second.Await("error", nil); m.Content["evalue"] != "boom" {
		t.Errorf("late failure = %v", m)
	}
	queued := c.Start("print on")
	k.echo.Open("hold")
	blocked.Done().Stdout("").OK()
	queued.Done().Stdout("on\n").OK() // a late failure aborts nothing
	silent.Stdout("")
}

func TestDisplayWithoutText(t *testing.T) {
	_, c := one(t, nil)
	c.Execute("html <b>x</b>").OK().Displays("")
	c.Execute("broken").OK().Displays("broken")
	c.Execute("update - x").OK().Displays("x")
}

// TestPacedDisplays lets 20 updates a second of each display through where
// jupyter_server listens, the latest of those between, and the last in any case.
func TestPacedDisplays(t *testing.T) {
	clock := newClock()
	k, c := one(t, func(c *session.Config) {
		c.Clock = clock
		c.Limit = stream.NewServerLimiter(clock)
	})
	cell := c.Start("display d 0\nupdate d 1\nupdate d 2\nupdate d 3\nupdate e 1\nwait a\n" +
		"update d 4\nupdate d 5\nwait b\nupdate d 6\ndisplay d 7\nupdate d 8\nupdate d 9")
	k.reached(t, "a")
	cell.Await("update_display_data", nil)
	clock.advance(50 * time.Millisecond) // the frame ends: 3
	k.echo.Open("a")
	k.reached(t, "b")
	clock.advance(50 * time.Millisecond) // 5
	k.echo.Open("b")
	cell.Done().OK().Displays("0", ">1", ">1", ">3", ">5", "7", ">9")

	// A clear comes behind what it clears, and a later cell takes a display over.
	first := c.Execute("display f 0\nupdate f 1\nupdate f 2\nclear\nupdate f 3").OK()
	first.Displays("0", ">1", ">2", "clear", ">3")
	c.Execute("update f 4\nupdate f 5").OK().Displays(">5")

	// A new display makes the updates that are held old ones.
	c.Execute("update h 1\nupdate h 2\ndisplay h 3").OK().Displays(">1", "3")
}

func TestDisplaysAreNotPacedElsewhere(t *testing.T) {
	_, c := one(t, func(c *session.Config) { c.Clock = newClock() })
	c.Execute("update d 1\nupdate d 2\nupdate d 3").OK().Displays(">1", ">2", ">3")
}

// TestSlowSubscriber prints more than the backlog holds while nobody reads:
// the writer waits, nothing is lost, and requests are still answered.
func TestSlowSubscriber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, c := one(t, nil)
		c.Ask("kernel_info_request", nil)
		release := k.hub.Hold()
		line := "raw " + strings.Repeat("x", 64<<10) + "\n"
		cell := c.Start(strings.Repeat(line, 40) + "wait gate")
		synctest.Wait() // everybody is blocked
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if k.echo.Reached(short, "gate") == nil {
			t.Error("the cell has printed all of it")
		}
		c.Send(kerneltest.Control, "kernel_info_request", nil).Replied()
		c.Send(kerneltest.Shell, "complete_request", map[string]any{"code": "x"}).Replied()
		release()
		k.reached(t, "gate")
		k.echo.Open("gate")
		cell.Done().OK().Stdout(strings.Repeat("x", 40*64<<10))
	})
}

// TestInterruptBehindSlowSubscriber is answered although the cell stands in
// the middle of printing more than anybody takes.
func TestInterruptBehindSlowSubscriber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, c := one(t, nil)
		c.Ask("kernel_info_request", nil)
		release := k.hub.Hold()
		line := "raw " + strings.Repeat("x", 64<<10) + "\n"
		cell := c.Start(strings.Repeat(line, 40))
		synctest.Wait()
		c.Send(kerneltest.Control, "interrupt_request", nil).Replied()
		if got := cell.Replied().Content["ename"]; got != "interrupted" {
			t.Errorf("ename = %v", got)
		}
		release()
		cell.Done()
	})
}

// TestReplyBehindOutput holds iopub: the reply of a cell that was not
// interrupted comes after its output has left.
func TestReplyBehindOutput(t *testing.T) {
	evaluated := make(chan struct{})
	k, c := one(t, func(c *session.Config) { c.Engine = telling{c.Engine, evaluated} })
	release := k.hub.Hold()
	defer release()
	cell := c.Start("print a\nvalue 1", kerneltest.With("user_expressions", map[string]any{"x": "x"}))
	<-evaluated // the last thing before the reply
	if got := cell.Content(); got != nil {
		t.Errorf("reply before the output: %v", got)
	}
	release()
	if got, want := kinds(cell.Done()), "busy execute_input stdout(a\n) execute_result execute_reply idle"; got != want {
		t.Errorf("order = %q, want %q", got, want)
	}
}

func TestHistory(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		log := history.Open(history.Config{Dir: dir, Report: func(err error) { t.Error(err) }})
		k, end := start(t, func(c *session.Config) { c.History = log })
		c := k.client(t, "tester")
		c.Execute("value 1")
		c.Execute("error panic: x")
		c.Execute("   ")
		c.Execute("print silent", kerneltest.Silent())
		got := fmt.Sprint(c.Ask("history_request", map[string]any{
			"hist_access_type": "range", "session": 0, "start": 0, "output": true,
		}).Content()["history"])
		if want := "[[0 1 [value 1 1]] [0 2 [error panic: x <nil>]]]"; got != want {
			t.Errorf("range = %s, want %s", got, want)
		}
		c.Close()
		end()
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	}
	log := history.Open(history.Config{Dir: dir})
	_, c := one(t, func(c *session.Config) { c.History = log })
	got := fmt.Sprint(c.Ask("history_request", map[string]any{
		"hist_access_type": "search", "pattern": "value*", "unique": true,
	}).Content()["history"])
	if want := "[[2 1 value 1]]"; got != want {
		t.Errorf("search = %s, want %s", got, want)
	}
	got = fmt.Sprint(c.Ask("history_request", map[string]any{"hist_access_type": "tail", "n": 3}).Content()["history"])
	if want := "[[1 2 error panic: x] [2 1 value 1] [2 2 error panic: x]]"; got != want {
		t.Errorf("tail = %s, want %s", got, want)
	}
}
