package nb

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Problem is one thing a lesson must not have.
type Problem struct {
	Cell string // the id of the cell, "" for the notebook as a whole
	Rule string // header, ids, skeleton, rounds, exercises, code, prose, html, images, links, outputs, size
	Text string
}

// String gives the problem on one line.
func (p Problem) String() string {
	if p.Cell == "" {
		return fmt.Sprintf("%s: %s", p.Rule, p.Text)
	}
	return fmt.Sprintf("%s: %s: %s", p.Cell, p.Rule, p.Text)
}

// Against is what a lesson is held against besides itself.
type Against struct {
	Header Header            // the lesson as the catalog plans it
	Scenes []string          // the scenes it plays
	Avoid  map[string]string // spellings that are not the glossary's, with the right one
	Hosts  []string          // external hosts that may be linked to
	// Exists says whether a relative link leads to a file that is shipped.
	Exists func(target string) bool
}

// Limits of a lesson.
const (
	codeColumns    = 72        // of a line of code
	sentenceWords  = 35        // of the longest sentence
	outputBytes    = 50 << 10  // of one cell's outputs
	notebookBytes  = 300 << 10 // of the file
	fewestRounds   = 3
	fewestTasks    = 2
	fewestHints    = 3
	meaningfulForm = `^s(\d\d)-([a-z]+)(-[a-z0-9]+)*$`
)

// lint gathers what the checks find.
type lint struct {
	nb       *Notebook
	against  Against
	problems []Problem
}

func (l *lint) add(cell, rule, format string, args ...any) {
	l.problems = append(l.problems, Problem{cell, rule, fmt.Sprintf(format, args...)})
}

// Lint checks a lesson that [Read] has accepted, and gives what is wrong with
// it in the order of the cells.
func Lint(nb *Notebook, against Against) []Problem {
	l := &lint{nb: nb, against: against}
	l.header()
	l.ids()
	l.skeleton()
	l.rounds()
	l.exercises()
	for _, c := range nb.Cells {
		if c.Type == Code {
			l.code(c)
		} else {
			l.prose(c)
			l.markup(c)
			l.links(c)
		}
		l.outputs(c)
	}
	var b strings.Builder
	if err := nb.Write(&b); err != nil {
		l.add("", "size", "%v", err)
	}
	if b.Len() > notebookBytes {
		l.add("", "size", "the file is %d bytes, more than %d", b.Len(), notebookBytes)
	}
	return l.problems
}

func (l *lint) header() {
	h, err := l.nb.Header()
	if err != nil {
		l.add("", "header", "%v", err)
		return
	}
	want := l.against.Header
	for _, f := range []struct {
		name       string
		have, plan any
	}{
		{"lesson", h.Lesson, want.Lesson}, {"title", h.Title, want.Title}, {"minutes", h.Minutes, want.Minutes},
		{"needs", fmt.Sprint(h.Needs), fmt.Sprint(want.Needs)}, {"claims", fmt.Sprint(h.Claims), fmt.Sprint(want.Claims)},
	} {
		if f.have != f.plan {
			l.add("", "header", "%s is %v, the catalog has %v", f.name, f.have, f.plan)
		}
	}
	spec, _ := l.nb.Metadata["kernelspec"].(map[string]any)
	if spec["name"] != "runnext" || spec["display_name"] != "Go (runnext)" || spec["language"] != "go" {
		l.add("", "header", "kernelspec is %v, not runnext, Go (runnext), go", spec)
	}
	info, _ := l.nb.Metadata["language_info"].(map[string]any)
	if info["name"] != "go" {
		l.add("", "header", "language_info has the name %v, not go", info["name"])
	}
	for key := range l.nb.Metadata {
		if !slices.Contains([]string{"kernelspec", "language_info", "runnext"}, key) {
			l.add("", "header", "the metadata %s is not a lesson's", key)
		}
	}
	if len(l.nb.Cells) == 0 || l.nb.Cells[0].Type != Markdown {
		l.add("", "header", "the first cell is not the title")
		return
	}
	first := l.nb.Cells[0]
	head := fmt.Sprintf("# %s · %s\n", h.Lesson, h.Title)
	if !strings.HasPrefix(first.Source, head) {
		l.add(first.ID, "header", "the title does not begin with %q", head)
	}
	for _, part := range []string{fmt.Sprintf("%d minutes", h.Minutes), "needs: ", "claims: " + strings.Join(h.Claims, ", ")} {
		if !strings.Contains(first.Source, part) {
			l.add(first.ID, "header", "the title does not say %q", part)
		}
	}
}

var meaningful = regexp.MustCompile(meaningfulForm)

// role gives the word behind the lesson's number in a cell id.
func role(c Cell) string {
	if m := meaningful.FindStringSubmatch(c.ID); m != nil {
		return m[2]
	}
	return ""
}

func (l *lint) ids() {
	for _, c := range l.nb.Cells {
		m := meaningful.FindStringSubmatch(c.ID)
		switch {
		case m == nil:
			l.add(c.ID, "ids", "an id is sNN-role-words, in small letters")
		case m[1] != l.against.Header.Lesson:
			l.add(c.ID, "ids", "the id belongs to lesson %s", m[1])
		}
		if strings.TrimSpace(c.Source) == "" {
			l.add(c.ID, "ids", "the cell is empty")
		}
	}
}

// sections are the roles that a lesson has once and in this order; rounds,
// scenes and exercises stand between seed and corrected.
var sections = [...]string{"title", "goals", "seed", "corrected", "pitfalls", "glossary", "quiz", "next"}

func (l *lint) skeleton() {
	at := 0
	for _, c := range l.nb.Cells {
		i := slices.Index(sections[:], role(c))
		if i < 0 {
			continue
		}
		if i < at {
			l.add(c.ID, "skeleton", "%s stands too late or twice", role(c))
			continue
		}
		for _, missing := range sections[at:i] {
			l.add(c.ID, "skeleton", "%s does not stand before it", missing)
		}
		at = i + 1
	}
	for _, missing := range sections[at:] {
		l.add("", "skeleton", "there is no %s", missing)
	}
	for _, scene := range l.against.Scenes {
		if !slices.ContainsFunc(l.nb.Cells, func(c Cell) bool {
			return c.Type == Code && slices.Contains(Split(c.Source).Directives, "%gmp "+scene)
		}) {
			l.add("", "skeleton", "no cell plays the scene %s", scene)
		}
	}
	for _, c := range l.nb.Cells {
		if role(c) == "seed" && !strings.Contains(c.Source, "> ") {
			l.add(c.ID, "skeleton", "the seed is not quoted")
		}
		if role(c) == "quiz" && strings.Count(c.Source, "<details>") < 3 {
			l.add(c.ID, "skeleton", "a quiz has three questions with folded answers at least")
		}
	}
}

// rounds checks that each prediction is followed by a run and an explanation.
func (l *lint) rounds() {
	n := 0
	for i, c := range l.nb.Cells {
		if role(c) != "predict" {
			continue
		}
		n++
		if c.Type != Markdown || !strings.Contains(c.Source, "**Predict") {
			l.add(c.ID, "rounds", "a prediction is asked for in prose, with **Predict** in it")
		}
		end := i + 1
		for end < len(l.nb.Cells) && (role(l.nb.Cells[end]) == "run" || role(l.nb.Cells[end]) == "scene") {
			end++
		}
		switch {
		case end == len(l.nb.Cells):
			l.add(c.ID, "rounds", "it is not followed by a run and an explanation")
		case end == i+1 || role(l.nb.Cells[end]) != "explain":
			l.add(c.ID, "rounds", "it is not followed by a run and an explanation, but by %s", l.nb.Cells[end].ID)
		default:
			l.predicted(c, l.nb.Cells[i+1:end], l.nb.Cells[end])
		}
	}
	if n < fewestRounds {
		l.add("", "rounds", "%d rounds of predict, run, explain; a lesson has %d", n, fewestRounds)
	}
}

// exercises checks that each exercise has a place to work, a check, hints and
// an explained solution: sNN-exercise-X, -work-X, -check-X, -hints-X.
func (l *lint) exercises() {
	n := 0
	for i, c := range l.nb.Cells {
		if role(c) != "exercise" {
			continue
		}
		n++
		name := strings.SplitN(c.ID, "-", 3)
		for k, r := range []string{"work", "check", "hints"} {
			want := ""
			if len(name) == 3 {
				want = fmt.Sprintf("%s-%s-%s", name[0], r, name[2])
			}
			if i+k+1 >= len(l.nb.Cells) || l.nb.Cells[i+k+1].ID != want {
				l.add(c.ID, "exercises", "it is not followed by %s", want)
				continue
			}
			next := l.nb.Cells[i+k+1]
			if r == "hints" {
				for h := 1; h <= fewestHints; h++ {
					if !strings.Contains(next.Source, fmt.Sprintf("<summary>Hint %d", h)) {
						l.add(next.ID, "exercises", "there is no hint %d", h)
					}
				}
				if !strings.Contains(next.Source, "<summary>Solution") {
					l.add(next.ID, "exercises", "there is no solution")
				}
			} else if next.Type != Code {
				l.add(next.ID, "exercises", "%s is not a code cell", r)
			}
		}
	}
	if n < fewestTasks {
		l.add("", "exercises", "%d exercises; a lesson has %d", n, fewestTasks)
	}
}
