// Command runnext is the kernel and what a person does with it at a prompt.
// This package parses flags and turns errors into one line and an exit
// status; every command's body is a function of another package.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	a := app{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		bodies: wired(),
	}
	status := a.main(ctx, os.Args)
	stop()
	os.Exit(status)
}
