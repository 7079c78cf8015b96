package stream

import "time"

// Clock is the time a [Batcher] and a [Limiter] live by. It is passed in so
// that a test decides when time passes.
type Clock interface {
	Now() time.Time
	// AfterFunc calls f in a goroutine of its own once d has passed.
	AfterFunc(d time.Duration, f func()) Timer
}

// Timer is one call that a [Clock] will make.
type Timer interface {
	// Stop reports whether it kept the call from being made.
	Stop() bool
}

// SystemClock is the machine's monotonic clock.
func SystemClock() Clock { return systemClock{} }

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) AfterFunc(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }
