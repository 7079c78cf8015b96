package kerneltest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// T is what a test must offer; *testing.T and *rapid.T do.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
}

// patience is how long a client waits for what it was promised before it calls
// the kernel stuck. No test depends on its length.
const patience = 30 * time.Second

// Client is one client of a kernel. It is used from the test's goroutine.
type Client struct {
	t         T
	transport Transport
	key       []byte
	session   string
	next      atomic.Int64
	pump      sync.WaitGroup

	mu       sync.Mutex
	changed  *sync.Cond
	check    *checker
	requests map[string]*Request
	log      []*Message // everything seen
	orphans  []*Message // without a parent, or of other clients
	ended    bool       // the transport gives no more
	owed     tolerance
}

// tolerance says which requests may be open when a client is closed.
type tolerance int

const (
	none   tolerance = iota
	unread           // those the kernel has not begun with: it ends
	all              // the client leaves in the middle
)

// NewClient starts a client on a transport, which it closes in the end. name
// makes its msg_ids its own.
func NewClient(t T, transport Transport, key []byte, name string) *Client {
	k := &Client{
		t: t, transport: transport, key: key, session: name,
		check: newChecker(), requests: make(map[string]*Request),
	}
	k.changed = sync.NewCond(&k.mu)
	k.pump.Go(k.receive)
	return k
}

func (k *Client) receive() {
	for {
		ch, frames, err := k.transport.Recv()
		k.mu.Lock()
		if err != nil {
			k.ended = true
			k.changed.Broadcast()
			k.mu.Unlock()
			return
		}
		k.take(ch, frames)
		k.changed.Broadcast()
		k.mu.Unlock()
	}
}

func (k *Client) take(ch Channel, frames [][]byte) {
	m, err := decode(k.key, ch, frames)
	if err != nil {
		k.check.wrong = append(k.check.wrong, fmt.Sprintf("%s: not a message: %v", ch, err))
		return
	}
	k.log = append(k.log, m)
	k.check.saw(m)
	if r := k.requests[m.ParentID]; r != nil {
		r.take(m)
		return
	}
	k.orphans = append(k.orphans, m)
}

// Close ends the client and reports everything it has seen that was wrong, and
// every request that is not answered to its idle.
func (k *Client) Close() {
	k.t.Helper()
	err := k.transport.Close()
	k.pump.Wait()
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.t.Errorf("close: %v", err)
	}
	wrong := k.check.wrong
	wrong = append(wrong, k.check.open(k.owed)...)
	if len(wrong) > 0 {
		k.t.Errorf("against the protocol:\n  %s\nseen:\n%s", strings.Join(wrong, "\n  "), k.transcript())
	}
}

// transcript gives the last messages. k.mu is held.
func (k *Client) transcript() string {
	var b strings.Builder
	for _, m := range k.log[max(0, len(k.log)-60):] {
		fmt.Fprintf(&b, "  %v\n", m)
	}
	return b.String()
}

// await waits until is holds; what names it for the report. k.mu is held while
// is runs.
func (k *Client) await(what string, is func() bool) {
	k.t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	late := false
	timer := time.AfterFunc(patience, func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		late = true
		k.changed.Broadcast()
	})
	defer timer.Stop()
	for !is() {
		if late || k.ended {
			k.t.Fatalf("no %s; seen:\n%s", what, k.transcript())
			return
		}
		k.changed.Wait()
	}
}

// AwaitOrphan waits for a message that answers no request of this client.
func (k *Client) AwaitOrphan(what string, is func(*Message) bool) *Message {
	k.t.Helper()
	var found *Message
	k.await(what, func() bool {
		i := slices.IndexFunc(k.orphans, is)
		if i >= 0 {
			found = k.orphans[i]
		}
		return i >= 0
	})
	return found
}

// Closing says that the kernel is about to end: a request that it does not
// begin with is no defect from now on.
func (k *Client) Closing() { k.tolerate(unread) }

// Leaving says that the client ends before its answers have come.
func (k *Client) Leaving() { k.tolerate(all) }

func (k *Client) tolerate(what tolerance) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.owed = max(k.owed, what)
}
