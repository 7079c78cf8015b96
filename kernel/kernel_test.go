//go:build carried && unix

package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"runnext/kernel/engine"
	"runnext/kernel/kerneltest"
	"runnext/kernel/wire"
	"runnext/kernel/worker"
)

// asWorker makes the test binary the worker of the kernels it tests.
const asWorker = "RUNNEXT_TEST_WORKER"

func TestMain(m *testing.M) {
	if os.Getenv(asWorker) != "" {
		os.Exit(worker.Main(context.Background(), NewWorkerRunner))
	}
	goleak.VerifyTestMain(m)
}

func newGo(t *testing.T) engine.Engine {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	e, err := NewGo(GoConfig{
		Version: "test",
		Worker:  worker.Config{Path: exe, Env: append(os.Environ(), asWorker+"=1"), NoSpare: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// running is a whole kernel behind a connection file of ipc sockets.
type running struct {
	info wire.ConnectionInfo
	end  chan error
}

func start(t *testing.T) *running {
	t.Helper()
	// A socket's path must be short; t.TempDir's is not on every system.
	dir, err := os.MkdirTemp("", "rn")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	r := &running{end: make(chan error, 1), info: wire.ConnectionInfo{
		Transport: "ipc", IP: filepath.Join(dir, "k"), Key: "secret", SignatureScheme: wire.SchemeHMACSHA256,
		ShellPort: 1, IOPubPort: 2, StdinPort: 3, ControlPort: 4, HBPort: 5,
	}}
	file, err := json.Marshal(r.info)
	if err != nil {
		t.Fatal(err)
	}
	e := newGo(t)
	ctx, cancel := context.WithCancel(context.Background())
	listening := make(chan struct{})
	go func() {
		r.end <- Run(ctx, Config{
			Connection: file, Engine: e, Username: "tester",
			Listening: func() { close(listening) },
		})
	}()
	<-listening
	t.Cleanup(func() {
		cancel()
		if err := <-r.end; err != nil {
			t.Errorf("kernel: %v", err)
		}
	})
	return r
}

func (r *running) client(t *testing.T, name string) *kerneltest.Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	transport, err := kerneltest.Dial(ctx, map[kerneltest.Channel]string{
		kerneltest.Shell:   r.info.Endpoint(r.info.ShellPort),
		kerneltest.Control: r.info.Endpoint(r.info.ControlPort),
		kerneltest.Stdin:   r.info.Endpoint(r.info.StdinPort),
		kerneltest.IOPub:   r.info.Endpoint(r.info.IOPubPort),
	}, name)
	if err != nil {
		t.Fatal(err)
	}
	k := kerneltest.NewClient(t, transport, []byte(r.info.Key), name)
	t.Cleanup(k.Close)
	k.AwaitOrphan("iopub_welcome", func(m *kerneltest.Message) bool { return m.Type == "iopub_welcome" })
	return k
}

// TestSuite runs every scenario of the protocol against Go itself.
func TestSuite(t *testing.T) {
	kerneltest.Suite(t, kerneltest.Target{
		Start: func(t *testing.T) (*kerneltest.Client, func(string) *kerneltest.Client) {
			r := start(t)
			k := r.client(t, "tester")
			// A missing import is announced once a notebook; scenarios count outputs.
			k.Execute("import (\n\t\"fmt\"\n\t\"os\"\n\t\"time\"\n)", kerneltest.Silent()).OK()
			return k, func(name string) *kerneltest.Client { return r.client(t, name) }
		},
		Hello:      `fmt.Println("hello")`,
		Warn:       `fmt.Fprintln(os.Stderr, "careful")`,
		Mixed:      "fmt.Println(\"a\")\nprintln(\"b\")\nfmt.Println(\"c\")",
		Value:      "6 * 7",
		Shown:      "42",
		Nothing:    "var nothing int",
		Fail:       "fmt.Println(\"before\")\npanic(\"boom\")",
		FailKind:   string(engine.KindPanic),
		Block:      "fmt.Println(\"READY\")\n<-make(chan int)",
		Display:    `lab.Show("one").Update("two")`,
		Clear:      "lab.Show(\"one\")\nlab.Clear()\nlab.Show(\"two\")",
		Late:       "go func() {\n\ttime.Sleep(50 * time.Millisecond)\n\tfmt.Print(\"LATE\")\n}()",
		Define:     "x := 7",
		Evaluate:   "x",
		Evaluated:  "7",
		Undefined:  "nobody",
		Complete:   "fmt.Printl",
		Completed:  "Println",
		Inspect:    "fmt.Println",
		Whole:      "x := 1",
		Incomplete: "for {",
		Invalid:    "x := )",
	})
}

// TestLoss ends the worker in the ways that no cell survives and looks at what
// is left.
func TestLoss(t *testing.T) {
	for name, c := range map[string]struct{ code, kind, text string }{
		"exit":   {"os.Exit(3)", "exit", "exit status 3"},
		"killed": {"p, _ := os.FindProcess(os.Getpid())\np.Kill()\nselect {}", "fatal error", "killed"},
	} {
		t.Run(name, func(t *testing.T) {
			k := start(t).client(t, "tester")
			k.Execute("import (\n\t\"fmt\"\n\t\"os\"\n\t\"strings\"\n\t\"sync\"\n)\nfunc twice(n int) int { return 2 * n }").OK()
			k.Execute("kept := 4\nlost := strings.Repeat(\"x\", 3)\nkept = 5").OK()
			cell := k.Execute(c.code).Error(c.kind)
			told := fmt.Sprint(cell.Content()["traceback"])
			for _, want := range []string{c.text, "lost", "kept"} {
				if !strings.Contains(told, want) {
					t.Errorf("traceback does not say %q: %s", want, told)
				}
			}
			k.Execute("twice(kept)").Value("8")
			undefined := k.Execute("lost").Error(string(engine.KindCompile))
			if got := fmt.Sprint(undefined.Content()["traceback"]); !strings.Contains(got, "process that ran the cells ended") {
				t.Errorf("a lost variable is not explained: %s", got)
			}
		})
	}
}

func TestRunRefuses(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"not JSON":       {"{", "connection file"},
		"unknown scheme": {`{"transport":"tcp","ip":"127.0.0.1","shell_port":1,"iopub_port":2,"stdin_port":3,"control_port":4,"hb_port":5,"key":"k","signature_scheme":"hmac-md5"}`, "hmac-md5"},
		"CURVE":          {`{"transport":"tcp","ip":"127.0.0.1","shell_port":1,"iopub_port":2,"stdin_port":3,"control_port":4,"hb_port":5,"key":"k","signature_scheme":"hmac-sha256","curve_publickey":"x","curve_secretkey":"y"}`, "CURVE"},
	} {
		t.Run(name, func(t *testing.T) {
			err := Run(t.Context(), Config{Connection: []byte(c.file), Engine: newGo(t)})
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line that names %s", err, c.want)
			}
		})
	}
}

// TestNoLoss has cells fail in ways that end a Go program without unwinding: it
// is seen in time, and the notebook's state is kept.
func TestNoLoss(t *testing.T) {
	for name, c := range map[string]struct{ code, text string }{
		"overflow": {"func down(n int) int { return down(n+1) + 1 }\ndown(0)", "stack overflow"},
		"map":      {"m := map[int]int{}\nfor range 4 {\n\tgo func() {\n\t\tfor i := range 1 << 24 {\n\t\t\tm[i%8] = i\n\t\t}\n\t}()\n}\nselect {}", "concurrent map writes"},
	} {
		t.Run(name, func(t *testing.T) {
			k := start(t).client(t, "tester")
			k.Execute("import \"strings\"\nfunc twice(n int) int { return 2 * n }\nkept := strings.Repeat(\"x\", 3)").OK()
			cell := k.Execute(c.code).Error("fatal error")
			if told := fmt.Sprint(cell.Content()["traceback"]); !strings.Contains(told, c.text) {
				t.Errorf("traceback does not say %q: %s", c.text, told)
			}
			k.Execute("twice(len(kept))").Value("6")
		})
	}
}
