package lab

import (
	"math"
	"slices"
	"strings"

	"runnext/kernel/display"
)

// plotKind is how an experiment's figures are drawn.
type plotKind int

const (
	plotNone plotKind = iota
	plotBars          // a bar for each thing
	plotEven          // the same on a linear scale, however far they are apart
	plotN             // a line over n for each thing
)

// mimeVegaLite is drawn by JupyterLab itself; of version 6 it has no renderer.
const mimeVegaLite = "application/vnd.vegalite.v5+json"

const plotWidth = 500 // of the whole picture, in pixels: a narrow window shows all of it

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
	wide := m.plot != plotEven && spread(drawn)
	return map[string]any{
		"text/plain": m.bars(title, drawn, wide),
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

// label says which figure it is, where only one quantity is drawn.
func (m Measured) label(f Figure) string {
	switch {
	case f.N == 0:
		return f.What
	case m.count != "":
		return grouped(uint64(f.N)) + " " + m.count
	}
	return f.What + " " + grouped(uint64(f.N))
}

// bars draws with text. On a logarithmic scale a bar's length says how many
// times ten it is.
func (m Measured) bars(title string, fs []Figure, wide bool) string {
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
		t.Rows = append(t.Rows, []string{m.label(f), quantity(f.Median, f.Unit), strings.Repeat("█", max(1, int(math.Round(n*plotBar))))})
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
	most := 0.0
	for _, f := range fs {
		most = max(most, f.Max)
	}
	unit, per, format := axisUnit(fs[0].Unit, most)
	for _, f := range fs {
		values = append(values, map[string]any{
			"what": f.What, "label": m.label(f), "n": f.N, "median": f.Median / per, "least": f.Min / per, "most": f.Max / per, "runs": f.Runs,
			"shown": quantity(f.Median, f.Unit), "from": quantity(f.Min, f.Unit), "to": quantity(f.Max, f.Unit),
		})
	}
	scale := map[string]any{"type": "linear", "zero": true}
	axis := map[string]any{"title": "median, and a line from the least to the most", "labelExpr": "format(datum.value, '" + format + "') + '" + unit + "'"}
	if wide {
		decades := decadesOf(fs, per)
		scale = map[string]any{"type": "log", "domain": []float64{decades[0], decades[len(decades)-1]}}
		axis["values"] = decades
	}
	along := map[string]any{"field": "median", "type": "quantitative", "scale": scale, "axis": axis}
	from := map[string]any{"field": "least", "type": "quantitative", "scale": scale, "axis": axis}
	to := map[string]any{"field": "most"}
	tips := []map[string]any{{"field": "label", "title": "what"}, {"field": "shown", "title": "median"}, {"field": "from", "title": "least"}, {"field": "to", "title": "most"}, {"field": "runs"}}
	spec := map[string]any{
		"$schema":    "https://vega.github.io/schema/vega-lite/v5.json", // a name, not fetched
		"title":      map[string]any{"text": title, "anchor": "start", "frame": "bounds", "limit": plotWidth - 20, "fontSize": 12},
		"background": "#ffffff",
		"width":      plotWidth,
		"autosize":   map[string]any{"type": "fit-x", "contains": "padding"},
		"data":       map[string]any{"values": values},
	}
	if m.plot == plotN {
		var counts []int
		for _, f := range fs {
			counts = append(counts, f.N)
		}
		x := map[string]any{"field": "n", "type": "quantitative", "scale": map[string]any{"type": "log", "nice": false},
			"axis": map[string]any{"title": m.counted(), "values": counts, "format": ","}}
		colour := map[string]any{"field": "what", "type": "nominal", "title": nil}
		if !slices.ContainsFunc(fs, func(f Figure) bool { return f.What != fs[0].What }) {
			colour["legend"] = nil
		}
		spec["height"] = 240
		spec["layer"] = []map[string]any{
			{"mark": map[string]any{"type": "line", "point": true}, "encoding": map[string]any{"x": x, "y": along, "color": colour, "tooltip": tips}},
			{"mark": "rule", "encoding": map[string]any{"x": x, "y": from, "y2": to, "color": colour}},
		}
		return spec
	}
	y := map[string]any{"field": "label", "type": "nominal", "sort": nil, "title": nil, "axis": map[string]any{"labelLimit": 210}}
	spec["layer"] = []map[string]any{
		{"mark": map[string]any{"type": "rule", "strokeWidth": 2, "color": "#7d93a8"}, "encoding": map[string]any{"y": y, "x": from, "x2": to}},
		{"mark": map[string]any{"type": "point", "filled": true, "size": 90, "color": "#1f5a92"}, "encoding": map[string]any{"y": y, "x": along, "tooltip": tips}},
	}
	return spec
}

// axisUnit gives the unit of an axis, how many of a figure's own unit are one
// of it, and how its numbers are written: with a prefix (3m and s are 3ms), but
// for bytes, which go by 1024.
func axisUnit(unit string, most float64) (name string, per float64, format string) {
	switch unit {
	case "ns":
		return "s", 1e9, "~s"
	case "B":
		name, per := bytesUnit(most)
		return " " + name, per, ".3~g"
	case "1/s":
		return "/s", 1, "~s"
	}
	return unit, 1, "~s"
}

// decadesOf gives the powers of ten that enclose the figures: where a
// logarithmic axis has its marks.
func decadesOf(fs []Figure, per float64) (marks []float64) {
	least, most := math.Inf(1), 0.0
	for _, f := range fs {
		least, most = min(least, f.Min/per), max(most, f.Max/per)
	}
	for e := math.Floor(math.Log10(least)); ; e++ {
		marks = append(marks, math.Pow(10, e))
		if marks[len(marks)-1] >= most {
			return marks
		}
	}
}
