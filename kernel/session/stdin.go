package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"runnext/kernel/engine"
	"runnext/kernel/stream"
	"runnext/kernel/wire"
)

// asker puts the questions of cells to the clients that sent them (jupyter
// messaging 5.5, stdin). A client has one question before it at a time.
type asker struct {
	codec  *wire.Codec
	origin *wire.Origin
	out    Asker
	clock  stream.Clock

	mu      sync.Mutex
	pending map[string]*question // by the client's route
}

type question struct {
	parents [2]string     // msg_ids an answer may name: the question's, the cell's
	value   chan string   // asker → Input, one value
	done    chan struct{} // closed when the question is off the table
}

// ask sends an input_request and waits for its answer.
func (a *asker) ask(ctx context.Context, cell *wire.Message, content wire.InputRequest) (string, error) {
	if err := a.await(ctx, cell.Identities); err != nil {
		return "", err
	}
	m, err := a.origin.Reply(cell, wire.TypeInputRequest, content)
	if err != nil {
		return "", err
	}
	frames, err := a.codec.Encode(m)
	if err != nil {
		return "", fmt.Errorf("input_request: %w", err)
	}
	q := &question{
		parents: [2]string{m.Header.MsgID, cell.Header.MsgID},
		value:   make(chan string, 1),
		done:    make(chan struct{}),
	}
	key := route(cell.Identities)
	if err := a.register(ctx, key, q); err != nil {
		return "", err
	}
	defer a.forget(key, q)
	if err := a.out.Send(frames); err != nil {
		return "", fmt.Errorf("input_request: %w", errors.Join(err, engine.ErrNoInput))
	}
	select {
	case value := <-q.value:
		if value == wire.EndOfFile {
			return "", io.EOF
		}
		return value, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// A client connects its sockets one after the other, so its stdin may come a
// moment after its first cell. await gives it that moment.
const (
	stdinPoll     = 10 * time.Millisecond
	stdinPatience = time.Second
)

func (a *asker) await(ctx context.Context, identities [][]byte) error {
	for waited := time.Duration(0); len(identities) > 0; waited += stdinPoll {
		if a.out.Has(identities[0]) {
			return nil
		}
		if waited >= stdinPatience {
			break
		}
		over := make(chan struct{})
		timer := a.clock.AfterFunc(stdinPoll, func() { close(over) })
		select {
		case <-over:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
	return fmt.Errorf("stdin of the client is not connected: %w", engine.ErrNoInput)
}

// register waits until the client has no other question.
func (a *asker) register(ctx context.Context, key string, q *question) error {
	for {
		a.mu.Lock()
		other := a.pending[key]
		if other == nil && ctx.Err() == nil {
			a.pending[key] = q
			a.mu.Unlock()
			return nil
		}
		a.mu.Unlock()
		if other == nil {
			return ctx.Err()
		}
		select {
		case <-other.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (a *asker) forget(key string, q *question) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.pending, key)
	close(q.done)
}

// answer takes an input_reply and reports whether somebody waited for it. A
// reply that nobody asked for, or that names another question, is stale.
func (a *asker) answer(m *wire.Message) bool {
	reply, err := wire.ParseInputReply(m.Content)
	if err != nil {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	q := a.pending[route(m.Identities)]
	if q == nil {
		return false
	}
	if id := m.ParentID(); id != "" && id != q.parents[0] && id != q.parents[1] {
		return false
	}
	select {
	case q.value <- reply.Value:
		return true
	default:
		return false // answered twice
	}
}

// route makes the identities of a client a key.
func route(identities [][]byte) string {
	var b strings.Builder
	for _, id := range identities {
		b.WriteString(strconv.Quote(string(id)))
	}
	return b.String()
}
