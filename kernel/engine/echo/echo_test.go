package echo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"runnext/kernel/engine"
)

// sheet is an output that notes what it is given.
type sheet struct{ strings.Builder }

func (s *sheet) Stream(name string, text []byte) { fmt.Fprintf(s, "%s:%s ", name, text) }
func (s *sheet) Display(d engine.Display)        { fmt.Fprintf(s, "%s=%v ", d.ID, d.Data["text/plain"]) }
func (s *sheet) Clear(wait bool)                 { fmt.Fprintf(s, "clear:%v ", wait) }
func (s *sheet) Late(f *engine.Failure)          { fmt.Fprintf(s, "late:%s ", f.Text) }
func (s *sheet) Input(context.Context, string, bool) (string, error) {
	return "", engine.ErrNoInput
}

func TestExecute(t *testing.T) {
	tests := []struct{ code, printed, ended string }{
		{"print a b\nwarn c", "stdout:a b\n stderr:c\n ", ""},
		{`raw "x\ty"`, "stdout:x\ty ", ""},
		{"value 42", "", "42"},
		{"anything else", "", "anything else"},
		{"display d one\nupdate d two\ndisplay - three", "d=one d=two =three ", ""},
		{"clear\nclear wait", "clear:false clear:true ", ""},
		{"print a\nerror panic: boom\nprint b", "stdout:a\n ", "[cell 3]:2:1: boom"},
		{"input x", "", "[cell 3]:1:1: " + engine.ErrNoInput.Error()},
		{"page text", "", "page text"},
		{"", "", ""},
	}
	for _, tt := range tests {
		var out sheet
		o := New().Execute(t.Context(), engine.Cell{Number: 3, Code: tt.code}, &out)
		ended := ""
		switch {
		case o.Failure != nil:
			ended = o.Failure.Traceback()[0]
		case o.Value != nil:
			ended = fmt.Sprint(o.Value.Data["text/plain"])
		case o.Page != nil:
			ended = fmt.Sprint("page ", o.Page.Data["text/plain"])
		}
		if out.String() != tt.printed || ended != tt.ended {
			t.Errorf("%q: printed %q, ended %q; want %q, %q", tt.code, out.String(), ended, tt.printed, tt.ended)
		}
	}
}

func TestGates(t *testing.T) {
	e := New()
	var out sheet
	done := make(chan engine.Outcome)
	go func() { done <- e.Execute(t.Context(), engine.Cell{Code: "late go text\nwait here"}, &out) }()
	if err := e.Reached(t.Context(), "here"); err != nil {
		t.Fatal(err)
	}
	e.Open("here")
	if o := <-done; o.Failure != nil {
		t.Error(o.Failure)
	}
	e.Open("go")
	e.Open("go")
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if o := e.Execute(ctx, engine.Cell{Code: "wait never"}, &out); o.Failure == nil || o.Failure.Kind != engine.KindInterrupted {
		t.Errorf("outcome = %+v", o)
	}
	if err := e.Reached(ctx, "nobody comes"); !errors.Is(err, context.Canceled) {
		t.Errorf("reached: %v", err)
	}
}

// TestWords holds the list that is completed against the package comment.
func TestWords(t *testing.T) {
	source, err := os.ReadFile("echo.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range words {
		if !strings.Contains(string(source), "\n//\t"+w) {
			t.Errorf("%s is not explained", w)
		}
		c := New().Complete(t.Context(), "x "+w[:1], 3)
		if c.Start != 2 || c.End != 3 || len(c.Items) == 0 {
			t.Errorf("completion of %s = %+v", w[:1], c)
		}
	}
}
