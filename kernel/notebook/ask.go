package notebook

import (
	"context"
	"strconv"

	"runnext/kernel/directive"
	"runnext/kernel/engine"
)

// question is a line directive that the worker answers.
type question struct {
	entry directive.Entry
	cell  bool            // takes the number of a cell
	then  func(*Notebook) // what this side does when the worker has answered
}

// asked are the directives about what is alive in the worker.
var asked = []question{
	{entry: directive.Entry{
		Name: "goroutines", Server: "worker", Summary: "list the goroutines of all cells",
		Long: "One line for each goroutine: its cell, where it was started, what it waits for, at which line and for how long.\nOne that nothing can ever wake is called a leak.",
	}},
	{entry: directive.Entry{
		Name: "kill", Usage: "CELL", Server: "worker", Summary: "end the goroutines of a cell",
		Long: "The goroutines of the cell with that number end as an interrupt ends them:\ndeferred calls run, the variables stay.",
	}, cell: true},
	{entry: directive.Entry{
		Name: "who", Server: "worker", Summary: "list the variables of the notebook",
		Long: "One line for each variable: its type, and how much a slice, map, string or channel holds.",
	}},
	{entry: directive.Entry{
		Name: "reset", Server: "worker", Summary: "forget all variables and end all goroutines",
		Long: "All variables of the notebook are gone and the goroutines of all cells end, as an interrupt ends them.\nFunctions, types, constants and imports stay.",
	}, then: (*Notebook).forgetAll},
}

// ask gives the server of a question. It runs beside the cells.
func (n *Notebook) ask(q question) lineServer {
	return func(ctx context.Context, c engine.Cell, call directive.Call, out engine.Output) engine.Outcome {
		text, args := q.entry.Name, 0
		if q.cell {
			args = 1
		}
		if len(call.Args) != args {
			return engine.Outcome{Failure: directiveFailure(c.Number,
				call.Fail(args, q.entry.Written()+" is written "+q.entry.Synopsis(), "", "%help "+q.entry.Name+" explains it."))}
		}
		if q.cell {
			number, err := strconv.Atoi(call.Args[0])
			if err != nil {
				return engine.Outcome{Failure: directiveFailure(c.Number,
					call.Fail(0, call.Args[0]+" is not the number of a cell", "A cell is known by the number in [ ] beside it.", ""))}
			}
			text += " " + strconv.Itoa(number)
		}
		answer, failure := n.query(ctx, c, text, out)
		if failure != nil {
			return engine.Outcome{Failure: failure}
		}
		if q.then != nil {
			q.then(n)
		}
		if answer != nil {
			out.Display(engine.Display{Bundle: *answer})
		}
		return engine.Outcome{}
	}
}

// query asks the worker something, beside the cells that run.
func (n *Notebook) query(ctx context.Context, c engine.Cell, text string, out engine.Output) (*engine.Bundle, *engine.Failure) {
	n.mu.Lock()
	n.job++
	job := engine.Job{ID: n.job, Cell: c.Number, Query: text}
	died := n.died
	n.mu.Unlock()
	ending := n.c.Worker.Run(ctx, job, out)
	if ending.Died != nil {
		f := ending.Died.Failure()
		f.Detail = append(f.Detail, n.bury(died).lines()...)
		return nil, f
	}
	return ending.Report.Value, ending.Report.Failure
}

// forgetAll drops what this side knows of variables.
func (n *Notebook) forgetAll() {
	n.mu.Lock()
	defer n.mu.Unlock()
	var names []string
	for _, v := range n.live {
		names = append(names, v.name)
	}
	n.live = nil
	n.loss = loss{}
	n.c.Cells.Forget(names)
}
