package corpus

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Result is what a program did.
type Result struct {
	Status int
	Stdout []byte
	Stderr []byte
	// Varies is true when two runs of the built program print different
	// things; then only the status is compared.
	Varies bool
}

// Category says how a program's run here compares with Go's.
type Category string

// Categories. All but Pass are failures.
const (
	Pass         Category = "pass"
	WrongOutput  Category = "wrong output"
	Refused      Category = "refused"        // before it ran, with a reason
	CompileError Category = "compile error"  // Go compiles it
	HostPanic    Category = "host panic"     // the interpreter or what is around it
	RuntimePanic Category = "run-time panic" // the program panics here alone
	BadExit      Category = "bad exit"       // another status
	Hang         Category = "hang"           // until the time limit
)

// Categories lists them all, in the order of a table's columns.
var Categories = []Category{Pass, WrongOutput, Refused, CompileError, HostPanic, RuntimePanic, BadExit, Hang}

// hostMarks are found in standard error when something of ours has failed.
var hostMarks = []string{"internal error", "interpreter: ", "defect of", "runnext/kernel/", "traefik/yaegi"}

// Judge compares what a program did here with what the built one did. A status
// of 124 here is the time limit's.
func Judge(want, got Result) Category {
	switch {
	case got.Status == 124 && want.Status != 124:
		return Hang
	case got.Status == want.Status && (want.Varies || bytes.Equal(want.Stdout, got.Stdout)):
		return Pass
	case got.Status == want.Status:
		return WrongOutput
	case slices.ContainsFunc(hostMarks, func(m string) bool { return bytes.Contains(got.Stderr, []byte(m)) }):
		return HostPanic
	case got.Status == 1 && bytes.Contains(got.Stderr, []byte(": refused: ")):
		return Refused
	case got.Status == 1 && bytes.Contains(got.Stderr, []byte(".go:")):
		return CompileError
	case got.Status == 2:
		return RuntimePanic
	}
	return BadExit
}

// Known is a program that is known to fail.
type Known struct {
	Name     string
	Category Category
	Reason   string
}

func (k Known) String() string { return fmt.Sprintf("%s\t%s\t%s", k.Name, k.Category, k.Reason) }

// ParseKnown reads known.txt: name, category and reason, separated by tabs, in
// the order of names.
func ParseKnown(text []byte) (map[string]Known, error) {
	all := map[string]Known{}
	last := ""
	for _, line := range Lines(text) {
		f := strings.Split(line, "\t")
		if len(f) != 3 || strings.TrimSpace(f[2]) == "" {
			return nil, fmt.Errorf("known: %q: want name, category and reason, separated by tabs", line)
		}
		k := Known{f[0], Category(f[1]), f[2]}
		switch {
		case k.Category == Pass || !slices.Contains(Categories, k.Category):
			return nil, fmt.Errorf("known: %s: no category %q of failure", k.Name, k.Category)
		case k.Name <= last:
			return nil, fmt.Errorf("known: %s is out of order, or there twice", k.Name)
		}
		last = k.Name
		all[k.Name] = k
	}
	return all, nil
}

// Complaint says what is wrong with a verdict in view of what is known, "" when
// nothing is: a failure must be listed under its category, and what passes must
// not be listed. A program that is listed as one that does not end in time may
// end on a quicker machine, if it is still slow.
func Complaint(name string, got Category, slow bool, known map[string]Known) string {
	k, listed := known[name]
	switch {
	case got == Pass && slow && k.Category == Hang:
	case got == Pass && listed:
		return fmt.Sprintf("%s passes: remove it from known.txt", name)
	case got != Pass && !listed:
		return fmt.Sprintf("%s fails: %s", name, got)
	case got != Pass && got != k.Category:
		return fmt.Sprintf("%s fails: %s, where known.txt says %s", name, got, k.Category)
	}
	return ""
}
