package interp

// uses tells the host that the program itself reads or writes a map, and ends
// the program when another goroutine stands in the middle of a write to it.
func (t *Thread) uses(x *Map, write bool) Status {
	if x == nil || t.M.MapUsed == nil {
		return Done
	}
	stops := t.M.MapUsed(t, write)
	switch {
	case x.writer != nil && x.writer != t && write:
		return t.Throw("concurrent map writes")
	case x.writer != nil && x.writer != t:
		return t.Throw("concurrent map read and map write")
	case stops && write:
		x.writer, t.writes = t, x
	}
	return Done
}

// walks is uses for a step of a walk.
func (t *Thread) walks(x *Map) Status {
	st := t.uses(x, false)
	if st != Done {
		t.fatal = "concurrent map iteration and map write"
	}
	return st
}

// wrote ends the write that the thread was stopped in.
func (t *Thread) wrote() {
	t.writes.writer, t.writes = nil, nil
}
