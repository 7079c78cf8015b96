package worker

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"
)

// The shared memory: a page of indices, the slots of the jobs, the ring.
const (
	offTail    = 0   // uint64: bytes ever written, by the worker
	offHead    = 64  // uint64: bytes ever read, by the kernel
	offWaiting = 128 // uint32: the kernel is about to sleep, ring the bell
	offAlarm   = 192 // uint32: engine.Alarmed
	offSlots   = 4096

	slotSize = 64 // a cache line, so that jobs do not slow each other
	offWord  = 0  // uint32: not zero: unwind (engine.IO.Interrupted)
	offTaken = 8  // uint64: bytes of the job's events that were delivered

	defaultSlots = 8192
	ringSize     = 256 << 10
	// window is how far a job's events may be ahead of their delivery. A job
	// that waits here does not keep the others from the ring.
	window = 128 << 10
)

// shared is the memory both processes map.
type shared struct {
	mem   []byte
	slots int
	data  []byte // the ring
}

func sharedSize(slots int) int { return offSlots + slots*slotSize + ringSize }

func newShared(mem []byte, slots int) (*shared, error) {
	if slots < 1 || len(mem) != sharedSize(slots) {
		return nil, fmt.Errorf("shared memory of %d bytes for %d slots", len(mem), slots)
	}
	return &shared{mem, slots, mem[offSlots+slots*slotSize:]}, nil
}

func (s *shared) word(slot int) *uint32 {
	return (*uint32)(unsafe.Pointer(&s.mem[offSlots+slot*slotSize+offWord]))
}

func (s *shared) taken(slot int) *uint64 {
	return (*uint64)(unsafe.Pointer(&s.mem[offSlots+slot*slotSize+offTaken]))
}

func (s *shared) tail() *uint64    { return (*uint64)(unsafe.Pointer(&s.mem[offTail])) }
func (s *shared) head() *uint64    { return (*uint64)(unsafe.Pointer(&s.mem[offHead])) }
func (s *shared) alarm() *uint32   { return (*uint32)(unsafe.Pointer(&s.mem[offAlarm])) }
func (s *shared) waiting() *uint32 { return (*uint32)(unsafe.Pointer(&s.mem[offWaiting])) }

// ringWriter is the worker's end. Its user serialises calls.
type ringWriter struct {
	s    *shared
	bell io.Writer
}

// Write copies p into the ring, waiting for room. What it has copied reaches
// the kernel even if this process dies on the next instruction.
func (w *ringWriter) Write(p []byte) (int, error) {
	s, n := w.s, len(p)
	for idle := 0; len(p) > 0; {
		tail := atomic.LoadUint64(s.tail())
		free := len(s.data) - int(tail-atomic.LoadUint64(s.head()))
		if free <= 0 {
			idle = pause(idle)
			continue
		}
		idle = 0
		at := int(tail % uint64(len(s.data)))
		c := copy(s.data[at:min(at+free, len(s.data))], p)
		p = p[c:]
		// Each side writes its own word and then looks at the other's. Add and
		// Swap are full barriers even in the race detector's build, whose
		// Store is a release only: a bell would be missed.
		atomic.AddUint64(s.tail(), uint64(c))
		if atomic.LoadUint32(s.waiting()) != 0 && atomic.SwapUint32(s.waiting(), 0) != 0 {
			if _, err := w.bell.Write([]byte{1}); err != nil {
				return n - len(p), fmt.Errorf("worker: bell: %w", err)
			}
		}
	}
	return n, nil
}

// pause waits a little for the other process, longer as time goes on. There is
// nothing to sleep on that two processes share on every system.
func pause(idle int) int {
	if idle < 20 {
		runtime.Gosched()
	} else {
		time.Sleep(min(time.Duration(idle)*5*time.Microsecond, time.Millisecond))
	}
	return idle + 1
}

// ringReader is the kernel's end.
type ringReader struct {
	s    *shared
	bell io.Reader
	buf  [64]byte
	over bool // the bell is gone: what is in the ring is the last
}

// errRing says that the worker's indices make no sense.
var errRing = errors.New("shared ring is broken")

// Read returns what there is, or waits for the bell. After the bell has failed
// it returns the rest and then io.EOF.
func (r *ringReader) Read(p []byte) (int, error) {
	s := r.s
	for {
		head := atomic.LoadUint64(s.head())
		have := atomic.LoadUint64(s.tail()) - head
		if have > uint64(len(s.data)) {
			return 0, errRing
		}
		if have > 0 {
			at := int(head % uint64(len(s.data)))
			n := copy(p, s.data[at:min(at+int(have), len(s.data))])
			atomic.StoreUint64(s.head(), head+uint64(n))
			return n, nil
		}
		if r.over {
			return 0, io.EOF
		}
		atomic.SwapUint32(s.waiting(), 1)
		if atomic.LoadUint64(s.tail()) != head {
			continue
		}
		if _, err := r.bell.Read(r.buf[:]); err != nil {
			r.over = true
		}
	}
}
