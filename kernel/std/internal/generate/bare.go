package main

import (
	"bytes"
	"go/scanner"
	"go/token"
)

// bare gives a source file without its comments, each line where it was: the
// type checker has no use for them, and they are half of the text.
func bare(src []byte) []byte {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(file, src, nil, scanner.ScanComments)
	var out []byte
	from := 0
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return append(out, src[from:]...)
		}
		if tok != token.COMMENT {
			continue
		}
		at := file.Offset(pos)
		out = append(bytes.TrimRight(append(out, src[from:at]...), " \t"), ' ')
		for range bytes.Count(src[at:at+len(lit)], []byte("\n")) {
			out = append(out, '\n')
		}
		from = at + len(lit)
	}
}
