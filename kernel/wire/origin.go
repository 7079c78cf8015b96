package wire

import (
	"encoding/json"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"
)

// Origin makes the messages of one sender: each with a fresh msg_id, the
// session and name of the sender and the time. Its methods may be called from
// any goroutine.
type Origin struct {
	session, username string

	clock func() time.Time
	newID func() string
	count atomic.Uint64

	// JSON that is the same in every header: after the msg_id, and at the end.
	sender, tail []byte
}

// NewOrigin gives an origin. session names one life of a kernel process: a
// client takes a new one for a restart. A nil clock is time.Now; a nil newID
// numbers the messages within the session, which is unique as long as the
// session is.
func NewOrigin(session, username string, clock func() time.Time, newID func() string) *Origin {
	o := &Origin{session: session, username: username, clock: clock, newID: newID}
	if o.clock == nil {
		o.clock = time.Now
	}
	if o.newID == nil {
		o.newID = o.nextID
	}
	o.sender = append(o.sender, `,"session":`...)
	o.sender = appendString(o.sender, session)
	o.sender = append(o.sender, `,"username":`...)
	o.sender = appendString(o.sender, username)
	o.tail = append(o.tail, `,"version":"`+ProtocolVersion+`"}`...)
	return o
}

func (o *Origin) nextID() string {
	return o.session + "_" + strconv.FormatUint(o.count.Add(1), 10)
}

// Session gives the session all messages of o carry.
func (o *Origin) Session() string { return o.session }

// Reply makes an answer to parent: its identities, its header as the parent,
// empty metadata, which the caller may set before the message is sent. It
// serves input_request too, which goes to the sender of parent on another
// socket. The error is about content: a value JSON cannot hold.
func (o *Origin) Reply(parent *Message, msgType string, content any) (*Message, error) {
	m, err := o.message(parent, msgType, content)
	if err == nil && parent != nil {
		m.Identities = parent.Identities
	}
	return m, err
}

// Publish makes a message for iopub under a topic. A nil parent stands for no
// parent; the parent_header is then {}.
func (o *Origin) Publish(parent *Message, topic, msgType string, content any) (*Message, error) {
	m, err := o.message(parent, msgType, content)
	if err == nil {
		m.Identities = [][]byte{[]byte(topic)}
	}
	return m, err
}

func (o *Origin) message(parent *Message, msgType string, content any) (*Message, error) {
	body, err := Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", msgType, err)
	}
	m := &Message{Metadata: emptyObject(), ParentHeader: emptyObject(), Content: body}
	if parent != nil && len(parent.RawHeader) > 0 {
		m.ParentHeader = parent.RawHeader
	}
	o.head(m, msgType)
	return m, nil
}

// head writes the header by hand: it is made for every line a cell prints.
func (o *Origin) head(m *Message, msgType string) {
	now := o.clock().UTC()
	id := o.newID()
	b := make([]byte, 0, 96+len(id)+len(o.sender)+len(o.tail)+len(msgType))
	b = append(b, `{"msg_id":`...)
	b = appendString(b, id)
	b = append(b, o.sender...)
	b = append(b, `,"date":"`...)
	dateAt := len(b)
	b = now.AppendFormat(b, dateFormat)
	date := string(b[dateAt:])
	b = append(b, `","msg_type":`...)
	b = appendString(b, msgType)
	b = append(b, o.tail...)
	m.RawHeader = json.RawMessage(b)
	m.Header = Header{MsgID: id, Session: o.session, Username: o.username, Date: date, MsgType: msgType, Version: ProtocolVersion}
}

// dateFormat is ISO 8601 with a zone and microseconds, the most that Python's
// datetime holds.
const dateFormat = "2006-01-02T15:04:05.000000Z07:00"

// FormatDate writes a time as the dates of messages are written, for fields
// like the reply metadata's "started".
func FormatDate(t time.Time) string { return t.UTC().Format(dateFormat) }
