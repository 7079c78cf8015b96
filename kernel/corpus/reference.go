package corpus

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Limit is how long a program may run, built or here. The longest that ends,
// ken/divconst, takes 50 s on an idle core.
const Limit = 2 * time.Minute

// Reference gives what programs do when the Go toolchain builds them. Results
// are kept in Dir, by the text of the program and the version of Go. Its methods
// may be called from any goroutine.
type Reference struct {
	Dir     string
	Version string // of Go
}

// ErrNotBuilt says that Go does not build a program on this machine.
var ErrNotBuilt = errors.New("the Go toolchain does not build it")

// Result builds and runs a program, or remembers what came of that.
func (r Reference) Result(ctx context.Context, p Program) (Result, error) {
	if p.Want != nil {
		return *p.Want, nil
	}
	var res Result
	key := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s", r.Version, p.Name, p.Source))
	kept := filepath.Join(r.Dir, fmt.Sprintf("%x.json", key[:12]))
	if text, err := os.ReadFile(kept); err == nil && json.Unmarshal(text, &res) == nil {
		return res, nil
	}
	res, err := build(ctx, p)
	if err != nil {
		return res, err
	}
	text, err := json.Marshal(res)
	if err != nil {
		return res, err
	}
	return res, write(kept, text)
}

// write puts a file in its place whole.
func write(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), "new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func build(ctx context.Context, p Program) (Result, error) {
	dir, err := os.MkdirTemp("", "reference-*")
	if err != nil {
		return Result{}, err
	}
	defer os.RemoveAll(dir)
	exe := filepath.Join(dir, "program")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", exe, p.File)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return Result{}, fmt.Errorf("%s: %w: %.300s", p.Name, ErrNotBuilt, out)
	}
	first, err := Exec(ctx, dir, exe)
	if err != nil {
		return first, err
	}
	second, err := Exec(ctx, dir, exe)
	first.Varies = first.Status != second.Status || !bytes.Equal(first.Stdout, second.Stdout)
	return first, err
}

// Exec runs a command in dir for at most [Limit] and gives what it did; status
// 124 says that it was stopped.
func Exec(ctx context.Context, dir, name string, args ...string) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	res := Result{Stdout: stdout.Bytes(), Stderr: stderr.Bytes()}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		res.Status = 124
	case errors.As(err, &exit):
		res.Status = exit.ExitCode()
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return res, fmt.Errorf("run %s: %w", name, err)
	}
	return res, nil
}
