// Package seed holds the article that the lessons grow from, every claim it
// makes with a verdict, and the words the lessons use. It is data and its
// reader; how a lesson is built from it is checked by runnext/lessons.
package seed

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed article.ko.md claims.toml glossary.toml
var files embed.FS

// Verdict says how far a claim holds.
type Verdict string

// The verdicts.
const (
	Right   Verdict = "right"
	Nuance  Verdict = "nuance" // right, with something missing
	Wrong   Verdict = "wrong"
	Opinion Verdict = "opinion" // an opinion, or history
)

// Claim is one thing the article says.
type Claim struct {
	ID         string // S01 to S59
	Quote      string // verbatim, Korean
	Verdict    Verdict
	Correction string   // what a lesson says of it, English
	Sources    []string // where that can be read or seen
	Lessons    []string // two digits each
}

// Term is one word of the lessons.
type Term struct {
	Name   string   // English
	Korean string   // the word the Korean lessons use
	Short  string   // what it is, half a sentence
	Avoid  []string // spellings the lessons do not use
}

// Article gives the article as it was written, in Korean.
func Article() string { return string(read("article.ko.md")) }

// Claims gives all claims in the order of the article. It fails if the file
// that is carried is not as its head says.
func Claims() ([]Claim, error) {
	list, err := records(string(read("claims.toml")), "claim")
	if err != nil {
		return nil, fmt.Errorf("claims.toml: %w", err)
	}
	var out []Claim
	for i, r := range list {
		t := taker{r: r}
		c := Claim{ID: t.text("id"), Quote: t.text("quote"), Verdict: Verdict(t.text("verdict")),
			Correction: t.text("correction"), Sources: t.list("sources"), Lessons: t.list("lessons")}
		if err := t.end(); err != nil {
			return nil, fmt.Errorf("claims.toml: claim %d (%s): %w", i+1, c.ID, err)
		}
		if !slices.Contains([]Verdict{Right, Nuance, Wrong, Opinion}, c.Verdict) {
			return nil, fmt.Errorf("claims.toml: %s: there is no verdict %q", c.ID, c.Verdict)
		}
		out = append(out, c)
	}
	return out, nil
}

// Glossary gives the words of the lessons.
func Glossary() ([]Term, error) {
	list, err := records(string(read("glossary.toml")), "term")
	if err != nil {
		return nil, fmt.Errorf("glossary.toml: %w", err)
	}
	var out []Term
	for i, r := range list {
		t := taker{r: r}
		term := Term{Name: t.text("name"), Korean: t.text("ko"), Short: t.text("short"), Avoid: t.list("avoid")}
		if err := t.end(); err != nil {
			return nil, fmt.Errorf("glossary.toml: term %d (%s): %w", i+1, term.Name, err)
		}
		out = append(out, term)
	}
	return out, nil
}

// read gives an embedded file; that it is there is the compiler's business.
func read(name string) []byte {
	data, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return data
}

// taker takes the keys of a record one by one and keeps the first mistake.
type taker struct {
	r     record
	taken []string
	err   error
}

func (t *taker) text(key string) string {
	t.taken = append(t.taken, key)
	s, ok := t.r[key].(string)
	if (!ok || strings.TrimSpace(s) == "") && t.err == nil {
		t.err = fmt.Errorf("%s is missing", key)
	}
	return s
}

func (t *taker) list(key string) []string {
	t.taken = append(t.taken, key)
	l, ok := t.r[key].([]string)
	if !ok && t.err == nil {
		t.err = fmt.Errorf("the list %s is missing", key)
	}
	return l
}

func (t *taker) end() error {
	for key := range t.r {
		if t.err == nil && !slices.Contains(t.taken, key) {
			t.err = fmt.Errorf("%s is no key of it", key)
		}
	}
	return t.err
}
