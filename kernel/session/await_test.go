package session

import (
	"context"
	"errors"
	"testing"
	"time"

	"runnext/kernel/engine"
	"runnext/kernel/stream"
)

// lateAsker is a stdin channel whose client connects after some looks.
type lateAsker struct {
	Asker
	looks int
}

func (a *lateAsker) Has([]byte) bool {
	a.looks--
	return a.looks < 0
}

// hurried is a clock on which every wait is over at once.
type hurried struct{ stream.Clock }

type spent struct{}

func (spent) Stop() bool { return false }

func (hurried) AfterFunc(_ time.Duration, f func()) stream.Timer {
	f()
	return spent{}
}

func TestAwaitStdin(t *testing.T) {
	identity := [][]byte{[]byte("client")}
	for name, c := range map[string]struct {
		identities [][]byte
		looks      int
		want       error
	}{
		"there":     {identity, 0, nil},
		"late":      {identity, 3, nil},
		"never":     {identity, 1 << 20, engine.ErrNoInput},
		"anonymous": {nil, 0, engine.ErrNoInput},
	} {
		a := &asker{out: &lateAsker{looks: c.looks}, clock: hurried{}}
		if err := a.await(t.Context(), c.identities); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestAwaitStdinIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a := &asker{out: &lateAsker{looks: 1 << 20}, clock: stream.SystemClock()}
	if err := a.await(ctx, [][]byte{[]byte("client")}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
}
