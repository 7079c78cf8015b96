package session

import (
	"sync"
	"time"

	"runnext/kernel/engine"
	"runnext/kernel/stream"
)

// frame is the shortest time between two updates of one display where
// jupyter_server listens, which drops what comes faster.
const frame = 50 * time.Millisecond

// pacer lets at most one update through per display id and frame; of those in
// between the latest is kept, and none is kept beyond the end of its cell.
type pacer struct {
	clock stream.Clock
	off   bool // everything passes at once
	send  func(*execution, engine.Display)

	mu       sync.Mutex
	displays map[string]*paced // those updated within the last frame
	timers   sync.WaitGroup
	closed   bool
}

// paced is one display id. sending is held from the choice of what is sent to
// its end, so that an older state never follows a newer one.
type paced struct {
	sending sync.Mutex
	// Guarded by pacer.mu:
	held   bool
	timer  stream.Timer // ends the frame
	cell   *execution
	latest engine.Display
}

func newPacer(clock stream.Clock, off bool, send func(*execution, engine.Display)) *pacer {
	return &pacer{clock: clock, off: off, send: send, displays: make(map[string]*paced)}
}

// display publishes d or keeps it for the end of the frame.
func (p *pacer) display(x *execution, d engine.Display) {
	if p.off || d.ID == "" {
		p.send(x, d)
		return
	}
	p.mu.Lock()
	one := p.displays[d.ID]
	switch {
	case !d.Update:
		// A new display makes an update that is still held an old one.
		if one != nil {
			one.held = false
		}
	case one == nil && !p.closed:
		one = &paced{cell: x}
		p.displays[d.ID] = one
		p.arm(d.ID, one)
	case one != nil:
		one.held, one.cell, one.latest = true, x, d
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	if one != nil {
		one.sending.Lock()
		defer one.sending.Unlock()
	}
	p.send(x, d)
}

// arm begins a frame. p.mu is held.
func (p *pacer) arm(id string, one *paced) {
	p.timers.Add(1)
	one.timer = p.clock.AfterFunc(frame, func() {
		defer p.timers.Done()
		p.mu.Lock()
		if !one.held || p.closed {
			delete(p.displays, id)
			p.mu.Unlock()
			return
		}
		p.arm(id, one)
		p.mu.Unlock()
		p.release(one)
	})
}

// release publishes what is held for one display.
func (p *pacer) release(one *paced) {
	one.sending.Lock()
	defer one.sending.Unlock()
	p.mu.Lock()
	held, x, d := one.held, one.cell, one.latest
	one.held = false
	p.mu.Unlock()
	if held {
		p.send(x, d)
	}
}

// flush publishes what is held for the displays of x, and waits for whoever is
// just publishing one of them.
func (p *pacer) flush(x *execution) {
	p.mu.Lock()
	var mine []*paced
	for _, one := range p.displays {
		if one.cell == x {
			mine = append(mine, one)
		}
	}
	p.mu.Unlock()
	for _, one := range mine {
		p.release(one)
	}
}

// close publishes all that is held and waits for the frames that have begun
// to end. From then on everything passes at once.
func (p *pacer) close() {
	p.mu.Lock()
	p.closed = true
	var all []*paced
	for id, one := range p.displays {
		if one.timer.Stop() {
			delete(p.displays, id)
			p.timers.Done()
		}
		all = append(all, one)
	}
	p.mu.Unlock()
	for _, one := range all {
		p.release(one)
	}
	p.timers.Wait()
}
