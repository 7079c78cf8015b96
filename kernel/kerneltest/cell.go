package kerneltest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Cell is an execute_request. Its methods compare, report a difference and
// give the cell back, so that expectations can be written in a row:
//
//	k.Execute(code).Stdout("hello\n").Value("42")
type Cell struct {
	*Request
}

// Start sends a cell and does not wait.
func (k *Client) Start(code string, options ...Option) *Cell {
	k.t.Helper()
	return &Cell{Request: k.Send(Shell, "execute_request", map[string]any{
		"code": code, "silent": false, "store_history": true, "user_expressions": map[string]any{},
		"allow_stdin": false, "stop_on_error": true,
	}, options...)}
}

// Execute runs a cell and waits for its reply and idle.
func (k *Client) Execute(code string, options ...Option) *Cell {
	k.t.Helper()
	return k.Start(code, options...).Done()
}

// Done waits for the cell's reply and idle.
func (c *Cell) Done() *Cell {
	c.k.t.Helper()
	c.Wait()
	return c
}

// text joins what was printed on a stream so far. k.mu is held.
func (c *Cell) text(stream string) string {
	var b strings.Builder
	for _, m := range c.log {
		if m.Type == "stream" && m.Content["name"] == stream {
			b.WriteString(m.text("text"))
		}
	}
	return b.String()
}

func (c *Cell) printed(stream, want string) *Cell {
	c.k.t.Helper()
	c.k.mu.Lock()
	got := c.text(stream)
	c.k.mu.Unlock()
	if got != want {
		c.k.t.Errorf("%s = %q, want %q", stream, got, want)
	}
	return c
}

// Stdout compares all that was printed.
func (c *Cell) Stdout(want string) *Cell { c.k.t.Helper(); return c.printed("stdout", want) }

// Stderr compares all that was printed on standard error.
func (c *Cell) Stderr(want string) *Cell { c.k.t.Helper(); return c.printed("stderr", want) }

// AwaitStdout waits until the text has been printed, be it after the idle.
func (c *Cell) AwaitStdout(text string) *Cell {
	c.k.t.Helper()
	c.k.await(fmt.Sprintf("%q on stdout of %s", text, c.ID), func() bool {
		return strings.Contains(c.text("stdout"), text)
	})
	return c
}

// OK expects a good end.
func (c *Cell) OK() *Cell {
	c.k.t.Helper()
	if got := c.Status(); got != "ok" {
		c.k.t.Errorf("status = %s, want ok: %v", got, c.Content())
	}
	return c
}

// Value expects a good end and the value's text/plain; "" is none.
func (c *Cell) Value(want string) *Cell {
	c.k.t.Helper()
	c.OK()
	got := ""
	for _, m := range c.Messages("execute_result") {
		got += plainText(m)
	}
	if got != want {
		c.k.t.Errorf("value = %q, want %q", got, want)
	}
	return c
}

func plainText(m *Message) string {
	data, ok := m.Content["data"].(map[string]any)
	if !ok {
		return ""
	}
	text, ok := data["text/plain"].(string)
	if !ok {
		return ""
	}
	return text
}

// Error expects an error of the kind; the checker has compared the published
// one with the reply's.
func (c *Cell) Error(kind string) *Cell {
	c.k.t.Helper()
	if got := c.Status(); got != "error" {
		c.k.t.Errorf("status = %s, want an error: %v", got, c.Content())
	} else if name := c.Content()["ename"]; name != kind {
		c.k.t.Errorf("ename = %v, want %s: %v", name, kind, c.Content())
	}
	return c
}

// Aborted expects that the cell never ran.
func (c *Cell) Aborted() *Cell {
	c.k.t.Helper()
	if got := c.Status(); got != "aborted" {
		c.k.t.Errorf("status = %s, want aborted: %v", got, c.Content())
	}
	return c
}

// Count compares the execution count of the reply.
func (c *Cell) Count(want int) *Cell {
	c.k.t.Helper()
	if got, ok := c.Replied().count(); !ok || got != want {
		c.k.t.Errorf("execution_count = %d (%v), want %d", got, ok, want)
	}
	return c
}

// Displays compares the text/plain of all display messages, an update with a
// leading ">", a clear_output as "clear".
func (c *Cell) Displays(want ...string) *Cell {
	c.k.t.Helper()
	var got []string
	for _, m := range c.Messages("display_data", "update_display_data", "clear_output") {
		switch m.Type {
		case "display_data":
			got = append(got, plainText(m))
		case "update_display_data":
			got = append(got, ">"+plainText(m))
		default:
			got = append(got, "clear")
		}
	}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		c.k.t.Errorf("displays = %q, want %q", got, want)
	}
	return c
}

// Asked waits for the cell's n-th question, counted from 1, and gives it.
func (c *Cell) Asked(n int) *Message {
	c.k.t.Helper()
	var question *Message
	c.k.await(fmt.Sprintf("question %d of %s", n, c.ID), func() bool {
		seen := 0
		for _, m := range c.log {
			if m.Type == "input_request" {
				if seen++; seen == n {
					question = m
					return true
				}
			}
		}
		return false
	})
	return question
}

// Answer sends an input_reply that names question as its parent; nil names
// none, as jupyter_client does.
func (k *Client) Answer(question *Message, value any) {
	k.t.Helper()
	k.Send(Stdin, "input_reply", map[string]any{"value": value}, func(o *outgoing) {
		if question != nil {
			o.parent = k.json(map[string]string{"msg_id": question.ID})
		}
	})
}

// AnswerTo is Answer with any parent.
func (k *Client) AnswerTo(parentID, value string) {
	k.t.Helper()
	parent, err := json.Marshal(map[string]string{"msg_id": parentID})
	if err != nil {
		k.t.Fatalf("encode: %v", err)
	}
	k.Send(Stdin, "input_reply", map[string]any{"value": value}, func(o *outgoing) { o.parent = parent })
}

// Interrupt sends an interrupt_request and waits for its reply.
func (k *Client) Interrupt() *Request {
	k.t.Helper()
	return k.Command("interrupt_request", nil)
}

// Shutdown asks the kernel to end and waits for the reply.
func (k *Client) Shutdown(ch Channel, restart bool) *Request {
	k.t.Helper()
	k.Closing()
	r := k.Send(ch, "shutdown_request", map[string]any{"restart": restart})
	r.Replied()
	return r
}

// Subshell creates a subshell and gives its id.
func (k *Client) Subshell() string {
	k.t.Helper()
	r := k.Command("create_subshell_request", nil)
	id, ok := r.Content()["subshell_id"].(string)
	if !ok {
		k.t.Fatalf("create_subshell_reply: %v", r.Content())
	}
	return id
}
