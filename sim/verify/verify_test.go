package verify_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"runnext/sim"
	"runnext/sim/event"
	"runnext/sim/verify"
)

const calls = 3000

func TestRandomRunsHold(t *testing.T) {
	for _, procs := range []int{1, 2, 3, 4, 8} {
		t.Run(fmt.Sprintf("P=%d", procs), func(t *testing.T) {
			for seed := range uint64(12) {
				log, err := play(seed, procs, calls, sim.Faults{})
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range verify.Check(log) {
					t.Fatalf("seed %d: %v", seed, v)
				}
			}
		})
	}
}

// TestFaultsAreNoticed breaks the scheduler in one way after the other; a judge
// that lets one of them pass is no judge.
func TestFaultsAreNoticed(t *testing.T) {
	for _, f := range []struct {
		name   string
		faults sim.Faults
	}{
		{"no runnext", sim.Faults{NoRunNext: true}},
		{"ring is a stack", sim.Faults{LIFO: true}},
		{"ready to the tail", sim.Faults{ReadyTail: true}},
		{"no rule of 61", sim.Faults{No61: true}},
		{"close in order", sim.Faults{CloseFIFO: true}},
		{"overflow of one", sim.Faults{OverflowOne: true}},
		{"yield to the head", sim.Faults{GlobalHead: true}},
		{"yield to the ring", sim.Faults{YieldLocal: true}},
		{"tick always", sim.Faults{TickAlways: true}},
		{"no inheritance", sim.Faults{NoInherit: true}},
		{"kicked and lost", sim.Faults{LoseKicked: true}},
		{"last waiter first", sim.Faults{WaitLIFO: true}},
		{"work wakes nobody", sim.Faults{NoWake: true}},
		{"work wakes too many", sim.Faults{WakeMany: true}},
		{"all is stolen", sim.Faults{StealAll: true}},
		{"runnext is stolen early", sim.Faults{NextEarly: true}},
		{"runnext is stolen at once", sim.Faults{NoGrace: true}},
		{"P is taken at once", sim.Faults{RetakeAtOnce: true}},
		{"every P marks", sim.Faults{ManyWorkers: true}},
		{"an assist is forgotten", sim.Faults{LoseAssist: true}},
		{"a P does not stop", sim.Faults{RunStopped: true}},
	} {
		t.Run(f.name, func(t *testing.T) {
			for seed := range uint64(20) {
				// Some show on one P, some only where there are others.
				for i, play := range []func(uint64, int, int, sim.Faults) (*event.Log, error){play, play, playFew, playCollect, playCollect} {
					log, err := play(seed, []int{1, 4, 4, 1, 4}[i], calls, f.faults)
					if err != nil {
						t.Fatal(err)
					}
					if v := verify.Check(log); len(v) > 0 {
						t.Logf("seed %d: %v", seed, v[0])
						return
					}
				}
			}
			t.Error("no log of 100 is objected to")
		})
	}
}

func TestSameSeedSameHash(t *testing.T) {
	for _, procs := range []int{1, 4} {
		a, err := play(3, procs, calls, sim.Faults{})
		if err != nil {
			t.Fatal(err)
		}
		b, _ := play(3, procs, calls, sim.Faults{})
		c, _ := play(4, procs, calls, sim.Faults{})
		if a.Hash != b.Hash {
			t.Errorf("P=%d: one seed gives the hashes %x and %x", procs, a.Hash, b.Hash)
		}
		if a.Hash == c.Hash {
			t.Errorf("P=%d: two seeds give one hash", procs)
		}
	}
}

// TestTextParsesBack writes a log with all kinds of events and reads it.
func TestTextParsesBack(t *testing.T) {
	log, err := play(5, 4, calls, sim.Faults{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := log.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	back, err := event.Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	if back.Hash != log.Hash || back.Total != log.Total {
		t.Fatalf("hash %x of %d events, read back %x of %d", log.Hash, log.Total, back.Hash, back.Total)
	}
	for i := range log.Events {
		if g, w := back.Events[i].String(), log.Events[i].String(); g != w {
			t.Fatalf("event %d: %s, read back %s", i, w, g)
		}
	}
}

// TestForgedLogs changes single events of a good log.
func TestForgedLogs(t *testing.T) {
	for _, f := range []struct {
		name  string
		forge func(l *event.Log)
		want  string
	}{
		{"a G starts twice", func(l *event.Log) {
			i := find(l, event.Started)
			l.Events = append(l.Events[:i+1:i+1], l.Events[i:]...)
		}, "running"},
		{"a tick too many", func(l *event.Log) { l.Events[find(l, event.Started)].N++ }, "schedtick"},
		{"a clock runs backwards", func(l *event.Log) { l.Events[find(l, event.Parked)].Time = -1 }, "backwards"},
		{"a move is lost", func(l *event.Log) {
			i := find(l, event.Moved)
			l.Events = append(l.Events[:i:i], l.Events[i+1:]...)
		}, ""},
		{"a deadlock that is none", func(l *event.Log) {
			l.Events = append(l.Events[:3:3], event.New(event.Fatal, event.CheckdeadRule, l.Events[2].Time))
		}, "deadlock"},
	} {
		t.Run(f.name, func(t *testing.T) {
			log, err := play(2, 1, 200, sim.Faults{})
			if err != nil {
				t.Fatal(err)
			}
			f.forge(log)
			got := verify.Check(log)
			if len(got) == 0 {
				t.Fatal("nothing is objected to")
			}
			if !strings.Contains(got[0].Error(), f.want) {
				t.Errorf("the first objection is %v, want one about %q", got[0], f.want)
			}
		})
	}
}

func find(l *event.Log, k event.Kind) int {
	for i := range l.Events {
		if l.Events[i].Kind == k {
			return i
		}
	}
	return -1
}
