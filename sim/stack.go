package sim

import (
	"math/bits"

	"runnext/sim/event"
)

const (
	stackMin     = 2048          // the first stack of a G, in bytes
	stackGuard   = 928           // stackNosplit 800 + StackSmall 128
	stackMax     = 1_000_000_000 // a bigger one is a fatal error
	stackCeiling = 2 * stackMax  // whatever the program allows itself
	stackPreempt = uint64(0xfffffffffffffade)
	arenaBase    = 0xc000000000
)

// stackArena gives out simulated stack addresses. They look like those of a
// heap on amd64 and hold nothing.
// go1.26.8 runtime/stack.go:344 stackalloc
type stackArena struct {
	top  uint64
	free [32][]uint64 // by the logarithm of their size
}

func (a *stackArena) alloc(size uint64) event.Stack {
	if list := &a.free[bits.TrailingZeros64(size)]; len(*list) > 0 {
		lo := (*list)[len(*list)-1]
		*list = (*list)[:len(*list)-1]
		return event.Stack{Lo: lo, Hi: lo + size, Guard: lo + stackGuard}
	}
	if a.top == 0 {
		a.top = arenaBase
	}
	lo := (a.top + size - 1) &^ (size - 1)
	a.top = lo + size
	return event.Stack{Lo: lo, Hi: lo + size, Guard: lo + stackGuard}
}

// release takes a stack back.
// go1.26.8 runtime/stack.go:463 stackfree
func (a *stackArena) release(st event.Stack) {
	list := &a.free[bits.TrailingZeros64(st.Hi-st.Lo)]
	*list = append(*list, st.Lo)
}

// start gives g its first stack, prepared so that its function returns into
// goexit.
// go1.26.8 runtime/proc.go:5313 newproc1
func (a *stackArena) start(g *G) {
	g.stack = a.alloc(stackMin)
	g.stack.SP = g.stack.Hi - 40
	g.buf.SP = g.stack.SP
}

// enter loads the gobuf: what it held is in registers from here on.
// go1.26.8 runtime/proc.go:3331 execute
func (a *stackArena) enter(g *G) {
	g.stack.Guard = g.stack.Lo + stackGuard
	g.buf = event.Gobuf{PC: g.buf.PC}
}

// leave saves sp, bp and pc.
// go1.26.8 runtime/proc.go:4579 save
func (a *stackArena) leave(g *G, pc *event.Site) {
	g.buf = event.Gobuf{SP: g.stack.SP, BP: g.stack.SP + 8, PC: pc}
}

// SetMaxStack sets the size in bytes past which a stack overflows, and gives the
// one before.
// go1.26.8 runtime/debug/garbage.go:117 SetMaxStack
func (s *Sched) SetMaxStack(n int64) int64 {
	old := s.maxStack
	s.maxStack = uint64(max(n, 0))
	return int64(old)
}

// MaxStack is what [Sched.SetMaxStack] has set.
func (s *Sched) MaxStack() int64 { return int64(s.maxStack) }

// SP is the simulated stack pointer of g.
func (g *G) SP() uint64 { return g.stack.SP }

// Drop moves the stack pointer up by n bytes, as a return does.
func (g *G) Drop(n int64) { g.stack.SP += uint64(n) }

// Call moves the stack pointer of the running G down by a frame of n bytes. A
// frame that would pass the guard makes the stack grow: to twice its size, or
// more when the frame needs it. Past 1 GB it reports false: the host ends the
// program with a stack overflow. Sizes of frames are the host's model, not the
// compiler's.
// go1.26.8 runtime/stack.go:1055 newstack
func (s *Sched) Call(m *M, n int64) bool {
	st := &m.curg.stack
	if st.SP-uint64(n) >= st.Lo+stackGuard {
		st.SP -= uint64(n)
		return true
	}
	return s.newstack(m, uint64(n))
}

func (s *Sched) newstack(m *M, n uint64) bool {
	g := m.curg
	old := g.stack
	used := old.Hi - old.SP
	size := 2 * (old.Hi - old.Lo)
	for size-used < n+stackGuard {
		size *= 2
	}
	if size > min(s.maxStack, stackCeiling) {
		return false
	}
	m.now += s.cost.Grow
	g.stack = s.stacks.alloc(size)
	g.stack.SP = g.stack.Hi - used - n
	if old.Guard == stackPreempt {
		g.stack.Guard = stackPreempt
	}
	s.stacks.release(old)
	if s.sink == nil {
		s.count++
		return true
	}
	e := s.about(event.StackGrown, event.StackRule, m, g)
	e.N, e.Site, e.Addr = int64(size), s.site(g), g.stack.Lo
	s.emit(e)
	return true
}
