package worker

import (
	"context"
	"time"

	"runnext/kernel/engine"
	"runnext/kernel/stream"
)

// What a [Supervisor] does when its [Config] does not say.
const (
	// DefaultGrace is how long an interrupted job may take to report.
	DefaultGrace = 80 * time.Millisecond
	// DefaultStackLimit is less than Go's 1 GB: an endless recursion then dies
	// before it has eaten the machine.
	DefaultStackLimit = 256 << 20
	// DefaultStartTimeout is how long a worker may take to say hello.
	DefaultStartTimeout = 10 * time.Second
)

// Config says how workers are started and held. Path must be set.
type Config struct {
	// Path and Args start a process that calls [Main]; Args does not repeat
	// the path. Env is the worker's whole environment, nil for the kernel's.
	Path string
	Args []string
	Env  []string
	// Dir is the directory cells run in; "" is the kernel's own.
	Dir string

	// MemoryLimit is in bytes: a worker whose resident memory exceeds it is
	// killed. 0 is a quarter of what the machine or container has, less than 0
	// is no limit.
	MemoryLimit int64
	// StackLimit is in bytes, for one goroutine; 0 is [DefaultStackLimit], or
	// a quarter of MemoryLimit when that is less.
	StackLimit int64
	// Grace is the time between an interrupt and giving up on the job.
	Grace time.Duration
	// StartTimeout bounds the wait for a new process.
	StartTimeout time.Duration
	// NoSpare does without a second process kept ready: less memory at rest,
	// and a slower return after a death.
	NoSpare bool

	// Clock defaults to the system's.
	Clock stream.Clock
	// OnRestart is called after a worker has died and before its successor
	// takes other jobs: run runs a job there as [Supervisor.Run] does. It is
	// not called again for a worker that dies while OnRestart runs. ctx ends
	// with the Supervisor.
	OnRestart func(ctx context.Context, run func(context.Context, engine.Job, engine.Output) Ending)

	slots int // of the shared memory; tests make it small
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = stream.SystemClock()
	}
	if c.MemoryLimit == 0 {
		c.MemoryLimit = machineMemory() / 4
	}
	c.MemoryLimit = max(c.MemoryLimit, 0)
	if c.StackLimit == 0 {
		c.StackLimit = DefaultStackLimit
		if c.MemoryLimit > 0 {
			c.StackLimit = min(c.StackLimit, c.MemoryLimit/4)
		}
	}
	if c.Grace <= 0 {
		c.Grace = DefaultGrace
	}
	if c.StartTimeout <= 0 {
		c.StartTimeout = DefaultStartTimeout
	}
	if c.slots <= 0 {
		c.slots = defaultSlots
	}
	return c
}

// after returns a channel that is closed when d has passed.
func after(c stream.Clock, d time.Duration) (<-chan struct{}, stream.Timer) {
	done := make(chan struct{})
	return done, c.AfterFunc(d, func() { close(done) })
}

// Ending is how a job ended: with a report, or with the death of its worker.
type Ending struct {
	Report engine.Report
	// Died is not nil when the worker ended before the job did; Report then
	// holds Died's failure.
	Died *Death
	// Abandoned is true when an interrupted job did not report in time. What
	// it still prints is dropped.
	Abandoned bool
}
