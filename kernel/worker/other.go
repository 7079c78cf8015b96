//go:build !unix

package worker

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

// Inheriting pipes and mapping memory by descriptor are written for Unix. On
// other systems Start fails and says so; nothing pretends to work.
var errSystem = fmt.Errorf("worker processes on %s: %w", runtime.GOOS, errors.ErrUnsupported)

type spawner struct{}

func newSpawner() (*spawner, error) { return nil, errSystem }

func (*spawner) start(*Config) (osProcess, error) { return osProcess{}, errSystem }
func (*spawner) close()                           {}

func inherited() (commands, bell *os.File, mem []byte, err error) { return nil, nil, nil, errSystem }

func unmapShared([]byte) error { return errSystem }

// capture has nothing to read here.
type capture struct{}

func newCapture(*os.File, func([]byte)) *capture { return &capture{} }
func (*capture) run()                            {}
func (*capture) drain()                          {}
