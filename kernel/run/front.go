package run

import (
	"fmt"
	"go/token"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
	"runnext/kernel/gofile"
)

// fileCell is the number a program's file has as a cell; no position of the
// program shows it.
const fileCell = 1

// front checks a file and emits it, or gives the lines that say why not. A
// file is no notebook: imports and variables must be used, and nothing is
// imported for it, so Go's own judgement comes first.
func (c Config) front(name, code string) (_ []byte, problems []string) {
	judge := gofile.Judge{Fset: token.NewFileSet(), Importer: c.Importer}
	if _, problems := judge.Check(name, code); problems != nil {
		return nil, problems
	}
	// What is left to fail is ours: a file that Go accepts.
	defer func() {
		if r := recover(); r != nil {
			problems = []string{fmt.Sprintf("%s:1:1: this program cannot be run here: internal error: %v", name, r)}
		}
	}()
	cells := cell.New(cell.Config{Importer: c.Importer})
	checked, failure := cells.Check(fileCell, code)
	if failure != nil {
		return nil, refusal(name, failure)
	}
	p, failure := c.Emit(checked)
	if failure != nil {
		return nil, refusal(name, failure)
	}
	return p, nil
}

// refusal tells why a program that Go takes is not run.
func refusal(name string, f *engine.Failure) []string {
	var lines []string
	for i, p := range f.Places {
		text := p.Text
		if text == "" && i == 0 {
			text = f.Text
		}
		lines = append(lines, fmt.Sprintf("%s:%d:%d: refused: %s", name, p.Line, p.Column, text))
	}
	if len(lines) == 0 {
		lines = append(lines, fmt.Sprintf("%s:1:1: refused: %s", name, f.Text))
	}
	if f.Why != "" {
		lines = append(lines, "Why: "+f.Why)
	}
	return append(lines, "Try: go run "+name)
}
