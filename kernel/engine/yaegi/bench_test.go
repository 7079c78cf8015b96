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
	{"closure", "func calls(n int) int {\n\ts := 0\n\tadd := func(i int) { s += i }\n\tfor i := 0; i < n; i++ {\n\t\tadd(i)\n\t}\n\treturn s\n}", "calls(10000)"},
	{"method", "type P struct{ n int }\n\nfunc (p *P) Add(i int) { p.n += i }\n\nfunc methods(n int) int {\n\tp := &P{}\n\tfor i := 0; i < n; i++ {\n\t\tp.Add(i)\n\t}\n\treturn p.n\n}", "methods(10000)"},
	{"interface", "type Adder interface{ Add(int) }\n\ntype P struct{ n int }\n\nfunc (p *P) Add(i int) { p.n += i }\n\nfunc dynamic(n int) {\n\tvar a Adder = &P{}\n\tfor i := 0; i < n; i++ {\n\t\ta.Add(i)\n\t}\n}", "dynamic(10000)"},
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
