package echo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"runnext/kernel/engine"
)

// Execute runs the lines of a cell in order.
func (e *Engine) Execute(ctx context.Context, c engine.Cell, out engine.Output) engine.Outcome {
	r := &run{engine: e, cell: c, out: out}
	for i, line := range strings.Split(c.Code, "\n") {
		if ctx.Err() != nil {
			r.fail(engine.KindInterrupted, "interrupted", i+1)
		} else if strings.TrimSpace(line) != "" {
			r.line(ctx, i+1, line)
		}
		if r.outcome.Failure != nil {
			return engine.Outcome{Failure: r.outcome.Failure}
		}
	}
	return r.outcome
}

// run is one cell on its way.
type run struct {
	engine  *Engine
	cell    engine.Cell
	out     engine.Output
	outcome engine.Outcome
}

func (r *run) fail(kind engine.Kind, text string, line int) {
	r.outcome.Failure = &engine.Failure{
		Kind: kind, Text: text,
		Places: []engine.Place{{Cell: r.cell.Number, Line: line, Column: 1}},
	}
}

func (r *run) line(ctx context.Context, number int, line string) {
	word, rest, _ := strings.Cut(line, " ")
	first, second, _ := strings.Cut(rest, " ")
	switch word {
	case "print":
		r.out.Stream(engine.Stdout, []byte(rest+"\n"))
	case "warn":
		r.out.Stream(engine.Stderr, []byte(rest+"\n"))
	case "raw":
		r.out.Stream(engine.Stdout, []byte(literal(rest)))
	case "error":
		kind, text, _ := strings.Cut(rest, ": ")
		r.fail(engine.Kind(kind), text, number)
	case "panic":
		panic("echo was told to")
	case "set":
		r.engine.mu.Lock()
		r.engine.values[first] = second
		r.engine.mu.Unlock()
	case "wait", "stuck":
		r.wait(ctx, number, first, word == "stuck")
	case "input", "password":
		r.input(ctx, number, rest, word == "password")
	case "display", "update":
		id := strings.TrimPrefix(first, "-")
		r.out.Display(engine.Display{Bundle: plain(second), ID: id, Update: word == "update"})
	case "html":
		r.out.Display(engine.Display{Bundle: engine.Bundle{Data: map[string]any{"text/html": rest}}})
	case "broken":
		r.out.Display(engine.Display{Bundle: engine.Bundle{
			Data:     map[string]any{"text/plain": "broken", "application/json": make(chan int)},
			Metadata: map[string]any{"f": func() {}},
		}})
	case "clear":
		r.out.Clear(rest == "wait")
	case "late":
		r.late(first, func() { r.out.Stream(engine.Stdout, []byte(second+"\n")) })
	case "latefail":
		r.late(first, func() { r.out.Late(&engine.Failure{Kind: engine.KindPanic, Text: second}) })
	case "lateinput":
		r.late(first, func() {
			// The cell's context has ended with it.
			_, err := r.out.Input(context.WithoutCancel(ctx), second, false)
			r.out.Stream(engine.Stdout, []byte(fmt.Sprintln(err)))
		})
	case "page":
		r.outcome.Page = &engine.Bundle{Data: map[string]any{"text/plain": literal(rest)}}
	case "value":
		v := plain(literal(rest))
		r.outcome.Value = &v
	default:
		v := plain(line)
		r.outcome.Value = &v
	}
}

func (r *run) wait(ctx context.Context, number int, name string, deaf bool) {
	g := r.engine.gate(name)
	g.reached <- struct{}{}
	if deaf {
		<-g.open
		return
	}
	select {
	case <-g.open:
	case <-ctx.Done():
		r.fail(engine.KindInterrupted, "interrupted", number)
	}
}

func (r *run) input(ctx context.Context, number int, prompt string, password bool) {
	answer, err := r.out.Input(ctx, prompt, password)
	switch {
	case err == nil:
		r.out.Stream(engine.Stdout, []byte(answer+"\n"))
	case errors.Is(err, io.EOF):
		r.out.Stream(engine.Stdout, []byte("EOF\n"))
	case ctx.Err() != nil:
		r.fail(engine.KindInterrupted, "interrupted", number)
	default:
		r.fail(engine.KindPanic, err.Error(), number)
	}
}

// late runs f in a goroutine of its own when the gate opens.
func (r *run) late(name string, f func()) {
	g := r.engine.gate(name)
	r.engine.late.Go(func() {
		select {
		case <-g.open:
			f()
		case <-r.engine.closing:
		}
	})
}
