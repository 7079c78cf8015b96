package verify_test

import (
	"errors"
	"math/rand/v2"

	"runnext/sim"
	"runnext/sim/event"
)

// randomHost runs goroutines that do random things to the scheduler: it
// reaches states that no written scene does.
type randomHost struct {
	s      *sim.Sched
	r      *rand.Rand
	chans  []*sim.Chan
	semas  [3]uint32
	log    event.Log
	live   int
	resize bool // change the number of Ps now and then
	few    bool // goroutines, so that Ps are idle and thieves find little
	memory bool // they allocate, and collect
	cpus   int  // processors that the threads share
}

// play runs at most steps calls and returns the log.
func play(seed uint64, procs, steps int, faults sim.Faults) (*event.Log, error) {
	h := &randomHost{r: rand.New(rand.NewPCG(seed, 7))}
	return h.play(seed, procs, steps, faults)
}

// playFew plays with few goroutines.
func playFew(seed uint64, procs, steps int, faults sim.Faults) (*event.Log, error) {
	h := &randomHost{r: rand.New(rand.NewPCG(seed, 11)), few: true}
	return h.play(seed, procs, steps, faults)
}

// playResize changes the number of Ps while it runs.
func playResize(seed uint64, procs, steps int, faults sim.Faults) (*event.Log, error) {
	h := &randomHost{r: rand.New(rand.NewPCG(seed, 13)), resize: true, few: seed%2 == 0}
	return h.play(seed, procs, steps, faults)
}

// playCollect plays with goroutines that allocate, so that there are
// collections.
func playCollect(seed uint64, procs, steps int, faults sim.Faults) (*event.Log, error) {
	h := &randomHost{r: rand.New(rand.NewPCG(seed, 17)), memory: true, few: seed%2 == 0, resize: seed%3 == 0}
	return h.play(seed, procs, steps, faults)
}

// playShared plays on few processors.
func playShared(seed uint64, procs, steps int, faults sim.Faults) (*event.Log, error) {
	h := &randomHost{r: rand.New(rand.NewPCG(seed, 19)), cpus: 1 + int(seed/8%4), memory: seed%3 == 0, few: true, resize: seed%5 == 0}
	return h.play(seed, procs, steps, faults)
}

func (h *randomHost) play(seed uint64, procs, steps int, faults sim.Faults) (*event.Log, error) {
	s, err := sim.New(sim.Config{P: procs, CPUs: h.cpus, Seed: seed, BootTick: 4 + uint32(seed%2),
		Faults: faults, Sink: func(e *event.Event) { h.log.Add(*e) }})
	if err != nil {
		return nil, err
	}
	h.s = s
	h.log.Start = s.Snapshot()
	for i := range 4 {
		h.chans = append(h.chans, s.MakeChan(i%3))
	}
	for range steps {
		m, err := s.Next()
		for errors.Is(err, sim.ErrLater) {
			m, err = s.Next()
		}
		var dead *sim.Fatal
		if errors.As(err, &dead) || faults != (sim.Faults{}) && err != nil {
			break
		}
		if err != nil {
			return nil, err
		}
		h.act(m)
	}
	return &h.log, nil
}

func (h *randomHost) act(m *sim.M) {
	s, g := h.s, m.Curg()
	if h.few {
		// It keeps to its budget, as a good host does: no M sees what another
		// will do later.
		s.Charge(m, min(s.Budget(m), int64(h.r.IntN(200_000))))
	} else {
		s.Charge(m, int64(h.r.IntN(2000)))
	}
	if h.memory {
		switch h.r.IntN(60) {
		case 0:
			s.GC(m)
			return
		case 1:
			s.SetGCPercent(m, int64(h.r.IntN(200)))
			return
		}
		defer func() {
			n := int64(h.r.IntN(100_000))
			if h.r.IntN(8) == 0 {
				n *= 40
			}
			s.Allocated(m, g, n, n/2)
		}()
	}
	c := h.chans[h.r.IntN(len(h.chans))]
	switch n := h.r.IntN(100); {
	case h.resize && h.r.IntN(40) == 0:
		if k := 1 + h.r.IntN(6); k != s.Procs() {
			s.SetProcs(m, k)
		}
	case n < 22 && h.few:
		if h.live < 2*s.Procs() {
			s.Go(m, "f", nil)
			h.live++
		}
	case n < 22 && h.live < 600:
		for range 1 + h.r.IntN(4)*h.r.IntN(3)*h.r.IntN(30) {
			s.Go(m, "f", nil)
			h.live++
		}
	case n < 34:
		s.Recv(m, c, h.r.IntN(4) > 0)
	case n < 46:
		s.Send(m, c, sim.Word{N: 1}, h.r.IntN(4) > 0)
	case n < 52:
		s.Select(m, []sim.Case{{C: c}, {C: h.chans[0], Send: true}, {C: h.chans[1]}}, h.r.IntN(3) > 0)
	case n < 60:
		s.Gosched(m)
	case n < 66:
		s.Sleep(m, int64(h.r.IntN(3_000_000)))
	case n < 70:
		s.SemAcquire(m, &h.semas[h.r.IntN(3)], h.r.IntN(2) == 0, event.MutexLock)
	case n < 76:
		s.SemRelease(m, &h.semas[h.r.IntN(3)], h.r.IntN(2) == 0)
	case n < 80:
		s.Syscall(m, int64(h.r.IntN(30_000_000)))
	case n < 82:
		s.NetWait(m, int64(h.r.IntN(5_000_000)))
	case n < 84:
		d := int64(h.r.IntN(60_000_000))
		if h.cpus > 0 { // the timer interrupt comes into it
			d = min(d, s.Budget(m))
		}
		s.Charge(m, d)
	case n < 86:
		i := h.r.IntN(len(h.chans))
		if s.Close(m, h.chans[i]) == "" {
			h.chans[i] = s.MakeChan(h.r.IntN(3))
		}
	case n < 87:
		s.LockOSThread(m)
	case n < 89:
		s.UnlockOSThread(m)
	case g.ID != 1:
		s.Exit(m)
		h.live--
	}
}
