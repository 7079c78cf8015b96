package directive

import (
	"slices"
	"strings"
)

// CompleteArgument offers what may stand at a byte offset in the arguments of a
// directive at the top of a cell: its options, the values that an option
// chooses from, and for %help the names of directives. Options that are there already
// are left out. ok is false when the offset is not in such a place.
func (t *Table) CompleteArgument(code string, offset int) (start, end int, items []Argument, ok bool) {
	e, before, word, found := t.argumentAt(code, offset)
	if !found {
		return 0, 0, nil, false
	}
	options := optionsOf(e.Usage)
	if n := len(before); n > 0 {
		for _, o := range options {
			if o.name == before[n-1] && o.value != "" {
				return o.values(word, offset)
			}
		}
	}
	for _, o := range options {
		if strings.HasPrefix(o.name, word) && !slices.Contains(before, o.name) {
			items = append(items, Argument{Text: o.name, Value: o.value})
		}
	}
	for _, name := range t.namesFor(e) {
		if strings.HasPrefix(name, word) {
			items = append(items, Argument{Text: name})
		}
	}
	return offset - len(word), offset, items, true
}

// Argument is one thing that may be written behind a directive.
type Argument struct {
	Text  string // -seed
	Value string // what an option takes, as the usage names it: N
}

// argumentAt finds the directive in whose arguments an offset lies, the words
// before the one that is being typed, and what is typed of that one.
func (t *Table) argumentAt(code string, offset int) (e Entry, before []string, word string, ok bool) {
	if offset < 0 || offset > len(code) {
		return Entry{}, nil, "", false
	}
	h := header{code: code}
	for h.next() {
		if offset > h.end || offset <= h.start {
			continue
		}
		words := strings.Fields(code[h.start:offset])
		if len(words) == 0 || !strings.HasPrefix(words[0], "%") {
			return Entry{}, nil, "", false
		}
		if last := code[offset-1]; last != ' ' && last != '\t' {
			words, word = words[:len(words)-1], words[len(words)-1]
		}
		if len(words) == 0 {
			return Entry{}, nil, "", false // the name itself is being typed
		}
		name := strings.TrimLeft(words[0], "%")
		e, ok = t.Lookup(Kind(len(words[0])-len(name)-1), name)
		return e, words[1:], word, ok
	}
	return Entry{}, nil, "", false
}

// namesFor gives the names that a directive takes as its argument.
func (t *Table) namesFor(e Entry) []string {
	if e.Name != HelpEntry().Name {
		return nil
	}
	var names []string
	for _, e := range t.entries {
		names = append(names, e.Name)
	}
	return slices.Compact(names)
}

// option is one option of a usage line.
type option struct {
	name  string // -view
	value string // queues,lanes: the placeholder, "" for a switch
}

// optionsOf reads the options of a usage line such as
// "[-p N] [-boot-tick 4|5] [-view queues,lanes]".
func optionsOf(usage string) []option {
	var options []option
	words := strings.FieldsFunc(usage, func(r rune) bool { return r == ' ' || r == '[' || r == ']' })
	for i, w := range words {
		if !strings.HasPrefix(w, "-") {
			continue
		}
		o := option{name: w}
		// A switch ends with its bracket.
		if rest := usage[strings.Index(usage, w)+len(w):]; i+1 < len(words) && strings.HasPrefix(rest, " ") && !strings.HasPrefix(rest, " [") && !strings.HasPrefix(words[i+1], "-") {
			o.value = words[i+1]
		}
		options = append(options, o)
	}
	return options
}

// values offers what an option chooses from: one of a|b, or a list of a,b.
func (o option) values(word string, offset int) (start, end int, items []Argument, ok bool) {
	choices, typed := strings.Split(o.value, "|"), word
	if strings.Contains(o.value, ",") {
		choices = strings.Split(o.value, ",")
		typed = word[strings.LastIndexByte(word, ',')+1:]
	}
	if len(choices) == 1 {
		return offset - len(word), offset, nil, true // a number or a name: nothing to choose from
	}
	given := strings.Split(word, ",")
	for _, c := range choices {
		if strings.HasPrefix(c, typed) && !slices.Contains(given[:len(given)-1], c) {
			items = append(items, Argument{Text: c})
		}
	}
	return offset - len(typed), offset, items, true
}
