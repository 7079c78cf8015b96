package worker

import (
	"context"
	"fmt"
	"time"
)

// reap waits for the end of the process, lets everything it has written be
// taken, and tells its jobs.
func (p *process) reap(events <-chan struct{}) {
	code, signal := p.proc.wait()
	p.proc.bell.SetReadDeadline(time.Unix(1, 0)) // receive takes the rest and returns
	<-events
	p.out.drain()
	p.err.drain()
	text := p.filter.close()
	p.mu.Lock()
	d := &Death{ExitCode: code, Signal: signal, Text: string(text)}
	switch {
	case p.over > 0:
		d.Cause, d.Memory, d.Limit = CauseOutOfMemory, p.over, p.c.MemoryLimit
	case p.fault != nil:
		d.Cause, d.Text = CauseFatal, fmt.Sprintf("fatal error: the worker's answer was unreadable: %v", p.fault)
	}
	d.judge()
	d.locate()
	heir := p.last // who is told when no job is running
	if p.parting != nil && d.Cause == CauseExit {
		d.Parting = *p.parting
		if p.parted != nil {
			heir = p.parted
		}
	}
	if d.Cause == CauseExit && len(text) > 0 && p.last != nil {
		last := p.last // it looked like a crash and was none
		p.mu.Unlock()
		last.pushRaw(kindStderr, text)
		p.mu.Lock()
		d.Text = ""
	}
	p.death, p.ended = d, true
	told := false
	for _, j := range p.jobs {
		if j.running {
			j.death, told = d, true
			p.leave(j)
			close(j.ended)
		}
	}
	if !told && !p.closing && heir != nil {
		heir.push(event{kind: kindLate, do: func(j *job) { j.out.Late(d.Failure()) }})
	}
	if p.watch != nil {
		p.watch.Stop()
	}
	p.mu.Unlock()
	p.cancel()
	p.cmdMu.Lock()
	p.cmdEnd = true
	p.cmdWake.Signal()
	p.cmdMu.Unlock()
	p.proc.commands.Close()
	p.proc.out.Close()
	p.proc.err.Close()
	p.proc.bell.Close()
	p.memMu.Lock()
	mem := p.shared.mem
	p.shared = nil
	p.memMu.Unlock()
	unmapShared(mem)
	close(p.dead)
}

// end makes the process end, drops what its jobs have not delivered, and waits
// for all goroutines.
func (p *process) end() {
	p.mu.Lock()
	p.closing, p.ended = true, true
	p.mu.Unlock()
	p.mute()
	p.proc.killAll()
	<-p.dead
	p.wg.Wait()
}

// bury waits for the last deliveries of a process that has ended; when ctx
// ends it drops them.
func (p *process) bury(ctx context.Context) {
	<-p.dead
	stop := context.AfterFunc(ctx, p.mute)
	defer stop()
	p.wg.Wait()
}

// hasEnded reports whether the process takes no more jobs.
func (p *process) hasEnded() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

func (p *process) mute() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, j := range p.jobs {
		j.mute()
	}
	if p.last != nil {
		p.last.mute()
	}
}
