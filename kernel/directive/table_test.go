package directive

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNewTableRefuses(t *testing.T) {
	for _, test := range []struct {
		name    string
		entries []Entry
		want    string
	}{
		{"no name", []Entry{{Summary: "s"}}, "a letter first"},
		{"a digit first", []Entry{{Name: "9p", Summary: "s"}}, "a letter first"},
		{"a blank", []Entry{{Name: "a b", Summary: "s"}}, "a letter first"},
		{"no summary", []Entry{{Name: "a"}}, "the summary is one line"},
		{"two lines", []Entry{{Name: "a", Summary: "s\nt"}}, "the summary is one line"},
		{"no kind", []Entry{{Name: "a", Kind: 7, Summary: "s"}}, "neither Line nor Cell"},
		{"twice", []Entry{{Name: "a", Summary: "s"}, {Name: "b", Summary: "s"}, {Name: "a", Summary: "t"}}, "%a: it is there twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := NewTable(test.entries...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	table := testTable(t)
	help := func(line string) (Page, *Error) {
		p, err := table.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		return table.Help(p.Lines[0])
	}
	page, err := help("%help")
	if err != nil {
		t.Fatal(err)
	}
	const want = `Directives stand at the top of a cell, above the first line of Go.

  %gmp [NAME] [-seed N]  play a scene of the scheduler, step by step
  %%gmp [-p N]           run the cell on the simulated scheduler
  %help [NAME]           list the directives, or explain one
  %%native [-race]       build and run the cell with Go's own tools

%help NAME explains one of them.`
	if page.Plain != want {
		t.Errorf("list is\n%s\nwant\n%s", page.Plain, want)
	}
	for _, e := range table.Entries() {
		if !strings.Contains(page.Markdown, "| `"+e.Synopsis()+"` |") {
			t.Errorf("the Markdown list has no row for %s", e.Written())
		}
	}

	for _, test := range []struct {
		line string
		want []string // in order
	}{
		{"%help gmp", []string{"%gmp [NAME]", "first-steps", "served by: simulator", "%%gmp [-p N]"}},
		{"%help %gmp", []string{"%gmp [NAME]"}},
		{"%help %%gmp", []string{"%%gmp [-p N]"}},
		{"%help help", []string{"%help [NAME]", "served by: kernel"}},
	} {
		page, err := help(test.line)
		if err != nil {
			t.Errorf("%s: %v", test.line, err)
			continue
		}
		for _, text := range []string{page.Plain, strings.ReplaceAll(page.Markdown, "*", "")} {
			for _, w := range test.want {
				_, after, ok := strings.Cut(text, w)
				if !ok {
					t.Errorf("%s: %q is missing or out of order in\n%s", test.line, w, page.Plain)
				}
				text = after
			}
			if test.line == "%help %gmp" && strings.Contains(text, "%%gmp") {
				t.Errorf("%s explains the other kind too", test.line)
			}
		}
	}

	for line, want := range map[string]string{
		"%help gpm":     "1:7: unknown directive %gpm: the nearest is %gmp",
		"%help %%natve": "1:7: unknown directive %%natve: the nearest is %%native",
		"%help a b":     "1:9: %help takes one name",
	} {
		if _, err := help(line); err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %q", line, err, want)
		}
	}
}

func TestComplete(t *testing.T) {
	table := testTable(t)
	for _, test := range []struct {
		code string // | is where the cursor stands
		want string // start:end and what is offered, "none" when not asked here
	}{
		{"%|", "0:1 %gmp %%gmp %help %%native"},
		{"%%|", "0:2 %%gmp %%native"},
		{"%g|", "0:2 %gmp %%gmp"},
		{"%h|elp gmp", "0:5 %help"},
		{"%help\n  %%n|", "8:11 %%native"},
		{"%help |", "none"},
		{"|%help", "none"},
		{"x := 7\n%h|", "none"},
		{"%%%|", "none"},
		{"|", "none"},
	} {
		offset := strings.IndexByte(test.code, '|')
		code := strings.Replace(test.code, "|", "", 1)
		got := "none"
		if start, end, items, ok := table.Complete(code, offset); ok {
			got = fmt.Sprintf("%d:%d", start, end)
			for _, e := range items {
				got += " " + e.Written()
			}
		}
		if got != test.want {
			t.Errorf("%q: %s, want %s", test.code, got, test.want)
		}
	}
	if _, _, _, ok := table.Complete("%h", 9); ok {
		t.Error("an offset outside the cell is answered")
	}
	if e, ok := table.At("%help\n%%gmp x", 8); !ok || e.Written() != "%%gmp" {
		t.Errorf("At gives %v, %v", e, ok)
	}
	if _, ok := table.At("%nope", 2); ok {
		t.Error("At finds what is not there")
	}
}

// TestDistance holds the edit distance against what a metric must obey.
func TestDistance(t *testing.T) {
	word := rapid.StringMatching(`[a-c]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := distance(a, b)
		if d != distance(b, a) || (d == 0) != (a == b) {
			t.Fatalf("distance(%q, %q) = %d", a, b, d)
		}
		if lo, hi := max(len(a)-len(b), len(b)-len(a)), max(len(a), len(b)); d < lo || d > hi {
			t.Fatalf("distance(%q, %q) = %d, outside %d to %d", a, b, d, lo, hi)
		}
		if c := b + "x"; distance(a, c) > d+1 {
			t.Fatalf("one more letter adds more than 1: %q, %q", a, b)
		}
	})
	if got := distance("gpm", "gmp"); got != 1 {
		t.Errorf("swapped neighbours count %d, want 1", got)
	}
}
