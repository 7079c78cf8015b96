package yaegi

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"runnext/kernel/core/program"
	"runnext/kernel/engine"
)

// mapGuard finds out that two goroutines use one map at the same time, before
// the Go runtime does, which ends the process then. Emitted code says what it is
// about to do with a map as long as there is more than one goroutine; what is
// said is exact: two uses that overlap are not ordered by anything the program
// does.
type mapGuard struct {
	crowd crowd
	once  sync.Once
	slots *[mapSlots]mapSlot
}

// mapSlots are enough for the maps that are used at any one time. Two that share
// a slot are not told apart: the second is used unseen.
const mapSlots = 256

// mapSlot holds one map that is in use. The word is 0, or the map's address
// above 16 bits: those say who uses it.
type mapSlot struct {
	word atomic.Uint64
	by   atomic.Pointer[goroutine] // who came last
	use  atomic.Pointer[mapUse]    // and for what
	_    [40]byte                  // a cache line each
}

const (
	mapWriter = 1       // is there
	mapReader = 2       // for each
	mapHeld   = 1 << 15 // nobody may come or leave: it is read who is there
	mapUsers  = 1<<16 - 1
)

// mapUse is a place where a program uses maps.
type mapUse struct {
	prog *program.Program
	site int
}

// crowd counts goroutines. Its flag tells emitted code that there is more than
// one, and lies where neither the garbage collector nor the race detector looks.
type crowd struct {
	n    atomic.Int64
	flag *uint32
}

func (c *crowd) enter() {
	if c.n.Add(1) > 1 {
		atomic.StoreUint32(c.flag, engine.AlarmKnown)
	}
}

func (c *crowd) leave() {
	if c.n.Add(-1) == 1 {
		atomic.StoreUint32(c.flag, 0)
		if c.n.Load() > 1 { // somebody has come meanwhile
			atomic.StoreUint32(c.flag, engine.AlarmKnown)
		}
	}
}

// enter says that the running goroutine is about to use a map. It gives nil
// when that is not seen; otherwise the slot is to be left. It does not return
// when another goroutine uses the map and one of the two writes.
func (c *cell) enterMap(site int, m unsafe.Pointer, write bool) *mapSlot {
	if m == nil {
		return nil
	}
	mg := &c.r.maps
	mg.once.Do(func() { mg.slots = new([mapSlots]mapSlot) })
	key := uint64(uintptr(m)>>3) << 16
	s := &mg.slots[uint64(uintptr(m)>>3)*0x9e3779b97f4a7c15>>56]
	for {
		old := s.word.Load()
		next := old + mapReader
		switch {
		case old == 0 && write:
			next = key | mapWriter
		case old == 0:
			next = key | mapReader
		case old&^mapUsers != key:
			return nil
		case old&mapHeld != 0:
			runtime.Gosched()
			continue
		case write || old&mapWriter != 0:
			if s.word.CompareAndSwap(old, old|mapHeld) {
				c.clash(site, s, write, old&mapWriter != 0)
			}
			continue
		}
		if s.word.CompareAndSwap(old, next) {
			break
		}
	}
	_, g := c.running()
	s.by.Store(g)
	s.use.Store(&c.uses[site])
	return s
}

// leave says that the use that enter has told of is over.
func (s *mapSlot) leave(write bool) {
	if s == nil {
		return
	}
	for {
		old := s.word.Load()
		if old&mapHeld != 0 {
			runtime.Gosched()
			continue
		}
		if last := write || old&mapUsers == mapReader; !last {
			if s.word.CompareAndSwap(old, old-mapReader) {
				return
			}
		} else if s.word.CompareAndSwap(old, old|mapHeld) {
			s.forget()
			s.word.Store(0)
			return
		}
	}
}

// forget lets go of whom the slot knows: what a goroutine belongs to ends when
// nothing leads to it any more.
func (s *mapSlot) forget() {
	s.by.Store(nil)
	s.use.Store(nil)
}

// clash ends the job as Go ends a program whose goroutines use a map at the
// same time. The slot is held.
func (c *cell) clash(site int, s *mapSlot, write, otherWrites bool) {
	by, use := s.by.Load(), s.use.Load()
	for use == nil { // it has come and not said yet who it is
		runtime.Gosched()
		by, use = s.by.Load(), s.use.Load()
	}
	s.word.And(^uint64(mapHeld))
	text := "concurrent map read and map write"
	if write && otherWrites {
		text = "concurrent map writes"
	}
	j, g := c.running()
	detail := "It was about to "
	if len(g.told()) == 0 {
		detail = capital(g.name()) + " was about to "
	}
	detail += map[bool]string{true: "write", false: "read"}[write] + " the map while "
	switch {
	case by == nil || by == g: // a reader that is known no more
		detail += "another goroutine"
	case by.j != j:
		detail += by.name() + " in cell " + itoa(by.j.cell) + ","
	default:
		detail += by.subject()
	}
	detail += " was " + map[bool]string{true: "writing", false: "reading"}[otherWrites] + " it"
	if p, ok := placeOf(use.prog, use.site, ""); ok {
		detail += " at " + at(p, j.cell)
	}
	c.failForGood(c.placeList(site), text, detail+".")
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (c *cell) placeList(site int) []engine.Place {
	if p, ok := c.place(site, ""); ok {
		return []engine.Place{p}
	}
	return nil
}
