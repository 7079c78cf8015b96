package render

import (
	"fmt"
	"strings"

	"runnext/sim/event"
)

// Pair is a simulated run beside a real one of the same program.
type Pair struct {
	Simulated, Observed *event.Story
	Words               []string // how they differ
	Why                 []string // why they may
}

// Text draws both timelines, how they differ, and why.
func (p Pair) Text() string {
	var b strings.Builder
	b.WriteString("simulated, " + lanesText(p.Simulated) + "\n")
	b.WriteString(wrap(p.Observed.Intro, textWidth, ""))
	b.WriteString("observed, " + lanesText(p.Observed) + "\n")
	for _, w := range p.Words {
		b.WriteString(wrap(w, textWidth, ""))
	}
	b.WriteString("\nwhy they may differ\n")
	for _, w := range p.Why {
		b.WriteString(wrap("- "+w, textWidth, "  "))
	}
	return b.String()
}

// HTML is what Text is, as a card.
func (p Pair) HTML() string {
	var b strings.Builder
	openCard(&b)
	fmt.Fprintf(&b, `<b>Simulated</b>%s<b>Observed</b><div>%s</div>%s`, lanesHTML(p.Simulated), esc(p.Observed.Intro), lanesHTML(p.Observed))
	for _, w := range p.Words {
		fmt.Fprintf(&b, `<div>%s</div>`, esc(w))
	}
	b.WriteString(`<details open style="margin-top:6px"><summary style="cursor:pointer"><b>Why they may differ</b></summary><ul style="margin:4px 0">`)
	for _, w := range p.Why {
		fmt.Fprintf(&b, `<li>%s</li>`, esc(w))
	}
	b.WriteString(`</ul></details></div>`)
	return quoted(b.String())
}

// LineHTML is one quiet line.
func LineHTML(text string) string {
	return fmt.Sprintf(`<div style="color:%s;background:%s;padding:4px 8px">%s</div>`, ink, shade, esc(text))
}
