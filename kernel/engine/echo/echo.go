// Package echo is an [engine.Engine] for a language of a few words, so that
// everything around a language can be tested without one. Each line of a cell
// is a word and what it works on; a line whose first word is none of them is
// the cell's value.
//
//	print TEXT           a line on stdout
//	warn TEXT            a line on stderr
//	raw TEXT             stdout without a newline; a Go string literal
//	value TEXT           the value, from a Go string literal
//	error KIND: TEXT     ends the cell
//	panic                a defect of the engine
//	set NAME VALUE       a variable; an expression is the name of one
//	wait GATE            until [Engine.Open], or an interrupt
//	stuck GATE           the same, deaf to interrupts
//	input PROMPT         asks, and prints the answer
//	password PROMPT      the same without an echo
//	display ID TEXT      display_data; "-" is no id
//	update ID TEXT       update_display_data
//	html TEXT            display_data with text/html
//	broken               display_data with a value JSON cannot hold
//	clear, clear wait    clear_output
//	late GATE TEXT       stdout from a goroutine, when the gate opens
//	latefail GATE TEXT   the failure of a goroutine, when the gate opens
//	lateinput GATE TEXT  asks from a goroutine, and prints the error
//	page TEXT            text for the pager
//
// It is no model of Go; that is runnext/kernel/notebook.
package echo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"runnext/kernel/engine"
)

// Engine runs echo's language. Its methods may be called from any goroutine.
type Engine struct {
	mu      sync.Mutex
	gates   map[string]*gate
	values  map[string]string
	closing chan struct{}
	once    sync.Once
	late    sync.WaitGroup // goroutines that outlive their cell
}

var _ engine.Engine = (*Engine)(nil)

// gate is something a cell waits for.
type gate struct {
	reached chan struct{} // one token for each cell that has come to wait
	open    chan struct{} // closed by Open
	once    sync.Once
}

// New gives an engine without variables whose gates are closed.
func New() *Engine {
	return &Engine{
		gates:   make(map[string]*gate),
		values:  make(map[string]string),
		closing: make(chan struct{}),
	}
}

func (e *Engine) gate(name string) *gate {
	e.mu.Lock()
	defer e.mu.Unlock()
	g := e.gates[name]
	if g == nil {
		g = &gate{reached: make(chan struct{}, 1024), open: make(chan struct{})}
		e.gates[name] = g
	}
	return g
}

// Open lets everything go on that waits at the gate, now or later.
func (e *Engine) Open(name string) {
	g := e.gate(name)
	g.once.Do(func() { close(g.open) })
}

// Reached returns when a cell has come to wait at the gate. Each cell counts
// once.
func (e *Engine) Reached(ctx context.Context, name string) error {
	select {
	case <-e.gate(name).reached:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("gate %s: %w", name, ctx.Err())
	}
}

// Info describes the language.
func (e *Engine) Info() engine.Info {
	return engine.Info{
		Implementation: "echo", ImplementationVersion: "1.0",
		Language: "echo", LanguageVersion: "1.0", MIMEType: "text/plain", FileExtension: ".echo",
		Banner:    "echo",
		HelpLinks: []engine.Link{{Text: "Jupyter", URL: "https://jupyter.org"}},
	}
}

// Evaluate gives the value of a variable.
func (e *Engine) Evaluate(_ context.Context, expr string) (engine.Bundle, *engine.Failure) {
	e.mu.Lock()
	defer e.mu.Unlock()
	v, ok := e.values[expr]
	if !ok {
		return engine.Bundle{}, &engine.Failure{Kind: engine.KindCompile, Text: "undefined: " + expr}
	}
	return plain(v), nil
}

// words are those of the language, for completion.
var words = [...]string{
	"broken", "clear", "display", "error", "html", "input", "late", "latefail", "lateinput", "page", "panic",
	"password", "print", "raw", "set", "stuck", "update", "value", "wait", "warn",
}

// Complete offers the words and variables that begin as what stands before
// offset.
func (e *Engine) Complete(_ context.Context, code string, offset int) engine.Completion {
	start := wordStart(code, offset)
	c := engine.Completion{Start: start, End: offset}
	for _, w := range words {
		if strings.HasPrefix(w, code[start:offset]) {
			c.Items = append(c.Items, engine.Item{Text: w, Kind: "keyword"})
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(e.values)) {
		if strings.HasPrefix(name, code[start:offset]) {
			c.Items = append(c.Items, engine.Item{Text: name, Kind: "instance", Signature: "string"})
		}
	}
	return c
}

// Inspect describes the word that offset stands in or behind.
func (e *Engine) Inspect(_ context.Context, code string, offset, detail int) (engine.Bundle, bool) {
	start := wordStart(code, offset)
	end := start + strings.IndexAny(code[start:]+" ", " \n")
	word := code[start:end]
	if !slices.Contains(words[:], word) {
		return engine.Bundle{}, false
	}
	return plain(fmt.Sprintf("%s is a word of echo (detail %d)", word, detail)), true
}

func wordStart(code string, offset int) int {
	return strings.LastIndexAny(code[:offset], " \n") + 1
}

// IsComplete takes a backslash at the end for more to come and a lone ")" for
// a mistake.
func (e *Engine) IsComplete(code string) engine.Completeness {
	switch {
	case strings.HasSuffix(code, `\`):
		return engine.Completeness{Status: "incomplete", Indent: "  "}
	case strings.HasPrefix(code, ")"):
		return engine.Completeness{Status: "invalid"}
	}
	return engine.Completeness{Status: "complete"}
}

// Close ends the goroutines cells have left behind and waits for them.
func (e *Engine) Close(context.Context) error {
	e.once.Do(func() { close(e.closing) })
	e.late.Wait()
	return nil
}

func plain(text string) engine.Bundle {
	return engine.Bundle{Data: map[string]any{"text/plain": text}}
}

// literal reads a Go string literal, or takes the text as it stands.
func literal(text string) string {
	if s, err := strconv.Unquote(text); err == nil {
		return s
	}
	return text
}
