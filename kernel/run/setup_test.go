package run

import (
	"errors"
	"os"
	"reflect"
	"testing"

	"runnext/kernel/engine"
	"runnext/kernel/engine/yaegi"
	"runnext/kernel/lab"
	"runnext/kernel/std"
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

// carried gives the Config that runs programs, and skips a test in a tree where
// make build has not run.
func carried(t testing.TB) Config {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c, err := Carried(self, asProgram)
	if errors.Is(err, std.ErrNotCarried) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}
