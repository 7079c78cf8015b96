package render

import (
	"fmt"
	"strings"

	"runnext/sim/event"
)

// at says where a site is: "line 12" of the program, and "[cell 2], line 5"
// where another cell holds the function.
func at(s *event.Site) string {
	switch {
	case s == nil || s.Line == 0:
		return ""
	case elsewhere(s):
		return fmt.Sprintf("%s, line %d", s.File, s.Line)
	}
	return fmt.Sprintf("line %d", s.Line)
}

// elsewhere tells whether a site is in another cell than the program's own,
// whose sites name no cell.
func elsewhere(s *event.Site) bool { return strings.HasPrefix(s.File, "[") }

// place says where a G stands: function and line.
func place(s *event.Snapshot, id int64) string {
	g, ok := s.G(id)
	if !ok {
		return ""
	}
	name := entry(g)
	if g.Site == nil {
		return name
	}
	if g.Site.Func != "" {
		name = short(g.Site.Func)
	}
	if g.Site.Line == 0 {
		return name
	}
	if elsewhere(g.Site) {
		return fmt.Sprintf("%s %s:%d", name, g.Site.File, g.Site.Line)
	}
	return fmt.Sprintf("%s:%d", name, g.Site.Line)
}

// entry names the function a G began with; a closure that sync.WaitGroup.Go
// wraps around the program's own says nothing to a reader.
func entry(g *event.G) string { return begun(g.Entry) }

func begun(name string) string {
	name = short(name)
	if strings.HasSuffix(name, "WaitGroup).Go.func1") {
		return "WaitGroup.Go"
	}
	return name
}

// code gives the line of the program a site is on, without its indent.
func code(st *event.Story, s *event.Site) string {
	if st == nil || s == nil || elsewhere(s) || s.Line < 1 || s.Line > len(st.Source) {
		return ""
	}
	return strings.TrimSpace(st.Source[s.Line-1])
}

// short drops the package of a function's name.
func short(name string) string {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	if strings.HasPrefix(name, "(") { // a method: (*main.T).run, (*sync.WaitGroup).Go.func1
		return strings.Replace(name, "main.", "", 1)
	}
	if _, f, ok := strings.Cut(name, "."); ok {
		return f
	}
	return name
}
