package lab

import (
	"encoding/json"
	"math"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"
)

func TestFigure(t *testing.T) {
	for _, test := range []struct {
		runs             []float64
		median, min, max float64
	}{
		{[]float64{3}, 3, 3, 3},
		{[]float64{4, 1}, 2.5, 1, 4},
		{[]float64{9, 1, 2}, 2, 1, 9},
		{nil, 0, 0, 0},
	} {
		f := figure("x", "", 0, "ns", test.runs)
		if f.Median != test.median || f.Min != test.min || f.Max != test.max || f.Runs != len(test.runs) {
			t.Errorf("%v: %+v", test.runs, f)
		}
	}
}

func TestQuantity(t *testing.T) {
	for _, test := range []struct {
		v    float64
		unit string
		want string
	}{
		{0, "ns", "0 ns"}, {1.5, "ns", "1.50 ns"}, {999, "ns", "999 ns"}, {1500, "ns", "1.50 µs"}, {2.5e6, "ns", "2.50 ms"}, {61e9, "ns", "61 s"},
		{2048, "B", "2 KiB"}, {100.4, "B", "100 B"}, {-4096, "B", "-4 KiB"}, {3 << 30, "B", "3 GiB"}, {20762.4, "1/s", "20,762 /s"}, {999.6, "ns", "1.00 µs"}, {999_700, "ns", "1.00 ms"}, {99.97, "", "100"}, {9.997, "", "10.0"}, {-1234567, "", "-1,234,567"}, {12, "", "12"},
	} {
		if got := quantity(test.v, test.unit); got != test.want {
			t.Errorf("%v %s: %q, want %q", test.v, test.unit, got, test.want)
		}
	}
}

func TestMeasuredIsShown(t *testing.T) {
	m := Measured{Title: "T", plot: plotBars, Limits: []Limit{{"ulimit -u", NoLimit, 0}, {"pid_max", 100, 7}}}
	m.add("a", "time", 5, "ns", 1, 2, 3)
	m.add("a", "memory", 5, "B", 2048)
	m.add("b", "time", 0, "ns", 1000, 2000)
	m.add("c", "time", 0, "ns")
	m.note("a %s", "note")
	const want = "T\n\n   n  time         memory\n-  -  -----------  ------\n" +
		"a  5  2 ns         2 KiB\n      1 ns – 3 ns\n" +
		"b     1.50 µs\n      1 µs – 2 µs\n\n" +
		"Each figure is the median of 1 to 3 runs; below it the least and the most.\na note\nLimits: ulimit -u none; pid_max 100 (7 in use)."
	if got := m.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	testTables(t)
	if m.Of("b").Median != 1500 || m.Of("a", "memory").Median != 2048 {
		t.Error("Of finds another figure")
	}
	f := &fakeIO{}
	newDesk(cell{f}).Show(m)
	if len(f.shown) != 2 || f.shown[0].Data["text/html"] == nil || f.shown[1].Data[mimeVegaLite] == nil {
		t.Fatalf("shown %+v", f.shown)
	}
	data, err := json.Marshal(f.shown[1].Data[mimeVegaLite])
	if err != nil || strings.Contains(string(data), "memory") || !strings.Contains(string(data), `"median":0.0000015`) || !strings.Contains(string(data), `"type":"log"`) {
		t.Errorf("%v\n%s", err, data)
	}
	if p := f.shown[1].Data["text/plain"].(string); !strings.Contains(p, "logarithmic") || strings.Count(p, "\n") != 5 {
		t.Errorf("plot as text\n%s", p)
	}
	m.plot = plotN
	if data, err := json.Marshal(m.vega("T", m.Figures, false)); err != nil || !strings.Contains(string(data), `"line"`) {
		t.Errorf("%v\n%s", err, data)
	}
	defer func() {
		if v, ok := recover().(string); !ok || !strings.Contains(v, "a, time; a, memory; b, time") {
			t.Errorf("panic %v", v)
		}
	}()
	m.Of("z")
}

// testTables has the other forms of a table.
func testTables(t *testing.T) {
	one := Measured{Title: "T", count: "at once"}
	one.add("a", "", 1, "ns", 4)
	one.add("a", "", 16, "ns", 2)
	several := Measured{Title: "T"}
	several.add("a", "time", 5, "ns", 1)
	several.add("a", "memory", 5, "B", 2)
	alone := Measured{Title: "T"}
	alone.add("a", "time", 5, "ns", 1)
	nothing := Measured{Title: "T", Limits: []Limit{{"ulimit -u", NoLimit, 0}, {"pid_max", 32768, 7}}}
	nothing.note("Not measured: too many.")
	for want, m := range map[string]Measured{
		"T\n\nat once  median  least  most  runs\n-------  ------  -----  ----  ----\n      1  4 ns    4 ns   4 ns     1\n     16  2 ns    2 ns   2 ns     1": one,
		"T\n\n        median  least  most  runs\n------  ------  -----  ----  ----\ntime    1 ns    1 ns   1 ns     1\nmemory  2 B     2 B    2 B      1":     several,
		"T\n\n         median  least  most  runs\n-------  ------  -----  ----  ----\na, time  1 ns    1 ns   1 ns     1":                                     alone,
		"T\n\nlimit      at most  in use\n---------  -------  ------\nulimit -u  none\npid_max    32,768        7\n\nNot measured: too many.":                 nothing,
	} {
		if got := m.String(); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestThreadLimits(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("for Linux's files")
	}
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	root := fstest.MapFS{
		"proc/self/status": file("Name:\tx\nThreads:\t9\nVmRSS:\t   12 kB\n"), "proc/sys/kernel/pid_max": file("32768\n"),
		"proc/sys/kernel/threads-max": file("500\n"), "proc/loadavg": file("0.1 0.2 0.3 2/402 77\n"),
		"proc/self/cgroup": file("0::/a/b\n"), "sys/fs/cgroup/a/pids.max": file("max\n"),
		"sys/fs/cgroup/a/b/pids.max": file("100\n"), "sys/fs/cgroup/a/b/pids.current": file("30\n"),
	}
	limits := threadLimits(root)
	for n, want := range map[int]string{
		1: "", 6: "", 7: "pids.max of the control group 100 (30 in use)", 40: "threads-max 500 (402 in use)", 40_000: "debug.SetMaxThreads",
	} {
		if got := allow("threads", n, limits); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got := status(root, "VmRSS"); got != 12*1024 {
		t.Errorf("VmRSS %d", got)
	}
	m := Threads(1 << 30)
	if len(m.Figures) > 0 || !strings.Contains(m.String(), "Not measured: 1,073,741,824 threads are too many here") {
		t.Errorf("too many threads: %s", m)
	}
	if was := maxThreads(); was != maxThreads() || was < 1 {
		t.Errorf("the limit of threads is now %d", was)
	}
}

// TestExperiments runs each of them small. What they find differs from machine
// to machine; that they find it, and what it can be at all, does not.
func TestExperiments(t *testing.T) {
	goroutines := runtime.NumGoroutine()
	linux := runtime.GOOS == "linux"
	for name, test := range map[string]struct {
		run  func(d *desk) Measured
		want [][2]string // figures above zero
	}{
		"Threads":    {func(d *desk) Measured { return d.Threads(20) }, [][2]string{{"thread", "time to create"}}},
		"Goroutines": {func(d *desk) Measured { return d.Goroutines(2000, 500) }, [][2]string{{"goroutine", "time to start"}, {"goroutine", "stack each"}}},
		"Switch":     {func(d *desk) Measured { return d.Switch() }, [][2]string{{"Gosched", ""}, {"channel ping-pong", ""}, {"locked ping-pong", ""}, {"system call (getppid)", ""}}},
		"Requests":   {func(d *desk) Measured { return d.Requests(8, 0, time.Millisecond) }, [][2]string{{"at once", ""}}},
		"TwoPC":      {func(d *desk) Measured { return d.TwoPC(time.Millisecond, 2*time.Millisecond) }, [][2]string{{"one store after the other", ""}, {"both rounds at once", ""}}},
		"Server":     {func(d *desk) Measured { return d.Server(20) }, [][2]string{{"goroutine per client", "throughput"}, {"goroutine per client", "p99"}}},
		"StackTouch": {func(d *desk) Measured { return d.StackTouch() }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			m := test.run(newDesk(cell{&fakeIO{}}))
			for _, w := range test.want {
				if f := m.Of(w[0], w[1]); !(f.Median > 0) || f.Min > f.Median || f.Median > f.Max || f.Runs < 1 {
					t.Errorf("%+v", f)
				}
			}
			if linux && name == "Server" && m.Of("thread per client", "threads").Min < 20 {
				t.Errorf("20 clients on fewer threads: %s", m)
			}
			if linux && name == "StackTouch" && m.Of("100 % touched", "resident memory").Min < 0.9*m.Of("100 % touched", "virtual memory").Max {
				t.Errorf("touched and not resident: %s", m)
			}
			if len(m.Notes) == 0 || m.String() == "" {
				t.Error("nothing is said of what the figures mean")
			}
			f := &fakeIO{}
			atomic.StoreUint32(&f.word, 1) // an interrupt ends it at once
			test.run(newDesk(cell{f}))
		})
	}
	// Goroutines end a moment after what they were waited for by.
	for begun := time.Now(); time.Since(begun) < 5*time.Second && runtime.NumGoroutine() > goroutines; {
		time.Sleep(time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		t.Errorf("%d goroutines are left behind", n-goroutines)
	}
}

// TestMemoryOfGoroutines holds the memory against what the runtime says of
// itself.
func TestMemoryOfGoroutines(t *testing.T) {
	if underRace {
		t.Skip("the race detector's calls make every stack deeper")
	}
	stack := Goroutines(4000).Of("goroutine", "stack each").Median
	if math.Abs(stack-2048) > 0.15*2048 {
		t.Errorf("a goroutine's stack takes %.0f bytes; it begins with 2048", stack)
	}
}

func TestExperimentsRefuse(t *testing.T) {
	for want, f := range map[string]func(){
		"lab.Threads: n is 0":      func() { Threads(0) },
		"lab.Goroutines: n is -1":  func() { Goroutines(5, -1) },
		"lab.Requests: 0 requests": func() { Requests(0, 1, 1) },
		"lab.TwoPC: a store":       func() { TwoPC(time.Hour) },
		"lab.Server: 0 clients":    func() { Server(0) },
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.HasPrefix(got, want) {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}
