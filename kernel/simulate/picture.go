package simulate

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"runnext/sim/event"
	"runnext/sim/machine"
	"runnext/sim/render"
)

// Format is how a run is drawn.
type Format string

// The formats.
const (
	Text Format = "text"
	HTML Format = "html"
	JSON Format = "json"
)

// A picture is of the beginning of a run: nobody reads ten thousand tables.
const (
	maxEvents = 50_000
	maxSteps  = 2_000
)

// draw writes the picture of a run.
func (p Program) draw(res *machine.Result, code string) error {
	st := event.Tell(res.Log, maxSteps)
	st.Name = filepath.Base(p.File)
	st.Title = st.Name
	st.Intro = Intro(&st, res, p.P, p.Seed)
	st.Source = strings.Split(strings.TrimSuffix(code, "\n"), "\n")
	// Several Ps are seen best side by side.
	view := render.Queues
	if p.P > 1 {
		view |= render.Lanes
	}
	var err error
	switch p.Format {
	case Text:
		_, err = io.WriteString(p.Picture, render.TextOf(&st, view))
	case HTML:
		_, err = fmt.Fprintf(p.Picture, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title><style>td,th{padding:3px 8px}</style></head><body>\n%s\n</body></html>\n",
			st.Name, render.HTMLOf(&st, view))
	case JSON:
		enc := json.NewEncoder(p.Picture)
		enc.SetEscapeHTML(false)
		err = enc.Encode(newRun(p, res, &st))
	default:
		err = fmt.Errorf("there is no format %q", p.Format)
	}
	return err
}

// Intro says what run a story is of, and how much of it.
func Intro(st *event.Story, res *machine.Result, procs int, seed uint64) string {
	told := 0
	for i := range st.Steps {
		told += len(st.Steps[i].Events)
	}
	ps := "1 P"
	if procs > 1 {
		ps = fmt.Sprintf("%d Ps", procs)
	}
	events := "1 scheduling event"
	if res.Events != 1 {
		events = fmt.Sprintf("%d scheduling events", res.Events)
	}
	text := fmt.Sprintf("A simulated run: %s, seed %d, %s in %v of virtual time.", ps, seed, events, res.Time)
	if int64(told) < res.Events {
		text += fmt.Sprintf(" Shown are the first %d steps, %d events.", len(st.Steps), told)
	}
	return text
}
