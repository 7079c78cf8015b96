// Command runnext is the kernel and what a person does with it at a prompt.
// This package parses flags and turns errors into one line and an exit
// status; every command's body is a function of another package.
package main

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"runnext/kernel"
	"runnext/kernel/run"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == programCommand {
		run.Child(kernel.NewGoRunner) // before anything listens for signals
	}
	ends := []os.Signal{syscall.SIGTERM}
	if serves := len(os.Args) > 1 && slices.Contains([]string{"kernel", "worker"}, os.Args[1]); serves {
		// Jupyter interrupts by message; a Ctrl-C in the terminal that runs the
		// server reaches its kernels too and must not end them. It is caught
		// and not ignored: what a cell starts would inherit that.
		signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	} else {
		ends = append(ends, os.Interrupt)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	a := app{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		bodies: wired(),
	}
	status := a.main(ctx, os.Args)
	stop()
	os.Exit(status)
}
