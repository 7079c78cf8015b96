package yaegi

import (
	"context"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
	"weak"
)

// callback is a function of a cell's that compiled code will call by itself,
// some time: while one is outstanding its job may go on.
type callback struct {
	j   *job
	due atomic.Bool
}

// set says whether the call is still to come.
func (b *callback) set(due bool) {
	if b.due.Swap(due) == due {
		return
	}
	if due {
		b.j.pending.Add(1)
		return
	}
	if b.j.pending.Add(-1) == 0 && b.j.running.Load() == 0 {
		b.j.over()
	}
}

// afterFunc is time.AfterFunc.
func (c *cell) afterFunc(site int, d time.Duration, f func()) *time.Timer {
	b := &callback{j: c.owner()}
	b.set(true)
	t := time.AfterFunc(d, c.detached(site, func() {
		b.set(false)
		f()
	}))
	key := weak.Make(t)
	c.r.callbacks.Store(key, b)
	runtime.AddCleanup(t, func(key weak.Pointer[time.Timer]) { c.r.callbacks.Delete(key) }, key)
	return t
}

func (c *cell) stopTimer(t *time.Timer) bool {
	active := t.Stop()
	if b, ok := c.r.callbacks.Load(weak.Make(t)); ok {
		b.(*callback).set(false)
	}
	return active
}

func (c *cell) resetTimer(t *time.Timer, d time.Duration) bool {
	if b, ok := c.r.callbacks.Load(weak.Make(t)); ok {
		b.(*callback).set(true)
	}
	return t.Reset(d)
}

// contextAfterFunc is context.AfterFunc.
func (c *cell) contextAfterFunc(site int, ctx context.Context, f func()) func() bool {
	b := &callback{j: c.owner()}
	b.set(true)
	stop := context.AfterFunc(ctx, c.detached(site, func() {
		b.set(false)
		f()
	}))
	return func() bool {
		stopped := stop()
		if stopped {
			b.set(false)
		}
		return stopped
	}
}

// madeChans are the unbuffered channels of struct{} that cells have made. One
// that is not here comes from compiled code: a context's Done, which a timer
// or a signal may close.
type madeChans struct {
	mu  sync.Mutex
	set map[weak.Pointer[byte]]struct{}
}

func (m *madeChans) add(ch unsafe.Pointer) {
	p := (*byte)(ch)
	key := weak.Make(p)
	m.mu.Lock()
	if m.set == nil {
		m.set = map[weak.Pointer[byte]]struct{}{}
	}
	m.set[key] = struct{}{}
	m.mu.Unlock()
	runtime.AddCleanup(p, m.drop, key)
}

func (m *madeChans) drop(key weak.Pointer[byte]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.set, key)
}

func (m *madeChans) has(ch unsafe.Pointer) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.set[weak.Make((*byte)(ch))]
	return ok
}

// hchan is the beginning of go1.26.8 runtime/chan.go:34 hchan.
type hchan struct {
	qcount, dataqsiz uint
	buf              unsafe.Pointer
	elemsize         uint16
	closed           uint32
	timer            unsafe.Pointer // what feeds the channel of a timer
}

// foreign tells whether compiled code may operate on a channel by itself: a
// timer's, a context's, a signal's.
func (r *Runner) foreign(o waitOn) bool {
	if o.p == 0 || o.elem == nil {
		return false
	}
	h := (*hchan)(o.p.pointer())
	if h.timer != nil {
		return true
	}
	switch o.elem.String() {
	case "os.Signal", "*rpc.Call":
		return true
	}
	return o.elem.Kind() == reflect.Struct && o.elem.NumField() == 0 && h.dataqsiz == 0 && !r.made.has(o.p.pointer())
}
