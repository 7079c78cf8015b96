package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"runnext/kernel/run"
)

// programCommand is what this binary is started with to be the process of a
// program; a person never types it.
const programCommand = "program"

// runFile is `runnext run`.
func runFile(ctx context.Context, o runOptions) (int, error) {
	exe, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("run: own binary: %w", err)
	}
	if filepath.Ext(o.File) == ".ipynb" {
		return runNotebook(ctx, exe, o)
	}
	c, err := run.Carried(exe, programCommand)
	if err != nil {
		return 0, err
	}
	// Signals are the program's: what ends this process would end it too early.
	return run.Go(context.WithoutCancel(ctx), c, run.Program{
		File: o.File, Args: o.Args, Timeout: o.Timeout, Stdin: o.Stdin, Stdout: o.Stdout, Stderr: o.Stderr,
	})
}

func runNotebook(ctx context.Context, exe string, o runOptions) (status int, err error) {
	e, err := newGo(exe)
	if err != nil {
		return 0, err
	}
	defer func() {
		if cerr := e.Close(context.WithoutCancel(ctx)); err == nil {
			err = cerr
		}
	}()
	return run.Notebook(ctx, e, run.Document{
		File: o.File, Timeout: o.Timeout, Stdin: o.Stdin, Stdout: o.Stdout, Stderr: o.Stderr,
	})
}
