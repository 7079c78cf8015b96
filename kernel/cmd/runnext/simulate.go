package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"runnext/kernel/simulate"
	"runnext/kernel/std"
)

// startGC lets the heap grow to 16 MB before it is collected for the first
// time.
const startGC = 400

// simulateFile is `runnext sim`.
func simulateFile(ctx context.Context, o simOptions) (status int, err error) {
	library, err := std.Carried()
	if err != nil {
		return 0, fmt.Errorf("sim: %w", err)
	}
	// Half of the start is the collector's, looking at what the type checker
	// has just made and keeps.
	defer debug.SetGCPercent(debug.SetGCPercent(startGC))
	var files outputs
	defer func() { err = errors.Join(err, files.close()) }()
	p := simulate.Program{
		File: o.File, P: o.P, Seed: uint64(o.Seed), BootTick: uint32(o.BootTick),
		Steps: o.Steps, Timeout: o.Timeout, Stdin: o.Stdin, Stdout: o.Stdout, Stderr: o.Stderr,
		State: files.create(o.StateFile), At: o.At,
		Picture: files.create(o.Output), Format: simulate.Format(o.Format),
	}
	if files.err != nil {
		return 0, fmt.Errorf("sim: %w", files.err)
	}
	if o.Explore {
		return simulate.Explore(ctx, library, p, o.Bound)
	}
	return simulate.Run(ctx, library, p)
}

// outputs are the files a command writes besides its streams.
type outputs struct {
	files []*os.File
	err   error
}

// create opens a file to write, or gives nil for no name.
func (o *outputs) create(name string) io.Writer {
	if name == "" || o.err != nil {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		o.err = err
		return nil
	}
	o.files = append(o.files, f)
	return f
}

func (o *outputs) close() error {
	var errs []error
	for _, f := range o.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
