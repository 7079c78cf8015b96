package simulate_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/traefik/yaegi/interp"

	"runnext/kernel/simulate"
	"runnext/kernel/std/stdtest"
)

// The same work in three ways: compiled, by yaegi, and on the simulator, where
// every load is seen and a goroutine can stop after any instruction. The figures
// are ns/op of one run; compare them within one run of the benchmark only.
//
//	go test -tags carried -run '^$' -bench Speed ./kernel/simulate

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func loop(n int) int {
	s := 0
	for i := 0; i < n; i++ {
		s += i & 7
	}
	return s
}

const speedCode = `package main

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func loop(n int) int {
	s := 0
	for i := 0; i < n; i++ {
		s += i & 7
	}
	return s
}
`

var sink int

func BenchmarkSpeed(b *testing.B) {
	for _, work := range []struct {
		name, call string
		compiled   func() int
	}{
		{"fib", "fib(27)", func() int { return fib(27) }},
		{"loop", "loop(3_000_000)", func() int { return loop(3_000_000) }},
	} {
		b.Run(work.name+"/compiled", func(b *testing.B) {
			for b.Loop() {
				sink = work.compiled()
			}
		})
		b.Run(work.name+"/yaegi", func(b *testing.B) {
			i := interp.New(interp.Options{})
			if _, err := i.Eval(speedCode); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if v, err := i.Eval(work.call); err != nil || v.Int() != int64(work.compiled()) {
					b.Fatalf("%v, %v", v, err)
				}
			}
		})
		b.Run(work.name+"/simulated", func(b *testing.B) {
			l := stdtest.Carried(b)
			file := filepath.Join(b.TempDir(), "main.go")
			code := speedCode + "\nfunc main() { println(" + work.call + ") }\n"
			if err := os.WriteFile(file, []byte(code), 0o666); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				var out bytes.Buffer
				p := simulate.Program{File: file, Stdout: &out, Stderr: &out}
				if status, err := simulate.Run(b.Context(), l, p); err != nil || status != 0 {
					b.Fatalf("status %d, %v\n%s", status, err, &out)
				}
			}
		})
	}
}
