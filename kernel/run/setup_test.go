package run

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"runnext/kernel/engine"
	"runnext/kernel/engine/yaegi"
	"runnext/kernel/lab"
	"runnext/kernel/std"
	"runnext/kernel/std/stdtest"
)

// What the test's own binary is when its first argument is one of these.
const (
	asProgram = "program" // a program's process, with the interpreter
	asPlain   = "plain"   // a program's process whose programs are functions of a test
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case asProgram:
			Child(newInterpreter)
		case asPlain:
			Child(func() (engine.Runner, error) { return compiled{}, nil })
		}
	}
	os.Exit(withScratch(m.Run))
}

// scratch is a folder for what all tests share; TestMain sets it.
var scratch string

func withScratch(run func() int) int {
	dir, err := os.MkdirTemp("", "run-test-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	scratch = dir
	status := run()
	if err := goleak.Find(); err != nil && status == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return status
}

func newInterpreter() (engine.Runner, error) {
	library, err := std.Carried()
	if err != nil {
		return nil, err
	}
	return yaegi.New(yaegi.Config{Symbols: library, Bound: map[string]func(engine.IO) map[string]reflect.Value{
		"runnext/lab": lab.Symbols, "runnext/kernel/lab": lab.Symbols,
	}})
}

// carried gives the Config that runs programs, and skips a test in a tree where
// make build has not run.
func carried(t testing.TB) Config {
	t.Helper()
	stdtest.Carried(t)
	c, err := Carried(plainBinary(t), asProgram)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// plainBinary gives this test's binary as runnext is built: without cgo, with
// which Go does not see that a program is deadlocked, and without the race
// detector.
func plainBinary(t testing.TB) string {
	t.Helper()
	exe, err := builtPlain()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

var builtPlain = sync.OnceValues(func() (string, error) {
	info, ok := debug.ReadBuildInfo()
	if ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "CGO_ENABLED", Value: "0"}) {
		return os.Executable()
	}
	exe := filepath.Join(scratch, "run.test")
	args := []string{"test", "-c", "-o", exe}
	for _, s := range info.Settings {
		if s.Key == "-tags" {
			args = append(args, "-tags", s.Value)
		}
	}
	cmd := exec.Command("go", append(args, ".")...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build without cgo: %w\n%s", err, out)
	}
	return exe, nil
})
