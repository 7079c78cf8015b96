//go:build !unix

package run

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// A program's descriptors are handed over as Unix does it. On other systems
// nothing pretends to work.
var errSystem = fmt.Errorf("run: programs on %s: %w", runtime.GOOS, errors.ErrUnsupported)

var handedOn = []os.Signal{os.Interrupt}

func closeOnExec(int) {}

func sentToBoth(os.Signal) bool { return true }

func statusOf(s *os.ProcessState) int { return s.ExitCode() }

func prepare(*exec.Cmd) error { return errSystem }
