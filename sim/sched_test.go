package sim

import (
	"errors"
	"testing"

	"runnext/sim/event"
)

// drive runs act for the G that is picked until n calls are made or the
// scheduler ends.
func drive(s *Sched, n int, act func(m *M, g *G)) error {
	for range n {
		m, err := s.Next()
		if err != nil {
			return err
		}
		act(m, m.Curg())
	}
	return nil
}

func boot(t *testing.T, cfg Config) (*Sched, *[]event.Event) {
	t.Helper()
	var log []event.Event
	cfg.Sink = func(e *event.Event) { log = append(log, *e) }
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s, &log
}

// TestBoot is the state read from a real process at the first instruction of
// main.main.
func TestBoot(t *testing.T) {
	for _, tick := range []uint32{4, 5} {
		s, _ := boot(t, Config{BootTick: tick})
		snap := s.Snapshot()
		p := snap.Ps[0]
		if p.Curg != 1 || p.RunNext != 6 || len(p.Ring) != 1 || p.Ring[0] != 5 || p.Tick != tick {
			t.Errorf("main starts with %+v", p)
		}
		m, _ := s.Next()
		if g := s.Go(m, "f", nil); g.ID != 7 {
			t.Errorf("the first go statement makes G%d, want G7", g.ID)
		}
	}
}

// TestSlices measures the slices of four spinning goroutines: sysmon samples,
// so that they are about 20 ms and not 10.
func TestSlices(t *testing.T) {
	s, log := boot(t, Config{})
	m, _ := s.Next()
	for range 3 {
		s.Go(m, "spin", nil)
	}
	if err := drive(s, 4000, func(m *M, _ *G) { s.Charge(m, min(s.Budget(m), 100_000)) }); err != nil {
		t.Fatal(err)
	}
	last, n := int64(0), 0
	for _, e := range *log {
		if e.Kind != event.Preempted {
			continue
		}
		slice := float64(e.Time-last) / 1e6
		// The first slice begins before sysmon's first look, and the second
		// goroutine sat in runnext and inherits what the first has left.
		if n++; n > 2 && (slice < 19 || slice > 21) {
			t.Errorf("slice %d lasts %.2f ms, want about 20", n, slice)
		}
		last = e.Time
	}
	if n < 8 {
		t.Errorf("%d preemptions, want at least 8", n)
	}
}

// TestSyscallHandoff takes the P from an M in a long system call, and leaves a
// short one alone.
func TestSyscallHandoff(t *testing.T) {
	for _, c := range []struct {
		d     int64
		taken bool
	}{{5_000, false}, {30_000_000, true}} {
		s, log := boot(t, Config{})
		m, _ := s.Next()
		s.Go(m, "other", nil)
		s.Syscall(m, c.d)
		back := false
		for i := 0; i < 4000 && !back; i++ {
			m, err := s.Next()
			if err != nil {
				t.Fatal(err)
			}
			if back = m.Curg().ID == 1; !back {
				s.Charge(m, 50_000)
			}
		}
		taken := false
		for _, e := range *log {
			taken = taken || e.Kind == event.Retaken
		}
		if taken != c.taken {
			t.Errorf("a system call of %d ns: P taken %v, want %v", c.d, taken, c.taken)
		}
	}
}

func TestDeadlock(t *testing.T) {
	for _, c := range []struct {
		name, want string
		act        func(s *Sched, m *M)
	}{
		{"nobody sends", "all goroutines are asleep - deadlock!", func(s *Sched, m *M) { s.Recv(m, s.MakeChan(0), true) }},
		{"nil channel", "all goroutines are asleep - deadlock!", func(s *Sched, m *M) { s.Recv(m, nil, true) }},
		{"no cases", "all goroutines are asleep - deadlock!", func(s *Sched, m *M) { s.Select(m, nil, true) }},
		{"main has gone", "no goroutines (main called runtime.Goexit) - deadlock!", func(s *Sched, m *M) { s.Exit(m) }},
		{"a locked G", "all goroutines are asleep - deadlock!", func(s *Sched, m *M) { s.LockOSThread(m); s.Park(m, event.Semacquire) }},
	} {
		s, _ := boot(t, Config{})
		m, _ := s.Next()
		c.act(s, m)
		err := drive(s, 100, func(m *M, g *G) { s.Exit(m) })
		var f *Fatal
		if !errors.As(err, &f) || f.Text != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// TestNoDeadlockWhileWaiting has nothing to run but something to wait for.
func TestNoDeadlockWhileWaiting(t *testing.T) {
	for name, act := range map[string]func(s *Sched, m *M){
		"sleep":   func(s *Sched, m *M) { s.Sleep(m, 5_000_000) },
		"network": func(s *Sched, m *M) { s.NetWait(m, 5_000_000) },
		"call":    func(s *Sched, m *M) { s.Syscall(m, 50_000_000) },
	} {
		s, _ := boot(t, Config{})
		m, _ := s.Next()
		act(s, m)
		m, err := s.Next()
		if err != nil || m.Curg().ID != 1 {
			t.Errorf("%s: %v", name, err)
		} else if m.Now() < 5_000_000 {
			t.Errorf("%s: main is back at %d", name, m.Now())
		}
	}
}

// TestNetpollRounds waits in whole milliseconds, as epoll does: sleepers that
// are due within one of them wake together.
func TestNetpollRounds(t *testing.T) {
	s, log := boot(t, Config{})
	m, _ := s.Next()
	for range 2 {
		s.Go(m, "sleeper", nil)
	}
	s.Park(m, event.Semacquire)
	slept := map[int64]bool{}
	woken := 0
	err := drive(s, 20, func(m *M, g *G) {
		if slept[g.ID] {
			woken++
			s.Exit(m)
			return
		}
		slept[g.ID] = true
		s.Sleep(m, 5_200_000+300_000*g.ID)
	})
	if woken != 2 {
		t.Fatalf("%d sleepers woke: %v", woken, err)
	}
	polls := 0
	for _, e := range *log {
		if e.Kind == event.PollDone {
			polls++
		}
	}
	if polls != 2 {
		t.Errorf("the netpoller returned %d times, want 2: for the whole milliseconds, and for the rest", polls)
	}
}

func TestSelectLosersLeaveTheirQueues(t *testing.T) {
	s, _ := boot(t, Config{Seed: 7})
	m, _ := s.Next()
	a, b := s.MakeChan(0), s.MakeChan(0)
	g := s.Go(m, "sender", nil)
	s.Select(m, []Case{{C: a}, {C: b}}, true)
	m, _ = s.Next()
	if m.Curg() != g {
		t.Fatalf("G%d runs, want the sender", m.Curg().ID)
	}
	s.Send(m, b, Word{N: 9}, true)
	s.Exit(m)
	m, err := s.Next()
	if err != nil {
		t.Fatal(err)
	}
	if main := m.Curg(); main.Index != 1 || main.Got.N != 9 || !main.Ok {
		t.Errorf("the select took case %d with %d, %v", main.Index, main.Got.N, main.Ok)
	}
	if a.recvq.first != nil || b.recvq.first != nil {
		t.Error("the select has left itself in a queue")
	}
}

func TestStackGrows(t *testing.T) {
	s, log := boot(t, Config{})
	m, _ := s.Next()
	g := m.Curg()
	for range 100 {
		if !s.Call(m, 200) {
			t.Fatal("stack overflow after 20 KB")
		}
		if g.SP() < g.stack.Lo || g.SP() > g.stack.Hi {
			t.Fatalf("sp %#x is outside the stack %#x to %#x", g.SP(), g.stack.Lo, g.stack.Hi)
		}
	}
	var sizes []int64
	for _, e := range *log {
		if e.Kind == event.StackGrown {
			sizes = append(sizes, e.N)
		}
	}
	for i, n := range sizes {
		if n != 4096<<i {
			t.Errorf("growth %d is to %d bytes, want %d", i, n, 4096<<i)
		}
	}
	if len(sizes) != 4 {
		t.Errorf("20 KB of frames need %d growths, want 4", len(sizes))
	}
	for s.Call(m, 1<<20) {
	}
	if g.stack.Hi-g.stack.Lo > stackMax {
		t.Errorf("the stack has %d bytes", g.stack.Hi-g.stack.Lo)
	}
}
