// Package stdtest gives tests the standard library that the binary carries. It
// is for tests alone; kernel/std is what a program asks.
package stdtest

import (
	"errors"
	"testing"

	"runnext/kernel/std"
)

// Carried opens what make build has generated. It skips a test in a tree where
// make build has not run.
func Carried(t testing.TB) *std.Library {
	t.Helper()
	library, err := std.Carried()
	if errors.Is(err, std.ErrNotCarried) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return library
}
