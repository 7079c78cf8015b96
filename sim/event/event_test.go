package event

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestTextOfAllKinds(t *testing.T) {
	for k := None + 1; k < kinds; k++ {
		e := New(k, Rule(int(k)%int(rules)), 12)
		e.G, e.By, e.N, e.M, e.P, e.P2, e.Addr = 7, 1, -3, 0, 2, 1, 0xc000001000
		e.From, e.To, e.Reason = RunNext, Ring, ChanReceiveNil
		e.Name, e.Site = "a b=\"c\"\n", &Site{Func: "main.f", File: "dir name/x.go", Line: 3}
		back, err := Parse(e.String())
		if err != nil {
			t.Fatalf("%v: %v", k, err)
		}
		if *back.Site != *e.Site {
			t.Errorf("%v: site %+v, want %+v", k, back.Site, e.Site)
		}
		back.Site = e.Site
		if back != e {
			t.Errorf("read back %+v, want %+v", back, e)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, line := range []string{"", "nonsense t=1", "created t", "created t=x", "created t=1 from=nowhere",
		"created t=1 why=boredom", `created t=1 name="a`, "created t=1 rule=none-such", "created t=1 p=99999999999", "created t=1 q=3"} {
		if e, err := Parse(line); err == nil {
			t.Errorf("%q is read as %v", line, e)
		}
	}
}

func TestReadSaysWhichLine(t *testing.T) {
	_, err := Read(strings.NewReader("parked t=1 g=1\n\nwhat\n"))
	if err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("the error is %v, want one about line 3", err)
	}
}

func TestLogKeepsMaxAndCountsAll(t *testing.T) {
	a, b := Log{Max: 2}, Log{}
	for i := range int64(5) {
		e := New(Yielded, GoschedRule, i)
		a.Add(e)
		b.Add(e)
	}
	if len(a.Events) != 2 || a.Total != 5 || a.Hash != b.Hash {
		t.Errorf("kept %d of %d, hash %x and %x", len(a.Events), a.Total, a.Hash, b.Hash)
	}
}

func TestRulesAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for r := NoRule + 1; r < rules; r++ {
		if r.String() == "" || seen[r.String()] {
			t.Errorf("rule %d has the name %q", r, r)
		}
		seen[r.String()] = true
		if (r.Text() == "") != (r.Source() == "") {
			t.Errorf("rule %v says %q and cites %q", r, r.Text(), r.Source())
		}
		if back, ok := ParseRule(r.String()); !ok || back != r {
			t.Errorf("rule %v is read back as %v", r, back)
		}
	}
	for r := NoReason; r < reasons; r++ {
		if back, ok := ParseReason(r.String()); !ok || back != r {
			t.Errorf("reason %v is read back as %v", r, back)
		}
	}
}

func TestCloneIsDeep(t *testing.T) {
	s := Snapshot{Ps: []P{{Ring: []int64{7, 8}, RunNext: 9}}, Ms: []M{{}}, Gs: []G{{ID: 7}, {ID: 8}, {ID: 9}}}
	c := s.Clone()
	e := New(Started, RingHead, 5)
	e.M, e.P, e.G, e.N = 0, 0, 7, 5
	c.Apply(&e)
	if len(s.Ps[0].Ring) != 2 || s.Gs[0].Status == Running {
		t.Errorf("applying to a clone changed the original: %+v", s)
	}
	if len(c.Ps[0].Ring) != 1 || c.Ps[0].Curg != 7 || c.Ps[0].Tick != 5 {
		t.Errorf("after the start the P is %+v", c.Ps[0])
	}
}

// TestTellFolds makes one step of what the runtime's own goroutines do, and one
// of a long wait in the netpoller.
func TestTellFolds(t *testing.T) {
	l := Log{Start: Snapshot{Ps: []P{{Curg: 1}}, Ms: []M{{}}, Gs: []G{{ID: 1, Status: Running}, {ID: 5, System: true}, {ID: 6, System: true}}}}
	for i, k := range []Kind{Parked, Started, Parked, Started, Parked, Released, Polling, PollDone, Acquired, Released, Polling, PollDone, Timer, Readied, Moved} {
		e := New(k, NoRule, int64(i))
		e.M, e.P = 0, 0
		switch {
		case k == Parked && i == 0, k == Readied, k == Moved:
			e.G = 1
		case i < 3:
			e.G = 5
		case i < 6:
			e.G = 6
		}
		if k == Moved {
			e.To = RunNext
		}
		l.Add(e)
	}
	st := Tell(&l, 0)
	var got []int
	for _, s := range st.Steps {
		got = append(got, len(s.Events))
	}
	if want := []int{1, 5, 6, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("the steps hold %v events, want %v", got, want)
	}
	if last := st.Steps[len(st.Steps)-1].After; last.Ps[0].RunNext != 1 {
		t.Errorf("at the end P0 is %+v", last.Ps[0])
	}
	if n := len(Tell(&l, 2).Steps); n != 2 {
		t.Errorf("2 steps at most give %d", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`created t=290 m=0 p=0 g=7 by=1 addr=0xc000003000 name=main.hello rule=newproc fn=main.main file=main.go line=3`)
	f.Add(`parked t=1 g=1 why="chan receive"`)
	f.Add(`moved t=-1 from=ring to=global p2=3`)
	f.Fuzz(func(t *testing.T, line string) {
		e, err := Parse(line)
		if err != nil {
			return
		}
		// What is read once is written and read the same.
		first := e.AppendText(nil)
		again, err := Parse(string(first))
		if err != nil {
			t.Fatalf("%q is read and written as %q, which is refused: %v", line, first, err)
		}
		if second := again.AppendText(nil); !bytes.Equal(first, second) {
			t.Fatalf("%q is written as %q and then as %q", line, first, second)
		}
	})
}
