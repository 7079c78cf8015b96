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
	cell  bool // takes the number of a cell
}

// asked are the directives about what is alive in the worker.
var asked = []question{
	{entry: directive.Entry{
		Name: "goroutines", Server: "worker", Summary: "list the goroutines of all cells",
		Long: "One line for each goroutine: its cell, where it was started, what it waits for, at which line and for how long.",
	}},
	{entry: directive.Entry{
		Name: "kill", Usage: "CELL", Server: "worker", Summary: "end the goroutines of a cell",
		Long: "The goroutines of the cell with that number end as an interrupt ends them:\ndeferred calls run, the variables stay.",
	}, cell: true},
	{entry: directive.Entry{
		Name: "who", Server: "worker", Summary: "list the variables of the notebook",
		Long: "One line for each variable: its type, and how much a slice, map, string or channel holds.",
	}},
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
		n.mu.Lock()
		n.job++
		job := engine.Job{ID: n.job, Cell: c.Number, Query: text}
		died := n.died
		n.mu.Unlock()
		ending := n.c.Worker.Run(ctx, job, out)
		if ending.Died != nil {
			f := ending.Died.Failure()
			f.Detail = append(f.Detail, n.bury(died).lines()...)
			return engine.Outcome{Failure: f}
		}
		if v := ending.Report.Value; v != nil {
			out.Display(engine.Display{Bundle: *v})
		}
		return engine.Outcome{Failure: ending.Report.Failure}
	}
}
