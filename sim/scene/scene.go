// Package scene holds the named teaching scenes: ordinary small Go programs,
// each with a few sentences of its author that go with steps of its run. It
// runs nothing: a caller checks the program, has runnext/sim/machine run it,
// and gives the story to [Scene.Annotate].
package scene

import (
	"embed"
	"fmt"
	"path"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"

	"runnext/sim/event"
)

//go:embed programs/*.txtar
var programs embed.FS

// Scene is one entry of [List].
type Scene struct {
	Name  string // what %gmp takes
	Title string
	Intro string
	P     int    // how many it is made for
	Code  string // a Go file, package main
	Notes []Note
}

// Note is a sentence on the step that does Kind: at a line of the program, or,
// without a line, to that goroutine, G0 being none.
type Note struct {
	Kind string // in the words of the log
	Line int
	G    int64
	Text string
}

// order is the teaching order.
var order = []string{
	"first-steps", "runnext", "gmp-basic", "yield", "global-61", "overflow-257",
	"chan-rendezvous", "close-wakes", "select-random", "timer-heap",
	"time-slice", "steal-half", "spinning", "syscall-handoff", "netpoll-park",
	"io-serial", "io-overlap", "loop-vs-gmp", "switch-cost",
	"stack-growth", "mcall-gogo", "async-preempt", "collection",
	"race-3", "deadlock-2", "capstone",
}

// List gives the scenes in teaching order.
func List() ([]Scene, error) {
	var out []Scene
	for _, name := range order {
		s, err := Find(name)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// Find gives the named scene.
func Find(name string) (Scene, error) {
	data, err := programs.ReadFile(path.Join("programs", name+".txtar"))
	if err != nil {
		return Scene{}, fmt.Errorf("there is no scene %q", name)
	}
	s, err := parse(data)
	if err != nil {
		return Scene{}, fmt.Errorf("scene %s: %w", name, err)
	}
	s.Name = name
	return s, nil
}

// parse reads a scene: its title, a blank line and the introduction, which may
// begin with -p N; then main.go, and notes, one a line, as KIND PLACE: TEXT.
func parse(data []byte) (Scene, error) {
	ar := txtar.Parse(data)
	if len(ar.Files) != 2 || ar.Files[0].Name != "main.go" || ar.Files[1].Name != "notes" {
		return Scene{}, fmt.Errorf("want main.go and notes")
	}
	s := Scene{P: 1, Code: string(ar.Files[0].Data)}
	title, rest, _ := strings.Cut(string(ar.Comment), "\n")
	s.Title = title
	words := strings.Fields(rest)
	if len(words) > 1 && words[0] == "-p" {
		n, err := strconv.Atoi(words[1])
		if err != nil {
			return Scene{}, fmt.Errorf("-p: %w", err)
		}
		s.P, words = n, words[2:]
	}
	s.Intro = strings.Join(words, " ")
	for line := range strings.Lines(string(ar.Files[1].Data)) {
		n, err := parseNote(strings.TrimSpace(line))
		if err != nil {
			return Scene{}, err
		}
		s.Notes = append(s.Notes, n)
	}
	return s, nil
}

func parseNote(line string) (Note, error) {
	head, text, ok := strings.Cut(line, ": ")
	kind, place, ok2 := strings.Cut(head, " ")
	if !ok || !ok2 {
		return Note{}, fmt.Errorf("note %q: want KIND PLACE: TEXT", line)
	}
	n := Note{Kind: kind, Text: text}
	g, isG := strings.CutPrefix(place, "G")
	at, err := strconv.Atoi(g)
	if err != nil {
		return Note{}, fmt.Errorf("note %q: %w", line, err)
	}
	if n.Line = at; isG {
		n.Line, n.G = 0, int64(at)
	}
	return n, nil
}

// Annotate puts the notes on the steps of a run's story, each on the first step
// after the one before that fits, and names the story. It gives the notes that
// fit none: another seed may take another way.
func (s Scene) Annotate(st *event.Story) (left []Note) {
	st.Name, st.Title = s.Name, s.Title
	st.Source = strings.Split(strings.TrimSuffix(s.Code, "\n"), "\n")
	next := 0
	for _, n := range s.Notes {
		i := next
		for i < len(st.Steps) && !n.fits(&st.Steps[i]) {
			i++
		}
		if i == len(st.Steps) {
			left = append(left, n)
			continue
		}
		st.Steps[i].Note = n.Text
		next = i + 1
	}
	return left
}

func (n *Note) fits(step *event.Step) bool {
	for i := range step.Events {
		e := &step.Events[i]
		if !e.Kind.Step() || e.Kind.String() != n.Kind {
			continue
		}
		if n.G == e.G && n.Line == 0 || n.Line != 0 && e.Site != nil && e.Site.Line == n.Line {
			return true
		}
	}
	return false
}
