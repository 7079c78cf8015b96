//go:build unix

package worker

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"runnext/kernel/engine"
)

// childFlag makes the test binary a worker.
const childFlag = "runnext-test-worker"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childFlag {
		os.Exit(Main(context.Background(), newTestRunner))
	}
	if len(os.Args) > 1 && os.Args[1] == kernelFlag {
		os.Exit(kernelMain())
	}
	goleak.VerifyTestMain(m)
}

// testRunner takes a job's program as a command and its argument.
type testRunner struct {
	state int
	mu    sync.Mutex
	kept  []any
}

func newTestRunner() engine.Runner { return &testRunner{} }

func (r *testRunner) Run(ctx context.Context, job engine.Job, io engine.IO) engine.Report {
	name, arg, _ := strings.Cut(string(job.Program), " ")
	f := scripts[name]
	if f == nil {
		return engine.Report{Failure: &engine.Failure{Kind: engine.KindRefused, Text: "no script " + name}}
	}
	text := f(call{ctx, r, io, arg})
	if atomic.LoadUint32(io.Interrupted()) != 0 {
		return engine.Report{Failure: &engine.Failure{Kind: engine.KindInterrupted, Text: "unwound"}}
	}
	return engine.Report{Value: &engine.Bundle{Data: map[string]any{"text/plain": text}}}
}

// call is one run of a script.
type call struct {
	ctx context.Context
	r   *testRunner
	io  engine.IO
	arg string
}

func (c call) number() int {
	n, err := strconv.Atoi(c.arg)
	if err != nil {
		panic(err)
	}
	return n
}

// spin ends when the word says so, as emitted code does.
func (c call) spin() {
	word := c.io.Interrupted()
	for atomic.LoadUint32(word) == 0 {
		runtime.Gosched()
	}
	runtime.KeepAlive(c.io)
}

//go:noinline
func recurse(n int, p *[512]byte) int {
	var q [512]byte
	q[n%512] = p[0] + 1
	return recurse(n+1, &q) + int(q[1])
}

var scripts = map[string]func(c call) string{
	"echo": func(c call) string { return c.arg },
	"exitat": func(c call) string {
		c.io.(engine.Mourned).Part(engine.Parting{
			Places: []engine.Place{{Cell: 2, Line: 7, Column: 3}}, Detail: []string{"In a goroutine."},
		})
		os.Exit(3)
		return ""
	},
	"marked": func(c call) string {
		engine.Marked(4, 5, 6, func() { recurse(0, new([512]byte)) })
		return ""
	},
	"print": func(c call) string { fmt.Fprint(c.io.Stdout(), c.arg); return "" },
	"count": func(c call) string { c.r.mu.Lock(); defer c.r.mu.Unlock(); c.r.state++; return fmt.Sprint(c.r.state) },
	"lines": func(c call) string {
		w := c.io.Stdout()
		for i := range c.number() {
			fmt.Fprintf(w, "%019d\n", i)
		}
		return ""
	},
	"repeat": func(c call) string {
		line := []byte("a line of 20 bytes.\n")
		w := c.io.Stdout()
		for range c.number() {
			w.Write(line)
		}
		return ""
	},
	"big": func(c call) string {
		c.io.Stdout().Write(bytes.Repeat([]byte("0123456789abcdef"), c.number()/16))
		return ""
	},
	"mixed": func(c call) string {
		fmt.Fprint(c.io.Stdout(), "one ")
		c.io.Display(engine.Display{Bundle: engine.Bundle{Data: map[string]any{"text/plain": "shown", "bad": make(chan int), "n": 3}}, ID: "x"})
		fmt.Fprint(c.io.Stderr(), "two ")
		c.io.Clear(true)
		fmt.Fprint(c.io.Stdout(), "three")
		return ""
	},
	"raw": func(c call) string {
		os.Stdout.WriteString("raw out ")
		os.Stderr.WriteString("raw err\n")
		return ""
	},
	"input": func(c call) string {
		line, err := bufio.NewReader(c.io.Stdin()).ReadString('\n')
		return fmt.Sprintf("%q %v", line, err)
	},
	"exit": func(c call) string { fmt.Fprint(c.io.Stdout(), "before "); os.Exit(c.number()); return "" },
	"kill": func(c call) string {
		fmt.Fprint(c.io.Stdout(), "before ")
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	},
	"panic":    func(c call) string { panic("runner's own") },
	"gopanic":  func(c call) string { go panic("in a goroutine"); select {} },
	"overflow": func(c call) string { return fmt.Sprint(recurse(0, new([512]byte))) },
	"mapwrite": func(c call) string {
		m := map[int]int{}
		for g := range 8 {
			go func() {
				for i := 0; ; i++ {
					m[i%7] = g
				}
			}()
		}
		select {}
	},
	"eat": func(c call) string {
		var all [][]byte
		for {
			b := make([]byte, 1<<20)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			all = append(all, b)
			runtime.KeepAlive(all)
			if len(all)%16 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
	},
	"spin": func(c call) string { fmt.Fprint(c.io.Stdout(), "started"); c.spin(); return "" },
	"spinners": func(c call) string {
		var wg sync.WaitGroup
		for range c.number() {
			wg.Go(func() {
				word := c.io.Interrupted()
				for atomic.LoadUint32(word) == 0 {
				}
			})
		}
		fmt.Fprint(c.io.Stdout(), "started")
		wg.Wait()
		return ""
	},
	"ctx":   func(c call) string { <-c.ctx.Done(); return "" },
	"never": func(c call) string { fmt.Fprint(c.io.Stdout(), "started"); select {} },
	"late": func(c call) string {
		go func() {
			io.WriteString(c.io.Stdout(), "after the end")
			c.io.Late(&engine.Failure{Kind: engine.KindPanic, Text: "late"})
		}()
		return ""
	},
	"lateexit": func(c call) string { go os.Exit(c.number()); return "" },
	"stubborn": func(c call) string {
		fmt.Fprint(c.io.Stdout(), "started")
		for {
			fmt.Fprint(c.io.Stdout(), "x")
		}
	},
	"grandchild": func(c call) string {
		cmd := exec.Command("sh", "-c", "echo from sh; exec sleep 100")
		r, w, err := os.Pipe()
		if err != nil {
			return err.Error()
		}
		cmd.Stdout, cmd.Stderr = os.Stdout, w // holds fd 1 open for good
		if err := cmd.Start(); err != nil {
			return err.Error()
		}
		c.r.kept = append(c.r.kept, r, cmd)
		w.Close()
		return fmt.Sprint(cmd.Process.Pid)
	},
	"fds": func(c call) string {
		out, err := exec.Command("sh", "-c", "for i in 3 4 5; do readlink /proc/$$/fd/$i; done; echo end").Output()
		return fmt.Sprintf("%s %v", out, err)
	},
	"oldest": func(c call) string {
		c.r.mu.Lock()
		defer c.r.mu.Unlock()
		_, err := c.r.kept[0].(engine.IO).Stdout().Write([]byte("x"))
		return fmt.Sprint(err)
	},
	"keep": func(c call) string {
		c.r.mu.Lock()
		defer c.r.mu.Unlock()
		c.r.kept = append(c.r.kept, c.io)
		return ""
	},
}
