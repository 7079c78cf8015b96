package directive

import (
	"fmt"
	"strings"
)

// Page is a piece of help in two forms; the plain one is enough by itself.
type Page struct {
	Plain    string // text/plain
	Markdown string // text/markdown
}

// HelpEntry describes %help, for a caller that serves it with [Table.Help].
func HelpEntry() Entry {
	return Entry{
		Name: "help", Kind: Line, Usage: "[NAME]", Server: "kernel",
		Summary: "list the directives, or explain one",
		Long: "Without a name, `%help` lists every directive this kernel has.\n" +
			"With a name it explains that one; `%help gmp` and `%help %gmp` are the same.",
	}
}

// SceneEntry describes %gmp, for a caller that can play the simulator's scenes.
func SceneEntry() Entry {
	return Entry{
		Name: "gmp", Kind: Line, Usage: "[NAME] [-seed N]", Server: "simulator",
		Summary: "play a scene of the scheduler, step by step",
		Long: "A scene is an ordinary small Go program, run on a simulated scheduler whose\n" +
			"rules are those of the real one. The table shows after each step which\n" +
			"goroutine (G) runs on which processor (P), and who waits in which queue.\n\n" +
			"- `%gmp` lists the scenes.\n" +
			"- `%gmp first-steps` plays one.\n" +
			"- `-seed N` chooses another run where the real scheduler would draw lots.\n\n" +
			"The clock of a scene is virtual: the same scene and seed give the same table\n" +
			"on every machine.",
	}
}

// Help serves %help: without arguments the list of all directives, with a name
// (a % before it or not) what is known of that one.
func (t *Table) Help(c Call) (Page, *Error) {
	if len(c.Args) == 0 {
		return t.list(), nil
	}
	if len(c.Args) > 1 {
		return Page{}, c.Fail(1, "%help takes one name", "It explains one directive at a time.", "Write %help "+c.Args[0])
	}
	name := strings.TrimLeft(c.Args[0], "%")
	signs := len(c.Args[0]) - len(name)
	var found []Entry
	for _, e := range t.entries {
		if e.Name == name && (signs == 0 || signs == len(e.Kind.Sign())) {
			found = append(found, e)
		}
	}
	if len(found) == 0 {
		kind := Line
		if signs > 1 {
			kind = Cell
		}
		at := c
		if len(c.Columns) > 0 {
			at.Column = c.Columns[0]
		}
		return Page{}, t.unknown(at, kind, name)
	}
	var plain, md []string
	for _, e := range found {
		plain = append(plain, e.plain())
		md = append(md, e.markdown())
	}
	return Page{strings.Join(plain, "\n\n"), strings.Join(md, "\n\n---\n\n")}, nil
}

func (t *Table) list() Page {
	width := 0
	for _, e := range t.entries {
		width = max(width, len(e.Synopsis()))
	}
	var plain, md strings.Builder
	plain.WriteString("Directives stand at the top of a cell, above the first line of Go.\n\n")
	md.WriteString("Directives stand at the top of a cell, above the first line of Go.\n\n" +
		"| directive | what it does |\n|:--|:--|\n")
	for _, e := range t.entries {
		fmt.Fprintf(&plain, "  %-*s  %s\n", width, e.Synopsis(), e.Summary)
		fmt.Fprintf(&md, "| `%s` | %s |\n", inTable(e.Synopsis()), inTable(e.Summary))
	}
	plain.WriteString("\n%help NAME explains one of them.")
	md.WriteString("\n`%help NAME` explains one of them.")
	return Page{plain.String(), md.String()}
}

func (e Entry) plain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n    %s", e.Synopsis(), e.Summary)
	if e.Long != "" {
		fmt.Fprintf(&b, "\n\n%s", strings.ReplaceAll(e.Long, "`", ""))
	}
	if e.Server != "" {
		fmt.Fprintf(&b, "\n\nserved by: %s", e.Server)
	}
	return b.String()
}

func (e Entry) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "**`%s`** · %s", e.Synopsis(), e.Summary)
	if e.Long != "" {
		fmt.Fprintf(&b, "\n\n%s", e.Long)
	}
	if e.Server != "" {
		fmt.Fprintf(&b, "\n\n*served by: %s*", e.Server)
	}
	return b.String()
}

// inTable keeps a | from ending a column of a Markdown table.
func inTable(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
