package lab

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"runnext/kernel/engine"
)

// fakeIO is the engine.IO of a cell; it keeps what is shown.
type fakeIO struct {
	mu      sync.Mutex
	shown   []engine.Display
	cleared []bool
	word    uint32
}

func (f *fakeIO) Stdout() io.Writer    { return io.Discard }
func (f *fakeIO) Stderr() io.Writer    { return io.Discard }
func (f *fakeIO) Stdin() io.Reader     { return strings.NewReader("") }
func (f *fakeIO) Late(*engine.Failure) {}
func (f *fakeIO) Interrupted() *uint32 { return &f.word }
func (f *fakeIO) Clear(wait bool)      { f.cleared = append(f.cleared, wait) }
func (f *fakeIO) Display(d engine.Display) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.shown = append(f.shown, d)
}

// plains gives the text of all displays, with + before one that is new.
func (f *fakeIO) plains() []string {
	var out []string
	for _, d := range f.shown {
		p := d.Data["text/plain"].(string)
		if !d.Update {
			p = "+" + p
		}
		out = append(out, p)
	}
	return out
}

// testDesk is a desk on a clock that only the test moves.
func testDesk() (*desk, *fakeIO, *time.Time) {
	f := &fakeIO{}
	now := time.Unix(0, 0)
	d := newDesk(cell{f})
	d.now = func() time.Time { return now }
	n := 0
	d.newID = func() string { n++; return fmt.Sprint("id", n) }
	return d, f, &now
}

type point struct{ X, Y int }

type named struct {
	Name string
	took time.Duration
}

type picture struct{}

func (picture) MIMEBundle() map[string]any { return map[string]any{"text/html": "<b>G</b>"} }
func (picture) String() string             { return "G" }

func TestRender(t *testing.T) {
	for _, test := range []struct {
		name string
		v    any
		want string // text/plain
		rich string // the other MIME type
	}{
		{"string", "a \"b\"", `a "b"`, ""},
		{"nil", nil, "<nil>", ""},
		{"number", 42, "42", ""},
		{"struct", point{1, 2}, "{X:1 Y:2}", ""},
		{"error", errors.New("no"), "no", ""},
		{"stringer", 1500 * time.Millisecond, "1.5s", ""},
		{"bundler", picture{}, "G", "text/html"},
		{"bytes", []byte("ab"), "[97 98]", ""},
		{"slice of numbers", []int{3, 4}, "[3 4]", ""},
		{"stringers are no rows", []time.Time{}, "[]", ""},
		{"empty structs", []struct{}{{}}, "[{}]", ""},
		{"structs", []point{{1, 20}, {3, 4}}, "X   Y\n-  --\n1  20\n3   4", "text/html"},
		{"pointers, one nil", []*point{{1, 2}, nil}, "X    Y\n---  -\n1    2\nnil", "text/html"},
		{"fields that are not exported", []named{{"a", time.Second}}, "Name  took\n----  ----\na     1s", "text/html"},
		{"map", map[int]string{10: "ten", 9: "nine"}, "key  value\n---  -----\n  9  nine\n 10  ten", "text/html"},
		{"map by text", map[string]float64{"b": 1, "a": 2.5}, "key  value\n---  -----\na      2.5\nb        1", "text/html"},
		{"maps", []map[string]any{{"b": 1}, {"a": nil, "b": "x"}}, "a      b\n-----  -\n       1\n<nil>  x", "text/html"},
		{"slices", [][]string{{"a", "b"}, {"c"}}, "a  b\nc", "text/html"},
		{"slices of bytes are values", [][]byte{{1}}, "[[1]]", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := render(test.v)
			if diff := cmp.Diff(test.want, b.Data["text/plain"]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if _, ok := b.Data["text/html"]; ok != (test.rich != "") {
				t.Errorf("bundle %v, want %q", b.Data, test.rich)
			}
		})
	}
}

func TestLongTableIsCut(t *testing.T) {
	b := render(make([]point, maxRows+7))
	p := b.Data["text/plain"].(string)
	if n := strings.Count(p, "\n0"); n != maxRows || !strings.HasSuffix(p, "\n\n… and 7 more rows") {
		t.Errorf("%d rows, ends %q", n, p[len(p)-40:])
	}
}

func TestLongTextIsCut(t *testing.T) {
	long := strings.Repeat("a", maxText-1) + "é" + strings.Repeat("b", 10)
	if got, want := text(long), strings.Repeat("a", maxText-1)+" … and 12 more bytes"; got != want {
		t.Errorf("%d bytes, ends %q", len(got), got[len(got)-30:])
	}
	if got := render(long).Data["text/plain"]; got != long {
		t.Error("a string is not shown as it is")
	}
}

func TestShowAndUpdate(t *testing.T) {
	d, f, _ := testDesk()
	h := d.Show("one")
	other := d.Show("a", point{1, 2}, map[string]int{"k": 1})
	h.Update("two", "three")
	h.Markdown("**four**")
	other.HTML("<i>five</i>")
	h.Table([]string{"n"}, [][]any{{6}})
	h.SVG("<svg/>", "seven")
	d.JSON([]int{8})
	d.HTML("nine")
	d.Markdown("ten")
	d.SVG("<svg/>", "eleven")
	d.Table([]string{"twelve"}, nil)
	d.Clear()
	want := []string{"+one", "+a\n{X:1 Y:2}\nkey  value\n---  -----\nk        1", "two\nthree", "**four**", "five",
		"n\n-\n6", "[seven]", "+[\n  8\n]", "+nine", "+ten", "+[eleven]", "+twelve\n------"}
	if diff := cmp.Diff(want, f.plains()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var ids []string
	for _, s := range f.shown {
		ids = append(ids, s.ID)
	}
	if diff := cmp.Diff(strings.Fields("id1 id2 id1 id1 id2 id1 id1 id3 id4 id5 id6 id7"), ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	if page := f.shown[1].Data["text/html"].(string); !strings.Contains(page, ">a</pre>") || !strings.Contains(page, "<table") {
		t.Errorf("several values: %s", page)
	}
	if len(f.cleared) != 1 || f.cleared[0] {
		t.Errorf("cleared %v", f.cleared)
	}
}

func TestPanicsNameTheFunction(t *testing.T) {
	d, _, _ := testDesk()
	for want, f := range map[string]func(){
		"lab.JSON: show chan int as JSON":      func() { d.JSON(make(chan int)) },
		"lab.SVG: show SVG: there is no <svg>": func() { d.SVG("", "") },
		"lab.Outcomes: n is 0":                 func() { d.Outcomes(0, func() string { return "" }) },
		"lab.Outcomes: the function":           func() { d.Outcomes(1, nil) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, want) {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}

func TestPrinterPrintsPlainText(t *testing.T) {
	var b bytes.Buffer
	d := newDesk(printer{&b})
	h := d.HTML("<b>one</b>")
	h.Update("two")
	d.Clear()
	bar := d.Progress(3, "steps")
	for range 3 {
		bar.Add(1)
	}
	open := d.Progress(0, "seen")
	open.Add(5)
	open.Done()
	const want = "one\ntwo\nsteps  [####################] 3/3 100 %\nseen  5\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHandlesAsValues(t *testing.T) {
	d, _, _ := testDesk()
	bar := d.Progress(4, "pages")
	bar.Add(3)
	var none *Handle
	for got, want := range map[string]string{
		fmt.Sprint(d.Show("x")): "lab.Handle of what was shown; Update changes it in place",
		fmt.Sprint(none):        "no lab.Handle",
		fmt.Sprint(bar):         "pages  [###############.....] 3/4  75 %",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestProgressKeepsToItsFrames(t *testing.T) {
	d, f, now := testDesk()
	b := d.Progress(100, "")
	b.Add(1) // too soon after the first picture
	*now = now.Add(frame)
	b.Add(1)
	b.Add(1)
	b.Set(60)
	b.Set(100) // full: shown at once
	b.Set(40)
	b.Done()
	b.Set(50) // after Done: not shown
	b.Done()
	want := []string{"+" + barText(0), barText(2), barText(100), barText(40)}
	if diff := cmp.Diff(want, f.plains()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func barText(n int) string {
	return fmt.Sprintf("[%s%s] %d/100 %3d %%", strings.Repeat("#", n/5), strings.Repeat(".", 20-n/5), n, n)
}

func TestProgressFromManyGoroutines(t *testing.T) {
	d, f, _ := testDesk()
	b := d.Progress(1000, "")
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			for range 100 {
				b.Add(1)
			}
		})
	}
	wg.Wait()
	if p := f.plains(); !strings.Contains(p[len(p)-1], "1000/1000") {
		t.Errorf("the last picture is %q", p[len(p)-1])
	}
}

func TestOutcomes(t *testing.T) {
	d, f, now := testDesk()
	n := 0
	count := d.Outcomes(1000, func() string {
		n++
		*now = now.Add(time.Millisecond)
		switch {
		case n == 500:
			return ""
		case n%4 == 0:
			return "B A"
		}
		return "A B"
	})
	if len(f.shown) != 4 || f.shown[0].Update || !f.shown[1].Update {
		t.Fatalf("%d pictures", len(f.shown))
	}
	if count.Runs != 1000 || count.Times("B A") != 249 || count.Times("C") != 0 || count.Counts[0] != (Count{"A B", 750}) {
		t.Errorf("counted %+v", count)
	}
	last := f.plains()[3]
	for _, want := range []string{
		"3 outcomes in 1000 runs\n",
		"\nA B        750  75.00 %  ████████████████████████\n",
		"\nB A        249  24.90 %  ███████\n",
		"\n\"\"           1   0.10 %  █\n",
		"may still be possible",
	} {
		if !strings.Contains(last, want) {
			t.Errorf("%q is missing in\n%s", want, last)
		}
	}
}

func TestOutcomesEndsEarly(t *testing.T) {
	d, f, _ := testDesk()
	n := 0
	d.Outcomes(100, func() string {
		if n++; n == 3 {
			atomic.StoreUint32(&f.word, 1)
		}
		return "x"
	})
	if got := f.plains()[0]; !strings.HasPrefix(got, "+1 outcome in 3 of 100 runs\n") {
		t.Errorf("interrupted: %s", got)
	}

	d, f, _ = testDesk()
	func() {
		defer func() { _ = recover() }()
		n = 0
		d.Outcomes(100, func() string {
			if n++; n == 2 {
				panic("learner's")
			}
			return "x"
		})
	}()
	if len(f.shown) != 1 || !strings.Contains(f.plains()[0], "1 outcome in 1 of 100 runs\n") {
		t.Errorf("panic: %q", f.plains())
	}
}

func TestTallyOfMany(t *testing.T) {
	counts := map[string]int{}
	for i := range 30 {
		counts[fmt.Sprintf("%02d", i)] = 100 - i
	}
	count := tally(counts, 2565, 2565)
	count.Procs = 1
	table := count.table()
	if len(table.Rows) != outcomesShown || !strings.HasPrefix(table.Note, "… and 10 more outcomes that came 80 times or fewer.") {
		t.Errorf("%d rows, %q", len(table.Rows), table.Note)
	}
	if !strings.Contains(table.Note, "on 1 processor (") {
		t.Errorf("note %q", table.Note)
	}
}
