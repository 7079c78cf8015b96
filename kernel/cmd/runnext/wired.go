package main

import (
	"context"
	"os"

	"runnext/install"
	"runnext/install/probe"
	"runnext/lessons"
)

// wired gives the bodies this program is built with.
func wired() bodies {
	return bodies{
		kernel:     serveKernel,
		worker:     serveWorker,
		run:        runFile,
		sim:        simulateFile,
		lessons:    lessons.FS(release()),
		host:       install.ThisHost(),
		executable: os.Executable,
		probe: func(ctx context.Context, s install.Spec) (string, error) {
			return probe.Run(ctx, s.Argv)
		},
	}
}
