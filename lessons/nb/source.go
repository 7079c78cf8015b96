package nb

import (
	"go/format"
	"strings"
)

// Source is the Go of a cell, taken apart.
type Source struct {
	Directives []string // the %name lines above it
	Imports    []string // the paths
	Decls      []string // functions and types, one each
	Statements string   // the rest, in order
}

// Split takes the Go of a lesson's cell apart. It goes by lines and knows the
// form that lessons are written in, gofmt's with one import on a line, and no
// more: reading any cell is the kernel's work.
func Split(source string) Source {
	var s Source
	var rest []string
	lines := strings.Split(source, "\n")
	for i := 0; i < len(lines); i++ {
		path, isImport := strings.CutPrefix(lines[i], "import ")
		switch {
		case strings.HasPrefix(lines[i], "%") && len(rest) == 0:
			s.Directives = append(s.Directives, lines[i])
		case isImport:
			s.Imports = append(s.Imports, strings.Trim(path, `"`))
		case strings.HasPrefix(lines[i], "func ") || strings.HasPrefix(lines[i], "type "):
			from := i
			for strings.HasSuffix(lines[from], "{") && lines[i] != "}" && i < len(lines)-1 {
				i++
			}
			s.Decls = append(s.Decls, strings.Join(lines[from:i+1], "\n"))
		default:
			rest = append(rest, lines[i])
		}
	}
	s.Statements = strings.Trim(strings.Join(rest, "\n"), "\n")
	return s
}

// Way is what the directives of a cell make of it.
type Way int

// The ways. A cell with no directive, or with predictions only, is plain Go.
const (
	Plain   Way = iota
	Defines     // %%exercise NAME: its Go is a check
	Checks      // %check NAME runs that Go
	Other       // it is for the kernel alone: a scene, a hint
)

// Exercise tells which way a cell takes, and of which exercise.
func (s Source) Exercise() (name string, way Way) {
	for _, d := range s.Directives {
		word, rest, _ := strings.Cut(d, " ")
		switch word {
		case "%predict":
		case "%%exercise":
			return strings.TrimSpace(rest), Defines
		case "%check":
			return strings.TrimSpace(rest), Checks
		default:
			return "", Other
		}
	}
	if len(s.Directives) > 0 && s.Statements == "" && len(s.Decls) == 0 {
		return "", Other
	}
	return "", Plain
}

// formatted checks that the parts of a cell are Go, as gofmt leaves it.
func (l *lint) formatted(c Cell) {
	s := Split(c.Source)
	for _, part := range append(s.Decls, s.Statements) {
		got, err := format.Source([]byte(part))
		if err != nil {
			l.add(c.ID, "code", "it is no Go: %v", err)
			continue
		}
		// The blank lines around a declaration that was taken out may be two.
		if want := strings.ReplaceAll(part, "\n\n\n", "\n\n"); string(got) != want {
			l.add(c.ID, "code", "gofmt would write it otherwise:\n%s", got)
		}
	}
}
