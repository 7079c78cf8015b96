package lab

import (
	"math"
	"strconv"
	"strings"

	"runnext/kernel/display"
)

// plotKind is how an experiment's figures are drawn.
type plotKind int

const (
	plotNone plotKind = iota
	plotBars          // a bar for each thing
	plotN             // a line over n for each thing
)

// mimeVegaLite is drawn by JupyterLab itself; of version 6 it has no renderer.
const mimeVegaLite = "application/vnd.vegalite.v5+json"

const plotBar = 32 // columns of the longest bar of text

func (m Measured) plotBundle() map[string]any {
	var of string
	var drawn []Figure
	for _, f := range m.Figures {
		if of == "" {
			of = f.Of
		}
		if f.Of == of {
			drawn = append(drawn, f)
		}
	}
	if m.plot == plotNone || len(drawn) < 2 {
		return nil
	}
	title := m.Title
	if of != "" {
		title += ": " + of
	}
	wide := spread(drawn)
	return map[string]any{
		"text/plain": bars(title, drawn, wide),
		mimeVegaLite: m.vega(title, drawn, wide),
	}
}

// spread tells whether figures are so far apart that only a logarithmic scale
// shows all of them.
func spread(fs []Figure) bool {
	least, most := math.Inf(1), 0.0
	for _, f := range fs {
		if f.Min <= 0 {
			return false
		}
		least, most = min(least, f.Min), max(most, f.Max)
	}
	return most > 50*least
}

func label(f Figure) string {
	if f.N > 0 {
		return strings.TrimSpace(f.What + " " + strconv.Itoa(f.N))
	}
	return f.What
}

// bars draws with text. On a logarithmic scale a bar's length says how many
// times ten it is.
func bars(title string, fs []Figure, wide bool) string {
	least, most := math.Inf(1), 0.0
	for _, f := range fs {
		least, most = min(least, f.Median), max(most, f.Median)
	}
	t := display.Table{Caption: title}
	for _, f := range fs {
		n := f.Median / most
		if wide {
			n = (1 + math.Log10(f.Median/least)) / (1 + math.Log10(most/least))
		}
		t.Rows = append(t.Rows, []string{label(f), quantity(f.Median, f.Unit), strings.Repeat("█", max(1, int(math.Round(n*plotBar))))})
	}
	if wide {
		t.Note = "The scale is logarithmic."
	}
	return t.String()
}

// vega gives the plot with its data in it: a point at the median and a line
// from the least to the most.
func (m Measured) vega(title string, fs []Figure, wide bool) map[string]any {
	var values []map[string]any
	unit, per := axisUnit(fs[0].Unit)
	for _, f := range fs {
		values = append(values, map[string]any{
			"what": f.What, "label": label(f), "n": f.N, "median": f.Median / per, "least": f.Min / per, "most": f.Max / per, "runs": f.Runs,
			"shown": quantity(f.Median, f.Unit), "from": quantity(f.Min, f.Unit), "to": quantity(f.Max, f.Unit),
		})
	}
	scale := map[string]any{"type": "linear", "zero": true}
	if wide {
		scale = map[string]any{"type": "log"}
	}
	axis := map[string]any{"title": "median, and a line from the least to the most", "labelExpr": "format(datum.value, '~s') + '" + unit + "'"}
	along := map[string]any{"field": "median", "type": "quantitative", "scale": scale, "axis": axis}
	from := map[string]any{"field": "least", "type": "quantitative", "scale": scale, "axis": axis}
	to := map[string]any{"field": "most"}
	tips := []map[string]any{{"field": "label", "title": "what"}, {"field": "shown", "title": "median"}, {"field": "from", "title": "least"}, {"field": "to", "title": "most"}, {"field": "runs"}}
	spec := map[string]any{
		"$schema":    "https://vega.github.io/schema/vega-lite/v5.json", // a name, not fetched
		"title":      title,
		"background": "#ffffff",
		"width":      460,
		"data":       map[string]any{"values": values},
	}
	if m.plot == plotN {
		x := map[string]any{"field": "n", "type": "quantitative", "title": "n", "scale": map[string]any{"type": "log"}}
		colour := map[string]any{"field": "what", "type": "nominal", "title": nil}
		spec["height"] = 240
		spec["layer"] = []map[string]any{
			{"mark": map[string]any{"type": "line", "point": true}, "encoding": map[string]any{"x": x, "y": along, "color": colour, "tooltip": tips}},
			{"mark": "rule", "encoding": map[string]any{"x": x, "y": from, "y2": to, "color": colour}},
		}
		return spec
	}
	y := map[string]any{"field": "label", "type": "nominal", "sort": nil, "title": nil, "axis": map[string]any{"labelLimit": 260}}
	spec["layer"] = []map[string]any{
		{"mark": map[string]any{"type": "rule", "strokeWidth": 2, "color": "#7d93a8"}, "encoding": map[string]any{"y": y, "x": from, "x2": to}},
		{"mark": map[string]any{"type": "point", "filled": true, "size": 90, "color": "#1f5a92"}, "encoding": map[string]any{"y": y, "x": along, "tooltip": tips}},
	}
	return spec
}

// axisUnit gives the unit of an axis, whose numbers are written with prefixes
// (3m and s are 3ms), and how many of a figure's own unit are one of it.
func axisUnit(unit string) (name string, per float64) {
	switch unit {
	case "ns":
		return "s", 1e9
	case "1/s":
		return "/s", 1
	}
	return unit, 1
}
