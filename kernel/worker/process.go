package worker

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"runnext/kernel/engine"
	"runnext/kernel/stream"
)

// process is one worker as the kernel sees it.
type process struct {
	c        *Config
	proc     osProcess
	ring     *ringReader
	out, err *capture
	filter   *crashFilter

	ctx    context.Context // of the questions its jobs ask; ends with the process
	cancel context.CancelFunc
	ready  chan struct{}  // closed when it has said hello
	dead   chan struct{}  // closed when it has ended and everybody was told
	wg     sync.WaitGroup // every goroutine of this process but the one that waits for it

	memMu  sync.RWMutex // taken last
	shared *shared      // nil once unmapped

	mu      sync.Mutex
	jobs    map[uint64]*job
	last    *job // the last one started: raw output is its
	free    []int
	slotted chan struct{} // closed when a slot is given back
	running int
	ended   bool            // no more jobs
	closing bool            // we want it to end
	over    int64           // resident bytes when the watch killed it
	fault   error           // it wrote what is no frame
	death   *Death          // set before dead is closed
	parting *engine.Parting // what a job has said before it ended the process
	parted  *job            // that job; nil when nothing is known of it any more
	watch   stream.Timer

	cmdMu   sync.Mutex
	cmdWake *sync.Cond
	cmds    [][]byte
	cmdEnd  bool
}

// osProcess is the operating system's part of a process.
type osProcess struct {
	os       *os.Process
	wait     func() (code int, signal string)
	kill     func() // the process alone
	killAll  func() // and what it has started
	commands *os.File
	bell     *os.File
	out, err *os.File
	mem      []byte
}

// watchEvery is how often the memory of a worker with running jobs is looked
// at; without running jobs it is a fifth as often.
const watchEvery = 100 * time.Millisecond

// newProcess takes over a child that was just started.
func newProcess(c *Config, h osProcess) (*process, error) {
	s, err := newShared(h.mem, c.slots)
	var greeting []byte
	if err == nil {
		greeting, err = marshal(hello{
			Version: version, PID: os.Getpid(), Slots: c.slots,
			MemoryLimit: c.MemoryLimit, StackLimit: c.StackLimit,
		})
	}
	if err != nil {
		h.kill()
		h.wait()
		return nil, err
	}
	p := &process{
		c: c, proc: h, shared: s, ring: &ringReader{s: s, bell: h.bell},
		ready: make(chan struct{}), dead: make(chan struct{}), slotted: make(chan struct{}),
		jobs: make(map[uint64]*job),
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.cmdWake = sync.NewCond(&p.cmdMu)
	for i := range c.slots {
		p.free = append(p.free, i)
	}
	p.filter = &crashFilter{clock: c.Clock, pass: func(b []byte) { p.raw(kindStderr, b) }}
	p.out = newCapture(h.out, func(b []byte) { p.raw(kindStdout, b) })
	p.err = newCapture(h.err, p.filter.take)

	p.command(frame{kind: kindHello, payload: greeting})
	events := make(chan struct{})
	p.wg.Go(func() {
		defer close(events)
		p.receive()
	})
	p.wg.Go(p.out.run)
	p.wg.Go(p.err.run)
	p.wg.Go(p.writeCommands)
	go p.reap(events)
	return p, nil
}

// command queues a frame for the worker; it never blocks.
func (p *process) command(f frame) {
	p.cmdMu.Lock()
	defer p.cmdMu.Unlock()
	if !p.cmdEnd {
		p.cmds = append(p.cmds, appendFrame(nil, f))
		p.cmdWake.Signal()
	}
}

func (p *process) writeCommands() {
	p.cmdMu.Lock()
	defer p.cmdMu.Unlock()
	for {
		for len(p.cmds) == 0 && !p.cmdEnd {
			p.cmdWake.Wait()
		}
		if p.cmdEnd {
			return
		}
		cmds := p.cmds
		p.cmds = nil
		p.cmdMu.Unlock()
		_, err := p.proc.commands.Write(slices.Concat(cmds...))
		p.cmdMu.Lock()
		if err != nil {
			return // it is dying; reap says so
		}
	}
}

// receive takes the worker's events until it has ended.
func (p *process) receive() {
	in := newFrameReader(p.ring)
	for {
		f, err := in.next()
		if err == nil {
			err = p.handle(f)
		}
		if err == nil {
			continue
		}
		p.mu.Lock()
		if !p.ring.over {
			p.fault = err
		}
		p.mu.Unlock()
		p.proc.kill()
		return
	}
}

// handle does what one frame says. Frames of a job nobody knows are late ones
// of a job that is gone.
func (p *process) handle(f frame) error {
	if f.kind == kindReady {
		var h hello
		if err := unmarshal(f, &h); err != nil {
			return err
		}
		if h.Version != version {
			return fmt.Errorf("hello: the worker speaks version %d, this kernel %d", h.Version, version)
		}
		select {
		case <-p.ready:
			return fmt.Errorf("%w: a second hello", errFrame)
		default:
			close(p.ready)
		}
		return nil
	}
	p.mu.Lock()
	j := p.jobs[f.job]
	p.mu.Unlock()
	switch f.kind {
	case kindStdout, kindStderr, kindDisplay, kindClear, kindLate, kindAsk:
		e, err := eventOf(f)
		if err != nil {
			return err
		}
		if j != nil {
			j.push(e)
		}
	case kindReport:
		var r engine.Report
		if err := unmarshal(f, &r); err != nil {
			return err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if j != nil && j.report == nil {
			j.report = &r
			p.leave(j)
			close(j.ended)
		}
	case kindReleased:
		p.release(j)
	case kindParting:
		var x engine.Parting
		if err := unmarshal(f, &x); err != nil {
			return err
		}
		p.mu.Lock()
		p.parting, p.parted = &x, j
		p.mu.Unlock()
	default:
		return fmt.Errorf("%w: event %d", errFrame, f.kind)
	}
	return nil
}

// leave takes j from the running ones; mu is held.
func (p *process) leave(j *job) {
	if j.running {
		j.running = false
		p.running--
	}
}

// release gives j's slot back, behind all that are free: it is used again as
// late as can be.
func (p *process) release(j *job) {
	if j == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.jobs[j.id] != j || j.report == nil {
		return
	}
	j.stop()
	delete(p.jobs, j.id)
	p.free = append(p.free, j.slot)
	close(p.slotted)
	p.slotted = make(chan struct{})
}

// addTaken tells the worker that n bytes of a job's events have gone on.
func (p *process) addTaken(slot, n int) {
	if n == 0 {
		return
	}
	p.memMu.RLock()
	defer p.memMu.RUnlock()
	if p.shared != nil {
		atomic.AddUint64(p.shared.taken(slot), uint64(n))
	}
}

// interrupt sets j's word and cancels its context.
func (p *process) interrupt(j *job) {
	j.stop()
	p.mu.Lock()
	p.memMu.RLock()
	if p.shared != nil && p.jobs[j.id] == j {
		atomic.StoreUint32(p.shared.word(j.slot), 1)
		atomic.StoreUint32(p.shared.alarm(), engine.AlarmLook)
	}
	p.memMu.RUnlock()
	p.mu.Unlock()
	p.command(frame{kind: kindCancel, job: j.id})
}

// raw gives bytes from fd 1 or 2 to the job that was started last.
func (p *process) raw(k kind, b []byte) {
	p.mu.Lock()
	j := p.last
	p.mu.Unlock()
	if j != nil {
		j.pushRaw(k, b)
	}
}

// look kills the worker when it uses too much memory, and comes back.
func (p *process) look() {
	n, ok := resident(p.proc.os.Pid)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || !ok {
		p.watch = nil
		return
	}
	if n > p.c.MemoryLimit {
		p.over, p.watch = n, nil
		p.proc.kill()
		return
	}
	switch {
	case p.running > 0:
		p.watch = p.c.Clock.AfterFunc(watchEvery, p.look)
	case len(p.jobs) > 0: // goroutines of cells that are over
		p.watch = p.c.Clock.AfterFunc(5*watchEvery, p.look)
	default:
		p.watch = nil
	}
}
