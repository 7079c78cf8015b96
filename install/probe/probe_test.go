package probe

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"runnext/kernel"
	"runnext/kernel/engine"
)

// TestMain is a test binary that is also the kernels it probes: KERNEL in the
// environment names one.
func TestMain(m *testing.M) {
	switch os.Getenv("KERNEL") {
	case "":
		goleak.VerifyTestMain(m)
	case "dies":
		fmt.Fprintln(os.Stderr, "a first line")
		fmt.Fprintln(os.Stderr, "runnext: no room for a kernel")
		os.Exit(1)
	case "mute":
		time.Sleep(time.Hour)
	default:
		data, err := os.ReadFile(os.Args[1])
		if err == nil {
			err = kernel.Run(context.Background(), kernel.Config{Connection: data, Engine: fake{}})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// fake is an engine that gives what KERNEL says for every cell.
type fake struct{ engine.Engine }

func (fake) Info() engine.Info { return engine.Info{Language: "go"} }

func (fake) Execute(context.Context, engine.Cell, engine.Output) engine.Outcome {
	if k := os.Getenv("KERNEL"); k != "fails" {
		return engine.Outcome{Value: &engine.Bundle{Data: map[string]any{"text/plain": k}}}
	}
	return engine.Outcome{Failure: &engine.Failure{Kind: engine.KindRefused, Text: "not today"}}
}

func (fake) Close(context.Context) error { return nil }

func TestRun(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		kernel, want string // an error when it starts with "error: "
	}{
		{"42", "6 * 7 = 42, "},
		{"43", `error: 6 * 7 gives "43"`},
		{"fails", "error: 6 * 7: refused: not today"},
		{"dies", "error: the kernel ended at once (exit status 1): runnext: no room for a kernel"},
	}
	for _, tt := range tests {
		t.Run(tt.kernel, func(t *testing.T) {
			t.Setenv("KERNEL", tt.kernel)
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			got, err := Run(ctx, []string{self, "{connection_file}"})
			if msg, bad := strings.CutPrefix(tt.want, "error: "); bad {
				if err == nil || !strings.HasPrefix(err.Error(), msg) {
					t.Errorf("got %q, %v; want the error %q", got, err, msg)
				}
			} else if err != nil || !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestRunGivesUp(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("KERNEL", "mute")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if got, err := Run(ctx, []string{self, "{connection_file}"}); err == nil {
		t.Errorf("a mute kernel gives %q", got)
	}
	if _, err := Run(ctx, []string{self + "-that-is-not-there"}); err == nil || !strings.Contains(err.Error(), "start the kernel: ") {
		t.Errorf("a program that is not there: %v", err)
	}
}
