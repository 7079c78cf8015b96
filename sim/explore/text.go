package explore

import (
	"fmt"
	"strings"
)

// words are what the kinds are called in a text.
var words = map[Kind]string{Deadlock: "deadlock", Race: "data race", Panic: "panic", Leak: "leak"}

// Text says what was found.
func (r *Report) Text() string {
	var b strings.Builder
	b.WriteString(r.Summary() + "\n")
	for i := range r.Findings {
		f := &r.Findings[i]
		b.WriteString("\n" + f.Title() + "\n" + f.told())
	}
	b.WriteString("\n" + r.Ends())
	return b.String()
}

// Summary says how much was tried, and whether something was found.
func (r *Report) Summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s. ", r.covered())
	switch {
	case len(r.Findings) == 0 && r.Complete:
		b.WriteString("Nothing is wrong with any schedule: none found.")
	case len(r.Findings) == 0:
		fmt.Fprintf(&b, "Nothing wrong: none found %s.", r.upTo())
	default:
		b.WriteString("Found:")
	}
	return b.String()
}

// Title says what a finding is.
func (f *Finding) Title() string {
	at := "line " + joined(f.Lines)
	if len(f.Lines) != 1 {
		at = "lines " + joined(f.Lines)
	}
	return fmt.Sprintf("%s at %s: %s.", words[f.Kind], at, f.Text)
}

// covered says how much was looked at.
func (r *Report) covered() string {
	text := plural(r.Schedules, "schedule") + " tried"
	if r.Complete {
		return text + "; together they stand for all there are"
	}
	if r.Bound >= 0 {
		text += ", all " + r.upTo()
	}
	return text + "; not all there are: " + r.Why
}

func (r *Report) upTo() string {
	if r.Bound < 0 {
		return "so far; not even those without a preemption, bound 0, were all tried"
	}
	return "up to bound " + plural(r.Bound, "preemption")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func joined(lines []int) string {
	var out []string
	for _, l := range lines {
		out = append(out, fmt.Sprint(l))
	}
	return strings.Join(out, ", ")
}

// told gives the schedule as a list.
func (f *Finding) told() string {
	var b strings.Builder
	for i, s := range f.Schedule {
		fmt.Fprintf(&b, "%4d. %s\n", i+1, s.String())
	}
	return b.String()
}

// String says who does what where.
func (s Step) String() string {
	if s.G == 0 {
		return "a timer expires"
	}
	if s.Line == 0 {
		return fmt.Sprintf("G%d: %s", s.G, s.Do)
	}
	return fmt.Sprintf("G%d: %s, line %d in %s", s.G, s.Do, s.Line, strings.TrimPrefix(s.Func, "main."))
}

// Ends tells the outcomes.
func (r *Report) Ends() string {
	var b strings.Builder
	raced := false
	for _, f := range r.Findings {
		raced = raced || f.Kind == Race
	}
	switch {
	case len(r.Outcomes) == 1 && r.Outcomes[0].Certain:
		b.WriteString("One outcome, and it is certain:\n")
	case r.Complete && !raced:
		b.WriteString("Possible outcomes; any other one is impossible:\n")
	default:
		b.WriteString("Possible outcomes; there may be others:\n")
	}
	for _, o := range r.Outcomes {
		text := "prints nothing"
		if o.Stdout != "" {
			text = "prints " + fmt.Sprintf("%q", o.Stdout)
		}
		fmt.Fprintf(&b, "  - %s, exit status %d\n", text, o.Status)
	}
	if raced {
		b.WriteString("Schedules here run one operation after the other. Where accesses are not ordered a real\nmachine may show more, so this list is not binding.\n")
	}
	return b.String()
}
