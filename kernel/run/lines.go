package run

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
)

// lines hands out standard input line by line.
type lines struct {
	r    *bufio.Reader
	turn chan struct{} // holds one token: who has it may ask
	// reading is where the line will come that is being read; nil when none
	// is. A read cannot be broken off, so a line that comes after its question
	// was given up answers the next one.
	reading chan line
}

type line struct {
	text string
	err  error
}

func newLines(r io.Reader) *lines {
	if r == nil {
		r = strings.NewReader("")
	}
	l := &lines{r: bufio.NewReader(r), turn: make(chan struct{}, 1)}
	l.turn <- struct{}{}
	return l
}

// next gives a line without its newline; io.EOF when there is none, ctx's
// error when it ends first.
func (l *lines) next(ctx context.Context) (string, error) {
	select {
	case <-l.turn:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { l.turn <- struct{}{} }()
	if l.reading == nil {
		c := make(chan line, 1)
		l.reading = c
		go func() { c <- l.read() }()
	}
	select {
	case got := <-l.reading:
		l.reading = nil
		return got.text, got.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (l *lines) read() line {
	text, err := l.r.ReadString('\n')
	if errors.Is(err, io.EOF) && text != "" {
		err = nil
	}
	return line{strings.TrimSuffix(text, "\n"), err}
}
