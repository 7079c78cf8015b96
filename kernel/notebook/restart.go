package notebook

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
	"runnext/kernel/worker"
)

// liveVar is a variable whose storage is in the worker.
type liveVar struct {
	name   string // as a learner writes it
	number int    // of its cell
	code   string // of its cell, without directives
}

// loss is what went with a worker: variables that are gone, and those that
// were declared again with their first values.
type loss struct {
	gone, renewed []string
	jobs          []engine.Job // that declare the renewed ones in the next worker
}

func (l loss) lines() []string {
	var out []string
	if len(l.gone) > 0 {
		out = append(out, "Lost: "+named(l.gone, 12)+". Run the cells that declare them again.")
	}
	if len(l.renewed) > 0 {
		out = append(out, "Back at their first value: "+named(l.renewed, 12)+".")
	}
	if len(out) == 0 {
		out = append(out, "No variable was lost.")
	}
	return append(out, "Functions, types, constants and imports are still there.")
}

// remember notes the variables a cell creates; the caller holds n.mu.
func (n *Notebook) remember(c *cell.Checked, code string) {
	created := map[string]bool{}
	for _, v := range c.NewVars {
		created[cell.Shown(v.Name())] = true
	}
	if len(created) == 0 {
		return
	}
	kept := n.live[:0:0]
	for _, v := range n.live {
		if !created[v.name] {
			kept = append(kept, v)
		}
	}
	for name := range created {
		kept = append(kept, liveVar{name: name, number: c.Number, code: code})
	}
	sort.SliceStable(kept, func(i, j int) bool {
		if kept[i].number != kept[j].number {
			return kept[i].number < kept[j].number
		}
		return kept[i].name < kept[j].name
	})
	n.live = kept
}

// bury settles a worker's death for a job that was started when seen deaths
// had been settled, and tells what was lost. The first to notice settles it.
func (n *Notebook) bury(seen int) loss {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.died == seen {
		n.settle()
		n.settled = true
	}
	return n.loss
}

// Restarted is the supervisor's OnRestart: it declares again, in the new
// worker, what can be declared again.
func (n *Notebook) Restarted(ctx context.Context, run func(context.Context, engine.Job, engine.Output) worker.Ending) {
	n.mu.Lock()
	if !n.settled {
		n.settle() // the worker died while no cell ran
	}
	n.settled = false
	jobs := n.loss.jobs
	n.mu.Unlock()
	for _, job := range jobs {
		run(ctx, job, mute{})
	}
}

// settle forgets the variables of the dead worker and declares again those
// whose definitions leave no trace. The caller holds n.mu.
func (n *Notebook) settle() {
	n.died++
	lost := map[string]liveVar{}
	var all, names []string
	_, visible := n.c.Cells.Variables()
	for _, v := range n.live {
		all = append(all, v.name)
		if _, ok := visible[v.name]; ok { // a later cell may have made the name a function's
			lost[v.name] = v
			names = append(names, v.name)
		}
	}
	n.live = nil
	n.c.Cells.Forget(all)
	n.loss = loss{}
	back := map[string]bool{}
	for _, v := range cellsOf(lost) {
		code, defined := n.c.Cells.Again(v.number, v.code, func(name string) bool {
			w, ok := lost[name]
			return ok && w.number == v.number
		})
		if len(defined) == 0 {
			continue
		}
		job, ok := n.redeclare(v.number, code)
		if !ok {
			continue
		}
		n.loss.jobs = append(n.loss.jobs, job)
		for _, name := range defined {
			back[name] = true
		}
	}
	for _, name := range names {
		if back[name] {
			n.loss.renewed = append(n.loss.renewed, name)
		} else {
			n.loss.gone = append(n.loss.gone, name)
		}
	}
}

// cellsOf gives one variable of each cell, in the order of the cells.
func cellsOf(vars map[string]liveVar) []liveVar {
	byCell := map[int]liveVar{}
	for _, v := range vars {
		byCell[v.number] = v
	}
	var out []liveVar
	for _, v := range byCell {
		out = append(out, v)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].number < out[j].number })
	return out
}

func (n *Notebook) redeclare(number int, code string) (engine.Job, bool) {
	checked, failure := n.c.Cells.Check(number, code)
	if failure != nil {
		return engine.Job{}, false
	}
	program, failure := n.c.Emit(checked)
	if failure != nil {
		return engine.Job{}, false
	}
	n.c.Cells.Commit(checked)
	n.remember(checked, code)
	n.job++
	return engine.Job{ID: n.job, Cell: number, Program: program, Silent: true}, true
}

// explainLoss adds to "undefined: x" what became of x; the caller holds n.mu.
func (n *Notebook) explainLoss(f *engine.Failure) *engine.Failure {
	for _, name := range n.loss.gone {
		for _, text := range append([]string{f.Text}, f.Detail...) {
			if strings.Contains(text, "undefined: "+name) {
				f.Why = fmt.Sprintf("%s was lost when the process that ran the cells ended.", name)
				f.Try = fmt.Sprintf("Run the cell that declares %s again.", name)
				return f
			}
		}
	}
	return f
}
