package render_test

import (
	"strings"
	"testing"

	"runnext/sim"
	"runnext/sim/event"
	"runnext/sim/render"
)

// TestCollection tells of one collection on two Ps: each of its steps has a
// sentence, and the lanes have a row for it.
func TestCollection(t *testing.T) {
	var log event.Log
	s, err := sim.New(sim.Config{P: 2, Seed: 1, Sink: func(e *event.Event) { log.Add(*e) }})
	if err != nil {
		t.Fatal(err)
	}
	log.Start = s.Snapshot()
	m, err := s.Next()
	if err != nil {
		t.Fatal(err)
	}
	s.GC(m)
	if _, err := s.Next(); err != nil {
		t.Fatal(err)
	}
	if _, cycles, forced := s.Heap(); cycles != 1 || forced != 1 {
		t.Fatalf("there were %d collections, %d of them asked for", cycles, forced)
	}
	st := event.Tell(&log, 0)
	text := strings.Join(strings.Fields(render.Text(&st)), " ")
	for _, want := range []string{
		"G1 starts a garbage collection, because runtime.GC was called; the heap holds 160 KiB",
		"the collection makes a mark worker, G7",
		"G1 stops the world: 1 other Ps have to stop",
		"a mark worker, because there is nothing else to run",
		"the collection has ended: 160 KiB are in use",
		"the sweeper G3 is woken",
		"the collection is over: G1 goes on",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing says %q", want)
		}
	}
	row := ""
	begun := event.Tell(&log, 50)
	for line := range strings.Lines(render.TextOf(&begun, render.Lanes)) {
		if strings.HasPrefix(line, "  collector") && row == "" {
			row = line
		}
	}
	if !strings.Contains(row, "■") || !strings.Contains(row, "m") {
		t.Errorf("the collector's lane is %q", row)
	}
	if svg := render.LanesSVG(&begun); !strings.Contains(svg, "marking goes on") || !strings.Contains(svg, "the world stands") {
		t.Error("the picture of the lanes shows no collection")
	}
}
