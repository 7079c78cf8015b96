// Package run runs a file from the command line. A Go program is judged by
// go/types as the go command would judge it, checked and emitted like a cell,
// and run in a process of its own that has the standard streams for itself:
// its exit status and what it says when it dies are a built program's. A
// notebook is run from its first cell to its last through an [engine.Engine].
//
// The package interprets nothing: an [engine.Runner] does, in the process that
// [Child] makes of this binary. Cells in a live notebook are
// runnext/kernel/worker's, the simulated scheduler is runnext/sim's.
package run

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
)

// Exit statuses that are not the program's own.
const (
	StatusRefused = 1   // it does not compile, or is refused
	StatusCrash   = 2   // a panic, a fatal error, a deadlock: as the Go runtime has it
	StatusTimeout = 124 // -t has passed, as timeout(1) has it
	statusSignal  = 128 // and the signal's number, as a shell has it

	statusInterrupt = statusSignal + 2 // of a notebook: nobody waits for its cells any more
)

// Config is what a program is checked with and run by. All of it must be
// set.
type Config struct {
	// Importer gives the packages a program may import.
	Importer types.Importer
	// Emit turns a checked file into what a Runner takes, an encoded
	// runnext/kernel/core/program.
	Emit func(*cell.Checked) ([]byte, *engine.Failure)
	// Path and Args start a process that calls [Child].
	Path string
	Args []string
}

// Program is one run of a Go file.
type Program struct {
	File    string   // its name is written in front of positions as it stands here
	Args    []string // without the program's name
	Timeout time.Duration
	// The standard streams. A stream that is an *os.File becomes the program's
	// own, others are copied.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Go runs a Go program and gives its exit status; the error is one that kept
// it from starting. What does not compile is told on p.Stderr.
//
// Signals that reach this process while the program runs are its own: Go hands
// them on. The end of ctx kills the program, so ctx must not be one that ends
// by such a signal.
func Go(ctx context.Context, c Config, p Program) (int, error) {
	code, err := os.ReadFile(p.File)
	if err != nil {
		return 0, fmt.Errorf("run: %w", withoutPath(err, p.File))
	}
	prog, problems := c.front(p.File, string(code))
	if problems != nil {
		_, err := fmt.Fprintln(p.Stderr, strings.Join(problems, "\n"))
		return StatusRefused, err
	}
	return c.start(ctx, p, task{
		File: p.File, Name: programName(p.File), Args: p.Args, Program: prog,
	})
}

// programName is os.Args[0]: what the go command would call the binary.
func programName(file string) string {
	return strings.TrimSuffix(filepath.Base(file), ".go")
}

// withoutPath gives "FILE: what" of an error of package os.
func withoutPath(err error, file string) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return fmt.Errorf("%s: %w", file, pe.Err)
	}
	return err
}
