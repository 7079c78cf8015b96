package exectrace

import "time"

// crop leaves what lies between the first and the last moment of the cell's
// goroutines: before them a process that runs cells makes ready, and a picture of
// that would leave no room for the cell. Events stay those of the whole trace.
func (t *Trace) crop() {
	from, to := t.Len, time.Duration(0)
	for _, g := range t.Mine() {
		if first := g.Spans[0]; g.born || first.State == Running {
			from = min(from, first.From)
		}
		to = max(to, g.Spans[len(g.Spans)-1].To)
	}
	if from >= to {
		return
	}
	kept := t.Goroutines[:0]
	for _, g := range t.Goroutines {
		var spans []Span
		for _, s := range g.Spans {
			s.From, s.To = max(s.From, from)-from, min(s.To, to)-from
			if s.From < s.To || s.From == s.To && s.From > 0 && s.To < to-from {
				spans = append(spans, s)
			}
		}
		if g.Spans = spans; len(spans) > 0 {
			kept = append(kept, g)
		}
	}
	t.Goroutines = kept
	var gc []Range
	for _, r := range t.GC {
		if r.From, r.To = max(r.From, from)-from, min(r.To, to)-from; r.From < r.To {
			gc = append(gc, r)
		}
	}
	t.GC, t.Len = gc, to-from
}
