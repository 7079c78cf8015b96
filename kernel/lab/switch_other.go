//go:build !unix

package lab

import (
	"errors"
	"os"
)

func getppid() { os.Getppid() }

func threads() (func(int), func(), error) {
	return nil, nil, errors.New("there are no blocking pipes here")
}
