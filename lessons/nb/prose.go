package nb

import (
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

func (l *lint) code(c Cell) {
	l.formatted(c)
	for n, line := range strings.Split(c.Source, "\n") {
		if w := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    ")); w > codeColumns {
			l.add(c.ID, "code", "line %d has %d columns, more than %d", n+1, w, codeColumns)
		}
		if strings.TrimRight(line, " \t") != line {
			l.add(c.ID, "code", "line %d ends with blanks", n+1)
		}
	}
	if strings.HasSuffix(c.Source, "\n") {
		l.add(c.ID, "code", "the cell ends with an empty line")
	}
}

var (
	fence     = regexp.MustCompile("(?s)```.*?```")
	codeSpan  = regexp.MustCompile("`[^`]*`")
	image     = regexp.MustCompile(`!\[([^\]]*)\]\(`)
	link      = regexp.MustCompile(`\]\(([^)\s]+)[^)]*\)`)
	tag       = regexp.MustCompile(`</?([a-zA-Z][a-zA-Z0-9]*)([^>]*)>`)
	attribute = regexp.MustCompile(`\b(on[a-z]+|style|class|id)\s*=`)
	seedLine  = regexp.MustCompile(`(?m)^> .*\p{Hangul}.*$`) // the article spells as it likes
	hangul    = regexp.MustCompile(`\p{Hangul}`)
	// measured is a number with a unit: figures belong into outputs, since
	// they are those of one machine.
	measured = regexp.MustCompile(`\d+\s?(ns|µs|ms|KB|KiB|MB|MiB|GB|GiB)\b`)
	ending   = regexp.MustCompile(`[.!?:;]["')*_]*(\s|$)`)
)

// allowed are the HTML tags that a lesson's prose may have; JupyterLab keeps
// them in a notebook it does not trust.
var allowed = [...]string{"details", "summary", "br", "sub", "sup", "kbd"}

func (l *lint) prose(c Cell) {
	text := codeSpan.ReplaceAllString(fence.ReplaceAllString(c.Source, "\n\n"), "x")
	if !slices.Contains(c.Tags(), "cited") && measured.MatchString(text) {
		l.add(c.ID, "prose", "the figure %q is one machine's: let a cell measure it, or tag the cell cited and name the source", measured.FindString(text))
	}
	own := seedLine.ReplaceAllString(text, "")
	for _, wrong := range slices.Sorted(maps.Keys(l.against.Avoid)) {
		if word := regexp.MustCompile(`(?i)(^|\W)` + regexp.QuoteMeta(wrong) + `(\W|$)`); word.MatchString(own) {
			l.add(c.ID, "prose", "%q: the glossary writes %q", wrong, l.against.Avoid[wrong])
		}
	}
	for _, paragraph := range regexp.MustCompile(`\n\s*\n|\n\s*[-*|>#]|\n\s*\d+\.\s`).Split(text, -1) {
		if hangul.MatchString(paragraph) {
			continue // the seed's own words
		}
		for _, sentence := range ending.Split(tag.ReplaceAllString(paragraph, " "), -1) {
			if n := len(strings.Fields(sentence)); n > sentenceWords {
				l.add(c.ID, "prose", "a sentence of %d words, more than %d: %.50q", n, sentenceWords, strings.TrimSpace(sentence))
			}
		}
	}
}

// markup checks HTML and pictures.
func (l *lint) markup(c Cell) {
	text := codeSpan.ReplaceAllString(fence.ReplaceAllString(c.Source, ""), "")
	for _, m := range tag.FindAllStringSubmatch(text, -1) {
		name := strings.ToLower(m[1])
		if !slices.Contains(allowed[:], name) {
			l.add(c.ID, "html", "the tag %s is not among %v", m[0], allowed)
		} else if attribute.MatchString(m[2]) {
			l.add(c.ID, "html", "%s has attributes that are dropped or run", m[0])
		}
	}
	if strings.Count(text, "<details>") != strings.Count(text, "</details>") {
		l.add(c.ID, "html", "a <details> is not closed")
	}
	for _, m := range image.FindAllStringSubmatch(text, -1) {
		if strings.TrimSpace(m[1]) == "" {
			l.add(c.ID, "images", "a picture has no words for those who do not see it")
		}
	}
}

func (l *lint) links(c Cell) {
	text := codeSpan.ReplaceAllString(fence.ReplaceAllString(c.Source, ""), "")
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		u, err := url.Parse(m[1])
		switch {
		case err != nil:
			l.add(c.ID, "links", "%v", err)
		case u.Scheme == "attachment":
		case u.Scheme != "":
			if u.Scheme != "https" || !slices.Contains(l.against.Hosts, u.Host) {
				l.add(c.ID, "links", "%s is not among the hosts that may be linked to", m[1])
			}
		case u.Path == "":
			if !l.anchor(u.Fragment) {
				l.add(c.ID, "links", "no heading answers #%s", u.Fragment)
			}
		case l.against.Exists == nil || !l.against.Exists(u.Path):
			l.add(c.ID, "links", "%s is not shipped", u.Path)
		}
	}
}

// anchor says whether a heading answers a link within the notebook. JupyterLab
// makes the anchor of a heading from its text with blanks as hyphens.
func (l *lint) anchor(name string) bool {
	for _, c := range l.nb.Cells {
		if c.Type != Markdown {
			continue
		}
		for line := range strings.SplitSeq(c.Source, "\n") {
			if !strings.HasPrefix(line, "#") {
				continue
			}
			if strings.ReplaceAll(strings.TrimSpace(strings.TrimLeft(line, "#")), " ", "-") == name {
				return true
			}
		}
	}
	return false
}

// private matches what a path of one machine, or the name of its user, looks
// like.
var private = regexp.MustCompile(`(/home/|/Users/|/root/|/tmp/|[A-Z]:\\Users\\|/usr/local/)`)

func (l *lint) outputs(c Cell) {
	total := 0
	for _, o := range c.Outputs {
		text, err := json.Marshal(o)
		if err != nil {
			l.add(c.ID, "outputs", "%v", err)
			continue
		}
		total += len(text)
		if at := private.Find(text); at != nil {
			l.add(c.ID, "outputs", "%s is a path of one machine", at)
		}
		if data, ok := o["data"].(map[string]any); ok && data["text/plain"] == nil {
			l.add(c.ID, "outputs", "an output has no text/plain")
		}
	}
	if total > outputBytes {
		l.add(c.ID, "size", "outputs of %d bytes, more than %d", total, outputBytes)
	}
	for key := range c.Metadata {
		if !slices.Contains([]string{"tags", "jupyter", "editable", "deletable", "slideshow"}, key) {
			l.add(c.ID, "outputs", "the metadata %s is a trace of one run", key)
		}
	}
	for _, n := range c.Tags() {
		if !slices.Contains(tags[:], n) {
			l.add(c.ID, "ids", "the tag %q is not among %v", n, tags)
		}
	}
	if at := private.FindString(c.Source); at != "" {
		l.add(c.ID, "outputs", "%s is a path of one machine", at)
	}
}

// tags are those a lesson's cells may have. raises-exception is Jupyter's.
var tags = [...]string{"raises-exception", "cited", "nondeterministic", "interp-only"}
