package session_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"testing"
	"time"

	"runnext/kernel/kerneltest"
	"runnext/kernel/session"
	"runnext/kernel/session/usage"
)

// TestStatusStarting attaches before the session runs.
func TestStatusStarting(t *testing.T) {
	var early *kerneltest.Client
	_, end := start(t, func(c *session.Config) {
		hub := kerneltest.NewHub()
		c.Transports = over(hub)
		early = kerneltest.NewClient(t, hub.Attach("early", nil), key, "early")
	})
	early.Ask("kernel_info_request", nil)
	early.AwaitOrphan("status starting", func(m *kerneltest.Message) bool {
		return m.Content["execution_state"] == "starting"
	})
	early.Close()
	end()
}

// TestShutdownTwice asks again while the first one waits for a cell that does
// not heed its interrupt.
func TestShutdownTwice(t *testing.T) {
	k, c := one(t, nil)
	cell := c.Start("stuck gate")
	k.reached(t, "gate")
	queued := c.Start("print never")
	c.Ask("kernel_info_request", nil)
	c.Shutdown(kerneltest.Control, false).Wait()
	c.Shutdown(kerneltest.Control, false).Wait()
	c.Shutdown(kerneltest.Shell, true).Wait()
	late := c.Execute("print late").Aborted()
	if r := c.Command("create_subshell_request", nil); r.Status() != "error" {
		t.Errorf("a subshell after shutdown: %v", r.Content())
	}
	c.Ask("kernel_info_request", nil)
	k.echo.Open("gate")
	cell.Done().OK()
	queued.Done().Aborted()
	late.Stdout("")
	if err := k.ended(t); err != nil {
		t.Errorf("Run = %v", err)
	}
}

// TestGrace ends a session although its cell does not end, and although iopub
// does not take anything.
func TestGrace(t *testing.T) {
	clock := newClock()
	k, c := one(t, func(c *session.Config) {
		c.Clock = clock
		c.Grace = 3 * time.Second
	})
	cell := c.Start("stuck gate")
	k.reached(t, "gate")
	c.Shutdown(kerneltest.Control, false)
	c.Leaving() // its idles are what cannot be sent
	release := k.hub.Hold()
	for {
		select {
		case <-k.done:
		default:
			clock.advance(3 * time.Second)
			continue
		}
		break
	}
	if !errors.Is(k.err, session.ErrStuck) {
		t.Errorf("Run = %v, want %v", k.err, session.ErrStuck)
	}
	release()
	k.echo.Open("gate") // the cell's goroutine must end, and quietly
	if got := cell.Replied().Content["status"]; got != "ok" {
		t.Errorf("status = %v", got)
	}
}

// TestOutputAfterTheEnd must neither block nor panic.
func TestOutputAfterTheEnd(t *testing.T) {
	var log bytes.Buffer
	k, c := one(t, func(c *session.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	c.Execute("late gate text\nlatefail gate boom").OK()
	c.Shutdown(kerneltest.Control, false)
	if err := k.ended(t); err != nil {
		t.Fatal(err)
	}
	k.echo.Open("gate")
	if err := k.echo.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestUsage(t *testing.T) {
	_, c := one(t, func(c *session.Config) { c.Usage = usage.NewMeter(os.DirFS("/proc"), os.Getpid()) })
	u := c.Command("usage_request", nil).Content()
	if u["pid"] != float64(os.Getpid()) || u["cpu_count"] == 0.0 {
		t.Errorf("usage = %v", u)
	}
}

// TestUnknownSubshell asks everything of a subshell that is not there.
func TestUnknownSubshell(t *testing.T) {
	_, c := one(t, nil)
	for _, msgType := range []string{"execute_request", "complete_request", "kernel_info_request"} {
		r := c.Ask(msgType, map[string]any{"code": "print x"}, kerneltest.OnSubshell("nowhere"))
		if r.Status() != "error" || len(r.Messages("stream", "execute_input")) > 0 {
			t.Errorf("%s: %v", msgType, r.Messages())
		}
	}
	c.Send(kerneltest.Shell, "comm_open", map[string]any{"comm_id": "c"}, kerneltest.OnSubshell("nowhere")).WaitIdle()
}

// TestManyQuestions asks more than are answered at once, of an engine that
// takes its time: control must stay open.
func TestManyQuestions(t *testing.T) {
	gate := make(chan struct{})
	_, c := one(t, func(c *session.Config) { c.Engine = slow{c.Engine, gate} })
	var asked []*kerneltest.Request
	for range 100 {
		asked = append(asked, c.Send(kerneltest.Shell, "complete_request", map[string]any{"code": "pri", "cursor_pos": 3}))
	}
	asked[63].Await("status", nil) // the last one that has a place
	if r := c.Command("complete_request", map[string]any{"code": "pri"}); r.Status() != "error" {
		t.Errorf("beyond all places: %v", r.Content())
	}
	c.Interrupt()
	close(gate)
	for _, r := range asked {
		if r.Wait().Status() != "ok" {
			t.Errorf("reply = %v", r.Content())
		}
	}
}
