//go:build unix

package run

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"runnext/kernel/engine"
)

// compiled is a Runner whose programs are functions of this test.
type compiled struct{}

func (compiled) Run(_ context.Context, job engine.Job, io engine.IO) engine.Report {
	return plainPrograms[string(job.Program)](io.(engine.Program))
}

var plainPrograms = map[string]func(engine.Program) engine.Report{
	"ends": func(engine.Program) engine.Report { return engine.Report{} },
	"args": func(engine.Program) engine.Report {
		fmt.Printf("%q\n", os.Args)
		return engine.Report{}
	},
	"exit": func(engine.Program) engine.Report {
		fmt.Println("out")
		fmt.Fprintln(os.Stderr, "err")
		os.Exit(7)
		return engine.Report{}
	},
	"copy": func(p engine.Program) engine.Report {
		io.Copy(p.Stdout(), p.Stdin())
		return engine.Report{}
	},
	"blocks": func(engine.Program) engine.Report {
		fmt.Println("ready")
		for {
			time.Sleep(time.Hour)
		}
	},
	"fatal": func(engine.Program) engine.Report {
		new(sync.Mutex).Unlock()
		return engine.Report{}
	},
	"fd2": func(engine.Program) engine.Report {
		syscall.Write(2, []byte("raw, without a newline"))
		return engine.Report{}
	},
	"panics": func(p engine.Program) engine.Report {
		p.Crash(&engine.Failure{Kind: engine.KindPanic, Text: "panic: boom", Places: []engine.Place{{Cell: 1, Line: 3, Column: 2, Func: "f"}, {Cell: 1, Line: 9, Column: 1, Func: "main"}}})
		return engine.Report{}
	},
	"reports": func(engine.Program) engine.Report {
		return engine.Report{Failure: &engine.Failure{Kind: engine.KindRefused, Text: "no body for f", Places: []engine.Place{{Cell: 1, Line: 3, Column: 2}}, Why: "w"}}
	},
	"others run": func(engine.Program) engine.Report {
		go func() {
			for {
				fmt.Print()
			}
		}()
		return engine.Report{}
	},
	"goexit": func(engine.Program) engine.Report {
		go func() { fmt.Println("the last one") }()
		return engine.Report{Goexit: true}
	},
	"killed": func(engine.Program) engine.Report {
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	},
}

// plain runs one of the programs above.
func plain(t *testing.T, name string, p Program) (status int, err error) {
	t.Helper()
	c := Config{Path: plainBinary(t), Args: []string{asPlain}}
	return c.start(context.Background(), p, task{File: "x.go", Name: "x", Args: p.Args, Program: []byte(name)})
}

func TestProcess(t *testing.T) {
	tests := []struct {
		name           string
		args           []string
		stdin          string
		status         int
		stdout, stderr string // stderr is a beginning
	}{
		{name: "ends"},
		{name: "args", args: []string{"-t", "a b", ""}, stdout: "[\"x\" \"-t\" \"a b\" \"\"]\n"},
		{name: "exit", status: 7, stdout: "out\n", stderr: "err\n"},
		{name: "copy", stdin: "a\x00\xff, no newline", stdout: "a\x00\xff, no newline"},
		{name: "fatal", status: 2, stderr: "fatal error: sync: unlock of unlocked mutex\n"},
		{name: "fd2", stderr: "raw, without a newline"},
		{name: "panics", status: 2, stderr: "panic: boom\n\ngoroutine 1 [running]:\nmain.f(...)\n\tx.go:3\nmain.main()\n\tx.go:9\n"},
		{name: "reports", status: 1, stderr: "x.go:3:2: refused: no body for f\nWhy: w\nTry: go run x.go\n"},
		{name: "others run"},
		{name: "goexit", status: 2, stdout: "the last one\n", stderr: "fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n"},
		{name: "killed", status: 128 + 9},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			status, err := plain(t, tt.name, Program{Args: tt.args, Stdin: strings.NewReader(tt.stdin), Stdout: &stdout, Stderr: &stderr})
			if err != nil || status != tt.status {
				t.Errorf("status %d, %v; want %d", status, err, tt.status)
			}
			if stdout.String() != tt.stdout {
				t.Errorf("stdout %q, want %q", stdout.String(), tt.stdout)
			}
			if got := stderr.String(); !strings.HasPrefix(got, tt.stderr) || tt.stderr == "" && got != "" {
				t.Errorf("stderr %q, want %q", got, tt.stderr)
			}
			if strings.Contains(stderr.String(), "/kernel/run") {
				t.Errorf("stderr has a stack of ours:\n%s", stderr.String())
			}
		})
	}
}

func TestTimeLimit(t *testing.T) {
	var stdout, stderr bytes.Buffer
	status, err := plain(t, "blocks", Program{File: "x.go", Timeout: 50 * time.Millisecond, Stdout: &stdout, Stderr: &stderr})
	if status != StatusTimeout || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
	if want := "runnext: x.go was stopped after 50ms\n"; stderr.String() != want {
		t.Errorf("stderr %q, want %q", stderr.String(), want)
	}
}

// A megabyte goes through in both directions untouched.
func TestLargeInput(t *testing.T) {
	text := bytes.Repeat([]byte("0123456789abcde\n"), 1<<16)
	var stdout, stderr bytes.Buffer
	status, err := plain(t, "copy", Program{Stdin: bytes.NewReader(text), Stdout: &stdout, Stderr: &stderr})
	if status != 0 || err != nil || !bytes.Equal(stdout.Bytes(), text) {
		t.Errorf("status %d, %v, %d bytes of %d, stderr %q", status, err, stdout.Len(), len(text), stderr.String())
	}
}

// started calls do when the program has said that it is ready.
func started(t *testing.T, do func()) (w *os.File, wait func()) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		defer r.Close()
		if line, _ := bufio.NewReader(r).ReadString('\n'); line == "ready\n" {
			do()
		}
	})
	return w, func() { w.Close(); wg.Wait() }
}

func TestSignalIsHandedOn(t *testing.T) {
	w, wait := started(t, func() { syscall.Kill(os.Getpid(), syscall.SIGTERM) })
	defer wait()
	status, err := plain(t, "blocks", Program{Stdout: w, Stderr: io.Discard})
	if status != 128+15 || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
}

func TestEndOfContextKills(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	w, wait := started(t, cancel)
	defer wait()
	c := Config{Path: plainBinary(t), Args: []string{asPlain}}
	p := Program{File: "x.go", Stdout: w, Stderr: io.Discard}
	_, err := c.start(ctx, p, task{Program: []byte("blocks")})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestCannotStart(t *testing.T) {
	c := Config{Path: "testdata/none"}
	_, err := c.start(context.Background(), Program{File: "x.go", Stdout: io.Discard, Stderr: io.Discard}, task{})
	if err == nil || !strings.HasPrefix(err.Error(), "run x.go: ") {
		t.Errorf("error %v", err)
	}
}
