package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"

	"runnext/kernel"
	"runnext/kernel/engine"
	"runnext/kernel/engine/native"
	"runnext/kernel/worker"
)

// serveKernel is `runnext kernel`: Go behind the connection file.
func serveKernel(ctx context.Context, connectionFile string) error {
	data, err := os.ReadFile(connectionFile)
	if err != nil {
		return fmt.Errorf("connection file: %w", err)
	}
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("own binary: %w", err)
	}
	goEngine, err := newGo(exe)
	if err != nil {
		return err
	}
	env := environ()
	if os.Getenv("GOGC") == "" {
		// Little of what a cell makes here is kept, and a collection is what the
		// slowest of a hundred cells waits for.
		debug.SetGCPercent(startGC)
	}
	return kernel.Run(ctx, kernel.Config{
		Connection:   data,
		Engine:       goEngine,
		Username:     env.Username(),
		HistoryDir:   env.HistoryDir(),
		BehindServer: env.BehindServer(),
		ParentAlive:  env.ParentAlive(),
		Proc:         procFS(),
	})
}

// newGo gives Go with this binary, at exe, as the worker.
func newGo(exe string) (engine.Engine, error) {
	return kernel.NewGo(kernel.GoConfig{
		Version: version,
		Worker:  worker.Config{Path: exe, Args: []string{"worker"}, NoSpare: true},
		Native:  native.Config{CacheDir: environ().CacheDir(), Getenv: os.Getenv, Environ: os.Environ()},
	})
}

func environ() kernel.Environ {
	home, _ := os.UserHomeDir()
	return kernel.Environ{Getenv: os.Getenv, GOOS: runtime.GOOS, Home: home}
}

func procFS() fs.FS {
	if runtime.GOOS != "linux" {
		return nil
	}
	return os.DirFS("/proc")
}

// serveWorker is `runnext worker`.
func serveWorker(ctx context.Context) int {
	return worker.Main(ctx, kernel.NewWorkerRunner)
}
