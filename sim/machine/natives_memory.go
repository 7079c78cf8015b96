package machine

import (
	"go/types"

	"runnext/sim/machine/interp"
)

// readMemStats is runtime.ReadMemStats. Its figures are a model: HeapAlloc is
// what the collector knows of the heap, TotalAlloc what compiled code would have
// allocated so far, Mallocs what the machine has; stacks are those of the
// simulated goroutines.
func (h *host) readMemStats(t *thread, a []value) status {
	h.sync(t)
	typ := h.memStatsType(t)
	_, objects := t.M.Allocated()
	h.allocated(t)
	heap, cycles, forced := h.s.Heap()
	for i := range typ.NumField() {
		f, off, v := typ.Field(i)
		n := uint64(0)
		switch v.Name() {
		case "Alloc", "HeapAlloc", "HeapInuse":
			n = uint64(heap)
		case "TotalAlloc":
			n = uint64(h.asked)
		case "NumGC":
			n = uint64(cycles)
		case "NumForcedGC":
			n = uint64(forced)
		case "NextGC":
			n = uint64(h.s.HeapGoal())
		case "Mallocs", "HeapObjects":
			n = uint64(objects)
		case "StackInuse", "StackSys":
			n = uint64(h.s.Goroutines()) * stackModel
		case "Sys":
			n = uint64(heap) + uint64(h.s.Goroutines())*stackModel
		case "HeapSys":
			n = uint64(heap)
		case "EnableGC":
			n = 1
		default:
			continue
		}
		f.Store(interp.Offset(a[0].P, off), value{N: n})
	}
	return t.Return()
}

// allocated tells the scheduler what the running thread has allocated.
func (h *host) allocated(t *thread) {
	if h.steer != nil || t.Quiet() {
		return
	}
	if bytes, scan := h.vm.Made(h.s.Room(h.cur)); bytes > 0 {
		h.asked += bytes
		h.s.Allocated(h.cur, h.of(t).g, bytes, scan)
	}
}

// stackModel is what a goroutine's stack is taken to hold.
const stackModel = 8 << 10

func (h *host) memStatsType(t *thread) *interp.Type {
	p := t.M.Prog.ImportedPackage("runtime")
	return t.M.TypeOf(p.Pkg.Scope().Lookup("MemStats").(*types.TypeName).Type())
}
