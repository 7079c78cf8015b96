package nb

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// whole is a notebook as nbformat writes one, with every kind of output.
const whole = `{
 "cells": [
  {
   "attachments": {
    "a.png": {
     "image/png": "AA=="
    }
   },
   "cell_type": "markdown",
   "id": "s00-title",
   "metadata": {},
   "source": [
    "# 고루틴 <b> & \"quotes\"\n",
    "\n",
    "end"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 7,
   "id": "s00-run-x",
   "metadata": {
    "execution": {
     "iopub.status.busy": "2026-01-01"
    },
    "tags": [
     "cited"
    ]
   },
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "a\n",
      "b"
     ]
    },
    {
     "data": {
      "text/plain": "1"
     },
     "execution_count": 7,
     "metadata": {},
     "output_type": "execute_result"
    },
    {
     "data": {},
     "metadata": {
      "big": 12345678901234567890
     },
     "output_type": "display_data"
    },
    {
     "ename": "panic",
     "evalue": "no",
     "output_type": "error",
     "traceback": [
      "[cell 7]:1:1: no"
     ]
    }
   ],
   "source": [
    "f()\n"
   ]
  },
  {
   "cell_type": "raw",
   "id": "s00-raw",
   "metadata": {},
   "source": []
  }
 ],
 "metadata": {
  "kernelspec": {
   "name": "runnext"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`

func mustRead(t testing.TB, text string) *Notebook {
	t.Helper()
	n, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func written(t testing.TB, n *Notebook) string {
	t.Helper()
	var b bytes.Buffer
	if err := n.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRoundTrip(t *testing.T) {
	n := mustRead(t, whole)
	if diff := cmp.Diff(whole, written(t, n)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if c := n.Cells[1]; c.Executed != 7 || len(c.Outputs) != 4 || c.Outputs[3].Type() != "error" || cmp.Diff(c.Tags(), []string{"cited"}) != "" {
		t.Errorf("%+v", c)
	}
	n.Strip()
	if c := n.Cells[1]; c.Executed != 0 || c.Outputs != nil || c.Metadata["execution"] != nil || len(c.Tags()) != 1 {
		t.Errorf("stripped: %+v", c)
	}
	if got := mustRead(t, written(t, n)).Cells[0].Source; got != "# 고루틴 <b> & \"quotes\"\n\nend" {
		t.Errorf("source %q", got)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, test := range []struct {
		name, old, new string // what is changed in whole
		want           string
	}{
		{"not JSON", "{", "[", "notebook: "},
		{"text behind it", " \"nbformat_minor\": 5\n}", " \"nbformat_minor\": 5\n}x", "text follows its end"},
		{"version 4.4", `"nbformat_minor": 5`, `"nbformat_minor": 4`, "nbformat is 4.4, not 4.5"},
		{"no version", ` "nbformat": 4,`, "", "notebook: nbformat is missing"},
		{"version as text", `"nbformat": 4`, `"nbformat": "4"`, "nbformat is not a number"},
		{"half a version", `"nbformat": 4`, `"nbformat": 4.2`, "nbformat is 4.2, not a count"},
		{"a field of its own", `"nbformat": 4`, `"worksheets": [], "nbformat": 4`, "notebook: worksheets is not a field of it"},
		{"no id", `"id": "s00-title",`, "", "cell 0: id is missing"},
		{"an id with a blank", `"id": "s00-title"`, `"id": "s00 title"`, `cell 0: the id "s00 title" is not 1 to 64`},
		{"an id twice", `"id": "s00-raw"`, `"id": "s00-title"`, `cell 2: the id "s00-title" is there twice`},
		{"no such cell", `"cell_type": "raw"`, `"cell_type": "heading"`, `cell 2 (s00-raw): there is no cell_type "heading"`},
		{"outputs of prose", `"id": "s00-raw"`, `"outputs": [], "id": "s00-raw"`, "cell 2 (s00-raw): outputs is not a field of it"},
		{"source as a number", `"source": []`, `"source": 3`, "source is neither a string nor a list"},
		{"source with a number", `"source": []`, `"source": [3]`, "source holds what is not a string"},
		{"metadata as text", `"metadata": {},
   "source": []`, `"metadata": "", "source": []`, "metadata is not an object"},
		{"no count", `"execution_count": 7,
   "id"`, `"id"`, "cell 1 (s00-run-x): execution_count is missing"},
		{"a count below 0", `"execution_count": 7,
   "id"`, `"execution_count": -7, "id"`, "execution_count is -7, not a count"},
		{"no such output", `"output_type": "error"`, `"output_type": "pyerr"`, `output 3: there is no output_type "pyerr"`},
		{"half an output", `"evalue": "no",`, "", "cell 1 (s00-run-x): output 3: evalue is missing"},
		{"a stream without a name", `"name": "stdout",`, "", "output 0: name is missing"},
		{"a null", `"ename": "panic"`, `"ename": null`, "ename is not a string"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(whole, test.old, test.new, 1)
			if text == whole {
				t.Fatal("nothing is changed")
			}
			_, err := Read(strings.NewReader(text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

func TestHeader(t *testing.T) {
	n := &Notebook{}
	if _, err := n.Header(); err == nil {
		t.Error("a notebook without a header has one")
	}
	want := Header{Lesson: "05", Title: "T", Minutes: 25, Needs: []string{"00"}, Claims: []string{}}
	n.SetHeader(want)
	got, err := mustRead(t, written(t, n)).Header()
	if err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("%+v, %v", got, err)
	}
	n.Metadata["runnext"].(map[string]any)["extra"] = 1
	if _, err := n.Header(); err == nil || !strings.Contains(err.Error(), "extra is not a field") {
		t.Errorf("error %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(whole)
	f.Add(`{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[]}`)
	f.Fuzz(func(t *testing.T, text string) {
		n, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		once := written(t, n)
		again := mustRead(t, once)
		if twice := written(t, again); twice != once {
			t.Fatalf("written, read and written again:\n%s\n%s", once, twice)
		}
		Lint(n, Against{})
	})
}

func TestWaysOfACell(t *testing.T) {
	for source, want := range map[string]struct {
		name string
		way  Way
	}{
		"x := 1":                     {"", Plain},
		"%predict 3 1 2\nprintln(3)": {"", Plain},
		"%predict G7":                {"", Other},
		"%gmp first-steps":           {"", Other},
		"%%gmp -p 2\nx := 1":         {"", Other},
		"%check answer":              {"answer", Checks},
		"%hint answer":               {"", Other},
		"%%exercise answer\n// hint: h\nprintln()": {"answer", Defines},
	} {
		if name, way := Split(source).Exercise(); name != want.name || way != want.way {
			t.Errorf("%q: %q, %d; want %q, %d", source, name, way, want.name, want.way)
		}
	}
}
