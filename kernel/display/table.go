package display

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"

	"runnext/kernel/engine"
)

// The colours of a table. They are its own in both themes: the sanitizer drops
// var(--jp-…), and a background without a text colour cannot be read in one of
// the themes.
const (
	ink      = "#1c2733"
	paper    = "#ffffff"
	stripe   = "#f3f6f9"
	headInk  = "#10202f"
	headFill = "#d9e4ee"
	rule     = "#9fb1c1"
)

// unbroken is how many columns a cell may have that is not broken in a narrow
// window.
const unbroken = 12

var beforeUnit = regexp.MustCompile(`(\d) ([A-Za-zµ%/])`)

// withUnits keeps a number on one line with its unit.
func withUnits(text string) string { return beforeUnit.ReplaceAllString(text, "$1\u00a0$2") }

// Table is a table of text. Rows may be of unequal length; a short one is
// filled with empty cells, and columns without a header get an empty one.
type Table struct {
	Caption string // above it, "" for none
	Headers []string
	Rows    [][]string
	Note    string // below it, "" for none
}

// Bundle draws the table as text/plain and text/html. A column is set to the
// right when it holds numbers only.
func (t Table) Bundle() engine.Bundle {
	g := t.grid()
	return rich{g.plain(), mimeHTML, g.html()}.bundle()
}

// String gives the text/plain form.
func (t Table) String() string { return t.grid().plain() }

// grid is a table made ready for drawing: every row has all columns, every
// cell is visible text.
type grid struct {
	caption, note string
	headers       []string
	named         bool // one header at least is not empty
	rows          [][]string
	right         []bool // columns of numbers
}

func (t Table) grid() grid {
	columns := len(t.Headers)
	for _, r := range t.Rows {
		columns = max(columns, len(r))
	}
	g := grid{caption: visible(t.Caption), note: visible(t.Note), right: make([]bool, columns)}
	g.headers = line(t.Headers, columns)
	for _, h := range g.headers {
		g.named = g.named || h != ""
	}
	for _, r := range t.Rows {
		g.rows = append(g.rows, line(r, columns))
	}
	for c := range columns {
		filled := false
		g.right[c] = true
		for _, r := range g.rows {
			filled = filled || r[c] != ""
			g.right[c] = g.right[c] && (r[c] == "" || numeric(r[c]))
		}
		g.right[c] = g.right[c] && filled
	}
	return g
}

func line(cells []string, columns int) []string {
	out := make([]string, columns)
	for i, c := range cells {
		out[i] = visible(c)
	}
	return out
}

// numeric says whether a cell reads as a number, a percentage or a multiple.
func numeric(cell string) bool {
	cell = strings.TrimRight(cell, " %×")
	cell = strings.ReplaceAll(cell, ",", "")
	if cell == "" || !strings.ContainsAny(cell[:1], "0123456789+-.") {
		return false // NaN, Inf and 0x are words here
	}
	_, err := strconv.ParseFloat(cell, 64)
	return err == nil
}

// plain draws columns two blanks apart with a rule of hyphens under the
// headers. Box-drawing characters are wide in some East Asian fonts.
func (g grid) plain() string {
	widths := make([]int, len(g.headers))
	for c := range widths {
		widths[c] = cellWidth(g.headers[c])
		for _, r := range g.rows {
			widths[c] = max(widths[c], cellWidth(r[c]))
		}
	}
	var out []string
	if g.caption != "" {
		out = append(out, g.caption, "")
	}
	if g.named {
		out = append(out, g.plainRow(g.headers, widths)...)
		rules := make([]string, len(widths))
		for c, w := range widths {
			rules[c] = strings.Repeat("-", w)
		}
		out = append(out, strings.Join(rules, "  "))
	}
	for _, r := range g.rows {
		out = append(out, g.plainRow(r, widths)...)
	}
	if g.note != "" {
		out = append(out, "", g.note)
	}
	return strings.Join(out, "\n")
}

func cellWidth(cell string) int {
	w := 0
	for l := range strings.SplitSeq(cell, "\n") {
		w = max(w, Width(l))
	}
	return w
}

// plainRow gives the lines of one row: as many as its highest cell has.
func (g grid) plainRow(row []string, widths []int) []string {
	var out []string
	for n := 0; ; n++ {
		parts := make([]string, len(row))
		some := n == 0
		for c, cell := range row {
			lines := strings.Split(cell, "\n")
			text := ""
			if n < len(lines) {
				text, some = lines[n], true
			}
			parts[c] = pad(text, widths[c], g.right[c])
		}
		if !some {
			return out
		}
		out = append(out, strings.TrimRight(strings.Join(parts, "  "), " "))
	}
}

func (g grid) html() string {
	var b strings.Builder
	cell := func(tag, ink, fill, more string, c int, text string) {
		align := "left"
		if g.right[c] {
			align = "right"
		}
		wrap := "pre-wrap"
		if cellWidth(text) <= unbroken {
			wrap = "pre"
		}
		fmt.Fprintf(&b, `<%s style="background-color:%s;color:%s;border:1px solid %s;padding:3px 9px;text-align:%s;white-space:%s%s">%s</%s>`,
			tag, fill, ink, rule, align, wrap, more, withUnits(html.EscapeString(text)), strings.Fields(tag)[0])
	}
	if g.caption != "" {
		fmt.Fprintf(&b, `<div style="font-weight:bold;margin:2px 0">%s</div>`+"\n", html.EscapeString(g.caption))
	}
	b.WriteString(`<table style="border-collapse:collapse;margin:4px 0">` + "\n")
	if g.named {
		b.WriteString("<thead><tr>")
		for c, h := range g.headers {
			cell(`th scope="col"`, headInk, headFill, ";font-weight:bold", c, h)
		}
		b.WriteString("</tr></thead>\n")
	}
	b.WriteString("<tbody>\n")
	for n, r := range g.rows {
		fill := paper
		if n%2 == 1 {
			fill = stripe
		}
		b.WriteString("<tr>")
		for c, text := range r {
			cell("td", ink, fill, "", c, text)
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table>")
	if g.note != "" {
		fmt.Fprintf(&b, "\n"+`<div style="margin:2px 0">%s</div>`, html.EscapeString(g.note))
	}
	return b.String()
}
