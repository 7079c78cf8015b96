// Package simulate runs a Go file on the simulated scheduler from the command
// line: it checks the file with the carried standard library, hands its SSA
// form to runnext/sim/machine, and writes the picture of the run. Nothing real
// runs but the printing. Cells of a notebook are runnext/kernel/engine/gmp's,
// and a file that really runs is runnext/kernel/run's.
package simulate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"runnext/kernel/std"
	"runnext/sim/machine"
)

// Exit statuses that are not the program's own; a crash and a cut run have the
// machine's.
const (
	StatusRefused     = 1   // it does not compile, or cannot be simulated
	StatusInterrupted = 130 // SIGINT, as a shell has it
)

// Program is one run of a Go file.
type Program struct {
	File     string // its name is written in front of positions as it stands here
	P        int
	Seed     uint64
	BootTick uint32
	Steps    int64 // scheduling events, 0 for no limit
	Timeout  time.Duration
	Stdin    io.Reader
	Stdout   io.Writer
	Stderr   io.Writer

	// State takes a line before each call of At; nil for none.
	State io.Writer
	At    string
	// Picture takes the run drawn in Format; nil for none.
	Picture io.Writer
	Format  Format
}

// Run simulates the program and gives its exit status; the error is one that
// kept it from starting, or from being drawn. What does not compile or is
// refused is told on p.Stderr.
func Run(ctx context.Context, l *std.Library, p Program) (int, error) {
	code, err := os.ReadFile(p.File)
	if err != nil {
		return 0, fmt.Errorf("sim: %w", withoutPath(err, p.File))
	}
	timed := ctx
	if p.Timeout > 0 {
		var cancel context.CancelFunc
		timed, cancel = context.WithTimeout(ctx, p.Timeout)
		defer cancel()
	}
	prog, err := loadWithin(timed, l, p.File, string(code))
	switch {
	case err != nil:
		return p.late(ctx, err)
	case prog.problems != nil:
		return p.refuse(prog.problems)
	}
	cfg := machine.Config{
		P: p.P, Seed: p.Seed, BootTick: p.BootTick, Steps: p.Steps,
		Stdin: p.Stdin, Stdout: p.Stdout, Stderr: p.Stderr,
		Args:  []string{strings.TrimSuffix(filepath.Base(p.File), ".go")},
		State: p.State, StateAt: p.At,
		Log: p.Picture != nil, MaxEvents: maxEvents,
		Program: prog.program, Main: prog.main,
	}
	res, err := machine.Run(timed, cfg)
	switch {
	case errors.Is(err, machine.ErrRefused):
		return p.refuse(Refusal(p.File, err))
	case err != nil:
		return 0, fmt.Errorf("sim: %s: %w", p.File, err)
	case ctx.Err() != nil && res.Status == machine.StatusCut:
		return StatusInterrupted, nil
	}
	if p.Picture != nil {
		if err := p.draw(res, string(code)); err != nil {
			return 0, fmt.Errorf("sim: picture: %w", err)
		}
	}
	return res.Status, nil
}

// late is the end of a program that was not checked in time.
func (p Program) late(ctx context.Context, err error) (int, error) {
	if ctx.Err() != nil {
		return StatusInterrupted, nil
	}
	_, err = fmt.Fprintf(p.Stderr, "runnext sim: %v\n", err)
	return machine.StatusCut, err
}

func (p Program) refuse(lines []string) (int, error) {
	_, err := fmt.Fprintln(p.Stderr, strings.Join(lines, "\n"))
	return StatusRefused, err
}

// withoutPath gives "FILE: what" of an error of package os.
func withoutPath(err error, file string) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return fmt.Errorf("%s: %w", file, pe.Err)
	}
	return err
}
