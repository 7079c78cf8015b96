// Package lessons carries the notebooks of the course and its plan: which
// lessons there are to be, what each needs and which claims of the article it
// treats. The article and its claims are in runnext/lessons/seed, the form of
// a notebook in runnext/lessons/nb. It knows no kernel: a lesson is run like
// any other notebook, and copied to a reader by runnext/install.
package lessons

import (
	"fmt"
	"io/fs"
	"slices"

	"runnext/lessons/nb"
	"runnext/lessons/seed"
)

// Lesson is one lesson as the course plans it.
type Lesson struct {
	Number  string // two digits
	Name    string // of the notebook, without .ipynb
	Title   string
	Minutes int      // a careful reader takes
	Needs   []string // numbers of lessons
	Scenes  []string // of the simulator that it plays
	// Written says that the notebook is here; the others are the plan.
	Written bool
}

// Path gives the notebook's place in [FS] for a language.
func (l Lesson) Path(language string) string {
	return fmt.Sprintf("%s/%s.ipynb", language, l.Name)
}

// Catalog gives all lessons in order.
func Catalog() []Lesson {
	list := []Lesson{
		{Number: "00", Name: "00_start", Title: "Start here", Minutes: 30, Scenes: []string{"first-steps", "runnext"}},
		{Number: "01", Name: "01_minimal", Title: "Minimal by design", Minutes: 35, Needs: []string{"00"}},
		{Number: "02", Name: "02_waiting", Title: "The waiting server", Minutes: 30, Needs: []string{"00"}, Scenes: []string{"io-serial", "io-overlap"}},
		{Number: "03", Name: "03_threads", Title: "What a thread costs", Minutes: 40, Needs: []string{"02"}, Scenes: []string{"switch-cost"}},
		{Number: "04", Name: "04_answers", Title: "Two answers: event loop and goroutines", Minutes: 35, Needs: []string{"02", "03"}, Scenes: []string{"loop-vs-gmp"}},
		{Number: "05", Name: "05_go", Title: "The word go", Minutes: 35, Needs: []string{"01"}, Scenes: []string{"runnext"}},
		{Number: "06", Name: "06_stacks", Title: "Inside g: stacks", Minutes: 30, Needs: []string{"03", "05"}, Scenes: []string{"stack-growth"}},
		{Number: "07", Name: "07_gobuf", Title: "gobuf: freezing a goroutine", Minutes: 40, Needs: []string{"06"}, Scenes: []string{"mcall-gogo", "async-preempt"}},
		{Number: "08", Name: "08_gmp", Title: "G, M and P", Minutes: 40, Needs: []string{"05"}, Scenes: []string{"gmp-basic", "global-61", "overflow-257"}},
		{Number: "09", Name: "09_stealing", Title: "Work stealing and fairness", Minutes: 40, Needs: []string{"08"}, Scenes: []string{"steal-half", "spinning", "time-slice"}},
		{Number: "10", Name: "10_blocking", Title: "Blocking: system calls, the poller, timers", Minutes: 40, Needs: []string{"08"}, Scenes: []string{"syscall-handoff", "netpoll-park", "timer-heap"}},
		{Number: "11", Name: "11_csp", Title: "CSP: channels", Minutes: 40, Needs: []string{"05"}, Scenes: []string{"chan-rendezvous", "select-random"}},
		{Number: "12", Name: "12_sharing", Title: "Share or communicate", Minutes: 40, Needs: []string{"11"}, Scenes: []string{"race-3", "deadlock-2"}},
		{Number: "13", Name: "13_clients", Title: "Ten thousand clients", Minutes: 40, Needs: []string{"04", "09", "10", "12"}, Scenes: []string{"capstone"}},
	}
	for i := range list {
		_, err := fs.Stat(files, list[i].Path("en"))
		list[i].Written = err == nil
	}
	return list
}

// ClaimsOf gives the ids of the claims that a lesson treats, in the order of
// the article.
func ClaimsOf(number string) ([]string, error) {
	claims, err := seed.Claims()
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, c := range claims {
		if slices.Contains(c.Lessons, number) {
			ids = append(ids, c.ID)
		}
	}
	return ids, nil
}

// hosts are the sites that a lesson may link to.
var hosts = [...]string{"go.dev", "pkg.go.dev"}

// Lint checks one notebook of the course against the catalog, the claims and
// the glossary.
func (l Lesson) Lint(n *nb.Notebook) ([]nb.Problem, error) {
	claims, err := ClaimsOf(l.Number)
	if err != nil {
		return nil, err
	}
	terms, err := seed.Glossary()
	if err != nil {
		return nil, err
	}
	avoid := map[string]string{}
	for _, t := range terms {
		for _, a := range t.Avoid {
			avoid[a] = t.Name
		}
	}
	return nb.Lint(n, nb.Against{
		Header: nb.Header{Lesson: l.Number, Title: l.Title, Minutes: l.Minutes, Needs: l.Needs, Claims: claims},
		Scenes: l.Scenes,
		Avoid:  avoid,
		Hosts:  hosts[:],
		Exists: func(target string) bool {
			_, err := fs.Stat(files, "en/"+target)
			return err == nil
		},
	}), nil
}
