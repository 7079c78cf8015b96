package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync"

	"runnext/kernel/engine"
)

// Exit statuses of a worker that nothing went wrong in, or that cannot work.
const (
	exitOrphan  = 0 // the kernel is gone
	exitMisused = 2 // not started by a kernel
)

// child is the worker's side of the talk.
type child struct {
	shared *shared
	runner func() engine.Runner // builds it at the first call

	mu   sync.Mutex // the ring: frames are written whole
	ring *ringWriter
	head []byte

	jobs   sync.Mutex
	active map[uint64]*childJob
}

// Main is the worker process: it runs what the kernel that started it sends
// and returns the status to exit with when that kernel is gone or wants it so.
// newRunner is called once, before the first job. ctx is given to every job.
func Main(ctx context.Context, newRunner func() engine.Runner) int {
	commands, bell, mem, err := inherited()
	if err != nil {
		fmt.Fprintf(os.Stderr, "runnext worker: %v; it is started by runnext kernel\n", err)
		return exitMisused
	}
	in := newFrameReader(commands)
	h, err := greet(in)
	if err != nil {
		fmt.Fprintf(os.Stderr, "runnext worker: %v\n", err)
		return exitMisused
	}
	s, err := newShared(mem, h.Slots)
	if err != nil {
		fmt.Fprintf(os.Stderr, "runnext worker: %v\n", err)
		return exitMisused
	}
	if h.MemoryLimit > 0 {
		// The collector starts to work hard before the kernel's watch kills.
		debug.SetMemoryLimit(h.MemoryLimit - h.MemoryLimit/8)
	}
	if h.StackLimit > 0 {
		debug.SetMaxStack(int(h.StackLimit))
	}
	debug.SetTraceback("single")
	c := &child{
		shared: s, runner: sync.OnceValue(newRunner),
		ring: &ringWriter{s, bell}, active: make(map[uint64]*childJob),
	}
	ready, err := marshal(hello{Version: version, PID: os.Getpid()})
	if err != nil {
		fmt.Fprintf(os.Stderr, "runnext worker: %v\n", err)
		return exitMisused
	}
	c.send(kindReady, 0, ready)
	if err := c.serve(ctx, in); !errors.Is(err, io.EOF) {
		fmt.Fprintf(os.Stderr, "runnext worker: %v\n", err)
		return exitMisused
	}
	return exitOrphan
}

// greet reads the kernel's hello. A process whose parent is another one has
// lost its kernel already.
func greet(in *frameReader) (hello, error) {
	f, err := in.next()
	if err != nil {
		return hello{}, fmt.Errorf("hello: %w", err)
	}
	var h hello
	if f.kind != kindHello {
		return h, fmt.Errorf("hello: %w: kind %d", errFrame, f.kind)
	}
	if err := unmarshal(f, &h); err != nil {
		return h, err
	}
	if h.Version != version {
		return h, fmt.Errorf("hello: the kernel speaks version %d, this worker %d", h.Version, version)
	}
	if p := os.Getppid(); p != h.PID {
		return h, fmt.Errorf("hello: the kernel is process %d, the parent %d", h.PID, p)
	}
	return h, nil
}

// serve carries out commands until the kernel closes the pipe.
func (c *child) serve(ctx context.Context, in *frameReader) error {
	for {
		f, err := in.next()
		if err != nil {
			return err
		}
		switch f.kind {
		case kindWarm:
			c.runner()
		case kindJob:
			job, slot, err := decodeJob(f, c.shared.slots)
			if err != nil {
				return err
			}
			c.start(ctx, job, slot)
		case kindCancel:
			if j := c.job(f.job); j != nil {
				j.cancel()
			}
		case kindAnswer:
			var a answer
			if err := unmarshal(f, &a); err != nil {
				return err
			}
			if j := c.job(f.job); j != nil {
				j.answered(a)
			}
		case kindForget:
			if j := c.job(f.job); j != nil {
				j.gone.Store(true)
				c.forget(j)
			}
		case kindGC:
			runtime.GC()
		default:
			return fmt.Errorf("%w: command %d", errFrame, f.kind)
		}
	}
}

func (c *child) job(id uint64) *childJob {
	c.jobs.Lock()
	defer c.jobs.Unlock()
	return c.active[id]
}

func (c *child) forget(j *childJob) {
	c.jobs.Lock()
	defer c.jobs.Unlock()
	delete(c.active, j.id)
}

func (c *child) start(ctx context.Context, job engine.Job, slot int) {
	ctx, cancel := context.WithCancel(ctx)
	j := &childJob{c: c, id: job.ID, slot: slot, ctx: ctx, cancel: cancel, input: job.AllowInput}
	c.jobs.Lock()
	c.active[job.ID] = j
	c.jobs.Unlock()
	go c.run(ctx, j, job)
}

// run runs one job and reports. When nothing of the job can be reached any
// more its slot is given back: until then a goroutine may look at the word.
func (c *child) run(ctx context.Context, j *childJob, job engine.Job) {
	ji := newJobIO(j)
	runtime.AddCleanup(ji, func(j *childJob) {
		j.cancel()
		c.forget(j)
		if !j.gone.Load() {
			c.send(kindReleased, j.id, nil)
		}
	}, j)
	c.report(j.id, c.guarded(ctx, job, ji))
}

// guarded turns a panic of the runner itself into a failure: it is a defect of
// ours, but what it has not touched goes on.
func (c *child) guarded(ctx context.Context, job engine.Job, ji *jobIO) (r engine.Report) {
	defer func() {
		if p := recover(); p != nil {
			r = engine.Report{Failure: &engine.Failure{
				Kind: engine.KindFatal,
				Text: fmt.Sprintf("fatal error: the engine failed: %v", p),
				Why:  "This is a defect of runnext, not of your program.",
				Try:  "Run the cell again in a smaller form; variables of earlier cells are kept.",
			}}
		}
	}()
	return c.runner().Run(ctx, job, ji)
}

func (c *child) report(id uint64, r engine.Report) {
	if r.Value != nil {
		b := sendable(*r.Value)
		r.Value = &b
	}
	p, err := marshal(r)
	if err == nil && len(p) > maxPayload {
		err = fmt.Errorf("%d MB", len(p)>>20)
	}
	if err != nil {
		p, _ = marshal(engine.Report{Running: r.Running, Failure: &engine.Failure{
			Kind: engine.KindLimit,
			Text: fmt.Sprintf("the cell's value cannot be shown: %v", err),
			Why:  fmt.Sprintf("A value takes at most %d MB on its way to the notebook.", maxPayload>>20),
			Try:  "End the cell with a smaller value, such as a part of it.",
		}})
	}
	c.send(kindReport, id, p)
}

// send writes one frame to the ring. Only a dead kernel makes that fail, and
// then this process ends too.
func (c *child) send(k kind, job uint64, payload []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.head = appendHeader(c.head[:0], k, job, len(payload))
	if len(payload) <= 4<<10 {
		c.head = append(c.head, payload...) // one copy more, one hand-over less
		payload = nil
	}
	if _, err := c.ring.Write(c.head); err == nil {
		c.ring.Write(payload)
	}
}
