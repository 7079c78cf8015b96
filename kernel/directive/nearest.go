package directive

import (
	"fmt"
	"strings"
)

// unknown makes the error for a name that is not in the table.
func (t *Table) unknown(at Call, kind Kind, name string) *Error {
	written := kind.Sign() + name
	e, ok := t.nearest(kind, name)
	if !ok {
		return at.Fail(-1, "unknown directive "+written, "This kernel has no directives.", "")
	}
	if e.Name == name { // the other kind of it
		what := "takes a single line, so it has one %"
		if e.Kind == Cell {
			what = "takes the whole cell, so it has two %"
		}
		return at.Fail(-1, fmt.Sprintf("unknown directive %s: the nearest is %s", written, e.Written()),
			fmt.Sprintf("%s %s.", e.Written(), what),
			"Write "+e.Synopsis())
	}
	return at.Fail(-1, fmt.Sprintf("unknown directive %s: the nearest is %s", written, e.Written()),
		"Only the directives in the kernel's table can be used.",
		fmt.Sprintf("Write %s if you meant that. %s", e.Synopsis(), t.pointToHelp()))
}

// pointToHelp names %help where there is one.
func (t *Table) pointToHelp() string {
	if _, ok := t.Lookup(Line, "help"); ok {
		return "%help lists all directives."
	}
	return ""
}

// nearest finds the entry whose name differs least; the same kind goes first,
// then a name of which the typed one is the beginning, then the alphabet.
func (t *Table) nearest(kind Kind, name string) (Entry, bool) {
	best, at := 0, -1
	for i, e := range t.entries {
		// Ties are broken below the whole edits that distance counts.
		cost := 4 * distance(strings.ToLower(name), strings.ToLower(e.Name))
		if !strings.HasPrefix(e.Name, name) {
			cost += 2
		}
		if e.Kind != kind {
			cost++
		}
		if at < 0 || cost < best {
			best, at = cost, i
		}
	}
	if at < 0 {
		return Entry{}, false
	}
	return t.entries[at], true
}

// distance counts the letters to insert, delete, change or swap with their
// neighbour until a is b (optimal string alignment).
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	var before, prev, row []int
	for i := 0; i <= len(s); i++ {
		row = make([]int, len(t)+1)
		for j := range row {
			switch {
			case i == 0:
				row[j] = j
				continue
			case j == 0:
				row[j] = i
				continue
			}
			change := 1
			if s[i-1] == t[j-1] {
				change = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+change)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev = prev, row
	}
	return row[len(t)]
}
