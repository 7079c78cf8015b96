package simulate

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"runnext/sim/machine"
)

// placed begins a line that says where.
var placed = regexp.MustCompile(`^(.+:\d+:\d+): (.*)$`)

// Refusal tells, one line for each place, why the machine does not run a
// program: FILE:LINE:COL: refused: and what is wrong.
func Refusal(file string, err error) []string {
	text := err.Error()
	if errors.Is(err, machine.ErrRefused) {
		text = strings.TrimPrefix(text, machine.ErrRefused.Error()+": ")
	}
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if m := placed.FindStringSubmatch(line); m != nil {
			lines = append(lines, m[1]+": refused: "+m[2])
		} else {
			lines = append(lines, fmt.Sprintf("%s:1:1: refused: %s", file, line))
		}
	}
	return lines
}
