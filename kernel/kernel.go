// Package kernel wires the parts of a kernel process together: the sockets of a
// connection file, the session that speaks the protocol on them, and the
// notebook that runs the cells. It decides nothing itself; each part stands in
// the folder that bears its name.
package kernel

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/google/uuid"

	"runnext/kernel/engine"
	"runnext/kernel/session"
	"runnext/kernel/session/history"
	"runnext/kernel/session/usage"
	"runnext/kernel/stream"
	"runnext/kernel/wire"
)

// Config is what a kernel process is given. Engine and Connection must be set.
type Config struct {
	// Connection is the content of the connection file.
	Connection []byte
	// Engine runs the cells. Run closes it.
	Engine engine.Engine
	// Username stands in the header of every message.
	Username string
	// HistoryDir holds the history of all sessions of this user; "" keeps
	// the running session's in memory.
	HistoryDir string
	// BehindServer says that jupyter_server is between this kernel and its
	// reader and drops what comes faster than its limits.
	BehindServer bool
	// ParentAlive tells whether the process that started the kernel is still
	// there; nil means that nobody cares.
	ParentAlive func() bool
	// Proc is what Linux mounts at /proc, nil elsewhere.
	Proc fs.FS
	Log  *slog.Logger // nil discards
	// Listening is called once all five sockets can be connected to.
	Listening func()
}

// How long an error waits for cells that were sent behind it and are still on
// their way, so that they are aborted and not run: the sockets' time, and
// jupyter_server's, which hands a Run All on one message at a time (at 2 ms
// cells behind an error ran in 5 of 15 tries there, at 10 ms in none).
const (
	settleDirect = 8 * time.Millisecond
	settleServer = 25 * time.Millisecond
)

// lastWord is how long the sockets may take to hand over what was published
// when the kernel ends. A client's manager sends SIGTERM after 2.5 s.
const lastWord = 1500 * time.Millisecond

// Run serves the connection file until a client asks for shutdown, the parent
// is gone or ctx ends; all three are a good end. It returns when everything it
// started has ended.
func Run(ctx context.Context, c Config) error {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	info, err := wire.ParseConnectionInfo(c.Connection)
	if err != nil {
		return errors.Join(err, closeEngine(c.Engine))
	}
	codec, err := wire.NewCodec([]byte(info.Key), info.SignatureScheme, wire.CodecConfig{})
	if err != nil {
		return errors.Join(fmt.Errorf("connection file: %w", err), closeEngine(c.Engine))
	}
	origin := wire.NewOrigin(uuid.NewString(), c.Username, nil, nil)
	sockets, err := listen(info, session.Welcome(codec, origin), c.Log)
	if err != nil {
		return errors.Join(err, closeEngine(c.Engine))
	}
	if c.Listening != nil {
		c.Listening()
	}
	log := history.Open(history.Config{
		Dir:    c.HistoryDir,
		Report: func(err error) { c.Log.Warn("history", "err", err) },
	})
	s, err := session.New(session.Config{
		Engine: c.Engine, Codec: codec, Origin: origin,
		Transports: sockets.transports(),
		History:    log,
		Limit:      limiter(c.BehindServer),
		Usage:      meter(c.Proc),
		Log:        c.Log,
		Ports: wire.ConnectReply{
			ShellPort: info.ShellPort, IOPubPort: info.IOPubPort, StdinPort: info.StdinPort,
			HBPort: info.HBPort, ControlPort: info.ControlPort,
		},
		Settle:      settle(c.BehindServer),
		ParentAlive: c.ParentAlive,
	})
	if err == nil {
		err = s.Run(ctx)
	}
	if errors.Is(err, session.ErrParentGone) || errors.Is(err, context.Canceled) {
		c.Log.Info("ends", "why", err)
		err = nil
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWord)
	defer cancel()
	return errors.Join(err, c.Engine.Close(end), sockets.close(end), log.Close())
}

func closeEngine(e engine.Engine) error {
	ctx, cancel := context.WithTimeout(context.Background(), lastWord)
	defer cancel()
	return e.Close(ctx)
}

func settle(behindServer bool) time.Duration {
	if behindServer {
		return settleServer
	}
	return settleDirect
}

func limiter(behindServer bool) *stream.Limiter {
	if !behindServer {
		return nil
	}
	return stream.NewServerLimiter(nil)
}

func meter(proc fs.FS) *usage.Meter {
	if proc == nil {
		return nil
	}
	return usage.NewMeter(proc, os.Getpid())
}
