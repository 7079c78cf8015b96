package event

// Tell cuts a log into the steps of a story: an event that is a step, and its
// consequences. What the runtime's own goroutines do between two steps of the
// program is folded into one step, and so are the stretches in which a thread
// waits in the netpoller again and again. At most max steps are told; 0 is all.
func Tell(l *Log, max int) Story {
	st := Story{Start: l.Start}
	state := l.Start.Clone()
	system := map[int64]bool{}
	for _, g := range l.Start.Gs {
		system[g.ID] = g.System
	}
	folded := false
	joins := func(e *Event) bool {
		if len(st.Steps) == 0 || e.Kind != Polling && e.Kind != PollDone {
			return false
		}
		return st.Steps[len(st.Steps)-1].Events[0].Kind == Polling
	}
	for i := range l.Events {
		e := &l.Events[i]
		quiet := e.Kind.Step() && system[e.G] && e.Kind != Readied
		if e.Kind.Step() && !(quiet && folded) && !joins(e) || len(st.Steps) == 0 {
			if max > 0 && len(st.Steps) == max {
				break
			}
			st.Steps = append(st.Steps, Step{})
		}
		if e.Kind.Step() {
			folded = quiet
		}
		cur := &st.Steps[len(st.Steps)-1]
		cur.Events = append(cur.Events, *e)
		state.Apply(e)
		if f := l.Frames[i]; f != nil {
			if g, ok := state.G(e.G); ok {
				g.Frames = f
			}
		}
		if holder := l.Holders[i]; holder != 0 {
			if g, ok := state.G(e.G); ok {
				g.Holder = holder
			}
		}
		if i+1 == len(l.Events) || l.Events[i+1].Kind.Step() {
			cur.After = state.Clone() // kept when the next step is another one
		}
	}
	return st
}
