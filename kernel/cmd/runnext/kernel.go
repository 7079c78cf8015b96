package main

import (
	"context"
	"errors"

	"github.com/urfave/cli/v3"
)

func (a app) kernelCommand() *cli.Command {
	return &cli.Command{
		Name:      "kernel",
		Usage:     "serve a Jupyter client; Jupyter starts this",
		ArgsUsage: " ",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "f", Usage: "the `FILE` that describes the connection"},
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noArgs(c); err != nil {
				return err
			}
			if c.String("f") == "" {
				return usageError{errors.New("kernel: -f FILE is needed; `runnext install` lets Jupyter start it")}
			}
			return a.bodies.kernel(ctx, c.String("f"))
		},
	}
}

func (a app) workerCommand() *cli.Command {
	return &cli.Command{
		Name:   "worker",
		Usage:  "run cells for the kernel process that starts this",
		Hidden: true,
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noArgs(c); err != nil {
				return err
			}
			return status(a.bodies.worker(ctx), nil)
		},
	}
}

// status makes the error that ends the program with n.
func status(n int, err error) error {
	if err != nil || n == 0 {
		return err
	}
	return exitStatus(n)
}
