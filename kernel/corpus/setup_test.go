package corpus

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"testing"

	"runnext/kernel/engine"
	"runnext/kernel/engine/yaegi"
	"runnext/kernel/lab"
	"runnext/kernel/run"
	"runnext/kernel/std"
)

// What the test's own binary is when its first argument is one of these.
const (
	asRun     = "run"     // runs the file that is its second argument
	asProgram = "program" // the process of that file's program
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case asRun:
			os.Exit(runFile(os.Args[2]))
		case asProgram:
			run.Child(newInterpreter)
		}
	}
	os.Exit(m.Run())
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

func runFile(file string) int {
	self, err := os.Executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	c, err := run.Carried(self, asProgram)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	status, err := run.Go(context.Background(), c, run.Program{
		File: file, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return status
}
