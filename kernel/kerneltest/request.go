package kerneltest

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Option changes a request before it is sent.
type Option func(*outgoing)

type outgoing struct {
	header  header
	parent  json.RawMessage
	content map[string]any
}

// OnSubshell sends the request to a subshell.
func OnSubshell(id string) Option { return func(o *outgoing) { o.header.Subshell = id } }

// With sets a field of the content.
func With(field string, value any) Option {
	return func(o *outgoing) { o.content[field] = value }
}

// Silent asks for a silent execution.
func Silent() Option { return With("silent", true) }

// Asking lets the cell ask questions.
func Asking() Option { return With("allow_stdin", true) }

// Request is one request and what has come of it.
type Request struct {
	k       *Client
	ID      string
	msgType string
	reply   *Message
	idle    bool
	log     []*Message // in order of arrival, all channels
}

func (r *Request) take(m *Message) {
	r.log = append(r.log, m)
	switch {
	case m.Channel == Shell || m.Channel == Control:
		r.reply = m
	case m.Type == "status":
		r.idle = m.Content["execution_state"] == "idle"
	}
}

// Send sends a request and does not wait.
func (k *Client) Send(ch Channel, msgType string, content map[string]any, options ...Option) *Request {
	k.t.Helper()
	o := &outgoing{parent: json.RawMessage("{}"), content: map[string]any{}}
	for name, v := range content {
		o.content[name] = v
	}
	o.header = header{
		ID:       fmt.Sprintf("%s-%d", k.session, k.next.Add(1)),
		Session:  k.session,
		Username: "tester",
		Date:     time.Now().UTC().Format(time.RFC3339Nano),
		Type:     msgType,
		Version:  "5.4",
	}
	for _, option := range options {
		option(o)
	}
	head, body := k.json(o.header), k.json(o.content)
	r := &Request{k: k, ID: o.header.ID, msgType: msgType}
	if ch != Stdin {
		k.mu.Lock()
		k.requests[r.ID] = r
		k.check.sent(r.ID, msgType, head, o.content["silent"] == true)
		k.mu.Unlock()
	}
	if err := k.transport.Send(ch, encode(k.key, head, o.parent, json.RawMessage("{}"), body)); err != nil {
		k.t.Fatalf("send %s: %v", msgType, err)
	}
	return r
}

// SendRaw sends frames as they are.
func (k *Client) SendRaw(ch Channel, frames ...[]byte) {
	k.t.Helper()
	if err := k.transport.Send(ch, frames); err != nil {
		k.t.Fatalf("send: %v", err)
	}
}

func (k *Client) json(v any) json.RawMessage {
	k.t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		k.t.Fatalf("encode: %v", err)
	}
	return raw
}

// Ask sends a request on shell and waits for its reply and idle.
func (k *Client) Ask(msgType string, content map[string]any, options ...Option) *Request {
	k.t.Helper()
	return k.Send(Shell, msgType, content, options...).Wait()
}

// Command sends a request on control and waits for its reply and idle.
func (k *Client) Command(msgType string, content map[string]any) *Request {
	k.t.Helper()
	return k.Send(Control, msgType, content).Wait()
}

// Wait waits for the reply and the idle.
func (r *Request) Wait() *Request {
	r.k.t.Helper()
	r.k.await("reply and idle of "+r.msgType+" "+r.ID, func() bool { return r.reply != nil && r.idle })
	return r
}

// WaitIdle waits for the idle alone, for what has no reply.
func (r *Request) WaitIdle() *Request {
	r.k.t.Helper()
	r.k.await("idle of "+r.msgType+" "+r.ID, func() bool { return r.idle })
	return r
}

// Replied waits for the reply alone.
func (r *Request) Replied() *Message {
	r.k.t.Helper()
	r.k.await("reply to "+r.msgType+" "+r.ID, func() bool { return r.reply != nil })
	return r.reply
}

// Content gives the content of the reply, an empty one before it has come.
func (r *Request) Content() map[string]any {
	r.k.mu.Lock()
	defer r.k.mu.Unlock()
	if r.reply == nil {
		return nil
	}
	return r.reply.Content
}

// Status gives the status of the reply.
func (r *Request) Status() string {
	s, ok := r.Content()["status"].(string)
	if !ok {
		return ""
	}
	return s
}

// Messages gives what has come so far with one of the types, or all of it.
func (r *Request) Messages(types ...string) []*Message {
	r.k.mu.Lock()
	defer r.k.mu.Unlock()
	var found []*Message
	for _, m := range r.log {
		if len(types) == 0 || slices.Contains(types, m.Type) {
			found = append(found, m)
		}
	}
	return found
}

// Await waits for a message of the type that is accepted; nil accepts any.
func (r *Request) Await(msgType string, is func(*Message) bool) *Message {
	r.k.t.Helper()
	var found *Message
	r.k.await(msgType+" of "+r.ID, func() bool {
		for _, m := range r.log {
			if m.Type == msgType && (is == nil || is(m)) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// AwaitStates waits until the status has been published n times with the
// state.
func (r *Request) AwaitStates(state string, n int) {
	r.k.t.Helper()
	r.k.await(fmt.Sprintf("%d times %s of %s", n, state, r.ID), func() bool {
		seen := 0
		for _, m := range r.log {
			if m.Type == "status" && m.Content["execution_state"] == state {
				seen++
			}
		}
		return seen >= n
	})
}
