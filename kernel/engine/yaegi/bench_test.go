package yaegi

import (
	"io"
	"testing"
	"time"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"
)

// benchPrograms are compared with the interpreter on its own: cells must not
// be much slower for being run right.
var benchPrograms = []struct{ name, decls, work string }{
	{"fib", "func fib(n int) int {\n\tif n < 2 {\n\t\treturn n\n\t}\n\treturn fib(n-1) + fib(n-2)\n}", "fib(18)"},
	{"loop", "func loop(n int) int {\n\ts := 0\n\tfor i := 0; i < n; i++ {\n\t\ts += i ^ n\n\t}\n\treturn s\n}", "loop(100000)"},
	{"slice", "func fill(n int) int {\n\ta := make([]int, n)\n\tfor i := range a {\n\t\ta[i] = i\n\t}\n\ts := 0\n\tfor _, v := range a {\n\t\ts += v\n\t}\n\treturn s\n}", "fill(30000)"},
	{"append", "func grow(n int) int {\n\tvar a []int\n\tfor i := 0; i < n; i++ {\n\t\ta = append(a, i)\n\t}\n\treturn len(a)\n}", "grow(10000)"},
	{"pingpong", "func pingpong(n int) {\n\ta, b := make(chan int), make(chan int)\n\tgo func() {\n\t\tfor v := range a {\n\t\t\tb <- v\n\t\t}\n\t}()\n\tfor i := 0; i < n; i++ {\n\t\ta <- i\n\t\t<-b\n\t}\n\tclose(a)\n}", "pingpong(10000)"},
	{"buffered", "func pipe(n int) int {\n\tc := make(chan int, 64)\n\tgo func() {\n\t\tfor i := 0; i < n; i++ {\n\t\t\tc <- i\n\t\t}\n\t\tclose(c)\n\t}()\n\ts := 0\n\tfor v := range c {\n\t\ts += v\n\t}\n\treturn s\n}", "pipe(20000)"},
	{"select", "func among(n int) int {\n\ta, b := make(chan int, 1), make(chan int, 1)\n\ts := 0\n\tfor i := 0; i < n; i++ {\n\t\tselect {\n\t\tcase a <- i:\n\t\tdefault:\n\t\t}\n\t\tselect {\n\t\tcase v := <-a:\n\t\t\ts += v\n\t\tcase v := <-b:\n\t\t\ts -= v\n\t\t}\n\t}\n\treturn s\n}", "among(10000)"},
	{"mutex", "import \"sync\"\n\nfunc locked(n int) int {\n\tvar mu sync.Mutex\n\ts := 0\n\tfor i := 0; i < n; i++ {\n\t\tmu.Lock()\n\t\ts += i\n\t\tmu.Unlock()\n\t}\n\treturn s\n}", "locked(10000)"},
	{"atomic", "import \"sync/atomic\"\n\nfunc counted(n int) int64 {\n\tvar s int64\n\tfor i := 0; i < n; i++ {\n\t\tatomic.AddInt64(&s, 2)\n\t}\n\treturn s\n}", "counted(10000)"},
	{"closure", "func calls(n int) int {\n\ts := 0\n\tadd := func(i int) { s += i }\n\tfor i := 0; i < n; i++ {\n\t\tadd(i)\n\t}\n\treturn s\n}", "calls(10000)"},
	{"captured recursion", "func captured(n int) int {\n\tvar f func(int) int\n\tf = func(n int) int {\n\t\tif n < 2 {\n\t\t\treturn n\n\t\t}\n\t\treturn f(n-1) + f(n-2)\n\t}\n\treturn f(n)\n}", "captured(15)"},
	{"func values", "func values(n int) int {\n\tvar fs []func(int) int\n\tfor i := 0; i < 8; i++ {\n\t\tk := i\n\t\tfs = append(fs, func(x int) int { return x + k })\n\t}\n\ts := 0\n\tfor i := 0; i < n; i++ {\n\t\ts = fs[i%8](s)\n\t}\n\treturn s\n}", "values(5000)"},
	{"method value", "type Q struct{ n int }\n\nfunc (p *Q) Add(i int) { p.n += i }\n\nfunc bound(n int) int {\n\tp := &Q{}\n\tadd := p.Add\n\tfor i := 0; i < n; i++ {\n\t\tadd(i)\n\t}\n\treturn p.n\n}", "bound(5000)"},
	{"sort", "import \"sort\"\n\nfunc sorted(n int) int {\n\ta := make([]int, n)\n\tfor i := 0; i < n; i++ {\n\t\ta[i] = i * 7919 % n\n\t}\n\tsort.Slice(a, func(i, j int) bool { return a[i] < a[j] })\n\treturn a[0]\n}", "sorted(1000)"},
	{"spawn", "import \"sync\"\n\nfunc spawn(n int) int {\n\tvar wg sync.WaitGroup\n\tvar mu sync.Mutex\n\ts := 0\n\tfor i := 0; i < n; i++ {\n\t\twg.Add(1)\n\t\tgo func(i int) {\n\t\t\tdefer wg.Done()\n\t\t\tmu.Lock()\n\t\t\ts += i\n\t\t\tmu.Unlock()\n\t\t}(i)\n\t}\n\twg.Wait()\n\treturn s\n}", "spawn(500)"},
	{"spawn on a channel", "func spread(n int) int {\n\tc := make(chan int)\n\tfor i := 0; i < n; i++ {\n\t\tgo func(i int) { c <- i * i }(i)\n\t}\n\ts := 0\n\tfor i := 0; i < n; i++ {\n\t\ts += <-c\n\t}\n\treturn s\n}", "spread(500)"},
	{"struct of funcs", "type ops struct{ inc, dec func(int) int }\n\nfunc fields(n int) int {\n\to := ops{func(x int) int { return x + 2 }, func(x int) int { return x - 1 }}\n\tm := map[string]func(int) int{\"inc\": o.inc, \"dec\": o.dec}\n\ts := 0\n\tfor i := 0; i < n; i++ {\n\t\ts = o.inc(s)\n\t\ts = m[\"dec\"](s)\n\t}\n\treturn s\n}", "fields(5000)"},
	{"method", "type P struct{ n int }\n\nfunc (p *P) Add(i int) { p.n += i }\n\nfunc methods(n int) int {\n\tp := &P{}\n\tfor i := 0; i < n; i++ {\n\t\tp.Add(i)\n\t}\n\treturn p.n\n}", "methods(10000)"},
	{"interface", "type Adder interface{ Add(int) }\n\ntype P struct{ n int }\n\nfunc (p *P) Add(i int) { p.n += i }\n\nfunc dynamic(n int) {\n\tvar a Adder = &P{}\n\tfor i := 0; i < n; i++ {\n\t\ta.Add(i)\n\t}\n}", "dynamic(10000)"},
	{"structchan", "type msg struct {\n\tid int\n\ts string\n}\n\nfunc pipe(n int) int {\n\tc := make(chan msg)\n\tgo func() {\n\t\tfor i := 0; i < n; i++ {\n\t\t\tc <- msg{i, \"x\"}\n\t\t}\n\t\tclose(c)\n\t}()\n\ts := 0\n\tfor v := range c {\n\t\ts += v.id\n\t}\n\treturn s\n}", "pipe(5000)"},
	{"select of three", "func sel(n int) int {\n\ta, b, done := make(chan int), make(chan string), make(chan struct{})\n\tgo func() {\n\t\tfor i := 0; i < n; i++ {\n\t\t\tif i%2 == 0 {\n\t\t\t\ta <- i\n\t\t\t} else {\n\t\t\t\tb <- \"x\"\n\t\t\t}\n\t\t}\n\t\tclose(done)\n\t}()\n\ts := 0\n\tfor {\n\t\tselect {\n\t\tcase v := <-a:\n\t\t\ts += v\n\t\tcase v := <-b:\n\t\t\ts += len(v)\n\t\tcase <-done:\n\t\t\treturn s\n\t\t}\n\t}\n}", "sel(5000)"},
	{"strings", "func cat(n int) int {\n\ts := \"\"\n\tt := 0\n\tfor i := 0; i < n; i++ {\n\t\ts = \"a\" + \"b\"[0:1] + string(rune(97+i%26))\n\t\tt += len(s)\n\t}\n\treturn t\n}", "cat(5000)"},
	{"boxes", "import \"fmt\"\n\nfunc print(n int) int {\n\tt := 0\n\tfor i := 0; i < n; i++ {\n\t\tt += len(fmt.Sprint(i, t, \"x\"))\n\t}\n\treturn t\n}", "print(3000)"},
	{"type switch", "func kinds(n int) int {\n\tvs := []any{1, \"a\", 2.5, []int{1}}\n\tt := 0\n\tfor i := 0; i < n; i++ {\n\t\tswitch v := vs[i%4].(type) {\n\t\tcase int:\n\t\t\tt += v\n\t\tcase string:\n\t\t\tt += len(v)\n\t\tcase []int:\n\t\t\tt += len(v)\n\t\t}\n\t}\n\treturn t\n}", "kinds(10000)"},
	{"string slices", "func parts(n int) int {\n\ts := []string{\"a\", \"b\", \"c\", \"d\"}\n\tt := 0\n\tfor i := 0; i < n; i++ {\n\t\tt += len(s[i%4:])\n\t}\n\treturn t\n}", "parts(5000)"},
	{"string building", "func build(n int) int {\n\twords := []string{\"one\", \"two\", \"three\"}\n\tt := 0\n\tfor i := 0; i < n; i++ {\n\t\ts := \"\"\n\t\tfor _, w := range words {\n\t\t\tif w != \"two\" && w < \"u\" {\n\t\t\t\ts += w + \",\"\n\t\t\t}\n\t\t}\n\t\tfor _, r := range s {\n\t\t\tif r == ',' {\n\t\t\t\tt++\n\t\t\t}\n\t\t}\n\t\tfor j := 0; j < len(s); j++ {\n\t\t\tif s[j] == 'e' {\n\t\t\t\tt++\n\t\t\t}\n\t\t}\n\t}\n\treturn t\n}", "build(500)"},
	{"counting words", "func count(n int) int {\n\twords := []string{\"one\", \"two\", \"three\", \"two\", \"one\", \"six\"}\n\tm := map[string]int{}\n\tfor i := 0; i < n; i++ {\n\t\tm[words[i%len(words)]]++\n\t}\n\tt := 0\n\tfor _, k := range m {\n\t\tt += k\n\t}\n\treturn t + m[\"two\"]\n}", "count(10000)"},
	{"worker pool", "import \"sync\"\n\ntype job struct {\n\tid   int\n\tname string\n\tdata []int\n}\n\ntype result struct {\n\tid, sum int\n\terr     error\n}\n\nfunc work(j job) result {\n\tr := result{id: j.id}\n\tfor _, v := range j.data {\n\t\tr.sum += v\n\t}\n\treturn r\n}\n\nfunc pool(n int) int {\n\tjobs, results := make(chan job, 8), make(chan result, 8)\n\tvar wg sync.WaitGroup\n\tfor w := 0; w < 4; w++ {\n\t\twg.Add(1)\n\t\tgo func() {\n\t\t\tdefer wg.Done()\n\t\t\tfor j := range jobs {\n\t\t\t\tresults <- work(j)\n\t\t\t}\n\t\t}()\n\t}\n\tgo func() {\n\t\tfor i := 0; i < n; i++ {\n\t\t\tjobs <- job{i, \"x\", []int{i, i + 1}}\n\t\t}\n\t\tclose(jobs)\n\t\twg.Wait()\n\t\tclose(results)\n\t}()\n\tt := 0\n\tfor r := range results {\n\t\tt += r.sum\n\t}\n\treturn t\n}", "pool(2000)"},
	{"pool of strings", "func shout(n int) int {\n\tin, out := make(chan string), make(chan string)\n\tfor w := 0; w < 3; w++ {\n\t\tgo func() {\n\t\t\tfor s := range in {\n\t\t\t\tout <- s + \"!\"\n\t\t\t}\n\t\t}()\n\t}\n\tgo func() {\n\t\tfor i := 0; i < n; i++ {\n\t\t\tin <- \"job\"\n\t\t}\n\t\tclose(in)\n\t}()\n\tt := 0\n\tfor i := 0; i < n; i++ {\n\t\tt += len(<-out)\n\t}\n\treturn t\n}", "shout(3000)"},
	{"select of structs", "type event struct {\n\tat   int\n\ttext string\n}\n\nfunc listen(n int) int {\n\ta, b, done := make(chan event, 4), make(chan string, 4), make(chan struct{})\n\tgo func() {\n\t\tfor i := 0; i < n; i++ {\n\t\t\tselect {\n\t\t\tcase a <- event{i, \"a\"}:\n\t\t\tcase b <- \"b\":\n\t\t\t}\n\t\t}\n\t\tclose(done)\n\t}()\n\tt := 0\n\tfor {\n\t\tselect {\n\t\tcase e := <-a:\n\t\t\tt += e.at\n\t\tcase s := <-b:\n\t\t\tt += len(s)\n\t\tcase <-done:\n\t\t\treturn t\n\t\t}\n\t}\n}", "listen(5000)"},
	{"structs", "type point struct{ x, y int }\n\nfunc (p point) add(q point) point { return point{p.x + q.x, p.y + q.y} }\n\nfunc points(n int) int {\n\tvar l []point\n\tfor i := 0; i < n; i++ {\n\t\tl = append(l, point{i, -i})\n\t}\n\tsum := point{}\n\tfor _, p := range l {\n\t\tsum = sum.add(p)\n\t}\n\tfor i := range l {\n\t\tl[i].x, l[i].y = l[i].y, l[i].x\n\t}\n\treturn sum.x + l[n-1].y\n}", "points(5000)"},
	{"dispatch", "type shape interface{ area() int }\n\ntype square struct{ s int }\n\ntype rect struct{ w, h int }\n\nfunc (s square) area() int { return s.s * s.s }\n\nfunc (r *rect) area() int { return r.w * r.h }\n\nfunc areas(n int) int {\n\tl := []shape{square{2}, &rect{2, 3}, square{4}}\n\tt := 0\n\tfor i := 0; i < n; i++ {\n\t\tt += l[i%3].area()\n\t}\n\treturn t\n}", "areas(10000)"},
	{"errors", "import \"errors\"\n\nvar errOdd = errors.New(\"odd\")\n\nfunc half(n int) (int, error) {\n\tif n%2 == 1 {\n\t\treturn 0, errOdd\n\t}\n\treturn n / 2, nil\n}\n\nfunc halves(n int) int {\n\tt := 0\n\tfor i := 0; i < n; i++ {\n\t\th, err := half(i)\n\t\tif err != nil {\n\t\t\tt += len(err.Error())\n\t\t\tcontinue\n\t\t}\n\t\tt += h\n\t}\n\treturn t\n}", "halves(5000)"},
	{"map", "func words(n int) int {\n\tm := map[int]int{}\n\tfor i := 0; i < n; i++ {\n\t\tm[i%100]++\n\t}\n\treturn len(m)\n}", "words(10000)"},
}

func BenchmarkCell(b *testing.B) {
	for _, p := range benchPrograms {
		b.Run(p.name, func(b *testing.B) {
			n := newNotebook(b)
			if _, rep := n.run(p.decls); rep.Failure != nil {
				b.Fatal(rep.Failure)
			}
			job, fail := n.prepare(p.work)
			if fail != nil {
				b.Fatal(fail)
			}
			for b.Loop() {
				if rep := n.runner.Run(b.Context(), job, &testIO{}); rep.Failure != nil {
					b.Fatal(rep.Failure)
				}
			}
		})
	}
}

// BenchmarkBeside runs the interpreter on its own and cells in alternation and
// reports the ratio of their shortest times, which a loaded machine leaves
// alone: x/plain, less is better.
func BenchmarkBeside(b *testing.B) {
	for _, p := range benchPrograms {
		b.Run(p.name, func(b *testing.B) {
			plain := interp.New(interp.Options{Stdout: io.Discard, Stderr: io.Discard})
			if err := plain.Use(stdlib.Symbols); err != nil {
				b.Fatal(err)
			}
			if _, err := plain.Eval(p.decls); err != nil {
				b.Fatal(err)
			}
			n := newNotebook(b)
			if _, rep := n.run(p.decls); rep.Failure != nil {
				b.Fatal(rep.Failure)
			}
			job, fail := n.prepare(p.work)
			if fail != nil {
				b.Fatal(fail)
			}
			var least [2]time.Duration
			for b.Loop() {
				for i, run := range []func() error{
					func() error { _, err := plain.Eval(p.work); return err },
					func() error {
						if rep := n.runner.Run(b.Context(), job, &testIO{}); rep.Failure != nil {
							return rep.Failure
						}
						return nil
					},
				} {
					t0 := time.Now()
					if err := run(); err != nil {
						b.Fatal(err)
					}
					if d := time.Since(t0); least[i] == 0 || d < least[i] {
						least[i] = d
					}
				}
			}
			b.ReportMetric(float64(least[1])/float64(least[0]), "x/plain")
		})
	}
}

// BenchmarkTrivialCell is the whole way of a cell without its sockets.
func BenchmarkTrivialCell(b *testing.B) {
	n := newNotebook(b)
	n.run("x := 1")
	for b.Loop() {
		if _, rep := n.run("x + 1"); rep.Failure != nil {
			b.Fatal(rep.Failure)
		}
	}
}

// fifty is a cell of 50 lines as lessons have them.
const fifty = `type job struct {
	id   int
	data []int
}

type result struct {
	id, sum int
	err     error
}

var errEmpty = errors.New("empty")

func work(j job) (r result) {
	r.id = j.id
	if len(j.data) == 0 {
		r.err = fmt.Errorf("job %d: %w", j.id, errEmpty)
		return r
	}
	for _, v := range j.data {
		r.sum += v
	}
	return r
}

func pool(ctx context.Context, n int, jobs <-chan job) <-chan result {
	out := make(chan result)
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for j := range jobs {
				select {
				case out <- work(j):
				case <-ctx.Done():
					return
				}
			}
		})
	}
	go func() { wg.Wait(); close(out) }()
	return out
}

jobs := make(chan job)
go func() {
	defer close(jobs)
	for i := range 3 {
		jobs <- job{i, make([]int, i)}
	}
}()
for r := range pool(context.Background(), 2, jobs) {
	fmt.Println(r.id, r.sum, r.err)
}
`

// BenchmarkEmit is what the kernel process does with a cell before it runs.
func BenchmarkEmit(b *testing.B) {
	for _, c := range []struct{ name, code string }{{"trivial", "1 + 1"}, {"fifty lines", fifty}} {
		b.Run(c.name, func(b *testing.B) {
			n := newNotebook(b)
			if _, fail := n.prepare(c.code); fail != nil {
				b.Fatal(fail)
			}
			for b.Loop() {
				if _, fail := n.prepare(c.code); fail != nil {
					b.Fatal(fail)
				}
			}
		})
	}
}
