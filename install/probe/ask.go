package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"

	"runnext/kernel/wire"
)

// client is the sockets of one conversation.
type client struct {
	codec  *wire.Codec
	origin *wire.Origin
	shell  zmq4.Socket
	iopub  zmq4.Socket
	ctl    zmq4.Socket
	got    chan *wire.Message // shell and iopub → converse
	pumps  sync.WaitGroup
}

// ask runs Code in the kernel behind info and gives its value; the kernel is
// asked to end afterwards, whatever came.
func ask(ctx context.Context, info wire.ConnectionInfo, ended <-chan struct{}) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	var watch sync.WaitGroup
	defer watch.Wait()
	defer cancel()    // before watch.Wait
	watch.Go(func() { // a kernel that has ended answers nothing: stop waiting
		select {
		case <-ended:
			cancel()
		case <-ctx.Done():
		}
	})
	c, err := dial(ctx, info)
	if err == nil {
		var value string
		value, err = c.converse(ctx)
		if err == nil {
			err = c.send(c.ctl, "shutdown_request", map[string]any{"restart": false})
		}
		c.close()
		if err == nil {
			return value, nil
		}
	}
	select {
	case <-ended:
		return "", errEnded
	default:
		return "", err
	}
}

func dial(ctx context.Context, info wire.ConnectionInfo) (*client, error) {
	codec, err := wire.NewCodec([]byte(info.Key), info.SignatureScheme, wire.CodecConfig{})
	if err != nil {
		return nil, err
	}
	const name = "doctor"
	id := zmq4.WithID(zmq4.SocketIdentity(name))
	// The kernel binds its ports while this dials: try again until it has.
	again := []zmq4.Option{zmq4.WithDialerRetry(20 * time.Millisecond), zmq4.WithDialerMaxRetries(-1)}
	c := &client{
		codec: codec, origin: wire.NewOrigin(name+"-"+info.Key, name, nil, nil),
		shell: zmq4.NewDealer(ctx, append(again, id)...),
		iopub: zmq4.NewSub(ctx, again...),
		ctl:   zmq4.NewDealer(ctx, append(again, id)...),
		got:   make(chan *wire.Message, 64),
	}
	for _, s := range []struct {
		socket zmq4.Socket
		port   int
	}{{c.iopub, info.IOPubPort}, {c.shell, info.ShellPort}, {c.ctl, info.ControlPort}} {
		if err := s.socket.Dial(info.Endpoint(s.port)); err != nil {
			c.close()
			return nil, fmt.Errorf("connect to the kernel: %w", err)
		}
	}
	if err := c.iopub.SetOption(zmq4.OptionSubscribe, ""); err != nil {
		c.close()
		return nil, fmt.Errorf("subscribe: %w", err)
	}
	for _, s := range []zmq4.Socket{c.iopub, c.shell} {
		c.pumps.Go(func() { c.pump(ctx, s) })
	}
	return c, nil
}

func (c *client) close() {
	for _, s := range []zmq4.Socket{c.shell, c.iopub, c.ctl} {
		s.Close() // nothing is left to be sent
	}
	c.pumps.Wait()
}

// pump reads a socket until it is closed.
func (c *client) pump(ctx context.Context, s zmq4.Socket) {
	for {
		raw, err := s.Recv()
		if err != nil {
			return
		}
		m, err := c.codec.Decode(raw.Frames)
		if err != nil {
			continue // not ours
		}
		select {
		case c.got <- m:
		case <-ctx.Done():
			return
		}
	}
}

func (c *client) send(s zmq4.Socket, kind string, content any) error {
	m, err := c.origin.Publish(nil, "", kind, content)
	if err != nil {
		return err
	}
	m.Identities = nil
	frames, err := c.codec.Encode(m)
	if err != nil {
		return err
	}
	if err := s.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
		return fmt.Errorf("send %s: %w", kind, err)
	}
	return nil
}

// await gives the next message of a kind; what names what a person reads when
// it does not come.
func (c *client) await(ctx context.Context, what string, match func(*wire.Message) bool) (*wire.Message, error) {
	for {
		select {
		case m := <-c.got:
			if match(m) {
				return m, nil
			}
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return nil, fmt.Errorf("the kernel runs, but %s did not come in time", what)
			}
			return nil, ctx.Err()
		}
	}
}

func kind(name string) func(*wire.Message) bool {
	return func(m *wire.Message) bool { return m.Header.MsgType == name }
}

// converse waits for the welcome of iopub, so that nothing published is
// missed, and runs the cell.
func (c *client) converse(ctx context.Context) (string, error) {
	if _, err := c.await(ctx, "iopub_welcome", kind("iopub_welcome")); err != nil {
		return "", err
	}
	request := map[string]any{"code": Code, "silent": false, "store_history": false,
		"user_expressions": map[string]any{}, "allow_stdin": false, "stop_on_error": true}
	if err := c.send(c.shell, "execute_request", request); err != nil {
		return "", err
	}
	var value struct {
		Data map[string]json.RawMessage `json:"data"`
	}
	var reply struct {
		Status string   `json:"status"`
		EName  string   `json:"ename"`
		EValue string   `json:"evalue"`
		Trace  []string `json:"traceback"`
	}
	// The value and the reply come over two sockets, in either order.
	for seen := 0; seen < 2; seen++ {
		m, err := c.await(ctx, "the value of "+Code, func(m *wire.Message) bool {
			return m.Header.MsgType == "execute_result" || m.Header.MsgType == "execute_reply"
		})
		if err != nil {
			return "", err
		}
		if m.Header.MsgType == "execute_result" {
			if err := json.Unmarshal(m.Content, &value); err != nil {
				return "", fmt.Errorf("execute_result: %w", err)
			}
			continue
		}
		if err := json.Unmarshal(m.Content, &reply); err != nil {
			return "", fmt.Errorf("execute_reply: %w", err)
		}
		if reply.Status != "ok" {
			return "", fmt.Errorf("%s: %s: %s %s", Code, reply.EName, reply.EValue, strings.Join(reply.Trace, "; "))
		}
	}
	var text string
	if err := json.Unmarshal(value.Data["text/plain"], &text); err != nil {
		return "", fmt.Errorf("execute_result has no text/plain: %w", err)
	}
	return text, nil
}
