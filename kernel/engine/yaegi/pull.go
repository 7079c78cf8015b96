package yaegi

import (
	"iter"
	"reflect"
	"sync"
	"unsafe"

	"runnext/kernel/core/program"
)

// makePull makes iter.Pull for one type: func(seq) (next, stop).
func makePull(c *cell, d program.Helper) reflect.Value { return pull(c, c.core(d, 0), 1) }

// makePull2 makes iter.Pull2.
func makePull2(c *cell, d program.Helper) reflect.Value { return pull(c, c.core(d, 0), 2) }

func pull(c *cell, sig reflect.Type, n int) reflect.Value {
	next, yield := sig.Out(0), sig.In(0).In(0)
	return reflect.MakeFunc(sig, func(in []reflect.Value) []reflect.Value {
		seq := in[0]
		co := newCoroutine(c.owner())
		get, stop := iter.Pull(func(put func([]reflect.Value) bool) {
			defer co.end()
			co.resumed()
			seq.Call(values(reflect.MakeFunc(yield, func(v []reflect.Value) []reflect.Value {
				more := put(v)
				co.resumed()
				return values(reflect.ValueOf(more))
			})))
		})
		return values(reflect.MakeFunc(next, func([]reflect.Value) []reflect.Value {
			var v []reflect.Value
			ok := co.resume(c)
			if ok {
				defer co.back()
				v, ok = get()
			}
			if !ok {
				for i := range n {
					v = append(v, reflect.Zero(next.Out(i)))
				}
			}
			return append(v[:n:n], reflect.ValueOf(ok))
		}), reflect.ValueOf(func() {
			if co.resume(c) {
				defer co.back()
				stop()
				co.end()
			}
		}))
	})
}

// coroutine is the goroutine in which iter.Pull runs an iterator. It and the
// one that asks it for values are one goroutine to a learner: one of the two
// waits for the other at any time, in a switch that is no wait of its own. So
// the iterator goes by the labels of whoever asks, and the one that waits counts
// as a helper of that one's job.
type coroutine struct {
	mu     sync.Mutex
	job    *job
	labels unsafe.Pointer // of who has asked last
	asked  bool           // somebody waits for an answer
	over   bool
}

func newCoroutine(j *job) *coroutine {
	j.helpers.Add(1)
	return &coroutine{job: j, labels: getProfLabel()}
}

// resume is called by the goroutine that asks, before it switches. It reports
// whether it may: when the cell unwinds, a deferred stop may come while another
// goroutine still waits for its answer.
func (co *coroutine) resume(c *cell) bool {
	j := c.owner()
	co.mu.Lock()
	if co.asked {
		co.mu.Unlock()
		if !j.stopping.Load() {
			c.failForGood(nil, "next or stop of iter.Pull is called while a call of one of them is under way")
		}
		return false
	}
	defer co.mu.Unlock()
	co.asked = true
	co.labels = getProfLabel()
	if !co.over && j != co.job {
		co.job.helpers.Add(-1)
		j.helpers.Add(1)
		co.job = j
	}
	return true
}

// back is called by the goroutine that has asked, when it is over.
func (co *coroutine) back() {
	co.mu.Lock()
	defer co.mu.Unlock()
	co.asked = false
}

// resumed is called by the iterator, after the switch.
func (co *coroutine) resumed() {
	co.mu.Lock()
	defer co.mu.Unlock()
	setProfLabel(co.labels)
}

// end is called by either of the two when the iterator has ended.
func (co *coroutine) end() {
	co.mu.Lock()
	defer co.mu.Unlock()
	if !co.over {
		co.over = true
		co.job.helpers.Add(-1)
	}
}
