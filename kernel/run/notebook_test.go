package run

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"runnext/kernel/engine/echo"
)

// cellOf is a code cell of a notebook's file.
func cellOf(code string, tags ...string) map[string]any {
	return map[string]any{"cell_type": "code", "source": code, "metadata": map[string]any{"tags": tags}}
}

func writeNotebook(t *testing.T, doc map[string]any) string {
	t.Helper()
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "n.ipynb")
	if err := os.WriteFile(name, text, 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestNotebook(t *testing.T) {
	tests := []struct {
		name           string
		cells          []map[string]any
		stdin          string
		status         int
		stdout, stderr string
	}{
		{name: "no cells"},
		{name: "streams and values", cells: []map[string]any{cellOf("print a\nwarn b"), cellOf(`value "41\n"`), cellOf(`value "42"`)},
			stdout: "a\n41\n42\n", stderr: "b\n"},
		{name: "displays as text", cells: []map[string]any{cellOf("display d shown\nupdate d again")}, stdout: "shown\nagain\n"},
		{name: "the pager's text", cells: []map[string]any{cellOf("page help")}, stdout: "help\n"},
		{name: "stops at the first error", cells: []map[string]any{cellOf("print a\nerror panic: boom"), cellOf("print b")},
			status: 1, stdout: "a\n", stderr: "boom"},
		{name: "goes on when it may raise", cells: []map[string]any{cellOf("error panic: boom", "x", "raises-exception"), cellOf("print b")},
			stdout: "b\n", stderr: "boom"},
		{name: "asks", cells: []map[string]any{cellOf("input name? "), cellOf("input again? ")}, stdin: "Ada\r\nlast", stdout: "name? Ada\r\nagain? last\n"},
		{name: "input ends", cells: []map[string]any{cellOf("input name?")}, status: 0, stdout: "name?"},
		{name: "other cells", cells: []map[string]any{
			{"cell_type": "markdown", "source": "print no"},
			{"cell_type": "code", "source": []string{"print a\n", "print b"}, "metadata": "odd"},
			cellOf(" \n"),
		}, stdout: "a\nb\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eng := echo.New()
			defer eng.Close(context.Background())
			var stdout, stderr strings.Builder
			name := writeNotebook(t, map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{}, "cells": tt.cells})
			status, err := Notebook(context.Background(), eng, Document{File: name, Stdin: strings.NewReader(tt.stdin), Stdout: &stdout, Stderr: &stderr})
			if err != nil || status != tt.status {
				t.Errorf("status %d, %v; want %d", status, err, tt.status)
			}
			if !strings.HasPrefix(stdout.String(), tt.stdout) || len(tt.cells) > 0 && tt.name != "input ends" && stdout.String() != tt.stdout {
				t.Errorf("stdout %q, want %q", stdout.String(), tt.stdout)
			}
			if !strings.Contains(stderr.String(), tt.stderr) || tt.stderr == "" && stderr.Len() > 0 {
				t.Errorf("stderr %q, want %q", stderr.String(), tt.stderr)
			}
		})
	}
}

func TestNotebookTimeLimit(t *testing.T) {
	eng := echo.New()
	defer eng.Close(context.Background())
	var stdout, stderr strings.Builder
	name := writeNotebook(t, map[string]any{"nbformat": 4, "cells": []any{cellOf("wait for ever")}})
	status, err := Notebook(context.Background(), eng, Document{File: name, Timeout: 20 * time.Millisecond, Stdout: &stdout, Stderr: &stderr})
	if status != StatusTimeout || err != nil || !strings.Contains(stderr.String(), "was stopped after 20ms") {
		t.Errorf("status %d, %v, stderr %q", status, err, stderr.String())
	}
}

func TestNotebookInterrupted(t *testing.T) {
	eng := echo.New()
	defer eng.Close(context.Background())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stderr strings.Builder
	name := writeNotebook(t, map[string]any{"nbformat": 4, "cells": []any{cellOf("wait for ever", "raises-exception"), cellOf("print b")}})
	status, err := Notebook(ctx, eng, Document{File: name, Stdout: &stderr, Stderr: &stderr})
	if status != 130 || err != nil || strings.Contains(stderr.String(), "b\n") {
		t.Errorf("status %d, %v, %q", status, err, stderr.String())
	}
}

func TestNotNotebooks(t *testing.T) {
	tests := []struct{ text, want string }{
		{`{`, "not a notebook"},
		{`[]`, "not a notebook"},
		{`{"cells": []}`, "nbformat 4"},
		{`{"nbformat": 3, "worksheets": []}`, "nbformat 4"},
		{`{"nbformat": 4, "cells": [{"cell_type": "code", "source": 3}]}`, "cell 1: source"},
		{`{"nbformat": 4, "metadata": {"kernelspec": {"language": "python"}}}`, "written in python"},
	}
	for _, tt := range tests {
		name := filepath.Join(t.TempDir(), "n.ipynb")
		if err := os.WriteFile(name, []byte(tt.text), 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := Notebook(context.Background(), echo.New(), Document{File: name, Stdout: os.Stdout, Stderr: os.Stderr})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.text, err, tt.want)
		}
	}
	if _, err := Notebook(context.Background(), echo.New(), Document{File: "testdata/none.ipynb"}); err == nil ||
		err.Error() != "run: testdata/none.ipynb: no such file or directory" {
		t.Errorf("error %v", err)
	}
}

func FuzzDocument(f *testing.F) {
	f.Add([]byte(`{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["a\n", "b"], "metadata": {"tags": ["raises-exception"]}}]}`))
	f.Add([]byte(`{"nbformat": 4.0, "metadata": {"language_info": {"name": "go"}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := readDocument(text)
		if err == nil && !json.Valid(text) {
			t.Errorf("read %d cells of what is no JSON", len(doc.cells))
		}
	})
}

func TestLineAfterItsQuestion(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	l := newLines(r)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.next(ctx); err == nil {
		t.Fatal("a line came from nowhere")
	}
	w.WriteString("one\ntwo")
	w.Close()
	for _, want := range []string{"one", "two"} {
		if got, err := l.next(context.Background()); got != want || err != nil {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	if _, err := l.next(context.Background()); err == nil {
		t.Error("a line after the end")
	}
}
