package kerneltest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// checker holds what one client sees against the protocol. It is fed in the
// order of arrival and used from one goroutine.
type checker struct {
	schemas  map[string]shape
	asked    map[string]*asked // what this client has sent, and what it has seen of others
	ids      map[string]bool
	session  string
	count    int // highest execution count published
	welcomed bool
	first    bool // an iopub message has been seen
	wrong    []string
}

// asked is one request as its answers tell it.
type asked struct {
	id, msgType string
	header      json.RawMessage
	ours        bool
	silent      bool
	busy, idle  int
	reply       *Message
	input       bool
	result      bool
	errors      []*Message // before idle
	outputs     int        // before idle, streams and displays
}

func newChecker() *checker {
	return &checker{schemas: schemas(), asked: make(map[string]*asked), ids: make(map[string]bool)}
}

func (c *checker) complain(m fmt.Stringer, format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Sprintf("%s: %v", fmt.Sprintf(format, args...), m))
}

// sent notes a request of this client.
func (c *checker) sent(id, msgType string, header json.RawMessage, silent bool) {
	c.asked[id] = &asked{id: id, msgType: msgType, header: header, ours: true, silent: silent}
}

// saw checks one message.
func (c *checker) saw(m *Message) {
	if c.ids[m.ID] {
		c.complain(m, "msg_id %s is used twice", m.ID)
	}
	c.ids[m.ID] = true
	if c.session == "" {
		c.session = m.Session
	} else if c.session != m.Session {
		c.complain(m, "session changed from %s", c.session)
	}
	check := c.schemas[m.Type]
	if check == nil {
		c.complain(m, "a kernel does not send this")
		return
	}
	if wrong := check(m.Content); wrong != "" {
		c.complain(m, "content: %s", wrong)
	}
	if m.Channel == IOPub && m.ParentID == "" {
		c.orphan(m)
		return
	}
	a := c.asked[m.ParentID]
	if a == nil {
		if m.Channel != IOPub {
			c.complain(m, "answers nobody")
			return
		}
		a = &asked{id: m.ParentID}
		var h header
		if err := json.Unmarshal(m.Parent, &h); err == nil {
			a.msgType = h.Type
		}
		c.asked[m.ParentID] = a
	}
	if a.ours && !bytes.Equal(a.header, m.Parent) {
		c.complain(m, "parent_header is not the header of the request: %s", m.Parent)
	}
	switch m.Channel {
	case IOPub:
		c.published(a, m)
	case Stdin:
		if m.Type != "input_request" || a.idle > 0 {
			c.complain(m, "out of place on stdin")
		}
	default:
		c.replied(a, m)
	}
	c.first = true
}

// orphan is an iopub message without a parent.
func (c *checker) orphan(m *Message) {
	if m.Type == "iopub_welcome" {
		if c.first && !c.welcomed {
			c.complain(m, "the welcome is not the first message")
		}
		c.welcomed = true
	} else if m.Type != "status" || m.Content["execution_state"] != "starting" {
		c.complain(m, "no parent")
	}
	c.first = true
}

func (c *checker) published(a *asked, m *Message) {
	late := []string{"stream", "display_data", "update_display_data", "clear_output", "error"}
	isBusy := m.Type == "status" && m.Content["execution_state"] == "busy"
	switch {
	case a.idle > 0 && !slices.Contains(late, m.Type):
		c.complain(m, "after the final idle of its request")
	case a.idle > 0:
		return
	case a.busy == 0 && !isBusy:
		c.complain(m, "before the busy of its request")
	}
	if a.silent && m.Type != "status" {
		c.complain(m, "a silent request publishes")
	}
	if m.Type != "status" {
		c.output(a, m)
		return
	}
	switch m.Content["execution_state"] {
	case "busy":
		if a.busy++; a.busy > 1 && a.msgType != "execute_request" {
			c.complain(m, "busy again")
		}
	case "idle":
		a.idle++
		c.settle(a, m)
	default:
		c.complain(m, "state with a parent")
	}
}

func (c *checker) output(a *asked, m *Message) {
	if a.msgType == "execute_request" && !a.input && m.Type != "execute_input" && m.Type != "error" {
		c.complain(m, "before execute_input")
	}
	n, counted := m.count()
	switch m.Type {
	case "execute_input":
		if a.input || a.outputs > 0 || len(a.errors) > 0 {
			c.complain(m, "execute_input is not first, or again")
		}
		if n < c.count {
			c.complain(m, "the counter went back from %d", c.count)
		}
		c.count = max(c.count, n)
		a.input = true
		return
	case "execute_result":
		if a.result || len(a.errors) > 0 {
			c.complain(m, "a second end of the cell")
		}
		a.result = true
	case "error":
		a.errors = append(a.errors, m)
	}
	a.outputs++
	if counted && n > c.count {
		c.complain(m, "a count of the future, now is %d", c.count)
	}
}

func (c *checker) replied(a *asked, m *Message) {
	want, isRequest := strings.CutSuffix(a.msgType, "_request")
	switch {
	case !isRequest || m.Type != want+"_reply":
		c.complain(m, "wrong reply to %s", a.msgType)
	case a.reply != nil:
		c.complain(m, "second reply")
	}
	a.reply = m
	if a.idle > 0 {
		c.agree(a)
	}
}

// settle looks at a request when its idle has come.
func (c *checker) settle(a *asked, m *Message) {
	if a.busy == 0 {
		c.complain(m, "idle without busy")
	}
	if a.reply != nil {
		c.agree(a)
	}
}

// agree compares the reply with what was published. It is called once both
// the reply and the idle are there.
func (c *checker) agree(a *asked) {
	if a.msgType != "execute_request" {
		return
	}
	_, counted := a.reply.count()
	switch status := a.reply.Content["status"]; {
	case status == "aborted":
		if a.input || a.outputs > 0 {
			c.complain(a.reply, "an aborted request has published")
		}
	case a.silent:
	case status == "error" && counted:
		if len(a.errors) != 1 {
			c.complain(a.reply, "%d errors published for an error reply", len(a.errors))
			return
		}
		for _, name := range []string{"ename", "evalue"} {
			if got := a.errors[0].text(name); got != a.reply.text(name) {
				c.complain(a.reply, "%s differs from the one published, %q", name, got)
			}
		}
	case status == "ok":
		if !a.input {
			c.complain(a.reply, "no execute_input")
		}
		if len(a.errors) > 0 {
			c.complain(a.reply, "an error was published for a good reply")
		}
	}
	// A client that came late has not seen the counter a silent cell tells.
	if n, ok := a.reply.count(); ok && !a.silent && n > c.count {
		c.complain(a.reply, "a count of the future, now is %d", c.count)
	}
}

// open gives the requests of this client that lack a reply or their idle.
func (c *checker) open(owed tolerance) []string {
	var open []string
	for _, a := range c.asked {
		kind, wantsReply := strings.CutSuffix(a.msgType, "_request")
		wantsReply = wantsReply && c.schemas[kind+"_reply"] != nil
		begun := a.busy > 0 || a.reply != nil
		switch {
		case !a.ours || owed == all || owed == unread && !begun:
		case a.busy == 0 || a.idle == 0 || wantsReply && a.reply == nil:
			open = append(open, fmt.Sprintf("%s %s: busy %d, idle %d, reply %v", a.msgType, a.id, a.busy, a.idle, a.reply != nil))
		}
	}
	slices.Sort(open)
	return open
}
