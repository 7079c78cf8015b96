package interp

// memory counts what a program asks for. How much of it still lives is known
// to the real collector only, so a limit on it is asked for outside.
type memory struct {
	cells, objects int64
	next           int64 // cells at which to look
	step           int64
	within         func(bytes int64) bool

	// What a compiled program would have put on its heap since the host asked
	// last, and how much of it ends the stretch, 0 for no limit; see [Machine.Made].
	made, scan, room int64
}

// made counts an object of n bytes, as compiled code would allocate it;
// pointers tells whether it may hold any.
func (m *Machine) made(n int64, pointers bool) {
	if n <= 0 {
		return
	}
	x := &m.memory
	n = roundUp(n, pointers)
	if x.made += n; pointers {
		x.scan += n
	}
}

// madeOf counts n objects of a type that lie behind each other.
func (m *Machine) madeOf(t *Type, n int64) { m.made(t.Bytes*n, m.pointers(t)) }

// Made is how many bytes a compiled program would have allocated since Made was
// asked last, and how many of them may hold pointers: what go/ssa does not keep
// on the stack, in the sizes of the runtime's allocator. Once a thread has
// allocated more than room, it stops.
func (m *Machine) Made(room int64) (bytes, scan int64) {
	x := &m.memory
	bytes, scan = x.made, x.scan
	x.made, x.scan, x.room = 0, 0, max(room, 1)
	return bytes, scan
}

// MadeText counts a string of n bytes that a native has made.
func (m *Machine) MadeText(n int64) { m.made(n, false) }

// full tells that a thread has to stop, because the host wants to know what it
// has allocated.
func (x *memory) full() bool { return x.room > 0 && x.made > x.room }

// LimitMemory has within called each time the program has asked for step bytes
// more, and before each allocation of more than that, with its size; false ends
// the program as out of memory. It must be called before anything runs.
func (m *Machine) LimitMemory(step int64, within func(bytes int64) bool) {
	m.memory.step, m.memory.within = step/int64(valueSize), within
	m.memory.next = m.memory.step
}

// Allocated is how many bytes and objects the program has asked for so far, as
// the machine holds them.
func (m *Machine) Allocated() (bytes, objects int64) {
	return m.memory.cells * int64(valueSize), m.memory.objects
}

// take counts an object of n cells and tells whether to look.
func (x *memory) take(n int64) bool {
	x.objects++
	x.cells += n + 1
	return x.cells >= x.next && x.within != nil
}

// look asks whether the program may go on.
func (x *memory) look() bool {
	x.next = x.cells + x.step
	return x.within(0)
}

// Room tells whether a piece of n cells may be allocated, and counts it.
func (m *Machine) Room(n int64) bool {
	x := &m.memory
	look := x.take(n)
	m.Toil(int(n))
	if x.within != nil && (n < 0 || n > x.step) {
		x.next = x.cells + x.step
		return n >= 0 && x.within(n*int64(valueSize))
	}
	return !look || x.look()
}

// RoomForText tells whether a string of n bytes may be made, and counts it.
func (m *Machine) RoomForText(n int64) bool {
	return m.Room(n/int64(valueSize) + 1)
}

// What an object costs that has no cells of its own: a map or channel, an entry
// of a map, a goroutine.
const (
	mapCells       = 16
	entryCells     = 8
	goroutineCells = 64
)

// What they are in a compiled program, in bytes.
const (
	mapBytes   = 48
	entryBytes = 8 // besides key and value
	chanBytes  = 96
	gBytes     = 456
)

// converted is how many cells a conversion allocates.
func converted(from, to *Type, v Value) int64 {
	switch {
	case from.Kind == KString && to.Kind == KSlice:
		return int64(v.N)
	case from.Kind == KSlice && to.Kind == KString:
		return int64(v.Len())/int64(valueSize) + 1
	}
	return 0
}

// maxCells bounds the size of a type: nothing of that size can be allocated.
const maxCells = 1 << 30

// TooLargeError says that a type is larger than the machine's memory. It is
// what the machine panics with when a value of it comes up where no instruction
// can fail.
type TooLargeError struct{ Type string }

func (e *TooLargeError) Error() string {
	return e.Type + " is larger than the memory of a simulated program"
}

func (m *Machine) zeroCells(t *Type) Value {
	if !m.Room(int64(t.Size)) {
		panic(&TooLargeError{m.TypeString(t)})
	}
	return Value{P: newCells(t.Size)}
}
