package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strings"

	"github.com/urfave/cli/v3"

	"runnext/install"
)

// bodies are what the commands do once their flags are parsed. A command
// whose body is nil is not offered.
type bodies struct {
	// kernel serves the connection file until it is told to stop.
	kernel func(ctx context.Context, connectionFile string) error
	// worker runs cells for the kernel process that started it, and gives
	// the exit status.
	worker func(ctx context.Context) int
	// run and sim give the program's own exit status; the error is one that
	// kept the program from starting.
	run func(ctx context.Context, o runOptions) (int, error)
	sim func(ctx context.Context, o simOptions) (int, error)

	lessons fs.FS
	host    install.Host
	// executable gives the path of this program.
	executable func() (string, error)
	probe      func(ctx context.Context, s install.Spec) (string, error)
}

// app is one run of the program.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	bodies         bodies
	args           []string // the command line, with the program's name
}

// exitStatus is an error that has been reported already.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// usageError is a mistake on the command line; it ends with status 2.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// main runs the command line and gives the exit status.
func (a app) main(ctx context.Context, args []string) int {
	a.args = args
	err := a.command().Run(ctx, args)
	var status exitStatus
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	case errors.As(err, &usage):
		fmt.Fprintf(a.stderr, "runnext: %s\n", oneLine(err))
		return 2
	}
	fmt.Fprintf(a.stderr, "runnext: %s\n", oneLine(err))
	return 1
}

func oneLine(err error) string {
	return strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; ")
}

func (a app) command() *cli.Command {
	root := &cli.Command{
		Name:            "runnext",
		Usage:           "a Jupyter kernel for Go that shows concurrency",
		Version:         version,
		HideVersion:     true, // `runnext version` says it
		HideHelpCommand: true,
		Reader:          a.stdin,
		Writer:          a.stdout,
		ErrWriter:       a.stderr,
		ExitErrHandler:  func(context.Context, *cli.Command, error) {},
		OnUsageError:    onUsageError,
		Commands:        a.commands(),
		Action: func(ctx context.Context, c *cli.Command) error {
			name := c.Args().First()
			if name == "help" {
				name = c.Args().Get(1)
			}
			if name == "" {
				return cli.ShowRootCommandHelp(c)
			}
			if c.Args().First() == "help" && c.Command(name) != nil {
				return cli.ShowCommandHelp(ctx, c, name)
			}
			return usageError{fmt.Errorf("no command %q; there are %s", name, strings.Join(offered(c), ", "))}
		},
	}
	for _, c := range root.Commands {
		c.OnUsageError = onUsageError
		for _, sub := range c.Commands {
			sub.OnUsageError = onUsageError
		}
	}
	return root
}

// offered lists the commands that help lists.
func offered(c *cli.Command) (names []string) {
	for _, sub := range c.VisibleCommands() {
		names = append(names, sub.Name)
	}
	return names
}

func onUsageError(_ context.Context, c *cli.Command, err error, _ bool) error {
	text := plainly(err.Error(), strings.TrimPrefix(c.FullName(), "runnext "))
	if c.Name == "runnext" {
		return usageError{errors.New(text)}
	}
	return usageError{fmt.Errorf("%s: %s", c.Name, text)}
}

// plainly says what is wrong with a flag without the names of Go's functions.
func plainly(text, command string) string {
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: "); ok {
		if command == "runnext" {
			return "no flag " + name + "; runnext --help lists them"
		}
		return "no flag " + name + "; runnext " + command + " --help lists them"
	}
	for mark, wanted := range map[string]string{": strconv.": "a whole number", ": time: ": "a duration such as 5s or 200ms"} {
		if said, _, ok := strings.Cut(text, mark); ok {
			return said + ": " + wanted + " is needed"
		}
	}
	return text
}

func (a app) commands() []*cli.Command {
	var all []*cli.Command
	offer := func(have bool, c *cli.Command) {
		if have {
			all = append(all, c)
		}
	}
	b := a.bodies
	offer(b.kernel != nil, a.kernelCommand())
	offer(b.worker != nil, a.workerCommand())
	offer(b.run != nil, a.runCommand())
	offer(b.sim != nil, a.simCommand())
	offer(true, a.installCommand())
	offer(true, a.uninstallCommand())
	offer(b.probe != nil, a.doctorCommand())
	offer(b.lessons != nil, a.lessonsCommand())
	offer(true, a.versionCommand())
	return all
}

// version is the project's own; the kernel reports it too.
const version = "0.1.0"

func (a app) versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "print the version",
		Action: func(_ context.Context, c *cli.Command) error {
			if err := noArgs(c); err != nil {
				return err
			}
			_, err := fmt.Fprintf(a.stdout, "runnext %s %s %s/%s\n",
				version, "go"+release(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// release is the Go that this program was built with, 1.26.8, without the
// experiments.
func release() string {
	v, _, _ := strings.Cut(runtime.Version(), "-X:")
	return strings.TrimPrefix(v, "go")
}

// noArgs refuses what a command does not take, rather than ignore it.
func noArgs(c *cli.Command) error {
	if c.Args().Present() {
		return usageError{fmt.Errorf("%s: does not take %q", c.Name, c.Args().First())}
	}
	return nil
}
