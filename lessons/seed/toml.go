package seed

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// record is one [[name]] of a file: strings and lists of strings by key.
type record map[string]any

// records reads the part of TOML 1.0 that the files of this package use: one
// array of tables, [[name]], whose keys are bare and whose values are basic
// strings or lists of them on one line. Anything else is an error, so that a
// file stays TOML for every other reader.
func records(text, name string) ([]record, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("not UTF-8")
	}
	var out []record
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if line == "[["+name+"]]" {
			out = append(out, record{})
			continue
		}
		if err := field(out, line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return out, nil
}

func field(to []record, line string) error {
	key, rest, ok := strings.Cut(line, "=")
	key = strings.TrimSpace(key)
	if !ok || key == "" || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return fmt.Errorf("%q is neither a table of this file nor key = value", line)
	}
	if len(to) == 0 {
		return fmt.Errorf("%s stands before the first table", key)
	}
	last := to[len(to)-1]
	if _, ok := last[key]; ok {
		return fmt.Errorf("%s is there twice", key)
	}
	v, rest, err := value(strings.TrimSpace(rest))
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	if rest = strings.TrimSpace(rest); rest != "" && rest[0] != '#' {
		return fmt.Errorf("%s: %q follows its value", key, rest)
	}
	last[key] = v
	return nil
}

func value(text string) (v any, rest string, err error) {
	if !strings.HasPrefix(text, "[") {
		return basicString(text)
	}
	list := []string{}
	text = strings.TrimSpace(text[1:])
	for !strings.HasPrefix(text, "]") {
		s, rest, err := basicString(text)
		if err != nil {
			return nil, "", err
		}
		list = append(list, s)
		text = strings.TrimSpace(rest)
		if after, ok := strings.CutPrefix(text, ","); ok {
			text = strings.TrimSpace(after)
		} else if !strings.HasPrefix(text, "]") {
			return nil, "", errors.New("a list is not closed")
		}
	}
	return list, text[1:], nil
}

// basicString reads a "string". The escapes that TOML and Go have in common
// are read; TOML has no others that these files need.
func basicString(text string) (s, rest string, err error) {
	if !strings.HasPrefix(text, `"`) || strings.HasPrefix(text, `"""`) {
		return "", "", errors.New(`a value is a "string" or a list of them`)
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
			if i == len(text) || !strings.ContainsRune(`btnfr"\uU`, rune(text[i])) {
				return "", "", errors.New("a backslash begins no escape of TOML")
			}
		case '"':
			s, err := strconv.Unquote(text[:i+1])
			if err != nil {
				return "", "", fmt.Errorf("the string %s: %w", text[:i+1], err)
			}
			return s, text[i+1:], nil
		}
	}
	return "", "", errors.New("a string is not closed")
}
