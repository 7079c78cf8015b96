package session_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"runnext/kernel/engine"
	"runnext/kernel/kerneltest"
	"runnext/kernel/session"
	"runnext/kernel/wire"
)

// queueBehind starts a cell that stands at a gate, and others behind it that
// are in the queue once queueBehind has returned.
func queueBehind(t *testing.T, k *kernel, c *kerneltest.Client, first string, others ...string) (*kerneltest.Cell, []*kerneltest.Cell) {
	t.Helper()
	blocked := c.Start(first)
	k.reached(t, "gate")
	var queued []*kerneltest.Cell
	for _, code := range others {
		queued = append(queued, c.Start(code))
	}
	c.Ask("kernel_info_request", nil) // behind them on the same channel
	return blocked, queued
}

func TestStopOnError(t *testing.T) {
	tests := []struct {
		name    string
		first   string
		options []kerneltest.Option
		aborts  bool
	}{
		{"an error", "wait gate\nerror panic: boom", nil, true},
		{"a good cell", "wait gate", nil, false},
		{"an error that is expected", "wait gate\nerror panic: boom",
			[]kerneltest.Option{kerneltest.With("stop_on_error", false)}, false},
		{"a silent error", "wait gate\nerror panic: boom", []kerneltest.Option{kerneltest.Silent()}, false},
		{"a defect of the engine", "wait gate\npanic", nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k, c := one(t, nil)
			blocked := c.Start(tt.first, tt.options...)
			k.reached(t, "gate")
			queued := []*kerneltest.Cell{c.Start("print a"), c.Start("print b", kerneltest.Silent())}
			c.Ask("kernel_info_request", nil)
			k.echo.Open("gate")
			blocked.Done()
			for _, q := range queued {
				if q.Done(); tt.aborts {
					q.Aborted()
				} else {
					q.OK()
				}
			}
			c.Execute("print later").Stdout("later\n").OK()
		})
	}
}

func TestAbortedReplyIsBare(t *testing.T) {
	k, c := one(t, nil)
	_, queued := queueBehind(t, k, c, "wait gate\nerror panic: boom", "print a")
	k.echo.Open("gate")
	queued[0].Done().Aborted()
	if got := fmt.Sprint(queued[0].Content()); got != "map[status:aborted]" {
		t.Errorf("reply = %s", got)
	}
	if got := queued[0].Messages(); len(got) != 3 {
		t.Errorf("busy, reply and idle expected: %v", got)
	}
}

// TestSettle lets a request arrive between the failure and its error.
func TestSettle(t *testing.T) {
	clock := newClock()
	_, c := one(t, func(c *session.Config) {
		c.Clock = clock
		c.Settle = 5 * time.Millisecond
	})
	failing := c.Start("error panic: boom")
	clock.awaitTimer(t, 5*time.Millisecond)
	behind := c.Start("print a")
	c.Ask("kernel_info_request", nil)
	clock.advance(5 * time.Millisecond)
	failing.Done().Error("panic")
	behind.Done().Aborted()
}

func TestAbortStaysInItsSubshell(t *testing.T) {
	k, c := one(t, nil)
	id := c.Subshell()
	blocked, queued := queueBehind(t, k, c, "wait gate", "print main")
	failing := c.Start("wait gate\nerror panic: boom", kerneltest.OnSubshell(id))
	k.reached(t, "gate")
	aborted := c.Start("print sub", kerneltest.OnSubshell(id))
	c.Ask("kernel_info_request", nil)
	k.echo.Open("gate")
	failing.Done().Error("panic")
	aborted.Done().Aborted()
	blocked.Done().OK()
	queued[0].Done().Stdout("main\n").OK()
}

func TestDeleteBusySubshell(t *testing.T) {
	k, c := one(t, nil)
	id := c.Subshell()
	running := c.Start("wait gate", kerneltest.OnSubshell(id))
	k.reached(t, "gate")
	queued := c.Start("print a", kerneltest.OnSubshell(id))
	c.Ask("kernel_info_request", nil)
	c.Command("delete_subshell_request", map[string]any{"subshell_id": id})
	running.Done().Error("interrupted")
	queued.Done().Aborted()
	if got := fmt.Sprint(c.Command("list_subshell_request", nil).Content()["subshell_id"]); got != "[]" {
		t.Errorf("list = %s", got)
	}
}

func TestInterruptEndsAllShells(t *testing.T) {
	k, c := one(t, nil)
	id := c.Subshell()
	blocked, queued := queueBehind(t, k, c, "wait gate", "print a")
	other := c.Start("wait gate", kerneltest.OnSubshell(id), kerneltest.With("stop_on_error", false))
	k.reached(t, "gate")
	c.Interrupt()
	blocked.Done().Error("interrupted")
	other.Done().Error("interrupted")
	queued[0].Done().Aborted()
	c.Execute("print a").Stdout("a\n")
	c.Execute("print b", kerneltest.OnSubshell(id)).Stdout("b\n")
}

// TestBusyIsRepeated looks at whose busy follows the idle of another request.
func TestBusyIsRepeated(t *testing.T) {
	k, c := one(t, nil)
	id := c.Subshell()
	sub := c.Start("wait sub", kerneltest.OnSubshell(id))
	k.reached(t, "sub")
	c.Ask("complete_request", map[string]any{"code": "pri", "cursor_pos": 3})
	sub.AwaitStates("busy", 2)
	main := c.Start("wait gate")
	k.reached(t, "gate")
	c.Execute("print a", kerneltest.OnSubshell(c.Subshell())).OK()
	main.AwaitStates("busy", 3) // create_subshell and the cell
	k.echo.Open("sub")
	sub.Done().OK()
	main.AwaitStates("busy", 4)
	k.echo.Open("gate")
	main.Done().OK()
	before := len(main.Messages("status"))
	c.Ask("kernel_info_request", nil)
	if got := len(main.Messages("status")); got != before {
		t.Errorf("%d states of a cell that is over", got-before)
	}
}

func TestMalformedRequests(t *testing.T) {
	_, c := one(t, nil)
	for _, content := range []map[string]any{{}, {"code": nil}, {"code": 7}, {"code": []string{"x"}}} {
		r := c.Ask("execute_request", content)
		if r.Status() != "error" || len(r.Messages("execute_input")) > 0 {
			t.Errorf("%v: %v", content, r.Messages())
		}
	}
	for _, msgType := range []string{"complete_request", "inspect_request", "is_complete_request"} {
		if r := c.Ask(msgType, map[string]any{"code": 1}); r.Status() != "error" {
			t.Errorf("%s: %v", msgType, r.Content())
		}
	}
	odd := c.Ask("execute_request", map[string]any{
		"code": "value 1", "silent": "yes", "store_history": 3, "user_expressions": []int{1}, "allow_stdin": nil,
	})
	if odd.Status() != "ok" || odd.Content()["execution_count"] != 1.0 {
		t.Errorf("odd fields: %v", odd.Content())
	}
	if r := c.Command("execute_request", map[string]any{"code": "print x"}); r.Status() != "error" {
		t.Errorf("execute on control: %v", r.Content())
	}
}

// TestNotForUs sends what must be dropped without a word.
func TestNotForUs(t *testing.T) {
	_, c := one(t, nil)
	c.SendRaw(kerneltest.Shell)
	c.SendRaw(kerneltest.Shell, []byte("<IDS|MSG>"), []byte("short"))
	forged := []byte(strings.Repeat("0", 64))
	c.SendRaw(kerneltest.Control, []byte("<IDS|MSG>"), forged,
		[]byte(`{"msg_id":"f","msg_type":"shutdown_request"}`), []byte("{}"), []byte("{}"), []byte("{}"))
	c.SendRaw(kerneltest.Stdin, []byte("junk"))
	c.Execute("print hello").Stdout("hello\n").OK()
}

// TestContentIsNoObject sends a signed request whose content is an array: it
// is answered with an error and an idle.
func TestContentIsNoObject(t *testing.T) {
	k, _ := one(t, nil)
	header := []byte(`{"msg_id":"odd","msg_type":"execute_request","session":"s"}`)
	m := &wire.Message{RawHeader: header, ParentHeader: []byte("{}"), Metadata: []byte("{}"), Content: []byte("[1]")}
	frames, err := k.codec.Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	watcher := k.client(t, "watcher")
	if err := k.hub.Attach("raw", nil).Send(kerneltest.Shell, frames); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"busy", "idle"} {
		watcher.AwaitOrphan(want, func(m *kerneltest.Message) bool {
			return m.ParentID == "odd" && m.Content["execution_state"] == want
		})
	}
	watcher.Close()
}

func TestEnginePanics(t *testing.T) {
	_, c := one(t, func(c *session.Config) { c.Engine = fragile{c.Engine} })
	c.Execute("panic").Error(string(engine.KindFatal))
	for _, msgType := range []string{"complete_request", "inspect_request", "is_complete_request"} {
		if r := c.Ask(msgType, map[string]any{"code": "x", "cursor_pos": 1}); r.Status() != "error" {
			t.Errorf("%s: %v", msgType, r.Content())
		}
	}
	cell := c.Execute("set x 1", kerneltest.With("user_expressions", map[string]any{"x": "x"})).OK()
	if got := fmt.Sprint(cell.Content()["user_expressions"]); !strings.Contains(got, "panicked") {
		t.Errorf("user_expressions = %s", got)
	}
	c.Execute("print on").Stdout("on\n")
}

func TestReplyMetadata(t *testing.T) {
	_, c := one(t, nil)
	started, ok := c.Execute("print a").Replied().Metadata["started"].(string)
	if _, err := time.Parse(time.RFC3339Nano, started); !ok || err != nil {
		t.Errorf("started = %q: %v", started, err)
	}
}

func TestPager(t *testing.T) {
	_, c := one(t, nil)
	got := fmt.Sprint(c.Execute("page help").OK().Content()["payload"])
	if got != "[map[data:map[text/plain:help] source:page start:0]]" {
		t.Errorf("payload = %s", got)
	}
}
