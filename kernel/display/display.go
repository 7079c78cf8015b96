// Package display makes MIME bundles: what a notebook shows as a table, a
// picture or a bar, and what a console shows in its place. Every bundle has a
// text/plain form that is enough by itself.
//
// What it makes must look the same in a running notebook, in a saved one that
// JupyterLab does not trust, in both themes and on a page made by nbconvert.
// So HTML carries inline styles alone, a background colour never comes without
// a text colour, and a picture is an <img> with its data in it. JupyterLab's
// sanitizer drops <style>, <script>, inline <svg> and image/svg+xml from a
// notebook it does not trust.
//
// It publishes nothing: cells do that with runnext/kernel/lab, and the tables
// of the simulator are drawn by runnext/sim/render. All functions may be
// called from any goroutine.
package display

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"

	"runnext/kernel/engine"
)

// The MIME types of the bundles.
const (
	mimePlain    = "text/plain"
	mimeHTML     = "text/html"
	mimeMarkdown = "text/markdown"
	mimeJSON     = "application/json"
)

func bundle(plain string) engine.Bundle {
	return engine.Bundle{Data: map[string]any{mimePlain: valid(plain)}}
}

func (r rich) bundle() engine.Bundle {
	b := bundle(r.plain)
	b.Data[r.mime] = r.body
	return b
}

// rich is a plain text and one better form of it.
type rich struct {
	plain string
	mime  string
	body  any
}

// Text shows text as it is.
func Text(text string) engine.Bundle { return bundle(text) }

// HTML shows HTML. A console shows its text without the marks.
func HTML(source string) engine.Bundle {
	source = valid(source)
	return rich{textOf(source), mimeHTML, source}.bundle()
}

// Markdown shows Markdown. A console shows it as it is written.
func Markdown(source string) engine.Bundle {
	source = valid(source)
	return rich{source, mimeMarkdown, source}.bundle()
}

// JSON shows a value as a tree that can be folded; a console shows indented
// JSON. It fails for what encoding/json cannot write: channels, functions, NaN,
// a pointer that leads back to itself.
func JSON(v any) (engine.Bundle, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return engine.Bundle{}, fmt.Errorf("show %T as JSON: %w", v, err)
	}
	plain, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return engine.Bundle{}, fmt.Errorf("show %T as JSON: %w", v, err)
	}
	return rich{string(plain), mimeJSON, json.RawMessage(body)}.bundle(), nil
}

// Progress shows how far a piece of work is. A total of 0 or less means that
// nobody knows how much there is; done is then a plain count.
func Progress(done, total int, label string) engine.Bundle {
	const cells = 20
	label = oneLine(label)
	lead := ""
	if label != "" {
		lead = label + "  "
	}
	if total <= 0 {
		return rich{fmt.Sprintf("%s%d", lead, done), mimeHTML,
			fmt.Sprintf("<div>%s%d</div>", html.EscapeString(lead), done)}.bundle()
	}
	// In floating point, since done*100 may be too much for an int.
	share := min(1, max(0, float64(done)/float64(total)))
	full := int(share * cells)
	percent := int(share * 100)
	return rich{
		fmt.Sprintf("%s[%s%s] %d/%d %3d %%", lead, strings.Repeat("#", full), strings.Repeat(".", cells-full), done, total, percent),
		mimeHTML,
		fmt.Sprintf(`<div style="white-space:pre-wrap">%s<progress value="%d" max="%d" style="width:16em"></progress>  %d/%d  %d %%</div>`,
			html.EscapeString(lead), min(total, max(0, done)), total, done, total, percent),
	}.bundle()
}

// valid replaces what is not UTF-8.
func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// visible makes text fit for a cell of a table: what is not UTF-8 is replaced,
// a tab is blanks, and a control character is shown as its picture, so that
// none of them can move the cursor of a console.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r < 0x20:
			return 0x2400 + r
		case r == 0x7F:
			return 0x2421
		case 0x80 <= r && r < 0xA0:
			return 0xFFFD
		}
		return r
	}, strings.ReplaceAll(strings.ReplaceAll(valid(text), "\r\n", "\n"), "\t", "    "))
}

func oneLine(text string) string {
	return strings.ReplaceAll(visible(text), "\n", " ")
}
