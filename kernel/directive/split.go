package directive

import "strings"

// field is one argument and where it begins.
type field struct {
	text   string
	offset int // in bytes
}

// splitError says what is wrong with a line of arguments.
type splitError struct {
	offset int
	text   string
}

// split cuts a line into arguments as a POSIX shell does, without its
// expansions: blanks part them; 'single quotes' keep everything; "double
// quotes" keep everything but \" and \\; a backslash outside quotes keeps the
// character behind it. Quoted parts that touch are one argument, and ” is an
// empty one.
func split(line string) ([]field, *splitError) {
	var (
		out   []field
		cur   strings.Builder
		begin = -1 // where the argument at hand begins, -1 between two
	)
	end := func() {
		if begin >= 0 {
			out = append(out, field{cur.String(), begin})
			cur.Reset()
			begin = -1
		}
	}
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c == ' ' || c == '\t' || c == '\r' {
			end()
			continue
		}
		if begin < 0 {
			begin = i
		}
		switch c {
		case '\\':
			if i+1 == len(line) {
				return nil, &splitError{i, "a backslash ends the line"}
			}
			i++
			cur.WriteByte(line[i])
		case '\'', '"':
			n, ok := quoted(&cur, line[i+1:], c)
			if !ok {
				return nil, &splitError{i, "a quote is not closed"}
			}
			i += n
		default:
			cur.WriteByte(c)
		}
	}
	end()
	return out, nil
}

// quoted copies text up to the closing quote and gives the length of what it
// has read, the quote with it.
func quoted(to *strings.Builder, text string, quote byte) (int, bool) {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == quote {
			return i + 1, true
		}
		if c == '\\' && quote == '"' && i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\\') {
			i++
			c = text[i]
		}
		to.WriteByte(c)
	}
	return 0, false
}
