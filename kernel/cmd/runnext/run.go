package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v3"
)

// runOptions is the command line of run.
type runOptions struct {
	File    string   // .go or .ipynb
	Args    []string // the program's own, without its name
	Timeout time.Duration
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
}

func (a app) runCommand() *cli.Command {
	afterFile := 1
	return &cli.Command{
		Name:      "run",
		Usage:     "run a Go file, or a notebook from its first cell to its last",
		ArgsUsage: "FILE.go [ARGS] | FILE.ipynb",
		// What follows FILE belongs to the program, flags too.
		StopOnNthArg: &afterFile,
		Flags: []cli.Flag{
			&cli.DurationFlag{Name: "t", Usage: "stop after `DURATION`, with status 124"},
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			o := runOptions{
				File: c.Args().First(), Args: programArgs(a.args, c.Args().Tail()), Timeout: c.Duration("t"),
				Stdin: a.stdin, Stdout: a.stdout, Stderr: a.stderr,
			}
			if o.File == "" {
				return usageError{errors.New("run: a file is needed, FILE.go or FILE.ipynb")}
			}
			if err := positive("run: -t", int64(o.Timeout), c.IsSet("t")); err != nil {
				return err
			}
			switch filepath.Ext(o.File) {
			case ".go":
			case ".ipynb":
				if len(o.Args) > 0 {
					return usageError{fmt.Errorf("run: a notebook takes no arguments, %q", o.Args[0])}
				}
			default:
				return usageError{fmt.Errorf("run: %s is neither a .go file nor a notebook", o.File)}
			}
			return status(a.bodies.run(ctx, o))
		},
	}
}

// programArgs gives back a "--" that stood right after FILE: cli takes it for
// the end of the flags and drops it, but it is the program's.
func programArgs(line, parsed []string) []string {
	if i := len(line) - len(parsed) - 1; i > 0 && line[i] == "--" {
		return line[i:]
	}
	return parsed
}

func positive(name string, n int64, set bool) error {
	if set && n <= 0 {
		return usageError{fmt.Errorf("%s must be above zero", name)}
	}
	return nil
}
