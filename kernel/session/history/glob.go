package history

import "unicode/utf8"

// glob is a pattern as SQLite's GLOB reads it, which is what IPython's history
// search means by a pattern: * is any text, ? any character, [a-z] and [^a-z]
// a set; all of them match newlines and slashes too.
type glob []token

type token struct {
	kind   byte // '*', '?', '[' or 'c'
	char   rune
	negate bool
	ranges [][2]rune
}

func compile(pattern string) glob {
	var g glob
	p := []rune(pattern)
	open := false // a bracket was left open, so all later ones are too
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '*', '?':
			g = append(g, token{kind: byte(p[i])})
		case '[':
			set, n := token{}, 0
			if !open {
				set, n = compileSet(p[i+1:])
			}
			if n == 0 { // it stands for itself
				open = true
				g = append(g, token{kind: 'c', char: '['})
				continue
			}
			g = append(g, set)
			i += n
		default:
			g = append(g, token{kind: 'c', char: p[i]})
		}
	}
	return g
}

// compileSet reads what follows an opening bracket and gives how many runes it
// took, the closing bracket included; 0 when that is missing.
func compileSet(p []rune) (token, int) {
	t := token{kind: '['}
	i := 0
	if i < len(p) && p[i] == '^' {
		t.negate = true
		i++
	}
	for first := i; i < len(p); i++ {
		if p[i] == ']' && i > first {
			return t, i + 1
		}
		lo, hi := p[i], p[i]
		if i+2 < len(p) && p[i+1] == '-' && p[i+2] != ']' {
			hi = p[i+2]
			i += 2
		}
		t.ranges = append(t.ranges, [2]rune{lo, hi})
	}
	return token{}, 0
}

func (t token) accepts(r rune) bool {
	switch t.kind {
	case '?':
		return true
	case 'c':
		return t.char == r
	}
	for _, x := range t.ranges {
		if x[0] <= r && r <= x[1] {
			return !t.negate
		}
	}
	return t.negate
}

// match holds the whole of s against the pattern. Only the last * seen is ever
// tried again, so the time is at most len(g)·len(s).
func (g glob) match(s string) bool {
	star, retry := -1, 0
	i, at := 0, 0
	for at < len(s) {
		r, size := utf8.DecodeRuneInString(s[at:])
		switch {
		case i < len(g) && g[i].kind == '*':
			star, retry = i, at
			i++
		case i < len(g) && g[i].accepts(r):
			i++
			at += size
		case star >= 0:
			_, size := utf8.DecodeRuneInString(s[retry:])
			retry += size
			i, at = star+1, retry
		default:
			return false
		}
	}
	for i < len(g) && g[i].kind == '*' {
		i++
	}
	return i == len(g)
}
