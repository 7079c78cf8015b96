package worker

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"runnext/kernel/engine"
)

// ErrClosed says that a Supervisor has been closed.
var ErrClosed = errors.New("worker: closed")

// Supervisor keeps one worker process at work, a second one ready, and puts a
// new one in the place of one that dies.
type Supervisor struct {
	c      Config
	spawn  *spawner
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup // manage
	delay  sync.WaitGroup // deaths being cleaned up

	mu    sync.Mutex
	cur   *process
	err   error         // why there is no current process
	ready chan struct{} // closed while cur takes jobs from everybody
}

// Start starts the workers and returns when the first one has said hello. ctx
// bounds that only. The caller closes the Supervisor.
func Start(ctx context.Context, c Config) (*Supervisor, error) {
	s := &Supervisor{c: c.withDefaults(), ready: make(chan struct{})}
	var err error
	if s.spawn, err = newSpawner(); err != nil {
		return nil, fmt.Errorf("start worker: %w", err)
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	p, err := s.startOne(ctx)
	if err != nil {
		s.cancel()
		s.spawn.close()
		return nil, fmt.Errorf("start worker: %w", err)
	}
	p.command(frame{kind: kindWarm})
	s.cur = p
	close(s.ready)
	s.wg.Go(func() { s.manage(p) })
	return s, nil
}

// startOne starts a process and waits until it has said hello.
func (s *Supervisor) startOne(ctx context.Context) (*process, error) {
	ch, err := s.spawn.start(&s.c)
	if err != nil {
		return nil, err
	}
	p, err := newProcess(&s.c, ch)
	if err != nil {
		return nil, err
	}
	late, t := after(s.c.Clock, s.c.StartTimeout)
	defer t.Stop()
	select {
	case <-p.ready:
		return p, nil
	case <-p.dead:
		err = fmt.Errorf("%s ended at once: exit status %d %s %.200s", s.c.Path, p.death.ExitCode, p.death.Signal, p.death.Text)
	case <-late:
		err = fmt.Errorf("%s says nothing for %v", s.c.Path, s.c.StartTimeout)
	case <-ctx.Done():
		err = ctx.Err()
	}
	p.end()
	return nil, err
}

// manage replaces the worker whenever it dies.
func (s *Supervisor) manage(cur *process) {
	var spare *process
	replaying := false // cur has died while OnRestart used it
	for {
		if spare == nil && !s.c.NoSpare && s.ctx.Err() == nil {
			spare, _ = s.startOne(s.ctx) // a failure shows when it is needed
		}
		var spareDead chan struct{}
		if spare != nil {
			spareDead = spare.dead
		}
		select {
		case <-spareDead:
			s.bury(spare)
			spare = nil
			continue
		case <-cur.dead:
		case <-s.ctx.Done():
			if spare != nil {
				spare.end()
			}
			cur.end()
			return
		}
		s.bury(cur)
		s.mu.Lock()
		select {
		case <-s.ready:
			s.ready = make(chan struct{})
		default:
		}
		s.mu.Unlock()
		cur, spare = s.replace(spare), nil
		if cur == nil {
			return
		}
		if s.c.OnRestart != nil && !replaying {
			s.c.OnRestart(s.ctx, func(ctx context.Context, j engine.Job, out engine.Output) Ending {
				return s.ending(cur.run(ctx, j, out))
			})
		}
		if replaying = cur.hasEnded(); replaying {
			continue
		}
		s.mu.Lock()
		s.cur = cur
		close(s.ready)
		s.mu.Unlock()
	}
}

// replace returns a worker that stands by, or nil when the Supervisor ends.
// While none can be started, jobs are told why.
func (s *Supervisor) replace(spare *process) *process {
	for p := spare; ; {
		if p != nil {
			select {
			case <-p.dead:
				s.bury(p)
			default:
				p.command(frame{kind: kindWarm})
				s.mu.Lock()
				s.err = nil
				s.mu.Unlock()
				return p
			}
		}
		var err error
		if p, err = s.startOne(s.ctx); err == nil {
			continue
		}
		s.mu.Lock()
		s.err = err
		s.mu.Unlock()
		wait, t := after(s.c.Clock, watchEvery)
		select {
		case <-wait:
		case <-s.ctx.Done():
			t.Stop()
			return nil
		}
	}
}

// bury waits in the background for the last deliveries of a dead process.
func (s *Supervisor) bury(p *process) { s.delay.Go(func() { p.bury(s.ctx) }) }

// Run runs one job and returns when it has ended, or was interrupted through
// ctx and has ended or was given up on within [Config].Grace; everything it
// printed has been given to out by then. Jobs may run at the same time. After
// a death Run waits for the next worker. out must stay valid after Run.
func (s *Supervisor) Run(ctx context.Context, job engine.Job, out engine.Output) Ending {
	for {
		s.mu.Lock()
		p, ready, err := s.cur, s.ready, s.err
		s.mu.Unlock()
		if err != nil {
			return s.ending(Ending{}, err)
		}
		select {
		case <-ready:
		case <-ctx.Done():
			return Ending{Report: interruptedReport()}
		case <-s.ctx.Done():
			return s.ending(Ending{}, ErrClosed)
		}
		e, err := p.run(ctx, job, out)
		if !errors.Is(err, errEnded) {
			return s.ending(e, err)
		}
		if s.ctx.Err() != nil {
			return s.ending(e, ErrClosed)
		}
		// It died before the job began; manage is about to notice.
		s.mu.Lock()
		if s.cur == p && s.ready == ready {
			s.ready = make(chan struct{})
		}
		s.mu.Unlock()
	}
}

// ending turns a job that could not be begun into an Ending.
func (s *Supervisor) ending(e Ending, err error) Ending {
	switch {
	case err == nil:
		return e
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Ending{Report: interruptedReport()}
	}
	if errors.Is(err, errSlots) {
		return Ending{Report: engine.Report{Failure: &engine.Failure{
			Kind: engine.KindLimit,
			Text: err.Error(),
			Why:  "Goroutines of thousands of earlier cells have not ended; the notebook keeps a place for each.",
			Try:  "Restart the kernel, and let goroutines end when their work is done.",
		}}}
	}
	d := &Death{Cause: CauseStart, ExitCode: -1, Text: err.Error()}
	return Ending{Report: engine.Report{Failure: d.Failure()}, Died: d}
}

// PID returns the current worker's process id, 0 when there is none.
func (s *Supervisor) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.ready:
		return s.cur.proc.os.Pid
	default:
		return 0
	}
}

// Close ends the workers and what their cells have started, and waits for
// them. Running jobs get an Ending with Died. It may be called more than once;
// the error is ctx's when it ends first.
func (s *Supervisor) Close(ctx context.Context) error {
	s.cancel()
	done := make(chan struct{})
	go func() {
		s.wg.Wait()
		s.delay.Wait()
		s.spawn.close()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close workers: %w", ctx.Err())
	}
}
