// Command lesson serves those who write lessons. It works on the files in the
// tree, not on those that are embedded.
//
//	lesson lint [FILE...]   check notebooks against the rules of the course
//	lesson fmt  [FILE...]   strip outputs and write the canonical form
//	lesson text FILE        print a notebook's cells as text, to be read
//
// Without FILE all notebooks in lessons/en are meant.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"runnext/lessons"
	"runnext/lessons/nb"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "lesson:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("usage: lesson lint|fmt|text [FILE...]")
	}
	work := map[string]func(string, io.Writer) error{"lint": lint, "fmt": format, "text": text}[args[0]]
	if work == nil {
		return fmt.Errorf("there is no command %q; there are lint, fmt and text", args[0])
	}
	names := args[1:]
	if len(names) == 0 {
		var err error
		if names, err = filepath.Glob("lessons/en/*.ipynb"); err != nil {
			return err
		}
	}
	if len(names) == 0 {
		return errors.New("no notebooks: run it at the top of the tree, or name them")
	}
	var errs []error
	for _, name := range names {
		if err := work(name, out); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

func read(name string) (*nb.Notebook, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return nb.Read(f)
}

func lint(name string, out io.Writer) error {
	n, err := read(name)
	if err != nil {
		return err
	}
	for _, l := range lessons.Catalog() {
		if l.Name+".ipynb" != filepath.Base(name) {
			continue
		}
		problems, err := l.Lint(n)
		if err != nil {
			return err
		}
		for _, p := range problems {
			fmt.Fprintf(out, "%s: %v\n", name, p)
		}
		if len(problems) > 0 {
			return fmt.Errorf("%d problems", len(problems))
		}
		return nil
	}
	return errors.New("no lesson of the catalog has this name")
}

func format(name string, _ io.Writer) error {
	n, err := read(name)
	if err != nil {
		return err
	}
	n.Strip()
	var b bytes.Buffer
	if err := n.Write(&b); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}

func text(name string, out io.Writer) error {
	n, err := read(name)
	if err != nil {
		return err
	}
	for _, c := range n.Cells {
		tags := ""
		if list := c.Tags(); len(list) > 0 {
			tags = " " + strings.Join(list, " ")
		}
		fmt.Fprintf(out, "=== %s %s%s\n%s\n", c.ID, c.Type, tags, c.Source)
	}
	return nil
}
