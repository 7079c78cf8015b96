//go:build !linux

package lab

import (
	"errors"
	"runtime"
)

var errNoEpoll = errors.New("it is written for Linux, and this is " + runtime.GOOS)

func serveThreads(int) (service, error) { return service{}, errNoEpoll }

func serveLoop(int) (service, error) { return service{}, errNoEpoll }
