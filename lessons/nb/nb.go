// Package nb reads, writes and checks Jupyter notebooks of nbformat 4.5. It
// reads strictly: what the schema does not allow is an error, so that a lesson
// that passes here is opened by every client. It runs no cell; how a lesson
// must be built is in the checks of [Lint], and the texts a lesson is held
// against are in runnext/lessons/seed.
package nb

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Notebook is a notebook of nbformat 4.5.
type Notebook struct {
	Metadata map[string]any
	Cells    []Cell
}

// The types of a cell.
const (
	Code     = "code"
	Markdown = "markdown"
	Raw      = "raw"
)

// Cell is one cell. Outputs and Executed belong to code cells.
type Cell struct {
	ID          string
	Type        string // [Code], [Markdown] or [Raw]
	Metadata    map[string]any
	Source      string
	Outputs     []Output
	Executed    int            // the execution count, 0 for none
	Attachments map[string]any // of a markdown or raw cell, nil for none
}

// Output is one output of a code cell, its fields by name as the file has
// them.
type Output map[string]any

// Type gives the output_type.
func (o Output) Type() string {
	t, _ := o["output_type"].(string)
	return t
}

// Tags gives the cell's tags.
func (c Cell) Tags() []string {
	list, _ := c.Metadata["tags"].([]any)
	var tags []string
	for _, t := range list {
		if s, ok := t.(string); ok {
			tags = append(tags, s)
		}
	}
	return tags
}

// idForm is what nbformat 4.5 allows for a cell id.
var idForm = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// Read reads a notebook and holds it against the schema of nbformat 4.5.
func Read(r io.Reader) (*Notebook, error) {
	d := json.NewDecoder(r)
	d.UseNumber() // a number is written back as it was
	var top map[string]any
	if err := d.Decode(&top); err != nil {
		return nil, fmt.Errorf("notebook: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("notebook: text follows its end")
	}
	o := object{at: "notebook", fields: top}
	if major, minor := o.integer("nbformat"), o.integer("nbformat_minor"); o.err == nil && (major != 4 || minor != 5) {
		return nil, fmt.Errorf("notebook: nbformat is %d.%d, not 4.5", major, minor)
	}
	nb := &Notebook{Metadata: o.table("metadata")}
	cells := o.list("cells")
	if err := o.end(); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, raw := range cells {
		c, err := readCell(i, raw)
		if err != nil {
			return nil, err
		}
		if seen[c.ID] {
			return nil, fmt.Errorf("cell %d: the id %q is there twice", i, c.ID)
		}
		seen[c.ID] = true
		nb.Cells = append(nb.Cells, c)
	}
	return nb, nil
}

func readCell(i int, raw any) (Cell, error) {
	fields, ok := raw.(map[string]any)
	if !ok {
		return Cell{}, fmt.Errorf("cell %d: it is not an object", i)
	}
	o := object{at: fmt.Sprintf("cell %d", i), fields: fields}
	c := Cell{ID: o.text("id"), Type: o.text("cell_type"), Metadata: o.table("metadata"), Source: o.lines("source")}
	if o.err == nil && !idForm.MatchString(c.ID) {
		return Cell{}, fmt.Errorf("cell %d: the id %q is not 1 to 64 letters, digits, - and _", i, c.ID)
	}
	if c.ID != "" {
		o.at = fmt.Sprintf("cell %d (%s)", i, c.ID)
	}
	switch c.Type {
	case Code:
		if fields["execution_count"] == nil {
			o.need("execution_count")
		} else {
			c.Executed = o.integer("execution_count")
		}
		for n, raw := range o.list("outputs") {
			out, err := readOutput(fmt.Sprintf("%s: output %d", o.at, n), raw)
			if err != nil {
				return Cell{}, err
			}
			c.Outputs = append(c.Outputs, out)
		}
	case Markdown, Raw:
		if _, ok := fields["attachments"]; ok {
			c.Attachments = o.table("attachments")
		}
	default:
		if o.err == nil {
			return Cell{}, fmt.Errorf("%s: there is no cell_type %q", o.at, c.Type)
		}
	}
	return c, o.end()
}

func readOutput(at string, raw any) (Output, error) {
	fields, ok := raw.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s: it is not an object", at)
	}
	o := object{at: at, fields: fields}
	switch kind := o.text("output_type"); kind {
	case "stream":
		o.text("name")
		o.lines("text")
	case "display_data":
		o.table("data")
		o.table("metadata")
	case "execute_result":
		o.table("data")
		o.table("metadata")
		o.need("execution_count")
	case "error":
		o.text("ename")
		o.text("evalue")
		o.list("traceback")
	default:
		if o.err == nil {
			return nil, fmt.Errorf("%s: there is no output_type %q", at, kind)
		}
	}
	return Output(fields), o.end()
}

// Write writes a notebook as nbformat does: keys sorted, one blank of
// indentation, a source as a list of lines, a line feed at the end.
func (nb *Notebook) Write(w io.Writer) error {
	cells := []any{}
	for _, c := range nb.Cells {
		fields := map[string]any{
			"id": c.ID, "cell_type": c.Type, "metadata": table(c.Metadata), "source": lines(c.Source),
		}
		if c.Attachments != nil {
			fields["attachments"] = c.Attachments
		}
		if c.Type == Code {
			outputs := []any{}
			for _, o := range c.Outputs {
				outputs = append(outputs, map[string]any(o))
			}
			fields["outputs"] = outputs
			fields["execution_count"] = nil
			if c.Executed > 0 {
				fields["execution_count"] = c.Executed
			}
		}
		cells = append(cells, fields)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(map[string]any{
		"nbformat": 4, "nbformat_minor": 5, "metadata": table(nb.Metadata), "cells": cells,
	}); err != nil {
		return fmt.Errorf("write notebook: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Strip takes away what running has left: outputs, execution counts, and the
// times JupyterLab notes in a cell's metadata.
func (nb *Notebook) Strip() {
	for i := range nb.Cells {
		c := &nb.Cells[i]
		c.Outputs, c.Executed = nil, 0
		for _, key := range []string{"execution", "ExecuteTime", "scrolled", "collapsed"} {
			delete(c.Metadata, key)
		}
	}
}

func table(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// lines cuts a source behind each line feed.
func lines(source string) []string {
	out := []string{}
	for l := range strings.Lines(source) {
		out = append(out, l)
	}
	return out
}
