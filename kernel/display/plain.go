package display

import (
	"html"
	"strings"
)

// textOf gives the words of an HTML text for a console. It is no parser of
// HTML: it drops what stands in angle brackets, breaks lines where a browser
// would, and leaves the rest.
func textOf(source string) string {
	var b strings.Builder
	for source != "" {
		text, after, found := strings.Cut(source, "<")
		b.WriteString(blanks(text))
		if !found {
			break
		}
		if rest, ok := strings.CutPrefix(after, "!--"); ok {
			_, source, _ = strings.Cut(rest, "-->")
			continue
		}
		if after == "" || !tagStart(after[0]) {
			b.WriteByte('<') // 1 < 2
			source = after
			continue
		}
		tag, rest := cutTag(after)
		source = rest
		name := tagName(tag)
		switch name {
		case "script", "style":
			source = afterClosing(rest, name)
		case "br", "p", "/p", "div", "/div", "/tr", "/li", "/table", "table", "ul", "/ul", "ol", "/ol", "pre", "/pre", "hr",
			"h1", "/h1", "h2", "/h2", "h3", "/h3", "h4", "/h4", "h5", "/h5", "h6", "/h6", "summary", "/summary":
			b.WriteByte('\n')
		case "/td", "/th":
			b.WriteString("  ")
		case "li":
			b.WriteString("\n- ")
		case "img":
			if alt := attribute(tag, "alt"); alt != "" {
				b.WriteString("[" + alt + "]")
			}
		}
	}
	var lines []string
	for l := range strings.SplitSeq(html.UnescapeString(b.String()), "\n") {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

// blanks makes one blank of each run of white space, as a browser does.
func blanks(text string) string {
	var b strings.Builder
	was := false
	for _, r := range text {
		is := r == ' ' || r == '\t' || r == '\n' || r == '\r'
		if is && was {
			continue
		}
		if is {
			r = ' '
		}
		was = is
		b.WriteRune(r)
	}
	return b.String()
}

func tagStart(c byte) bool {
	return c == '/' || c == '!' || c == '?' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// cutTag ends a tag at its >, not counting one in quotes.
func cutTag(text string) (tag, rest string) {
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

func tagName(tag string) string {
	end := strings.IndexAny(tag, " \t\r\n")
	if end >= 0 {
		tag = tag[:end]
	}
	return strings.ToLower(strings.TrimSuffix(tag, "/"))
}

// afterClosing skips to behind the closing tag of an element without text.
func afterClosing(text, name string) string {
	for {
		_, after, found := strings.Cut(text, "</")
		if !found {
			return ""
		}
		if len(after) >= len(name) && strings.EqualFold(after[:len(name)], name) {
			_, rest := cutTag(after)
			return rest
		}
		text = after
	}
}

func attribute(tag, name string) string {
	_, after, ok := strings.Cut(tag, name+"=")
	if !ok || after == "" || after[0] != '"' && after[0] != '\'' {
		return ""
	}
	value, _, _ := strings.Cut(after[1:], after[:1])
	return value
}
