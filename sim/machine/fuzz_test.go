package machine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"runnext/sim/machine"
)

// FuzzMachine writes type-correct programs from bytes and runs them within
// narrow limits: whatever they do, the machine comes back with a status, and
// two runs of one seed are one run.
func FuzzMachine(f *testing.F) {
	f.Add([]byte("go and wait"), uint8(1))
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}, uint8(4))
	f.Add([]byte{21, 3, 22, 9, 23, 1, 24, 7, 25, 2, 13, 14, 15, 9, 9, 9, 0, 1, 2, 3}, uint8(2))
	f.Add([]byte("\x0b\x02\x0c\x03\x0d\x12\x13\x01\x00\x00\x05\x07\x08\x11"), uint8(8))
	// The first program loads the standard library, which takes longer than one
	// input may on a busy machine.
	if _, err := run(f, "fuzz.go", writeProgram(nil), nil); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, procs uint8) {
		if len(data) > 400 {
			return
		}
		src := writeProgram(data)
		var first *machine.Result
		for range 2 {
			ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
			o, err := runWithin(ctx, t, "fuzz.go", src, func(c *machine.Config) {
				c.Log, c.P = false, 1+int(procs%8)
				c.Steps, c.Goroutines, c.Heap, c.Output = 20_000, 5_000, 256<<20, 1<<20
			})
			late := ctx.Err() != nil
			stop()
			if err != nil {
				t.Fatalf("%v\n%s", err, src)
			}
			if late {
				return // a loop that schedules nothing is cut by the context
			}
			switch o.res.Status {
			case 0, machine.StatusFatal, machine.StatusCut:
			default:
				t.Fatalf("status %d\n%s\n%s", o.res.Status, src, &o.stderr)
			}
			if first != nil && (first.Hash != o.res.Hash || first.Status != o.res.Status) {
				t.Fatalf("two runs: status %d and %d, hash %x and %x\n%s", first.Status, o.res.Status, first.Hash, o.res.Hash, src)
			}
			first = o.res
		}
	})
}

// grammar are statements over the variables that each function has; %s is a
// block, %d a small number. All of them are correct wherever they stand.
var grammar = []string{
	"go func() {\n%s}()\n", "go f(%d, c, q, m)\n", "f(n-1, c, q, m)\n", "func() {\n%s}()\n",
	"c <- %d\n", "x += <-c\n", "q <- \"s\"\n", "s += <-q\n",
	"select {\ncase c <- %d:\n%scase v, ok := <-c:\n\tx, y = v, ok\n%sdefault:\n%s}\n",
	"select {\ncase <-c:\n%scase <-time.After(%d * time.Millisecond):\n%s}\n",
	"for i := range %d {\nx += i\n%s}\n", "for v := range c {\n\tx = v\n%s}\n",
	"if x%%7 > %d {\n%s} else {\n%s}\n", "m.Lock()\n", "m.Unlock()\n", "close(c)\n",
	"defer func() { z = recover() }()\n", "defer func() {\n%s}()\n", "panic(x)\n", "x = x / (x %% 3)\n",
	"a = append(a, x, %d)\n", "x = a[%d]\n", "a = a[%d:]\n", "d[s] += x\n", "delete(d, s)\n", "for k, v := range d {\n\ts, x = k, v\n%s}\n",
	"z = d\n", "z = []any{x, s, z}\n", "x = z.(int)\n", "if v, ok := z.(map[string]int); ok {\n\td = v\n%s}\n", "y = z == any(a) || y\n",
	"a = make([]int, x%%100)\n", "c = make(chan int, %d)\n", "var r *node\n\tx += r.v\n", "r := &node{v: x}\n\tr.next = r\n\tz = *r\n",
	"runtime.Gosched()\n", "time.Sleep(%d * time.Microsecond)\n", "fmt.Println(x, s, y, z)\n", "s = fmt.Sprintf(\"%%v|%%d|%%q\", z, x, s)\n",
	"{\n\tvar w sync.WaitGroup\n\tw.Go(func() {\n%s})\n\tw.Wait()\n}\n", "s += s\n", "for i := range seq(%d) {\n\tx ^= i\n%s}\n", "runtime.Goexit()\n",
	"b, _ := json.Marshal([]any{x, s, d, a})\n\ts = string(b)\n", "x = min(x, len(s), cap(a)) << %d\n", "c = nil\n",
}

// writeProgram turns bytes into a program: each picks a statement or a number.
func writeProgram(data []byte) []byte {
	next := func() int {
		if len(data) == 0 {
			return -1
		}
		b := data[0]
		data = data[1:]
		return int(b)
	}
	var block func(depth int) string
	block = func(depth int) string {
		var b strings.Builder
		for n := 1 + next()%5; n > 0; n-- {
			i := next()
			if i < 0 || depth > 5 {
				break
			}
			form := grammar[i%len(grammar)]
			var args []any
			for k := 0; k+1 < len(form); k++ {
				if form[k] != '%' {
					continue
				}
				switch k++; form[k] {
				case 's':
					args = append(args, block(depth+1))
				case 'd':
					args = append(args, max(next(), 0)%9)
				}
			}
			// A statement of its own block may declare what it likes.
			text := fmt.Sprintf(form, args...)
			if strings.Contains(text[:min(len(text), 8)], ":=") || strings.HasPrefix(text, "var ") {
				text = "{\n" + text + "}\n"
			}
			b.WriteString(text)
		}
		return b.String()
	}
	vars := "\tvar x, y, s, z, a, d = n, false, \"t\", any(nil), []int{n}, map[string]int{}\n" +
		"\tdefer func() { _, _, _, _, _, _ = x, y, s, z, a, d }()\n"
	return []byte("package main\n\nimport (\n\t\"encoding/json\"\n\t\"fmt\"\n\t\"runtime\"\n\t\"sync\"\n\t\"time\"\n)\n\n" +
		"var _, _, _, _ = json.Marshal, fmt.Sprint, runtime.GC, time.Now\n\ntype node struct {\n\tv    int\n\tnext *node\n}\n\n" +
		"func seq(n int) func(func(int) bool) {\n\treturn func(yield func(int) bool) {\n\t\tfor i := range n {\n\t\t\tif !yield(i) {\n\t\t\t\treturn\n\t\t\t}\n\t\t}\n\t}\n}\n\n" +
		"func f(n int, c chan int, q chan string, m *sync.Mutex) {\n\tif n < 0 {\n\t\treturn\n\t}\n" + vars + block(0) + "}\n\n" +
		"func main() {\n\tn, c, q, m := 3, make(chan int, 1), make(chan string), &sync.Mutex{}\n" + vars + block(0) + "\tf(n, c, q, m)\n}\n")
}
