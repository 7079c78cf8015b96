package notebook

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"

	"runnext/kernel/directive"
	"runnext/kernel/engine"
)

// An exercise of a lesson is one cell, %%exercise NAME: comments with hints and
// the answer, then the Go of its check. The cell only makes it known. %check,
// %hint and %answer are the learner's; none of them fails a notebook that is
// run from its first cell to its last.

// exercise is what one such cell says.
type exercise struct {
	name   string
	hints  []string
	answer string // Go
	why    string // shown with the answer, and once the check is passed
	check  string // the Go, its lines where they are in the cell

	hinted, tries int
	solved, shown bool
}

// exercises are those that have been made known. Safe for concurrent use.
type exercises struct {
	mu   sync.Mutex
	all  map[string]*exercise
	last string // the one that was spoken of last

	predicted, foreseen int // predictions, and those that were right
}

// exerciseEntries describes the directives of lessons.
func exerciseEntries() []directive.Entry {
	return []directive.Entry{
		{Name: "exercise", Kind: directive.Cell, Usage: "NAME", Server: "kernel", Summary: "define an exercise: its hints, answer and check",
			Long: "Comments at the top of the cell say what the exercise has; a line goes on until\n" +
				"the next of these words.\n\n" +
				"```go\n%%exercise answer\n// hint: Only one line of the function matters.\n// hint: Write 42 behind return.\n" +
				"// answer: func answer() int { return 42 }\n// why: Running a cell again replaces the function.\n" +
				"if got := answer(); got == 42 {\n\tfmt.Println(\"right: answer() is 42\")\n} else {\n\tfmt.Println(\"not yet: answer() is\", got)\n}\n```\n\n" +
				"The rest is the check. It prints a line that begins with `right: ` or `not yet: `.\nThe cell runs nothing itself; a cell of the same name defines it anew."},
		{Name: "check", Usage: "[NAME]", Server: "worker", Summary: "check an exercise",
			Long: "Says what is right or not yet so. It never fails: what keeps the check from running\nis said as something that is not yet so. Without a name it is the exercise of before."},
		{Name: "hint", Usage: "[NAME]", Server: "kernel", Summary: "show the next hint of an exercise",
			Long: "Each time it shows one hint more."},
		{Name: "answer", Usage: "[NAME]", Server: "kernel", Summary: "show the solution of an exercise, and why it is one"},
	}
}

// define reads an %%exercise cell.
func (n *Notebook) define(c engine.Cell, call directive.Call, out engine.Output) engine.Outcome {
	if len(call.Args) != 1 {
		return engine.Outcome{Failure: directiveFailure(c.Number, call.Fail(1, "%%exercise is written %%exercise NAME", "", "%help exercise shows one."))}
	}
	ex := readExercise(call.Args[0], c.Code)
	if strings.TrimSpace(ex.check) == "" {
		return engine.Outcome{Failure: directiveFailure(c.Number, call.Fail(-1, "the exercise has no check", "The Go below the comments is the check.", "%help exercise shows one."))}
	}
	n.exercises.mu.Lock()
	if old := n.exercises.all[ex.name]; old != nil {
		ex.hinted, ex.tries, ex.solved, ex.shown = min(old.hinted, len(ex.hints)), old.tries, old.solved, old.shown
	}
	if n.exercises.all == nil {
		n.exercises.all = map[string]*exercise{}
	}
	n.exercises.all[ex.name], n.exercises.last = ex, ex.name
	n.exercises.mu.Unlock()
	text := fmt.Sprintf("exercise %s: %%check %[1]s checks it", ex.name)
	if len(ex.hints) > 0 {
		text += fmt.Sprintf(", %%hint %s helps (%d hints)", ex.name, len(ex.hints))
	}
	if ex.answer != "" {
		text += fmt.Sprintf(", %%answer %s shows a solution", ex.name)
	}
	out.Display(engine.Display{Bundle: engine.Bundle{Data: map[string]any{"text/plain": text}}})
	return engine.Outcome{}
}

// readExercise takes the comments off the top of a cell.
func readExercise(name, code string) *exercise {
	ex := &exercise{name: name}
	var to *string
	lines := strings.Split(code, "\n")
	for i, line := range lines {
		text, comment := strings.CutPrefix(line, "//")
		if !comment && strings.TrimSpace(line) != "" {
			break
		}
		if !comment {
			continue
		}
		lines[i] = ""
		word, rest, found := strings.Cut(strings.TrimPrefix(text, " "), ":")
		switch {
		case found && word == "hint":
			ex.hints = append(ex.hints, strings.TrimSpace(rest))
			to = &ex.hints[len(ex.hints)-1]
		case found && word == "answer":
			ex.answer = strings.TrimSpace(rest)
			to = &ex.answer
		case found && word == "why":
			ex.why = strings.TrimSpace(rest)
			to = &ex.why
		case to != nil:
			*to = strings.TrimLeft(*to+"\n"+strings.TrimPrefix(text, " "), "\n")
		}
	}
	ex.check = strings.Join(lines, "\n")
	return ex
}

// spoken finds the exercise a line is about.
func (n *Notebook) spoken(call directive.Call) (*exercise, *directive.Error) {
	if len(call.Args) > 1 {
		return nil, call.Fail(1, call.Entry.Written()+" takes the name of one exercise", "", "")
	}
	n.exercises.mu.Lock()
	defer n.exercises.mu.Unlock()
	name := n.exercises.last
	if len(call.Args) == 1 {
		name = call.Args[0]
	}
	ex := n.exercises.all[name]
	if ex == nil {
		text := "there is no exercise yet"
		if name != "" {
			text = "there is no exercise " + name
		}
		return nil, call.Fail(0, text, "An exercise is known once its %%exercise cell has been run.", "Run the cells above this one.")
	}
	n.exercises.last = name
	return ex, nil
}

// check runs the check of an exercise as a cell.
func (n *Notebook) check(ctx context.Context, c engine.Cell, call directive.Call, out engine.Output) engine.Outcome {
	ex, derr := n.spoken(call)
	if derr != nil {
		return engine.Outcome{Failure: directiveFailure(c.Number, derr)}
	}
	heard := &listener{Output: out}
	o := n.run(ctx, engine.Cell{Number: c.Number, Code: ex.check, Silent: true, AllowInput: c.AllowInput, Subshell: c.Subshell}, heard)
	if f := o.Failure; f != nil {
		if f.Kind == engine.KindInterrupted {
			return o
		}
		text := "not yet: " + f.Text + "\n"
		if f.Kind == engine.KindCompile {
			text += "Has the cell you work in been run, and is the function called and used as the exercise says?\n"
		}
		out.Stream(engine.Stdout, []byte(text))
	}
	said := "\n" + heard.text()
	passed := strings.Contains(said, "\nright: ") && !strings.Contains(said, "\nnot yet: ")
	n.exercises.mu.Lock()
	ex.tries++
	first := passed && !ex.solved
	ex.solved = ex.solved || passed
	why := ex.why
	n.exercises.mu.Unlock()
	if first && why != "" {
		out.Display(engine.Display{Bundle: markdown(why)})
	}
	return engine.Outcome{}
}

// hint shows one hint more.
func (n *Notebook) hint(_ context.Context, c engine.Cell, call directive.Call, out engine.Output) engine.Outcome {
	ex, derr := n.spoken(call)
	if derr != nil {
		return engine.Outcome{Failure: directiveFailure(c.Number, derr)}
	}
	n.exercises.mu.Lock()
	text := ""
	switch at := ex.hinted; {
	case at < len(ex.hints):
		ex.hinted++
		text = fmt.Sprintf("**Hint %d of %d.** %s", at+1, len(ex.hints), ex.hints[at])
	case len(ex.hints) == 0:
		text = fmt.Sprintf("The exercise %s has no hints.", ex.name)
	default:
		text = fmt.Sprintf("That were all %d hints. `%%answer %s` shows a solution.", len(ex.hints), ex.name)
	}
	n.exercises.mu.Unlock()
	out.Display(engine.Display{Bundle: markdown(text)})
	return engine.Outcome{}
}

// answer shows the solution, and notes that it was shown.
func (n *Notebook) answer(_ context.Context, c engine.Cell, call directive.Call, out engine.Output) engine.Outcome {
	ex, derr := n.spoken(call)
	if derr != nil {
		return engine.Outcome{Failure: directiveFailure(c.Number, derr)}
	}
	n.exercises.mu.Lock()
	ex.shown = true
	text := "```go\n" + ex.answer + "\n```"
	if ex.answer == "" {
		text = fmt.Sprintf("The exercise %s has no solution written down.", ex.name)
	}
	if ex.why != "" {
		text += "\n\n" + ex.why
	}
	n.exercises.mu.Unlock()
	out.Display(engine.Display{Bundle: markdown(text)})
	return engine.Outcome{}
}

// markdown shows Markdown; a console shows it without its marks.
func markdown(text string) engine.Bundle {
	plain := strings.NewReplacer("```go\n", "", "\n```", "", "**", "", "`", "").Replace(text)
	return engine.Bundle{Data: map[string]any{"text/plain": plain, "text/markdown": text}}
}

// heardBytes bounds what is kept of a cell's output.
const heardBytes = 64 << 10

// listener passes a cell's output on and keeps the beginning of what it prints.
type listener struct {
	engine.Output
	mu   sync.Mutex
	kept bytes.Buffer
}

func (l *listener) Stream(name string, text []byte) {
	if name == engine.Stdout {
		l.mu.Lock()
		l.kept.Write(text[:min(len(text), heardBytes-l.kept.Len())])
		l.mu.Unlock()
	}
	l.Output.Stream(name, text)
}

func (l *listener) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.kept.String()
}
