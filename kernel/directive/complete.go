package directive

import "strings"

// Complete offers the directives that may stand at a byte offset of a cell:
// those whose name begins with what is typed before it. start and end say what
// is to be replaced by [Entry.Written]. ok is false when the offset is not in
// the name of a directive at the top of a cell.
func (t *Table) Complete(code string, offset int) (start, end int, items []Entry, ok bool) {
	typed, at, found := nameAt(code, offset)
	if !found {
		return 0, 0, nil, false
	}
	name := strings.TrimLeft(typed[:offset-at], "%")
	signs := offset - at - len(name)
	for _, e := range t.entries {
		if strings.HasPrefix(e.Name, name) && signs <= len(e.Kind.Sign()) {
			items = append(items, e)
		}
	}
	return at, at + len(typed), items, true
}

// At finds the directive whose name stands at a byte offset of a cell.
func (t *Table) At(code string, offset int) (Entry, bool) {
	typed, _, found := nameAt(code, offset)
	if !found {
		return Entry{}, false
	}
	name := strings.TrimLeft(typed, "%")
	kind := Line
	if len(typed)-len(name) > 1 {
		kind = Cell
	}
	return t.Lookup(kind, name)
}

// nameAt gives the % signs and the name around an offset, and where they begin.
func nameAt(code string, offset int) (string, int, bool) {
	if offset < 0 || offset > len(code) {
		return "", 0, false
	}
	h := header{code: code}
	for h.next() {
		if offset > h.end || offset <= h.start {
			continue
		}
		signs := len(h.text) - len(strings.TrimLeft(h.text, "%"))
		if signs > 2 {
			return "", 0, false
		}
		typed := h.text[:signs+nameLength(h.text[signs:])]
		return typed, h.start, offset <= h.start+len(typed)
	}
	return "", 0, false
}
