package notebook

import (
	"context"
	"fmt"
	"strings"

	"runnext/kernel/directive"
	"runnext/kernel/engine"
)

// Scenes are the simulator's named programs, as %gmp asks for them.
type Scenes interface {
	// List gives what a learner may choose from.
	List() engine.Bundle
	// Play draws a scene. An error names what is wrong with the arguments.
	Play(ctx context.Context, where, name string, args []string) (engine.Bundle, error)
}

// lineServer answers one %name line of a cell.
type lineServer func(context.Context, engine.Cell, directive.Call, engine.Output) engine.Outcome

// serve makes the table of what this notebook answers, and nothing else.
func (n *Notebook) serve() error {
	entries := []directive.Entry{directive.HelpEntry()}
	entries = append(entries, exerciseEntries()...)
	entries = append(entries, predictEntry())
	n.lines = map[string]lineServer{"help": n.help, "check": n.check, "hint": n.hint, "answer": n.answer}
	for _, a := range asked {
		entries = append(entries, a.entry)
		n.lines[a.entry.Name] = n.ask(a)
	}
	entries = append(entries, topEntry)
	n.lines["top"] = n.top
	if n.c.Scenes != nil {
		entries = append(entries, directive.SceneEntry())
		n.lines["gmp"] = n.scene
	}
	if n.c.Simulator != nil {
		entries = append(entries, n.c.Simulator.Entry())
		for _, e := range n.c.Simulator.LineEntries() {
			entries = append(entries, e)
			n.lines[e.Name] = n.walk
		}
	}
	n.cells = map[string]Server{}
	for _, s := range n.c.Servers {
		entries = append(entries, s.Entry)
		n.cells[s.Entry.Name] = s
	}
	table, err := directive.NewTable(entries...)
	n.table = table
	return err
}

func (n *Notebook) help(_ context.Context, c engine.Cell, call directive.Call, out engine.Output) engine.Outcome {
	page, err := n.table.Help(call)
	if err != nil {
		return engine.Outcome{Failure: directiveFailure(c.Number, err)}
	}
	b := bundle(page)
	if len(call.Args) > 0 { // an explanation is read, not kept
		return engine.Outcome{Page: &b}
	}
	out.Display(engine.Display{Bundle: b})
	return engine.Outcome{}
}

func (n *Notebook) scene(ctx context.Context, c engine.Cell, call directive.Call, out engine.Output) engine.Outcome {
	if len(call.Args) == 0 {
		out.Display(engine.Display{Bundle: n.c.Scenes.List()})
		return engine.Outcome{}
	}
	drawn, err := n.c.Scenes.Play(ctx, fmt.Sprintf("%d-%d", c.Number, call.Line), call.Args[0], call.Args[1:])
	if err != nil {
		return engine.Outcome{Failure: directiveFailure(c.Number,
			call.Fail(0, err.Error(), "", "%gmp alone lists the scenes."))}
	}
	out.Display(engine.Display{Bundle: drawn})
	return engine.Outcome{}
}

// walk serves a line about the last simulated run.
func (n *Notebook) walk(_ context.Context, c engine.Cell, call directive.Call, out engine.Output) engine.Outcome {
	if err := n.c.Simulator.Line(call, out); err != nil {
		return engine.Outcome{Failure: directiveFailure(c.Number, err)}
	}
	return engine.Outcome{}
}

func bundle(p directive.Page) engine.Bundle {
	return engine.Bundle{Data: map[string]any{"text/plain": p.Plain, "text/markdown": p.Markdown}}
}

func directiveFailure(number int, err *directive.Error) *engine.Failure {
	return &engine.Failure{
		Kind: engine.KindCompile, Text: strings.TrimSpace(err.Text),
		Places: []engine.Place{{Cell: number, Line: err.Line, Column: err.Column}},
		Why:    err.Why, Try: err.Try,
	}
}

// named puts names into a sentence: a, b and 3 more.
func named(names []string, most int) string {
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
