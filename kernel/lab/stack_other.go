//go:build !unix

package lab

import "errors"

// threadStack is not known: there is no ulimit here.
func threadStack() uint64 { return 0 }

func processLimit() uint64 { return 0 }

func fileLimit() uint64 { return NoLimit }

func reserve(int) ([]byte, func(), error) { return nil, nil, errors.New("there is no mmap here") }
