package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/testscript"

	"runnext/install"
	"runnext/kernel/std"
)

// TestMain offers two programs to the scripts: runnext as it is built, and
// flags, the same command line with bodies that print what they were given.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"runnext": main,
		"flags": func() {
			a := app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, bodies: recorders()}
			os.Exit(a.main(context.Background(), os.Args))
		},
	})
}

func recorders() bodies {
	b := bodies{
		kernel: func(_ context.Context, file string) error {
			fmt.Printf("kernel %q\n", file)
			if file == "broken.json" {
				return errors.New("connection file broken.json:\nno key")
			}
			return nil
		},
		worker: func(context.Context) int { return 7 },
		run: func(_ context.Context, o runOptions) (int, error) {
			fmt.Printf("run %q %q %v\n", o.File, o.Args, o.Timeout)
			if o.File == "exits.go" {
				return 3, nil
			}
			return 0, nil
		},
		sim: func(_ context.Context, o simOptions) (int, error) {
			fmt.Printf("sim %q p=%d seed=%d tick=%d steps=%d t=%v %q>%q %q@%q\n", o.File, o.P, o.Seed, o.BootTick,
				o.Steps, o.Timeout, o.Format, o.Output, o.StateFile, o.At)
			return 0, nil
		},
		lessons: fstest.MapFS{
			"en/01-one.ipynb": {Data: []byte("{}")},
			"ko/01-one.ipynb": {Data: []byte("{}")},
			"en/02-two.ipynb": {Data: []byte("{}")},
		},
		host:       install.ThisHost(),
		executable: os.Executable,
		probe: func(context.Context, install.Spec) (string, error) {
			if os.Getenv("PROBE") != "" {
				return "", errors.New(os.Getenv("PROBE"))
			}
			return "answers", nil
		},
	}
	return b
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Condition: func(name string) (bool, error) {
			if name != "carried" {
				return false, fmt.Errorf("no condition %q", name)
			}
			_, err := std.Carried()
			return err == nil, nil
		},
	})
}
