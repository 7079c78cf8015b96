package install

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// Host is what this package asks of the machine it runs on, so that tests can
// stand in for another system. Every field must be set; [ThisHost] gives the
// real one. A Host may be used from any goroutine.
type Host struct {
	OS       string // as runtime.GOOS
	Home     string // the user's home directory, "" when there is none
	Getenv   func(name string) string
	LookPath func(name string) (string, error)
	// Output runs a program to its end and gives its standard output. The
	// error holds the last line the program wrote on standard error.
	Output func(ctx context.Context, name string, args ...string) (string, error)
	// Create opens a new temporary file in dir, as [os.CreateTemp] does.
	Create func(dir, pattern string) (File, error)
}

// File is the part of an [os.File] that writing needs.
type File interface {
	Name() string
	Write(p []byte) (int, error)
	Sync() error
	Close() error
}

// ThisHost is the machine the program runs on.
func ThisHost() Host {
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	return Host{
		OS:       runtime.GOOS,
		Home:     home,
		Getenv:   os.Getenv,
		LookPath: exec.LookPath,
		Output:   output,
		Create:   func(dir, pattern string) (File, error) { return os.CreateTemp(dir, pattern) },
	}
}

func output(ctx context.Context, name string, args ...string) (string, error) {
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
		if last := lines[len(lines)-1]; last != "" {
			return "", fmt.Errorf("%s: %w: %s", name, err, last)
		}
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return out.String(), nil
}
