package sim

// timerArity is the fan-out of the timer heap.
// go1.26.8 runtime/time.go:1343 timerHeapN
const timerArity = 4

// timerWhen is a heap entry. Its when lags behind the timer's while the timer
// is marked as modified.
// go1.26.8 runtime/time.go:162 timerWhen
type timerWhen struct {
	t    *Timer
	when int64
}

// timers is the heap of one P.
// go1.26.8 runtime/time.go:131 timers struct
type timers struct {
	heap        []timerWhen
	zombies     int
	minHeap     int64 // when of heap[0], 0 for an empty heap
	minModified int64 // earliest when of a modified timer, 0 for none
}

// go1.26.8 runtime/time.go:1355 siftUp
func (ts *timers) siftUp(i int) {
	heap := ts.heap
	tw := heap[i]
	for i > 0 {
		p := (i - 1) / timerArity
		if tw.when >= heap[p].when {
			break
		}
		heap[i] = heap[p]
		i = p
	}
	heap[i] = tw
}

// go1.26.8 runtime/time.go:1379 siftDown
func (ts *timers) siftDown(i int) {
	heap := ts.heap
	n := len(heap)
	tw := heap[i]
	for {
		left := i*timerArity + 1
		if left >= n {
			break
		}
		w, c := tw.when, -1
		for j := left; j < min(left+timerArity, n); j++ {
			if heap[j].when < w {
				w, c = heap[j].when, j
			}
		}
		if c < 0 {
			break
		}
		heap[i] = heap[c]
		i = c
	}
	heap[i] = tw
}

// go1.26.8 runtime/time.go:1418 initHeap
func (ts *timers) initHeap() {
	if len(ts.heap) <= 1 {
		return
	}
	for i := (len(ts.heap) - 2) / timerArity; i >= 0; i-- {
		ts.siftDown(i)
	}
}

// go1.26.8 runtime/time.go:450 addHeap
func (ts *timers) addHeap(t *Timer) {
	t.ts = ts
	ts.heap = append(ts.heap, timerWhen{t, t.when})
	ts.siftUp(len(ts.heap) - 1)
	if t == ts.heap[0].t {
		ts.updateMinHeap()
	}
}

// go1.26.8 runtime/time.go:545 deleteMin
func (ts *timers) deleteMin() {
	ts.heap[0].t.ts = nil
	last := len(ts.heap) - 1
	ts.heap[0] = ts.heap[last]
	ts.heap[last] = timerWhen{}
	ts.heap = ts.heap[:last]
	if last > 0 {
		ts.siftDown(0)
	}
	ts.updateMinHeap()
	if last == 0 {
		ts.minModified = 0
	}
}

// cleanHead drops stopped timers from the end and the top of the heap.
// go1.26.8 runtime/time.go:770 cleanHead
func (ts *timers) cleanHead() {
	for len(ts.heap) > 0 {
		n := len(ts.heap)
		if t := ts.heap[n-1].t; t.zombie {
			t.heaped, t.zombie, t.modified = false, false, false
			t.ts = nil
			ts.zombies--
			ts.heap[n-1] = timerWhen{}
			ts.heap = ts.heap[:n-1]
			continue
		}
		if !ts.heap[0].t.updateHeap() {
			return
		}
	}
}

// adjust puts modified timers in their place and drops stopped ones, when a
// modified one is due or when forced.
// go1.26.8 runtime/time.go:861 adjust
func (ts *timers) adjust(now int64, force bool) {
	if !force && (ts.minModified == 0 || ts.minModified > now) {
		return
	}
	ts.minHeap = ts.wakeTime()
	ts.minModified = 0
	changed := false
	for i := 0; i < len(ts.heap); i++ {
		tw := &ts.heap[i]
		t := tw.t
		switch {
		case t.zombie:
			ts.zombies--
			t.heaped, t.zombie, t.modified = false, false, false
			n := len(ts.heap)
			ts.heap[i] = ts.heap[n-1]
			ts.heap[n-1] = timerWhen{}
			ts.heap = ts.heap[:n-1]
			t.ts = nil
			i--
			changed = true
		case t.modified:
			tw.when = t.when
			t.modified = false
			changed = true
		}
	}
	if changed {
		ts.initHeap()
	}
	ts.updateMinHeap()
}

// wakeTime is when the next timer is due, 0 for never.
// go1.26.8 runtime/time.go:985 wakeTime
func (ts *timers) wakeTime() int64 {
	if ts.minHeap == 0 || (ts.minModified != 0 && ts.minModified < ts.minHeap) {
		return ts.minModified
	}
	return ts.minHeap
}

// go1.26.8 runtime/time.go:1296 updateMinWhenHeap
func (ts *timers) updateMinHeap() {
	ts.minHeap = 0
	if len(ts.heap) > 0 {
		ts.minHeap = ts.heap[0].when
	}
}

// go1.26.8 runtime/time.go:1307 updateMinWhenModified
func (ts *timers) updateMinModified(when int64) {
	if ts.minModified == 0 || ts.minModified >= when {
		ts.minModified = when
	}
}
