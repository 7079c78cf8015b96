package cell

import (
	"testing"

	"golang.org/x/tools/txtar"
)

// seeds are the cells of the archives and what once went wrong.
func seeds(f *testing.F) {
	f.Helper()
	for _, name := range []string{"variables", "values", "types", "syntax", "errors", "stale"} {
		archive, err := txtar.ParseFile("testdata/" + name + ".txtar")
		if err != nil {
			f.Fatal(err)
		}
		for i, file := range archive.Files {
			if i%2 == 0 {
				f.Add(string(file.Data), len(file.Data)/2)
			}
		}
	}
	for _, code := range []string{"", "}", "((((", "`", "/*", "x.", "func", "func (", "import", "L:", "\x00", "\xff", "package p;", "type T[P any", "ꞏ.ꞏ", "_ = x·2"} {
		f.Add(code, len(code))
	}
}

// FuzzParse: whatever the bytes, parsing ends, every error has a place in the
// cell, and a cell without errors has statements that stand inside of it.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, code string, _ int) {
		src := parseText(code)
		for _, p := range src.errs {
			if offset := int(p.pos) - src.file.Base(); offset < 0 || offset > len(code) || p.msg == "" {
				t.Errorf("%q: %q at %d", code, p.msg, offset)
			}
		}
		for _, s := range src.stmts {
			if s.Pos().IsValid() && int(s.Pos()) < src.file.Base() {
				t.Errorf("%q: a statement stands before the cell", code)
			}
		}
	})
}

// FuzzCheck: a cell is either refused with a place and words, or its File can
// be compiled.
func FuzzCheck(f *testing.F) {
	seeds(f)
	n := newNotebook(f)
	given(f, n, shapes, "x := 1\nfunc g() int { return x }")
	f.Fuzz(func(t *testing.T, code string, _ int) {
		c, fail := n.Check(2, code)
		switch {
		case fail != nil && (fail.Text == "" || len(fail.Places) == 0):
			t.Errorf("%q: %+v", code, fail)
		case fail == nil:
			// Sanity checks are left out: ssa itself fails them on 1 << x.
			if err := buildSSA(c, 0); err != nil {
				t.Errorf("%q: %v", code, err)
			}
		}
	})
}

// FuzzIsComplete: the answer is one of the protocol's, and what is complete
// parses.
func FuzzIsComplete(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, code string, _ int) {
		got := IsComplete(code)
		switch got.Status {
		case "complete":
			if src := parseText(code); len(src.errs) > 0 {
				t.Errorf("%q is complete and has %v", code, src.errs)
			}
		case "incomplete", "invalid":
		default:
			t.Errorf("%q: %q", code, got.Status)
		}
	})
}

// FuzzComplete: proposals replace a part of the code before the cursor, and
// neither question changes what is declared.
func FuzzComplete(f *testing.F) {
	seeds(f)
	n := newNotebook(f)
	given(f, n, shapes)
	before := n.state()
	f.Fuzz(func(t *testing.T, code string, offset int) {
		out := n.Complete(code, offset)
		if out.Start < 0 || out.Start > out.End || out.End > len(code) {
			t.Errorf("%q at %d: replaces [%d,%d)", code, offset, out.Start, out.End)
		}
		n.Inspect(code, offset, offset&1)
		if n.state() != before {
			t.Error("a question has changed the notebook")
		}
	})
}
