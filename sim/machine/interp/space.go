package interp

// space is what a thread's calls take up.
type space struct {
	stack  []Value
	frames []frame
	r      []Value
}

// keptRegisters bounds a space that is kept, keptSpaces how many are.
const (
	keptRegisters = 256
	keptSpaces    = 1 << 12
)

// Release gives the space of a thread that has come to its end to the next one
// that begins.
func (t *Thread) Release() {
	if m := t.M; len(t.stack) > 0 && len(t.stack) <= keptRegisters && len(m.spaces) < keptSpaces {
		clear(t.stack)
		m.spaces = append(m.spaces, space{t.stack, t.frames[:0], t.R[:0]})
	}
	t.stack, t.frames, t.R = nil, nil, nil
}

// occupy gives a thread that begins the space of one that is over.
func (t *Thread) occupy() {
	n := len(t.M.spaces) - 1
	if n < 0 {
		return
	}
	x := t.M.spaces[n]
	t.M.spaces = t.M.spaces[:n]
	t.stack, t.frames, t.R = x.stack, x.frames, x.r
}
