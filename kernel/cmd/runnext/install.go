package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"runnext/install"
)

func placeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "user", Usage: "for this user (the default)"},
		&cli.BoolFlag{Name: "sys-prefix", Usage: "into the virtual or conda environment, or python3's sys.prefix"},
		&cli.StringFlag{Name: "prefix", Usage: "below `DIR`/share/jupyter"},
	}
}

func place(c *cli.Command) (install.Where, string, error) {
	n, where := 0, install.User
	for _, f := range []struct {
		name  string
		where install.Where
	}{{"user", install.User}, {"sys-prefix", install.SysPrefix}, {"prefix", install.Prefix}} {
		if c.IsSet(f.name) {
			n, where = n+1, f.where
		}
	}
	if n > 1 {
		return 0, "", usageError{fmt.Errorf("%s: --user, --sys-prefix and --prefix exclude each other", c.Name)}
	}
	return where, c.String("prefix"), noArgs(c)
}

func (a app) installCommand() *cli.Command {
	return &cli.Command{
		Name:      "install",
		Usage:     "make Jupyter offer this kernel",
		ArgsUsage: " ",
		Flags: append(placeFlags(),
			&cli.StringFlag{Name: "lessons", Usage: "copy the lessons to `DIR`; an edited one is left alone"}),
		Action: func(ctx context.Context, c *cli.Command) error {
			where, prefix, err := place(c)
			if err != nil {
				return err
			}
			binary, err := a.bodies.executable()
			if err != nil {
				return fmt.Errorf("install: %w", err)
			}
			done, err := install.Install(ctx, install.Config{
				Host: a.bodies.host, Where: where, Prefix: prefix,
				Binary: binary, Version: version,
				Lessons: a.bodies.lessons, LessonsDir: c.String("lessons"),
			})
			if err != nil {
				return fmt.Errorf("install: %w", err)
			}
			fmt.Fprintf(a.stdout, "installed %s\n", done.Dir)
			a.printCopied(done.Lessons)
			return a.next(done.Lessons)
		},
	}
}

// next says what one does with an installed kernel.
func (a app) next(lessons *install.Copied) error {
	if lessons == nil {
		fmt.Fprintln(a.stdout, "next: jupyter lab, and choose Go (runnext); the lessons: runnext lessons copy DIR")
		return nil
	}
	all, err := install.Lessons(a.bodies.lessons)
	if err == nil && len(all) > 0 {
		fmt.Fprintf(a.stdout, "next: jupyter lab %s\n", filepath.Join(lessons.Dir, filepath.FromSlash(all[0])))
	}
	return err
}

func (a app) printCopied(c *install.Copied) {
	if c == nil {
		return
	}
	fmt.Fprintf(a.stdout, "lessons in %s: %d written, %d up to date\n", c.Dir, len(c.Written), len(c.Same))
	for _, name := range c.Edited {
		fmt.Fprintf(a.stdout, "left as edited: %s (runnext lessons reset %s brings back the shipped one)\n", name, name)
	}
}

func (a app) uninstallCommand() *cli.Command {
	return &cli.Command{
		Name:      "uninstall",
		Usage:     "remove what install put there, but for lessons that were edited",
		ArgsUsage: " ",
		Flags:     placeFlags(),
		Action: func(ctx context.Context, c *cli.Command) error {
			where, prefix, err := place(c)
			if err != nil {
				return err
			}
			r, err := install.Uninstall(ctx, a.bodies.host, where, prefix)
			if err != nil {
				return fmt.Errorf("uninstall: %w", err)
			}
			if !r.Found {
				fmt.Fprintf(a.stdout, "nothing installed in %s\n", r.Dir)
				return nil
			}
			fmt.Fprintf(a.stdout, "removed %s\n", r.Dir)
			if len(r.Strange) > 0 {
				fmt.Fprintf(a.stdout, "left there, not ours: %s\n", strings.Join(r.Strange, ", "))
			}
			for _, name := range r.Kept {
				fmt.Fprintf(a.stdout, "left as edited: %s\n", filepath.Join(r.LessonsDir, filepath.FromSlash(name)))
			}
			return nil
		},
	}
}

func (a app) doctorCommand() *cli.Command {
	return &cli.Command{
		Name:      "doctor",
		Usage:     "check everything between this program and a notebook",
		ArgsUsage: " ",
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noArgs(c); err != nil {
				return err
			}
			binary, err := a.bodies.executable()
			if err != nil {
				return fmt.Errorf("doctor: %w", err)
			}
			d := install.Doctor{
				Host: a.bodies.host, Binary: binary, Version: version,
				Lessons: a.bodies.lessons, Probe: a.bodies.probe,
			}
			healthy, err := d.Print(ctx, a.stdout)
			if err == nil && !healthy {
				return exitStatus(1)
			}
			return err
		},
	}
}

func (a app) lessonsCommand() *cli.Command {
	return &cli.Command{
		Name:            "lessons",
		Usage:           "list the lessons, copy them, bring back a shipped one",
		HideHelpCommand: true,
		ArgsUsage:       " ",
		Action: func(_ context.Context, c *cli.Command) error {
			if err := noArgs(c); err != nil {
				return err
			}
			all, err := install.Lessons(a.bodies.lessons)
			for _, name := range all {
				fmt.Fprintln(a.stdout, name)
			}
			return err
		},
		Commands: []*cli.Command{{
			Name:      "copy",
			Usage:     "copy the lessons to DIR; an edited one is left alone",
			ArgsUsage: "DIR",
			Action: func(_ context.Context, c *cli.Command) error {
				if c.Args().Len() != 1 {
					return usageError{errors.New("lessons copy: one directory is needed")}
				}
				done, err := install.CopyLessons(a.bodies.host, a.bodies.lessons, c.Args().First())
				if err != nil {
					return err
				}
				a.printCopied(done)
				return nil
			},
		}, {
			Name:      "reset",
			Usage:     "write a lesson as it ships; the edited copy is kept beside it",
			ArgsUsage: "NAME...",
			Flags: []cli.Flag{
				&cli.StringFlag{Name: "dir", Usage: "where the copies are: `DIR` (default: the nearest at or above here)"},
			},
			Action: func(_ context.Context, c *cli.Command) error { return a.reset(c.String("dir"), c.Args().Slice()) },
		}},
	}
}

func (a app) reset(dir string, names []string) error {
	if len(names) == 0 {
		return usageError{errors.New("lessons reset: the name of a lesson is needed")}
	}
	if dir == "" {
		here, err := os.Getwd()
		if err != nil {
			return fmt.Errorf("lessons: %w", err)
		}
		if dir, err = install.FindLessonsDir(here); err != nil {
			return err
		}
	}
	for _, name := range names {
		lesson, aside, err := install.ResetLesson(a.bodies.host, a.bodies.lessons, dir, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%s is as it ships\n", filepath.Join(dir, filepath.FromSlash(lesson)))
		if aside != "" {
			fmt.Fprintf(a.stdout, "your copy is %s\n", aside)
		}
	}
	return nil
}
