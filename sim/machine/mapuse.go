package machine

// What it takes to look into a map and to write into one, beside the
// instruction: a loop over a small map of ints takes 4 to 7 ns for each read and
// 9 to 12 for each write of an entry that is there, 60 to 90 for one that is new.
const (
	mapReadNS  = 6
	mapWriteNS = 16
)

// mapUsed charges for a use of a map, and tells whether the goroutine has to
// stop in the middle of it. Who then uses the map meanwhile, on another P or
// after a preemption, is caught as by the runtime, which sees what overlaps and
// nothing else of what is a race.
// go1.26.8 internal/runtime/maps/map.go:488 concurrent map writes
func (h *host) mapUsed(t *thread, write bool) (stops bool) {
	if t.Quiet() {
		return false
	}
	m, ns := h.sync(t), int64(mapReadNS)
	if write {
		ns = mapWriteNS
	}
	h.s.Charge(m, ns)
	return m.Now() > h.limit
}
