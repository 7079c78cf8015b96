package exectrace

import (
	"fmt"
	"strings"
	"time"

	"runnext/kernel/display"
	"runnext/kernel/engine"
)

// Bundle shows a run: the lanes, what each goroutine spent its time with, the
// longest waits, and the states at a moment. below zero is the busiest moment.
func (t *Trace) Bundle(at time.Duration) (engine.Bundle, error) {
	if at < 0 {
		at = t.Busiest()
	}
	svg, alt := t.SVG()
	picture, err := display.SVG(svg, alt)
	if err != nil {
		return engine.Bundle{}, fmt.Errorf("draw the trace: %w", err)
	}
	var plain, page []string
	img, _ := picture.Data["text/html"].(string)
	page = append(page, img)
	for _, table := range []display.Table{t.Summary(), t.LongestWaits(), t.States(at)} {
		b := table.Bundle()
		text, _ := b.Data["text/plain"].(string)
		html, _ := b.Data["text/html"].(string)
		plain, page = append(plain, text), append(page, html)
	}
	counts := t.Counts().Bundle()
	html, _ := counts.Data["text/html"].(string)
	page = append(page, "<details><summary>events</summary>"+html+"</details>")
	text := strings.Join(plain, "\n\n")
	if len(t.Mine()) == 0 {
		text = "No goroutine of the cell is in the trace: it did not run long enough to be seen.\n\n" + text
	}
	b := display.Text(text)
	b.Data["text/html"] = strings.Join(page, "\n")
	return b, nil
}
