package engine

import (
	"regexp"
	"runtime"
	"strconv"
)

// Marked runs do as the lowest function of one of a cell's goroutines. When the
// Go runtime ends the process it writes the arguments of the functions on the
// stack, so that [MarkIn] finds in its last words whose goroutine that was:
// which cell's, and the position of the go statement; line and column are 0 for
// the cell's own goroutine.
//
//go:noinline
func Marked(cell, line, column int, do func()) {
	do()
	runtime.KeepAlive(cell) // until here, or the runtime would not know them
	runtime.KeepAlive(line)
	runtime.KeepAlive(column)
}

var mark = regexp.MustCompile(`(?m)^runnext/kernel/engine\.Marked\(0x([0-9a-f]+), 0x([0-9a-f]+), 0x([0-9a-f]+), `)

// MarkIn finds the mark of the first goroutine in the runtime's last words.
func MarkIn(text string) (Place, bool) {
	m := mark.FindStringSubmatch(text)
	if m == nil {
		return Place{}, false
	}
	var n [3]int
	for i := range n {
		x, err := strconv.ParseInt(m[i+1], 16, 32)
		if err != nil {
			return Place{}, false
		}
		n[i] = int(x)
	}
	return Place{Cell: n[0], Line: n[1], Column: n[2]}, true
}
