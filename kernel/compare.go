package kernel

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
	"runnext/kernel/engine/gmp"
	"runnext/kernel/engine/native"
)

// traceRuns builds cells with the toolchain and runs them under a trace. check
// gives a cell anew: building it uses it up.
func traceRuns(tools *native.Toolchain, check func(engine.Cell, engine.Output) (*cell.Checked, *engine.Failure)) gmp.Native {
	return func(ctx context.Context, number int, source string, procs int) ([]byte, string, *engine.Failure) {
		heard := &printed{}
		checked, failure := check(engine.Cell{Number: number, Code: source}, heard)
		if failure != nil {
			return nil, "", failure
		}
		p, failure := tools.Build(ctx, checked, native.Build{Trace: true})
		if failure != nil {
			return nil, "", failure
		}
		defer p.Close()
		dir, err := os.MkdirTemp("", "runnext-trace-")
		if err != nil {
			return nil, "", &engine.Failure{Text: err.Error()}
		}
		defer os.RemoveAll(dir)
		file := filepath.Join(dir, "trace")
		if failure := p.Run(ctx, native.Run{Procs: procs, Trace: file}, heard).Failure(number); failure != nil {
			return nil, "", &engine.Failure{Text: "the real run ended with " + failure.Text}
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, "", &engine.Failure{Text: "the real run left no trace"}
		}
		return data, heard.text(), nil
	}
}

// printed keeps what a program prints to standard output, and nothing else.
type printed struct {
	mu  sync.Mutex
	all strings.Builder
}

// printedBytes bounds what is kept.
const printedBytes = 1 << 20

func (p *printed) Stream(name string, text []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if name == engine.Stdout {
		p.all.Write(text[:min(len(text), printedBytes-p.all.Len())])
	}
}

func (p *printed) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all.String()
}

func (*printed) Display(engine.Display) {}
func (*printed) Clear(bool)             {}
func (*printed) Late(*engine.Failure)   {}
func (*printed) Input(context.Context, string, bool) (string, error) {
	return "", engine.ErrNoInput
}
