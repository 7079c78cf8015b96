package machine

import (
	"go/types"

	"runnext/sim/machine/interp"
)

// readMemStats is runtime.ReadMemStats. Its figures are a model: HeapAlloc and
// its like are the bytes that the program has asked for, as they would be if
// nothing were ever collected; stacks are those of the simulated goroutines.
func (h *host) readMemStats(t *thread, a []value) status {
	h.sync(t)
	typ := h.memStatsType(t)
	heap, objects := t.M.Allocated()
	for i := range typ.NumField() {
		f, off, v := typ.Field(i)
		n := uint64(0)
		switch v.Name() {
		case "Alloc", "TotalAlloc", "HeapAlloc", "HeapInuse":
			n = uint64(heap)
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

// stackModel is what a goroutine's stack is taken to hold.
const stackModel = 8 << 10

func (h *host) memStatsType(t *thread) *interp.Type {
	p := t.M.Prog.ImportedPackage("runtime")
	return t.M.TypeOf(p.Pkg.Scope().Lookup("MemStats").(*types.TypeName).Type())
}
