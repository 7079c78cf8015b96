package render

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"runnext/sim/event"
)

// TestThreads draws a P that steals from another and a P that is taken from an
// M in a system call and handed to the next.
func TestThreads(t *testing.T) {
	log := &event.Log{Start: event.Snapshot{
		Ps: []event.P{{ID: 0, Status: "running", M: 0, Curg: 1, Ring: []int64{7}}, {ID: 1, Status: "idle", M: -1}},
		Ms: []event.M{{ID: 0, P: 0, Curg: 1, State: "running"}},
		Gs: []event.G{{ID: 1, Status: event.Running, Entry: "main.main"}, {ID: 7, Status: event.Runnable, Entry: "main.f"}},
	}}
	for _, line := range []string{
		"mstarted t=100 m=2 p=1 by=1 rule=wakep",
		"acquired t=200 m=2 p=1 rule=wakep",
		"started t=300 m=2 p=1 p2=0 g=7 n=1 from=ring rule=steal",
		"syscall t=400 m=0 p=0 g=1 n=900000 rule=entersyscall",
		"retaken t=500 m=0 p=0 g=1 rule=retake",
		"mstarted t=500 m=3 p=0 rule=handoff",
		"acquired t=600 m=3 p=0 rule=handoff",
	} {
		e, err := event.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		log.Add(e)
	}
	st := event.Tell(log, 0)
	text := threadsText(&st)
	for _, want := range []string{"P1 steals G7 from ring of P0", "P0 goes from M0 to M3", "  P1    ████", "  M3   "} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	svg := ThreadsSVG(&st)
	if n := strings.Count(svg, "<line"); n != 2 {
		t.Errorf("%d arrows, want 2", n)
	}
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the picture is no XML: %v", err)
		}
	}
	one := event.Story{Start: event.Snapshot{Ps: []event.P{{}}}}
	if parallel(&one) || !parallel(&st) {
		t.Error("lanes of threads are for several Ps")
	}
}
