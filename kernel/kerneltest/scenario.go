package kerneltest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Target is a kernel that the scenarios are run against. A snippet that is
// empty leaves its scenarios out.
type Target struct {
	// Start gives a client of a fresh kernel and what attaches another client
	// to the same one. Both end with the test.
	Start func(t *testing.T) (k *Client, another func(name string) *Client)

	Hello      string // prints "hello\n"
	Warn       string // prints "careful\n" on stderr
	Mixed      string // prints "a\n", then "b\n" on stderr, then "c\n"
	Value      string // has the value Shown
	Shown      string
	Nothing    string // a statement without output or value, and without *, ? and [
	Fail       string // prints "before\n", then ends with an error of FailKind
	FailKind   string
	Block      string // prints "READY\n" and blocks until it is interrupted
	Ask        string // asks "name? " and prints the answer and a newline
	AskSecret  string // the same without an echo
	Display    string // displays "one" as id "d", updates it to "two"
	Clear      string // displays "one", clears with wait, displays "two"
	Late       string // ends, and prints "LATE" from a goroutine later
	LateGo     func() // called when it may; nil for a goroutine that goes by itself
	Define     string // defines a name of which Evaluate is an expression
	Evaluate   string
	Evaluated  string // its text/plain
	Undefined  string // an expression that fails
	Complete   string // completed at its end offers Completed
	Completed  string
	Inspect    string // inspected at its end is found
	Whole      string // is_complete: complete
	Incomplete string
	Invalid    string
}

type scenario struct {
	name  string
	needs []string // snippets
	run   func(t *testing.T, k *Client, another func(string) *Client)
}

// Suite runs every scenario the target has snippets for, each against a
// kernel of its own.
func Suite(t *testing.T, target Target) {
	for _, s := range slices.Concat(target.cells(), target.questions(), target.control()) {
		t.Run(s.name, func(t *testing.T) {
			if slices.Contains(s.needs, "") {
				t.Skip("the target has no snippet for this")
			}
			k, another := target.Start(t)
			s.run(t, k, another)
		})
	}
}

func (g Target) cells() []scenario {
	return []scenario{
		{"output", []string{g.Hello, g.Warn}, func(t *testing.T, k *Client, _ func(string) *Client) {
			k.Execute(g.Hello).Stdout("hello\n").Stderr("").Value("").Count(1)
			k.Execute(g.Warn).Stdout("").Stderr("careful\n").Value("").Count(2)
		}},
		{"order of streams", []string{g.Mixed}, func(t *testing.T, k *Client, _ func(string) *Client) {
			var order []string
			for _, m := range k.Execute(g.Mixed).OK().Messages("stream") {
				order = append(order, fmt.Sprint(m.Content["name"], ":", m.Content["text"]))
			}
			if got := strings.Join(order, ""); got != "stdout:a\nstderr:b\nstdout:c\n" {
				t.Errorf("order = %q", got)
			}
		}},
		{"value", []string{g.Value, g.Nothing}, func(t *testing.T, k *Client, _ func(string) *Client) {
			k.Execute(g.Value).Value(g.Shown).Stdout("")
			k.Execute(g.Nothing).Value("")
			k.Execute("").Value("")
		}},
		{"error", []string{g.Fail, g.Hello}, func(t *testing.T, k *Client, _ func(string) *Client) {
			k.Execute(g.Fail).Stdout("before\n").Error(g.FailKind).Count(1)
			k.Execute(g.Hello).Stdout("hello\n").OK().Count(2)
		}},
		{"silent", []string{g.Hello, g.Value, g.Fail}, func(t *testing.T, k *Client, _ func(string) *Client) {
			k.Execute(g.Hello).Count(1)
			k.Execute(g.Value, Silent()).Value("").Count(1)
			k.Execute(g.Hello, Silent()).Stdout("").OK().Count(1)
			k.Execute(g.Fail, Silent()).Error(g.FailKind)
			k.Execute(g.Hello, With("store_history", false)).Stdout("hello\n").Count(1)
			k.Execute(g.Hello).Count(2)
		}},
		{"user expressions", []string{g.Define, g.Evaluate, g.Undefined, g.Fail}, func(t *testing.T, k *Client, _ func(string) *Client) {
			ask := With("user_expressions", map[string]any{"good": g.Evaluate, "bad": g.Undefined})
			answers, ok := k.Execute(g.Define, ask).OK().Content()["user_expressions"].(map[string]any)
			if !ok {
				t.Fatal("no user_expressions")
			}
			good, bad := fmt.Sprint(answers["good"]), fmt.Sprint(answers["bad"])
			if !strings.Contains(good, "text/plain:"+g.Evaluated) || !strings.Contains(bad, "status:error") {
				t.Errorf("good = %s, bad = %s", good, bad)
			}
			k.Execute(g.Fail, ask).Error(g.FailKind)
		}},
		{"displays", []string{g.Display, g.Clear}, func(t *testing.T, k *Client, _ func(string) *Client) {
			k.Execute(g.Display).OK().Displays("one", ">two")
			k.Execute(g.Clear).OK().Displays("one", "clear", "two")
		}},
		{"late output", []string{g.Late, g.Hello}, func(t *testing.T, k *Client, _ func(string) *Client) {
			late := k.Execute(g.Late).OK()
			later := k.Execute(g.Hello).OK()
			if g.LateGo != nil {
				g.LateGo()
			}
			late.AwaitStdout("LATE")
			later.Stdout("hello\n")
		}},
		{"an interrupt aborts the queue", []string{g.Block, g.Hello}, func(t *testing.T, k *Client, _ func(string) *Client) {
			blocked := k.Start(g.Block).AwaitStdout("READY\n")
			queued := []*Cell{k.Start(g.Hello), k.Start(g.Hello)}
			info := k.Ask("kernel_info_request", nil) // shell is read up to here
			if got := info.Content()["execution_state"]; got != "busy" {
				t.Errorf("execution_state = %v while a cell runs", got)
			}
			k.Interrupt()
			blocked.Done().Error("interrupted").Count(1)
			for _, c := range queued {
				c.Done().Aborted()
			}
			k.Execute(g.Hello).Stdout("hello\n").Count(2)
		}},
	}
}

func (g Target) questions() []scenario {
	ready := func(k *Client) *Cell { return k.Start(g.Block).AwaitStdout("READY\n") }
	return []scenario{
		{"kernel info", nil, func(t *testing.T, k *Client, _ func(string) *Client) {
			shell := k.Ask("kernel_info_request", nil).Content()
			control := k.Command("kernel_info_request", nil).Content()
			if fmt.Sprint(shell) != fmt.Sprint(control) {
				t.Errorf("shell says %v, control %v", shell, control)
			}
			if shell["protocol_version"] != "5.5" || !strings.Contains(fmt.Sprint(shell["supported_features"]), "kernel subshells") {
				t.Errorf("info = %v", shell)
			}
		}},
		{"questions beside a running cell", []string{g.Block, g.Complete, g.Inspect}, func(t *testing.T, k *Client, _ func(string) *Client) {
			cell := ready(k)
			for i, msgType := range []string{"kernel_info", "complete", "inspect", "is_complete", "history", "comm_info", "connect"} {
				r := k.Ask(msgType+"_request", map[string]any{"code": g.Complete, "cursor_pos": len(g.Complete)})
				if r.Status() == "error" {
					t.Errorf("%s: %v", msgType, r.Content())
				}
				cell.AwaitStates("busy", i+2) // again after each
			}
			k.Interrupt()
			cell.Done().Error("interrupted")
		}},
		{"complete", []string{g.Complete, g.Completed}, func(t *testing.T, k *Client, _ func(string) *Client) {
			prefix := "/*한🦫*/ " // seven code points, twelve bytes
			c := k.Ask("complete_request", map[string]any{
				"code": prefix + g.Complete, "cursor_pos": len([]rune(prefix + g.Complete)),
			}).Content()
			if !strings.Contains(fmt.Sprint(c["matches"]), g.Completed) || c["cursor_end"] != float64(7+len(g.Complete)) {
				t.Errorf("reply = %v", c)
			}
			for _, cursor := range []any{-1, 1 << 52, 1.5, "3", nil} {
				if r := k.Ask("complete_request", map[string]any{"code": g.Complete, "cursor_pos": cursor}); r.Status() != "ok" {
					t.Errorf("cursor %v: %v", cursor, r.Content())
				}
			}
		}},
		{"inspect", []string{g.Inspect}, func(t *testing.T, k *Client, _ func(string) *Client) {
			found := k.Ask("inspect_request", map[string]any{"code": g.Inspect, "cursor_pos": len(g.Inspect), "detail_level": 1})
			absent := k.Ask("inspect_request", map[string]any{"code": " ", "cursor_pos": 0})
			if found.Content()["found"] != true || absent.Content()["found"] != false {
				t.Errorf("found %v, absent %v", found.Content(), absent.Content())
			}
		}},
		{"is complete", []string{g.Whole, g.Incomplete, g.Invalid}, func(t *testing.T, k *Client, _ func(string) *Client) {
			for code, want := range map[string]string{g.Whole: "complete", g.Incomplete: "incomplete", g.Invalid: "invalid"} {
				if got := k.Ask("is_complete_request", map[string]any{"code": code}).Status(); got != want {
					t.Errorf("%q is %s, want %s", code, got, want)
				}
			}
		}},
		{"history", []string{g.Value, g.Nothing}, func(t *testing.T, k *Client, _ func(string) *Client) {
			k.Execute(g.Value)
			k.Execute(g.Nothing)
			k.Execute(g.Value, With("store_history", false))
			for _, ask := range []map[string]any{
				{"hist_access_type": "tail", "n": 1, "output": true, "raw": true},
				{"hist_access_type": "range", "session": 0, "start": 2, "stop": 3, "output": true, "raw": true},
				{"hist_access_type": "search", "pattern": g.Nothing, "n": 1, "output": true, "raw": true},
			} {
				got, ok := k.Ask("history_request", ask).Content()["history"].([]any)
				if !ok || len(got) != 1 || !strings.Contains(fmt.Sprint(got[0]), fmt.Sprintf("2 [%s <nil>]", g.Nothing)) {
					t.Errorf("%v: %v", ask["hist_access_type"], got)
				}
			}
		}},
		{"input", []string{g.Ask, g.AskSecret}, func(t *testing.T, k *Client, _ func(string) *Client) {
			for _, code := range []string{g.Ask, g.AskSecret} {
				c := k.Start(code, Asking())
				q := c.Asked(1)
				if q.Content["prompt"] != "name? " || q.Content["password"] != (code == g.AskSecret) {
					t.Errorf("question = %v", q)
				}
				k.Answer(nil, "gopher")
				c.Done().Stdout("gopher\n").OK()
			}
			if got := k.Execute(g.Ask).Status(); got != "error" {
				t.Errorf("without allow_stdin: %s", got)
			}
		}},
		{"unknown messages", []string{g.Hello}, func(t *testing.T, k *Client, _ func(string) *Client) {
			k.Send(Shell, "no_such_request", nil).WaitIdle()
			k.Send(Control, "no_such_thing", nil).WaitIdle()
			k.Send(Shell, "comm_msg", map[string]any{"comm_id": "x"}).WaitIdle()
			open := k.Send(Shell, "comm_open", map[string]any{"comm_id": "c1", "target_name": "nobody"}).WaitIdle()
			if got := open.Messages("comm_close"); len(got) != 1 || got[0].text("comm_id") != "c1" {
				t.Errorf("comm_close = %v", got)
			}
			if got := k.Ask("comm_info_request", nil).Content()["comms"]; fmt.Sprint(got) != "map[]" {
				t.Errorf("comms = %v", got)
			}
			k.Execute(g.Hello).Stdout("hello\n")
		}},
	}
}

func (g Target) control() []scenario {
	return []scenario{
		{"interrupt", []string{g.Block, g.Hello}, func(t *testing.T, k *Client, _ func(string) *Client) {
			k.Interrupt() // of nothing: no effect on what comes
			for range 3 {
				c := k.Start(g.Block).AwaitStdout("READY\n")
				k.Interrupt()
				c.Done().Error("interrupted")
			}
			k.Interrupt()
			k.Execute(g.Hello).Stdout("hello\n").OK()
		}},
		{"interrupt a question", []string{g.Ask, g.Hello}, func(t *testing.T, k *Client, _ func(string) *Client) {
			c := k.Start(g.Ask, Asking())
			c.Asked(1)
			k.Interrupt()
			c.Done().Error("interrupted")
			k.Answer(nil, "too late")
			k.Execute(g.Hello).Stdout("hello\n").OK()
		}},
		{"subshells", []string{g.Block, g.Hello, g.Define, g.Evaluate}, func(t *testing.T, k *Client, _ func(string) *Client) {
			one, two := k.Subshell(), k.Subshell()
			if got := fmt.Sprint(k.Command("list_subshell_request", nil).Content()["subshell_id"]); got != fmt.Sprintf("[%s %s]", one, two) {
				t.Errorf("list = %s", got)
			}
			blocked := k.Start(g.Block).AwaitStdout("READY\n")
			k.Execute(g.Hello, OnSubshell(one)).Stdout("hello\n").Count(2)
			k.Execute(g.Define, OnSubshell(two), With("user_expressions", map[string]any{"x": g.Evaluate})).OK().Count(3)
			k.Command("delete_subshell_request", map[string]any{"subshell_id": one})
			gone := k.Ask("execute_request", map[string]any{"code": g.Hello}, OnSubshell(one))
			if gone.Status() != "error" || len(gone.Messages("execute_input")) > 0 {
				t.Errorf("in a deleted subshell: %v", gone.Messages())
			}
			for _, id := range []any{one, "", nil} {
				if r := k.Command("delete_subshell_request", map[string]any{"subshell_id": id}); r.Status() != "error" {
					t.Errorf("delete %v: %v", id, r.Content())
				}
			}
			k.Interrupt()
			blocked.Done().Error("interrupted")
		}},
		{"debug and usage", nil, func(t *testing.T, k *Client, _ func(string) *Client) {
			d := k.Command("debug_request", map[string]any{"type": "request", "seq": 7, "command": "debugInfo"}).Content()
			if d["success"] != false || d["request_seq"] != 7.0 {
				t.Errorf("debug_reply = %v", d)
			}
			if u := k.Command("usage_request", nil).Content(); u["pid"] == 0.0 {
				t.Errorf("usage_reply = %v", u)
			}
		}},
		{"two clients", []string{g.Hello, g.Block}, func(t *testing.T, k *Client, another func(string) *Client) {
			other := another("other")
			other.Execute(g.Hello).Stdout("hello\n").Count(1)
			k.Execute(g.Hello).Stdout("hello\n").Count(2)
			k.AwaitOrphan("the other client's cell", func(m *Message) bool { return m.Type == "execute_input" })
			c := k.Start(g.Block).AwaitStdout("READY\n")
			other.Ask("kernel_info_request", nil)
			other.Interrupt()
			c.Done().Error("interrupted")
		}},
		{"shutdown on control", []string{g.Block}, func(t *testing.T, k *Client, _ func(string) *Client) {
			c := k.Start(g.Block).AwaitStdout("READY\n")
			r := k.Shutdown(Control, true)
			c.Done().Error("interrupted")
			r.Wait()
			if r.Content()["restart"] != true || len(r.Messages("shutdown_reply")) != 2 {
				t.Errorf("shutdown: %v", r.Messages())
			}
		}},
		{"shutdown on shell", nil, func(t *testing.T, k *Client, _ func(string) *Client) {
			if r := k.Shutdown(Shell, false).Wait(); r.Content()["restart"] != false {
				t.Errorf("shutdown_reply = %v", r.Content())
			}
		}},
	}
}
