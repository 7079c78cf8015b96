package socket

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func numbered(n uint64, size int) item {
	return item{frames: [][]byte{binary.BigEndian.AppendUint64(nil, n), make([]byte, size)}}
}

// TestQueueModel holds the queue against a plain list: order is kept, nothing
// is lost before kill, and the bound is passed by one item alone, or by force.
func TestQueueModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 2000).Draw(t, "limit")
		q := newQueue(limit)
		var model, taken []item
		var spare []item
		bytes, next := 0, uint64(0)
		closed, dead := false, false
		weigh := func(items []item) (n int) {
			for _, it := range items {
				n += it.cost()
			}
			return n
		}
		put := func(force bool) {
			next++
			it := numbered(next, rapid.IntRange(0, 1500).Draw(t, "size"))
			if force {
				q.force(it)
			} else {
				full, err := q.offer(it)
				switch {
				case dead && !errors.Is(err, ErrUnknownPeer), !dead && closed && !errors.Is(err, ErrClosed), !dead && !closed && err != nil:
					t.Fatalf("offer: %v (dead %v, closed %v)", err, dead, closed)
				case err == nil && full != (bytes > 0 && bytes+it.cost() > limit):
					t.Fatalf("full %v with %d+%d of %d", full, bytes, it.cost(), limit)
				}
				force = !full
			}
			if force && !closed && !dead {
				model = append(model, it)
				bytes += it.cost()
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"offer": func(*rapid.T) { put(false) },
			"force": func(*rapid.T) { put(true) },
			"take": func(t *rapid.T) {
				if len(taken) > 0 {
					t.Skip("the last batch is not sent")
				}
				items, last := q.take(spare)
				if last != (closed || dead) || len(items) != len(model) {
					t.Fatalf("%d items of %d, last %v", len(items), len(model), last)
				}
				for i, it := range items {
					if &it.frames[0][0] != &model[i].frames[0][0] {
						t.Fatalf("item %d is another", i)
					}
				}
				taken, model, spare = append(taken, items...), nil, items
			},
			"send": func(t *rapid.T) {
				if len(taken) == 0 || dead {
					t.Skip("nothing taken")
				}
				q.release(taken[0].cost())
				bytes -= taken[0].cost()
				taken = taken[1:]
			},
			"close": func(*rapid.T) { q.close(); closed = true },
			"kill": func(t *rapid.T) {
				if lost := q.kill(); lost != (!dead && bytes > 0) {
					t.Fatalf("lost %v with %d bytes", lost, bytes)
				}
				dead, model, taken = true, nil, nil
			},
			"": func(t *rapid.T) {
				if !dead && (q.bytes != bytes || weigh(model)+weigh(taken) != bytes) {
					t.Fatalf("%d bytes, model %d", q.bytes, bytes)
				}
			},
		})
	})
}

// TestQueueBackPressure has producers that wait for room: each one's items
// come in its order and all come.
func TestQueueBackPressure(t *testing.T) {
	noLeaks(t)
	ctx := testContext(t)
	q := newQueue(1000)
	const producers, each = 4, 500
	var producing sync.WaitGroup
	for p := range producers {
		producing.Go(func() {
			for i := range each {
				if err := q.put(ctx, numbered(uint64(p)<<32|uint64(i), i%300)); err != nil {
					t.Error(err)
				}
			}
			if err := q.settle(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	go func() {
		producing.Wait()
		q.close()
	}()
	var next [producers]uint64
	total := 0
	var items []item
	for {
		var last bool
		items, last = q.take(items)
		for _, it := range items {
			n := binary.BigEndian.Uint64(it.frames[0])
			if p := n >> 32; n&0xFFFFFFFF != next[p] {
				t.Fatalf("producer %d: %d instead of %d", p, n&0xFFFFFFFF, next[p])
			}
			next[n>>32]++
			total++
			q.release(it.cost())
		}
		if len(items) > 0 {
			continue
		}
		if last {
			break
		}
		<-q.ready
	}
	if total != producers*each {
		t.Errorf("%d items", total)
	}
}

// TestQueueLetsGo ends those who wait for room.
func TestQueueLetsGo(t *testing.T) {
	why := errors.New("enough")
	for _, tt := range []struct {
		name string
		end  func(q *queue, cancel context.CancelCauseFunc)
		want error
	}{
		{"kill", func(q *queue, _ context.CancelCauseFunc) { q.kill() }, ErrUnknownPeer},
		{"close", func(q *queue, _ context.CancelCauseFunc) { q.close() }, ErrClosed},
		{"context", func(_ *queue, cancel context.CancelCauseFunc) { cancel(why) }, why},
		{"room", func(q *queue, _ context.CancelCauseFunc) { q.release(numbered(0, 100).cost()) }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			noLeaks(t)
			q := newQueue(100)
			if err := q.put(context.Background(), numbered(0, 100)); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancelCause(testContext(t))
			defer cancel(nil)
			got := make(chan error, 1)
			go func() { got <- q.put(ctx, numbered(1, 0)) }()
			eventually(t, "a producer that waits", func() bool { return q.waiters() == 1 })
			tt.end(q, cancel)
			if err := <-got; !errors.Is(err, tt.want) {
				t.Errorf("%v", err)
			}
		})
	}
}
