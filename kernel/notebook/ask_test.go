package notebook_test

import (
	"context"
	"strings"
	"testing"

	"runnext/kernel/engine"
	"runnext/kernel/notebook"
	"runnext/kernel/worker"
)

// answering is a worker that notes what it is asked.
type answering struct{ asked []string }

func (a *answering) Run(_ context.Context, j engine.Job, _ engine.Output) worker.Ending {
	a.asked = append(a.asked, j.Query)
	return worker.Ending{Report: engine.Report{Value: &engine.Bundle{Data: map[string]any{"text/plain": "answer"}}}}
}

func (*answering) Close(context.Context) error { return nil }

// What the directives about a living worker ask of it, and what they refuse.
func TestAsk(t *testing.T) {
	for _, c := range []struct{ code, query, failure string }{
		{"%goroutines", "goroutines", ""},
		{"%who", "who", ""},
		{"%kill 3", "kill 3", ""},
		{"%kill", "", "%kill is written %kill CELL"},
		{"%kill three", "", "three is not the number of a cell"},
		{"%who x", "", "%who is written %who"},
	} {
		w := new(answering)
		n, err := notebook.New(notebook.Config{Worker: w})
		if err != nil {
			t.Fatal(err)
		}
		f := n.Execute(t.Context(), engine.Cell{Number: 1, Code: c.code}, silent{}).Failure
		got := ""
		if f != nil {
			got = f.Text
		}
		if asked := strings.Join(w.asked, ","); asked != c.query || got != c.failure {
			t.Errorf("%s asks %q and fails with %q, want %q and %q", c.code, asked, got, c.query, c.failure)
		}
	}
}
