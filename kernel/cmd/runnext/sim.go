package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"
)

// simOptions is the command line of sim.
type simOptions struct {
	File      string
	P         int
	Seed      int64
	BootTick  int   // schedtick of the first P when main.main starts: 4 or 5
	Steps     int64 // 0 for no limit
	Timeout   time.Duration
	Explore   bool   // other schedules than the scheduler's own
	Bound     int    // preemptions of such a schedule, -1 for any number
	Format    string // text, html, json, or "" for no picture
	Output    string // where the picture goes
	StateFile string // where the states go, with At
	At        string // FUNC before whose first instruction a state is written
	Stdin     io.Reader
	Stdout    io.Writer
	Stderr    io.Writer
}

func (a app) simCommand() *cli.Command {
	return &cli.Command{
		Name:      "sim",
		Usage:     "run a Go file on the simulated scheduler, in virtual time",
		ArgsUsage: "FILE.go",
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "p", Value: 1, Usage: "`N` processors"},
			&cli.Int64Flag{Name: "seed", Value: 1, Usage: "`N` that decides where the runtime draws lots"},
			&cli.IntFlag{Name: "boot-tick", Value: 4, Usage: "schedtick at the start of main, `4|5`"},
			&cli.Int64Flag{Name: "steps", Usage: "stop after `N` scheduling events, with status 124"},
			&cli.DurationFlag{Name: "t", Usage: "stop after `DURATION` of real time, with status 124"},
			&cli.BoolFlag{Name: "explore", Usage: "try other schedules and tell what they come to"},
			&cli.IntFlag{Name: "bound", Value: -1, Usage: "with -explore: at most `N` preemptions in a schedule"},
			&cli.StringFlag{Name: "format", Usage: "write a picture of the run as `text|html|json`"},
			&cli.StringFlag{Name: "o", Usage: "the picture's `FILE`"},
			&cli.StringFlag{Name: "state", Usage: "write scheduler states to `FILE`, one JSON line each"},
			&cli.StringFlag{Name: "at", Usage: "the `FUNC` whose calls a state is written at: f, main.f or T.m"},
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			o := simOptions{
				File: c.Args().First(), P: c.Int("p"), Seed: c.Int64("seed"), BootTick: c.Int("boot-tick"),
				Steps: c.Int64("steps"), Timeout: c.Duration("t"),
				Explore: c.Bool("explore"), Bound: c.Int("bound"),
				Format: c.String("format"), Output: c.String("o"),
				StateFile: c.String("state"), At: c.String("at"),
				Stdin: a.stdin, Stdout: a.stdout, Stderr: a.stderr,
			}
			if err := o.check(c); err != nil {
				return err
			}
			return status(a.bodies.sim(ctx, o))
		},
	}
}

func (o simOptions) check(c *cli.Command) error {
	bad := func(format string, args ...any) error {
		return usageError{fmt.Errorf("sim: "+format, args...)}
	}
	formats := []string{"text", "html", "json"}
	switch {
	case o.File == "":
		return usageError{errors.New("sim: a file is needed, FILE.go")}
	case filepath.Ext(o.File) != ".go":
		return bad("%s is not a .go file", o.File)
	case c.Args().Len() > 1:
		return bad("does not take %q", c.Args().Get(1))
	case o.P < 1:
		return bad("-p must be at least 1")
	case o.BootTick != 4 && o.BootTick != 5:
		return bad("-boot-tick is 4 or 5, not %d", o.BootTick)
	case c.IsSet("format") && !slices.Contains(formats, o.Format):
		return bad("-format is one of %s, not %q", strings.Join(formats, ", "), o.Format)
	case o.Explore && (o.Format == "html" || o.Output != "" || o.StateFile != ""):
		return bad("-explore writes its report, as text or json, to standard output")
	case c.IsSet("bound") && (!o.Explore || o.Bound < 0):
		return bad("-bound takes 0 or more, with -explore")
	case !o.Explore && (o.Format == "") != (o.Output == ""):
		return bad("-format and -o go together: standard output is the program's")
	case (o.StateFile == "") != (o.At == ""):
		return bad("-state and -at go together")
	}
	if err := positive("sim: -steps", o.Steps, c.IsSet("steps")); err != nil {
		return err
	}
	return positive("sim: -t", int64(o.Timeout), c.IsSet("t"))
}
