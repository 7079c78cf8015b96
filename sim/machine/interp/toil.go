package interp

// OutOfMemory is what Go says of a program that the system gives no more.
const OutOfMemory = "runtime: out of memory"

// StackOverflow is what Go says of one that has called too deep.
const StackOverflow = "stack overflow"

// Stop is what the machine panics with to leave an instruction or a native half
// done: the thread that ran cannot go on. It is caught around [Thread.Run].
type Stop struct {
	// Text is the fatal error that ends the program; empty when what was given
	// to [Machine.HaltWhen] wants the run to end.
	Text string
}

// toil counts the work within single instructions and natives, which no budget
// of instructions bounds: an array that is copied, a value that is printed.
type toil struct {
	done  int64
	depth int // of a value that is compared or hashed
	halt  func() bool
}

// toilEvery is after how much work halt is asked: less than a millisecond's.
const toilEvery = 1 << 16

// HaltWhen has halt asked now and then by whatever takes long within one
// instruction; when it is true the run ends there, by a panic with [Stop].
func (m *Machine) HaltWhen(halt func() bool) { m.toil.halt = halt }

// Toil accounts for n pieces of work, of a few nanoseconds each.
func (m *Machine) Toil(n int) {
	if m.toil.done += int64(n); m.toil.done >= toilEvery {
		m.rest()
	}
}

// ToilOver accounts for going over a text of n bytes.
func (m *Machine) ToilOver(n int) { m.Toil(1 + n/64) }

func (m *Machine) rest() {
	m.toil.done = 0
	if m.toil.halt != nil && m.toil.halt() {
		panic(Stop{})
	}
}

// maxDepth bounds how deep values lie within values where the machine walks
// through them by calls of its own, whose frames the race detector doubles.
const maxDepth = 400_000

// deeper is called on the way into a value, and shallower on the way out.
func (m *Machine) deeper() {
	m.Toil(1)
	if m.toil.depth++; m.toil.depth > maxDepth {
		m.toil.depth = 0
		panic(Stop{StackOverflow})
	}
}

func (m *Machine) shallower() { m.toil.depth-- }

// wide is from how many cells on an instruction's copying is work of its own.
const wide = 64
