package yaegi

import (
	"context"
	"reflect"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sync/errgroup"
)

// sited gives the functions and methods of carried packages that wait, that
// start goroutines or that fail for good, as a cell sees them at one site: a
// wait can be left when the cell is interrupted, and is known by its place.
// Methods take the receiver first and are named by its type.
func (c *cell) sited(name string, site int) (fn any, ok bool) {
	at := func(kind waitKind, on unsafe.Pointer, call, undo func()) { c.wait(kind, site, on, call, undo) }
	switch name {
	case "time.Sleep":
		fn = func(d time.Duration) { c.sleep(site, d) }
	case "*sync.Mutex.Lock":
		fn = func(m *sync.Mutex) { c.lockMutex(site, m) }
	case "*sync.Mutex.Unlock":
		fn = func(m *sync.Mutex) { c.unlockMutex(site, m) }
	case "*sync.RWMutex.Lock":
		fn = func(m *sync.RWMutex) { c.lockRW(site, m) }
	case "*sync.RWMutex.Unlock":
		fn = func(m *sync.RWMutex) { c.unlockRW(site, m) }
	case "*sync.RWMutex.RLock":
		fn = func(m *sync.RWMutex) { c.rlockRW(site, m) }
	case "*sync.RWMutex.RUnlock":
		fn = func(m *sync.RWMutex) { c.runlockRW(site, m) }
	case "*sync.WaitGroup.Add":
		fn = func(wg *sync.WaitGroup, n int) { c.marked(site, func() { wg.Add(n) }) }
	case "*sync.WaitGroup.Done":
		fn = func(wg *sync.WaitGroup) { c.marked(site, wg.Done) }
	case "*sync.WaitGroup.Wait":
		fn = func(wg *sync.WaitGroup) { at(waitGroup, unsafe.Pointer(wg), wg.Wait, nil) }
	case "*sync.WaitGroup.Go":
		fn = func(wg *sync.WaitGroup, f func()) { c.waitGroupGo(site, wg, f) }
	case "*sync.Cond.Wait":
		fn = func(cond *sync.Cond) { at(waitCond, unsafe.Pointer(cond), cond.Wait, cond.L.Unlock) }
	case "*errgroup.Group.Wait":
		fn = func(g *errgroup.Group) (err error) {
			at(waitErrGroup, unsafe.Pointer(g), func() { err = g.Wait() }, nil)
			return err
		}
	case "*errgroup.Group.Go":
		fn = func(g *errgroup.Group, f func() error) { g.Go(c.detachedErr(site, f)) }
	case "*errgroup.Group.TryGo":
		fn = func(g *errgroup.Group, f func() error) bool { return g.TryGo(c.detachedErr(site, f)) }
	case "time.AfterFunc":
		fn = func(d time.Duration, f func()) *time.Timer { return c.afterFunc(site, d, f) }
	case "context.AfterFunc":
		fn = func(ctx context.Context, f func()) func() bool { return c.contextAfterFunc(site, ctx, f) }
	default:
		fn = c.exits(name, site)
	}
	return fn, fn != nil
}

// lockThrough gives Lock and Unlock of an interface: that of a mutex when the
// interface holds one.
func (c *cell) lockThrough(iface reflect.Type, name string, site int) reflect.Value {
	m, _ := iface.MethodByName(name)
	return makeFunc(list(iface), nil, func(in []reflect.Value) []reflect.Value {
		lock := name == "Lock"
		switch v := in[0].Elem(); {
		case !v.IsValid():
			c.raise(site, nilError())
		case v.Type() == reflect.TypeFor[*sync.Mutex]() && lock:
			c.lockMutex(site, (*sync.Mutex)(v.UnsafePointer()))
		case v.Type() == reflect.TypeFor[*sync.Mutex]():
			c.unlockMutex(site, (*sync.Mutex)(v.UnsafePointer()))
		case v.Type() == reflect.TypeFor[*sync.RWMutex]() && lock:
			c.lockRW(site, (*sync.RWMutex)(v.UnsafePointer()))
		case v.Type() == reflect.TypeFor[*sync.RWMutex]():
			c.unlockRW(site, (*sync.RWMutex)(v.UnsafePointer()))
		case v.Type() == reflect.TypeOf(new(sync.RWMutex).RLocker()) && lock:
			c.rlockRW(site, (*sync.RWMutex)(v.UnsafePointer()))
		case v.Type() == reflect.TypeOf(new(sync.RWMutex).RLocker()):
			c.runlockRW(site, (*sync.RWMutex)(v.UnsafePointer()))
		default:
			in[0].Method(m.Index).Call(nil)
		}
		return nil
	})
}

func (c *cell) lockMutex(site int, m *sync.Mutex) {
	if !m.TryLock() {
		c.wait(waitLock, site, unsafe.Pointer(m), m.Lock, m.Unlock)
	}
}

func (c *cell) lockRW(site int, m *sync.RWMutex) {
	if !m.TryLock() {
		c.wait(waitLock, site, unsafe.Pointer(m), m.Lock, m.Unlock)
	}
}

func (c *cell) rlockRW(site int, m *sync.RWMutex) {
	if !m.TryRLock() {
		c.wait(waitReadLock, site, unsafe.Pointer(m), m.RLock, m.RUnlock)
	}
}

func (c *cell) unlockMutex(site int, m *sync.Mutex) {
	c.unlock(site, m.Unlock, m.TryLock, m.Unlock, "sync: unlock of unlocked mutex")
}

func (c *cell) unlockRW(site int, m *sync.RWMutex) {
	c.unlock(site, m.Unlock, m.TryRLock, m.RUnlock, "sync: Unlock of unlocked RWMutex")
}

func (c *cell) runlockRW(site int, m *sync.RWMutex) {
	c.unlock(site, m.RUnlock, m.TryLock, m.Unlock, "sync: RUnlock of unlocked RWMutex")
}

// unlock gives a lock back. The runtime ends the process when nobody holds it,
// so that is found out before: who can take the lock by try, which undo takes
// back, has found it held by nobody. text is what the runtime says.
func (c *cell) unlock(site int, unlock func(), try func() bool, undo func(), text string) {
	if _, ok := c.job.alone(); ok {
		standing(site, unlock)
		return
	}
	if try() {
		undo()
		c.fatal(site, text)
	}
	unlock()
}

// marked makes a compiled call whose panic is this site's.
func (c *cell) marked(site int, call func()) {
	ok := false
	defer func() {
		if !ok {
			c.markPanic(site)
		}
	}()
	call()
	ok = true
}

// sleep is time.Sleep that ends when the job does.
func (c *cell) sleep(site int, d time.Duration) {
	if d <= 0 {
		time.Sleep(d)
		return
	}
	if _, ok := c.job.alone(); ok {
		standing(site, func() { time.Sleep(d) })
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	w, until := c.park(waitSleep, site)
	defer w.over(until)
	select {
	case <-t.C:
	case <-until:
		c.leaveNow()
	}
}

// wait runs a compiled call that blocks where it can be left. undo is for when
// the call ends after that: a lock won late is given back.
func (c *cell) wait(kind waitKind, site int, on unsafe.Pointer, call, undo func()) {
	if _, ok := c.job.alone(); ok {
		standing(site, call)
		return
	}
	w, until := c.parkOn(kind, site, waitOn{p: addressOf(on)}, false)
	defer w.over(until)
	w.j.helpers.Add(1)
	over := make(chan any, 1)
	var mu sync.Mutex
	left := false
	go func() {
		defer w.j.helpers.Add(-1)
		var failure any = true
		func() {
			defer func() {
				if r := recover(); r != nil {
					failure = waitPanic{r}
				}
			}()
			call()
		}()
		mu.Lock()
		defer mu.Unlock()
		if left && undo != nil {
			undo()
			return
		}
		over <- failure
	}()
	select {
	case r := <-over:
		if p, ok := r.(waitPanic); ok {
			c.markPanic(site)
			panic(p.value)
		}
	case <-until:
		mu.Lock()
		left = true
		select {
		case <-over:
			if undo != nil {
				undo()
			}
		default:
		}
		mu.Unlock()
		c.leaveNow()
	}
}

type waitPanic struct{ value any }

// waitGroupGo is WaitGroup.Go with the goroutine one of the cell's.
func (c *cell) waitGroupGo(site int, wg *sync.WaitGroup, f func()) {
	c.marked(site, func() { wg.Add(1) })
	c.goStmt(site, func() {
		defer wg.Done()
		f()
	})
}

// detachedErr is detached for functions that give an error.
func (c *cell) detachedErr(site int, f func() error) func() error {
	return func() (err error) {
		c.detached(site, func() { err = f() })()
		return err
	}
}
