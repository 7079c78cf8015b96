package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"runnext/kernel/std"
	"runnext/sim/explore"
	"runnext/sim/machine"
)

// StatusFound is the exit status of an exploration that has found something.
const StatusFound = 1

// Explore tries other schedules of the program than the scheduler's own, with
// so many preemptions at most, -1 for any number, and writes on p.Stdout what
// they come to, as text or JSON. It gives an exit status as Run does.
func Explore(ctx context.Context, l *std.Library, p Program, bound int) (int, error) {
	code, err := os.ReadFile(p.File)
	if err != nil {
		return 0, fmt.Errorf("sim: %w", withoutPath(err, p.File))
	}
	prog, err := loadWithin(ctx, l, p.File, string(code))
	switch {
	case err != nil:
		return p.late(ctx, err)
	case prog.problems != nil:
		return p.refuse(prog.problems)
	}
	cfg := machine.Config{Seed: p.Seed, Args: []string{strings.TrimSuffix(filepath.Base(p.File), ".go")},
		Program: prog.program, Main: prog.main}
	rep, err := explore.Explore(ctx, explore.Config{Machine: cfg, Bound: bound, Time: p.Timeout})
	switch {
	case errors.Is(err, machine.ErrRefused):
		return p.refuse(Refusal(p.File, err))
	case err != nil:
		return 0, fmt.Errorf("sim: %s: %w", p.File, err)
	case ctx.Err() != nil:
		return StatusInterrupted, nil
	}
	if p.Format == JSON {
		enc := json.NewEncoder(p.Stdout)
		enc.SetEscapeHTML(false)
		err = enc.Encode(rep.JSON())
	} else {
		_, err = io.WriteString(p.Stdout, rep.Text())
	}
	if err != nil {
		return 0, fmt.Errorf("sim: %w", err)
	}
	if len(rep.Findings) > 0 {
		return StatusFound, nil
	}
	return 0, nil
}
