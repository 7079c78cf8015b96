package yaegi

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	checker "runnext/kernel/cell"
	"runnext/kernel/core"
	"runnext/kernel/engine"
	"runnext/kernel/std"
)

var (
	corpus     = flag.Bool("corpus", false, "run the programs of the toolchain's own test directory")
	corpusGlob = flag.String("corpus.files", "chan/*.go,ken/*.go", "which of them, under GOROOT/test")
)

// programFile names the program a child of the test runs.
const programFile = "RUNNEXT_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if file := os.Getenv(programFile); file != "" {
		os.Exit(runProgram(file))
	}
	flag.Parse()
	os.Exit(m.Run())
}

// runProgram runs a file as one cell with the process's own streams and gives
// the status a built program would end with.
func runProgram(file string) int {
	code, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	lib, err := std.Carried()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	im := lib.Importer(token.NewFileSet())
	runner, err := New(Config{Symbols: lib})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	cells := checker.New(checker.Config{Importer: im, Packages: lib.Packages()})
	c, fail := cells.Check(1, string(code))
	if fail != nil {
		fmt.Fprintln(os.Stderr, fail)
		return 1
	}
	p, fail := core.NewBuilder(im).Emit(core.InputOf(c))
	if fail != nil {
		fmt.Fprintln(os.Stderr, fail)
		return 1
	}
	if os.Getenv("RUNNEXT_TEST_SOURCE") != "" {
		fmt.Fprintln(os.Stderr, p.Source)
	}
	text, err := p.Encode()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	rep := runner.Run(context.Background(), engine.Job{ID: 1, Cell: 1, Program: text}, processIO{})
	if rep.Failure != nil {
		fmt.Fprintln(os.Stderr, rep.Failure)
		return 2
	}
	return 0
}

// processIO is a job's outside that is the process's.
type processIO struct{}

func (processIO) Stdout() io.Writer      { return os.Stdout }
func (processIO) Stderr() io.Writer      { return os.Stderr }
func (processIO) Stdin() io.Reader       { return os.Stdin }
func (processIO) Display(engine.Display) {}
func (processIO) Clear(bool)             {}
func (processIO) Late(*engine.Failure)   {}
func (processIO) Interrupted() *uint32   { return nil }

// corpusKnown are programs that do not pass, and why.
var corpusKnown = map[string]string{
	"ken/cplx3.go":        "goes around Go's types by unsafe.Pointer, which a notebook refuses",
	"ken/divconst.go":     "takes minutes when it is interpreted",
	"ken/modconst.go":     "takes minutes when it is interpreted",
	"typeparam/chans.go":  "waits for a finalizer; the interpreter's registers keep values longer than Go does",
	"typeparam/nested.go": "types declared in generic functions, one for each instance, are told apart by structure alone",
}

// TestCorpus holds programs of the Go project's own tests to what they promise:
// status 0 and, where there is one, the text of their .out file.
func TestCorpus(t *testing.T) {
	if !*corpus {
		t.Skip("only with -corpus")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, glob := range strings.Split(*corpusGlob, ",") {
		files, err := filepath.Glob(filepath.Join(runtime.GOROOT(), "test", glob))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files %s: %v", glob, err)
		}
		for _, file := range files {
			code, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if line, _, _ := bytes.Cut(code, []byte("\n")); strings.TrimSpace(string(line)) != "// run" {
				continue
			}
			name := filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)
			t.Run(name, func(t *testing.T) {
				if why := corpusKnown[name]; why != "" {
					t.Skip(why)
				}
				ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
				defer cancel()
				cmd := exec.CommandContext(ctx, self)
				cmd.Env = append(os.Environ(), programFile+"="+file)
				var stdout, stderr bytes.Buffer
				cmd.Stdout, cmd.Stderr = &stdout, &stderr
				err := cmd.Run()
				var exit *exec.ExitError
				if errors.As(err, &exit) || err != nil {
					t.Errorf("%v\n%s", err, cut(stderr.String(), 1500))
				}
				if want, err := os.ReadFile(strings.TrimSuffix(file, ".go") + ".out"); err == nil && stdout.String()+stderr.String() != string(want) {
					t.Errorf("printed %q, want %q", cut(stdout.String(), 500), cut(string(want), 500))
				}
			})
		}
	}
}

func cut(s string, n int) string { return s[:min(len(s), n)] }
