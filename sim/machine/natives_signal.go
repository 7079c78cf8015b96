package machine

import (
	"go/types"
	"syscall"

	"runnext/sim/event"
	"runnext/sim/machine/interp"
)

// signals are the process's: what package os/signal asks of the runtime. None
// comes from outside; a program can send them to itself with syscall.Kill.
type signals struct {
	wanted, ignored [numSignals]bool
	queue           []uint32
	sema            uint32
}

const numSignals = 65

// signalNatives are the runtime's side of package os/signal, whose source runs
// as it is, its goroutine included.
// go1.26.8 runtime/sigqueue.go:130 signal_recv
func signalNatives(h *host) map[string]native {
	s := &signals{}
	h.signals = s
	set := func(wanted, ignored bool) native {
		return func(t *thread, a []value) status {
			if n := a[0].N; n < numSignals {
				s.wanted[n], s.ignored[n] = wanted, ignored
			}
			return t.Return()
		}
	}
	next := func(t *thread) status {
		n := s.queue[0]
		s.queue = s.queue[1:]
		return t.Return(value{N: uint64(n)})
	}
	return map[string]native{
		"os/signal.signal_enable":  set(true, false),
		"os/signal.signal_disable": set(false, false),
		"os/signal.signal_ignore":  set(false, true),
		"os/signal.signal_ignored": func(t *thread, a []value) status {
			return t.Return(interp.Bool(a[0].N < numSignals && s.ignored[a[0].N]))
		},
		"os/signal.signalWaitUntilIdle": ret(),
		"os/signal.signal_recv": func(t *thread, _ []value) status {
			if h.s.SemAcquire(h.sync(t), &s.sema, false, event.Semacquire) {
				return t.Await(next)
			}
			return next(t)
		},
		"syscall.Kill":            func(t *thread, a []value) status { return h.kill(t, s, a[0].Int(), a[1].Int()) },
		"syscall.Getpid":          ret(interp.Int(pid)),
		"(syscall.Signal).String": func(t *thread, a []value) status { return t.Return(interp.String(syscall.Signal(a[0].N).String())) },
		"(syscall.Signal).Signal": ret(),
		"(syscall.Errno).Error":   func(t *thread, a []value) status { return t.Return(interp.String(syscall.Errno(a[0].N).Error())) },
	}
}

// pid is the number of the simulated process.
const pid = 1

// kill sends a signal to the process itself; there is no other.
func (h *host) kill(t *thread, s *signals, to, sig int64) status {
	m := h.sync(t)
	h.s.ShortCall(m)
	switch {
	case to != pid:
		return t.Return(h.errno(syscall.ESRCH))
	case sig < 0 || sig >= numSignals:
		return t.Return(h.errno(syscall.EINVAL))
	case sig == 0 || s.ignored[sig]:
	case s.wanted[sig] && sig != int64(syscall.SIGKILL) && sig != sigStop:
		s.queue = append(s.queue, uint32(sig))
		h.s.SemRelease(m, &s.sema, false)
	case !harmless(syscall.Signal(sig)):
		h.exit(128 + int(sig))
		return interp.Ended
	}
	return t.Return(value{})
}

// errno is an error of the system.
func (h *host) errno(e syscall.Errno) value {
	if t := h.systemType("Errno"); t != nil {
		return h.vm.Box(t, value{N: uint64(e)})
	}
	return value{}
}

func (h *host) systemType(name string) *interp.Type {
	p := h.vm.Prog.ImportedPackage("syscall")
	if p == nil {
		return nil
	}
	o, ok := p.Pkg.Scope().Lookup(name).(*types.TypeName)
	if !ok {
		return nil
	}
	return h.vm.TypeOf(o.Type())
}

// signalVar is os.Interrupt or os.Kill.
func (h *host) signalVar(s syscall.Signal) value {
	if t := h.systemType("Signal"); t != nil {
		return h.vm.Box(t, value{N: uint64(s)})
	}
	return value{}
}
