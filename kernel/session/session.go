// Package session is the protocol's side of a kernel: it takes requests from
// the channels, keeps the queues of cells, and answers with busy and idle, the
// right parent and in one order, as jupyter messaging 5.5 and JEP 91 demand.
//
// It is not a language, which is an [engine.Engine]; it opens no sockets,
// which is runnext/kernel/socket; how a message looks is runnext/kernel/wire.
//
// Cells of one subshell run one after the other. Everything else is answered
// beside them, in goroutines of its own.
package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/google/uuid"

	"runnext/kernel/engine"
	"runnext/kernel/session/history"
	"runnext/kernel/session/usage"
	"runnext/kernel/stream"
	"runnext/kernel/wire"
)

// Errors that end [Session.Run].
var (
	// ErrParentGone says that the process which started the kernel is no more.
	ErrParentGone = errors.New("the parent process is gone")
	// ErrStuck says that something did not end within the grace time.
	ErrStuck = errors.New("did not end in time")
)

// Config holds what a session is made of. Engine, Codec, Origin and
// Transports must be set.
type Config struct {
	Engine     engine.Engine
	Codec      *wire.Codec
	Origin     *wire.Origin
	Transports Transports

	Clock   stream.Clock      // nil is the system's
	History *history.Log      // nil keeps the running session in memory
	Limit   *stream.Limiter   // set where jupyter_server listens (JPY_SESSION_NAME)
	Usage   *usage.Meter      // nil answers usage_request with little
	Log     *slog.Logger      // nil discards
	NewID   func() string     // of subshells; nil is random
	Ports   wire.ConnectReply // for connect_request

	KernelID string // in iopub topics; "" is the origin's session

	// Settle is how long an error waits, before it is told, for requests
	// that the client sent behind the failing one and that are still on their
	// way: they are aborted too. A shutdown waits as long for a second one.
	Settle time.Duration
	// Grace is how long the end of a session waits for cells that do not
	// heed their interrupt and for subscribers that do not read; 0 is 1 s.
	Grace time.Duration

	// ParentAlive is asked every ParentPoll, 0 being 1 s, whether the kernel
	// still has a parent; nil means that nobody cares.
	ParentAlive func() bool
	ParentPoll  time.Duration
}

// Session is one kernel process as its clients see it.
type Session struct {
	engine  engine.Engine
	codec   *wire.Codec
	origin  *wire.Origin
	clock   stream.Clock
	history *history.Log
	meter   *usage.Meter
	log     *slog.Logger
	newID   func() string
	ports   wire.ConnectReply
	config  Config
	settle  time.Duration
	grace   time.Duration

	shell, control Router
	stdin          *asker
	iopub          *iopub
	batch          *stream.Batcher
	pace           *pacer
	shells         *subshells
	count          int // execution counter; guarded by iopub.mu

	ctx     context.Context // of everything that works on requests
	cancel  context.CancelCauseFunc
	workers sync.WaitGroup // one per subshell
	asides  sync.WaitGroup // one per question answered beside the cells
	places  chan struct{}  // bounds asides
}

// mostAsides is how many questions are answered at once; the next one waits
// in its channel.
const mostAsides = 64

// New gives a session that [Session.Run] brings to life.
func New(c Config) (*Session, error) {
	t := c.Transports
	if c.Engine == nil || c.Codec == nil || c.Origin == nil ||
		t.Shell == nil || t.Control == nil || t.Stdin == nil || t.IOPub == nil {
		return nil, errors.New("session: engine, codec, origin and all transports are needed")
	}
	if c.Clock == nil {
		c.Clock = stream.SystemClock()
	}
	if c.History == nil {
		c.History = history.Open(history.Config{})
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.NewID == nil {
		c.NewID = uuid.NewString
	}
	if c.KernelID == "" {
		c.KernelID = c.Origin.Session()
	}
	if c.Grace <= 0 {
		c.Grace = time.Second
	}
	if c.ParentPoll <= 0 {
		c.ParentPoll = time.Second
	}
	s := &Session{
		engine: c.Engine, codec: c.Codec, origin: c.Origin, clock: c.Clock, history: c.History,
		meter: c.Usage, log: c.Log, newID: c.NewID, ports: c.Ports,
		config: c, settle: c.Settle, grace: c.Grace,
		shell: t.Shell, control: t.Control,
		iopub:  newIOPub(c),
		stdin:  &asker{codec: c.Codec, origin: c.Origin, out: t.Stdin, clock: c.Clock, pending: make(map[string]*question)},
		shells: &subshells{byID: make(map[string]*subshell)},
		places: make(chan struct{}, mostAsides),
	}
	s.pace = newPacer(c.Clock, c.Limit == nil, s.display)
	s.batch = stream.New(stream.Config{Clock: c.Clock, Publish: s.publishStream, Limit: c.Limit})
	return s, nil
}

// errShutdown is the cause of an end that a client asked for.
var errShutdown = errors.New("shutdown_request")

// Run serves the clients until one of them asks for shutdown, which ends it
// with nil, or until ctx ends, the parent goes or a channel breaks. Everything
// that was published has then been handed to the transports. It may be called
// once. The engine and the history are the caller's to close.
func (s *Session) Run(ctx context.Context) error {
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	defer s.cancel(nil)

	sending, stopSending := context.WithCancel(context.WithoutCancel(ctx))
	defer stopSending()
	sent := make(chan error, 1) // iopub's goroutine → Run, once
	go func() {
		err := s.iopub.run(sending)
		if err != nil {
			s.cancel(err)
		}
		sent <- err
	}()
	s.iopub.starting()
	s.open("")

	reading, stopReading := context.WithCancel(context.WithoutCancel(ctx))
	defer stopReading()
	var readers sync.WaitGroup
	readers.Go(func() { s.read(reading, "shell", s.shell, s.takeShell) })
	readers.Go(func() { s.read(reading, "control", s.control, s.takeControl) })
	readers.Go(func() { s.read(reading, "stdin", s.stdin.out, s.takeStdin) })
	if s.config.ParentAlive != nil {
		readers.Go(s.watchParent)
	}

	<-s.ctx.Done()
	cause := context.Cause(s.ctx)
	s.shells.close()
	s.iopub.wake()
	stuck := !s.within(s.workers.Wait)
	if cause == errShutdown {
		s.pause(context.WithoutCancel(ctx), s.settle)
	}
	stopReading()
	stuck = !s.within(func() { readers.Wait(); s.asides.Wait() }) || stuck

	flushed := s.within(func() {
		s.pace.close()
		if err := s.batch.Close(); err != nil {
			s.log.Warn("output is lost", "error", err)
		}
		s.iopub.close()
		s.iopub.drain(sending)
	})
	s.iopub.close()
	if !flushed {
		stopSending()
	}
	err := <-sent
	switch {
	case cause != errShutdown:
		return cause
	case stuck:
		return fmt.Errorf("answering a request: %w", ErrStuck)
	case !flushed:
		return fmt.Errorf("sending on iopub: %w", ErrStuck)
	}
	return err
}

// open starts a subshell; it reports false when the session is ending.
func (s *Session) open(id string) bool {
	sub := newSubshell(id, s.clock)
	return s.shells.add(sub, func() {
		s.workers.Go(func() { s.work(s.ctx, sub) })
	})
}

// within reports whether f has ended within the grace time. An f that has not
// is left behind: the process is about to end.
func (s *Session) within(f func()) bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	expired := make(chan struct{})
	timer := s.clock.AfterFunc(s.grace, func() { close(expired) })
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-expired:
		return false
	}
}

// pause waits for d or for the end of ctx.
func (s *Session) pause(ctx context.Context, d time.Duration) {
	if d <= 0 || ctx.Err() != nil {
		return
	}
	over := make(chan struct{})
	timer := s.clock.AfterFunc(d, func() { close(over) })
	defer timer.Stop()
	select {
	case <-over:
	case <-ctx.Done():
	}
}

// watchParent ends the session when the parent has gone, so that no kernel is
// left behind by a server that was killed.
func (s *Session) watchParent() {
	for s.ctx.Err() == nil {
		if !s.config.ParentAlive() {
			s.cancel(ErrParentGone)
			return
		}
		s.pause(s.ctx, s.config.ParentPoll)
	}
}

// recovered turns a panic of the engine into an error: a defect in one answer
// must not end the kernel. It is to be deferred.
func (s *Session) recovered(what string, report func(error)) {
	if v := recover(); v != nil {
		s.log.Error("panic in the engine", "in", what, "panic", v, "stack", string(debug.Stack()))
		report(fmt.Errorf("the kernel's %s panicked: %v", what, v))
	}
}
