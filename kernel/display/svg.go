package display

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"strings"

	"runnext/kernel/engine"
)

const svgSpace = "http://www.w3.org/2000/svg"

// SVG shows a picture; alt says in words what is in it, for a console and for
// those who do not see it. The source must be well-formed XML whose root is
// <svg>; a missing xmlns, which a browser wants in an <img>, is put in. The
// picture stands on white, since its lines are often black and without a
// ground of their own.
func SVG(source, alt string) (engine.Bundle, error) {
	source, err := checkSVG(valid(source))
	if err != nil {
		return engine.Bundle{}, fmt.Errorf("show SVG: %w", err)
	}
	alt = oneLine(alt)
	if alt == "" {
		alt = "picture"
	}
	img := fmt.Sprintf(`<img src="data:image/svg+xml;base64,%s" alt="%s" style="background-color:#ffffff;color:#000000;max-width:100%%">`,
		base64.StdEncoding.EncodeToString([]byte(source)), html.EscapeString(alt))
	return rich{"[" + alt + "]", mimeHTML, img}.bundle(), nil
}

// checkSVG reads the source to its end and gives it back with an xmlns.
func checkSVG(source string) (string, error) {
	d := xml.NewDecoder(strings.NewReader(source))
	root := -1 // the offset behind "<svg"
	missing := false
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		start, ok := tok.(xml.StartElement)
		if !ok || root >= 0 {
			continue
		}
		if start.Name.Local != "svg" {
			return "", fmt.Errorf("the root is <%s>, not <svg>", start.Name.Local)
		}
		end := int(d.InputOffset())
		root = strings.LastIndex(source[:end], "<svg") + len("<svg")
		missing = start.Name.Space == ""
		if !missing && start.Name.Space != svgSpace {
			return "", fmt.Errorf("the root <svg> is in the name space %q, not %q", start.Name.Space, svgSpace)
		}
	}
	if root < 0 {
		return "", errors.New("there is no <svg> in it")
	}
	if missing {
		source = source[:root] + ` xmlns="` + svgSpace + `"` + source[root:]
	}
	return source, nil
}
