package cell

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// hint says why a notebook refuses something and what to do instead, where
// Go's own words are not enough; it is empty where they are.
func (n *Notebook) hint(src *source, a *attempt, p problem) (why, try string) {
	msg := p.msg
	if path, ok := strings.CutPrefix(msg, noPackage); ok {
		return n.packageHint(path)
	}
	if strings.HasPrefix(msg, refusedMark) {
		return refusalHint(msg)
	}
	switch {
	case strings.HasSuffix(msg, "found 'EOF'") && len(src.split.open) > 0:
		o := src.split.open[len(src.split.open)-1]
		return fmt.Sprintf("The %s of line %d is not closed.", o.tok, src.file.Line(src.file.Pos(o.offset))), ""
	case strings.HasPrefix(msg, "undefined: "):
		return n.undefinedHint(src, a, strings.TrimPrefix(msg, "undefined: "))
	case msg == "no new variables on left side of :=":
		return "Every name on the left is _ or defined by this cell already.", "Use = to give a new value."
	case strings.HasSuffix(msg, " is not used"):
		return "Only the last expression of a cell is its value.", "Assign it, print it, or put it last."
	case msg == "expected 1 expression":
		return "The value of a cell is that of one expression; a list of several is no statement in Go.", "Print them with fmt.Println, or put each at the end of a cell of its own."
	case strings.Contains(msg, "redeclared in this block"):
		return "A cell may declare a name once; a later cell may declare it anew.", "Give one of the two another name."
	}
	if a != nil {
		return a.identityHint(msg)
	}
	return "", ""
}

func (n *Notebook) packageHint(path string) (why, try string) {
	why = "A cell may import the standard library's packages and those that are built into the kernel; nothing is downloaded."
	if near := n.pkgs.nearest(path); near != "" {
		return why, fmt.Sprintf("Did you mean %q?", near)
	}
	return why, "In a program of its own, go run builds it."
}

// undefinedHint looks for a name that is declared further down, or nearly the
// same.
func (n *Notebook) undefinedHint(src *source, a *attempt, name string) (why, try string) {
	if a == nil {
		return "", ""
	}
	if pkg, member, ok := strings.Cut(name, "."); ok {
		return "", a.nearMember(Shown(pkg), member)
	}
	name = Shown(name)
	if d := a.b.vars[name]; d != nil {
		line := n.place(src, d.pos).Line
		return fmt.Sprintf("%s is defined in line %d of this cell, after its use; statements run from top to bottom.", name, line), ""
	}
	why = "No cell that has been run declares it, and no package of that name is imported."
	var names []string
	for base := range a.b.st.names {
		names = append(names, base)
	}
	for base := range a.b.own {
		names = append(names, base)
	}
	for base := range a.b.vars {
		names = append(names, base)
	}
	near := nearestName(name, names, min(3, 1+len(name)/2))
	if near == "" {
		// There are so many packages that two letters lead to one from anywhere.
		near = nearestName(name, slices.Collect(maps.Keys(n.pkgs.byName)), 2)
	}
	if near != "" {
		return why, fmt.Sprintf("Did you mean %s?", near)
	}
	return why, "Run the cell that declares it first."
}

// nearMember finds the exported name of a package that was meant.
func (a *attempt) nearMember(pkg, member string) string {
	d := a.b.newest(pkg)
	if d == nil || d.kind != importKind {
		return ""
	}
	p, err := a.b.nb.pkgs.Import(d.path)
	if err != nil {
		return ""
	}
	if near := nearestName(member, p.Scope().Names(), min(3, 1+len(member)/2)); near != "" {
		return fmt.Sprintf("Did you mean %s.%s?", pkg, near)
	}
	return ""
}

// nearestName finds the name with the fewest letters to change, fewer than limit.
func nearestName(name string, names []string, limit int) string {
	slices.Sort(names)
	best := ""
	for _, other := range names {
		if strings.EqualFold(name, other) {
			return other
		}
		if d := editDistance(name, other, limit); d < limit {
			best, limit = other, d
		}
	}
	return best
}

// identityHint explains errors between two meanings of one name, which Go's
// words alone cannot tell apart.
func (a *attempt) identityHint(msg string) (why, try string) {
	meanings := map[string]*decl{}
	for name, d := range a.b.reach.types {
		if !mentions(msg, name) {
			continue
		}
		other := meanings[d.base]
		if other == nil {
			meanings[d.base] = d
			continue
		}
		older, newer := other, d
		if older.cell > newer.cell {
			older, newer = newer, older
		}
		return fmt.Sprintf("There are two types %s: the one of cell %d, and the one cell %d declared after it.", d.base, older.cell, newer.cell),
			fmt.Sprintf("Run the cells between them again, so that they use the %s of cell %d.", d.base, newer.cell)
	}
	return "", ""
}

// mentions tells whether a message has an identifying name as a word.
func mentions(msg, name string) bool {
	for rest := msg; ; {
		i := strings.Index(rest, name)
		if i < 0 {
			return false
		}
		before, after := rest[:i], rest[i+len(name):]
		if !wordBefore(before) && !strings.HasPrefix(after, versionMark) && !(after != "" && wordBefore(after[:1])) {
			return true
		}
		rest = after
	}
}
