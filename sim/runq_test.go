package sim

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"runnext/sim/event"
)

// queueModel is what the queues of one P and the global queue should hold.
type queueModel struct {
	next   int64
	ring   []int64
	global []int64
}

func (q *queueModel) put(g int64, next bool) {
	if next {
		q.next, g = g, q.next
		if g == 0 {
			return
		}
	}
	if len(q.ring) < ringSize {
		q.ring = append(q.ring, g)
		return
	}
	q.global = append(append(q.global, q.ring[:ringSize/2]...), g)
	q.ring = slices.Clone(q.ring[ringSize/2:])
}

func (q *queueModel) get() (int64, bool) {
	if g := q.next; g != 0 {
		q.next = 0
		return g, true
	}
	if len(q.ring) == 0 {
		return 0, false
	}
	g := q.ring[0]
	q.ring = q.ring[1:]
	return g, false
}

func bare(t interface{ Fatal(...any) }, procs int) (*Sched, *M) {
	s, err := New(Config{P: procs})
	if err != nil {
		t.Fatal(err)
	}
	m := s.allm[0]
	for g, _ := s.runqget(m.p); g != nil; g, _ = s.runqget(m.p) {
		g.status, g.reason = event.Waiting, g.system
	}
	return s, m
}

// TestQueuesAgainstModel puts, takes and fetches at random and compares every
// queue with a model after each step.
func TestQueuesAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, m := bare(t, 1)
		p, model, id := m.p, &queueModel{}, int64(100)
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				next := rapid.Bool().Draw(t, "next")
				for range rapid.SampledFrom([]int{1, 2, 130, 300}).Draw(t, "n") {
					id++
					s.runqput(m, p, &G{ID: id}, next, event.NewProc)
					model.put(id, next)
				}
			},
			"get": func(t *rapid.T) {
				g, inherit := s.runqget(p)
				want, wantInherit := model.get()
				got := int64(0)
				if g != nil {
					got = g.ID
				}
				if got != want || inherit != wantInherit {
					t.Fatalf("runqget gives G%d, %v; want G%d, %v", got, inherit, want, wantInherit)
				}
			},
			"batch": func(t *rapid.T) {
				if p.tail != p.head {
					return // the runtime fetches only with an empty ring
				}
				n := min(ringSize/2, len(model.global))
				g := s.globrunqgetbatch(m, p, ringSize/2)
				if n == 0 {
					if g != nil {
						t.Fatalf("an empty global queue gives G%d", g.ID)
					}
					return
				}
				if g.ID != model.global[0] {
					t.Fatalf("the batch begins with G%d, want G%d", g.ID, model.global[0])
				}
				model.ring = append(model.ring, model.global[1:n]...)
				model.global = model.global[n:]
			},
			"": func(t *rapid.T) {
				next := int64(0)
				if p.runnext != nil {
					next = p.runnext.ID
				}
				if next != model.next || !slices.Equal(p.ringIDs(), model.ring) || !slices.Equal(s.runq.ids(), model.global) {
					t.Fatalf("runnext %d ring %v global %v, want %+v", next, p.ringIDs(), s.runq.ids(), model)
				}
			},
		})
	})
}

// TestOverflow is the boundary measured on the real runtime: with the two
// system goroutines in the queues, the 256th go statement overflows the ring.
func TestOverflow(t *testing.T) {
	for _, c := range []struct{ spawn, global int }{{255, 0}, {256, 129}} {
		s, err := New(Config{})
		if err != nil {
			t.Fatal(err)
		}
		m, err := s.Next()
		if err != nil {
			t.Fatal(err)
		}
		for range c.spawn {
			s.Go(m, "f", nil)
		}
		if got := len(s.Snapshot().Global); got != c.global {
			t.Errorf("%d go statements leave %d in the global queue, want %d", c.spawn, got, c.global)
		}
	}
}

// TestStealHalf takes half of a ring, rounded up, and runs the last one taken.
func TestStealHalf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, m := bare(t, 2)
		n := rapid.IntRange(0, ringSize).Draw(t, "n")
		victim := s.allp[1]
		var all []int64
		for i := range n {
			s.runqput(m, victim, &G{ID: int64(i + 1)}, false, event.RingTail)
			all = append(all, int64(i+1))
		}
		g := s.runqsteal(m, m.p, victim, false)
		take := n - n/2
		if n == 0 {
			if g != nil {
				t.Fatalf("nothing to steal gives G%d", g.ID)
			}
			return
		}
		if g.ID != all[take-1] || !slices.Equal(m.p.ringIDs(), all[:take-1]) || !slices.Equal(victim.ringIDs(), all[take:]) {
			t.Fatalf("of %d the thief runs G%d, keeps %v and leaves %v", n, g.ID, m.p.ringIDs(), victim.ringIDs())
		}
	})
}

// TestStealOrder visits each P once from any start.
func TestStealOrder(t *testing.T) {
	var o stealOrder
	for n := uint32(1); n <= 40; n++ {
		o.reset(n)
		for i := range uint32(200) {
			seen := map[uint32]bool{}
			o.visit(i*7919, func(p uint32) bool { seen[p] = true; return true })
			if len(seen) != int(n) {
				t.Fatalf("of %d Ps %d are visited from %d", n, len(seen), i)
			}
		}
	}
}
