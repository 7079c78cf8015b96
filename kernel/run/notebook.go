package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"runnext/kernel/engine"
)

// Document is one run of a notebook.
type Document struct {
	File           string
	Timeout        time.Duration
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Notebook runs the cells of d in order and gives the exit status: 0, 1 after
// a cell that failed and was not tagged raises-exception, 124 when the time has
// passed, 130 when ctx has ended. What a cell prints goes to the stream it is printed to, values
// and displays as their text/plain to d.Stdout, failures to d.Stderr. The error
// is one that kept the notebook from starting. The caller closes eng.
func Notebook(ctx context.Context, eng engine.Engine, d Document) (int, error) {
	text, err := os.ReadFile(d.File)
	if err != nil {
		return 0, fmt.Errorf("run: %w", withoutPath(err, d.File))
	}
	doc, err := readDocument(text)
	if err != nil {
		return 0, fmt.Errorf("run: %s: %w", d.File, err)
	}
	if want := eng.Info().Language; doc.language != "" && !strings.EqualFold(doc.language, want) {
		return 0, fmt.Errorf("run: %s is written in %s, not in %s", d.File, doc.language, want)
	}
	if d.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d.Timeout)
		defer cancel()
	}
	s := &sitting{eng: eng, stdout: d.Stdout, stderr: d.Stderr, in: newLines(d.Stdin)}
	status := s.run(ctx, doc)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		fmt.Fprintf(d.Stderr, "runnext: %s was stopped after %v\n", d.File, d.Timeout)
		return StatusTimeout, nil
	}
	if ctx.Err() != nil {
		return statusInterrupt, nil
	}
	return status, nil
}

// sitting is one notebook on its way through an engine.
type sitting struct {
	eng            engine.Engine
	stdout, stderr io.Writer
	in             *lines

	mu   sync.Mutex // one writer at a time, and what follows
	late bool       // a goroutine failed after its cell
}

func (s *sitting) run(ctx context.Context, doc document) int {
	number := 0
	for _, c := range doc.cells {
		if strings.TrimSpace(c.code) == "" {
			continue // a front end does not send it
		}
		number++
		out := &cellOutput{s: s, mayRaise: c.mayRaise}
		o := s.eng.Execute(ctx, engine.Cell{Number: number, Code: c.code, AllowInput: true}, out)
		if o.Page != nil {
			out.plain(*o.Page)
		}
		if o.Value != nil {
			out.plain(*o.Value)
		}
		if o.Failure == nil {
			continue
		}
		out.failure(o.Failure)
		if !c.mayRaise || ctx.Err() != nil {
			return StatusRefused
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.late {
		return StatusRefused
	}
	return 0
}

// cellOutput is the [engine.Output] of one cell.
type cellOutput struct {
	s        *sitting
	mayRaise bool
}

func (o *cellOutput) Stream(name string, text []byte) {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	w := o.s.stdout
	if name == engine.Stderr {
		w = o.s.stderr
	}
	w.Write(text) // who reads may be gone; the notebook runs on, as a program does
}

// Display writes a value's text where the program's goes, and a remark of the
// kernel's where diagnostics do.
func (o *cellOutput) Display(d engine.Display) {
	if _, ok := d.Metadata[engine.QuietMark]; !ok {
		o.plain(d.Bundle)
		return
	}
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	writePlain(o.s.stderr, d.Bundle)
}

// Clear does nothing: what is written stays written.
func (o *cellOutput) Clear(bool) {}

func (o *cellOutput) plain(b engine.Bundle) {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	writePlain(o.s.stdout, b)
}

func (o *cellOutput) failure(f *engine.Failure) {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	fmt.Fprintln(o.s.stderr, strings.Join(f.Traceback(), "\n"))
}

// Late tells the failure of a goroutine whose cell is over. The cells after it
// are run, as a front end would.
func (o *cellOutput) Late(f *engine.Failure) {
	o.failure(f)
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	o.s.late = o.s.late || !o.mayRaise
}

func (o *cellOutput) Input(ctx context.Context, prompt string, _ bool) (string, error) {
	o.Stream(engine.Stdout, []byte(prompt))
	return o.s.in.next(ctx)
}
