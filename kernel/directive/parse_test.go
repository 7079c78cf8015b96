package directive

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func testTable(t testing.TB) *Table {
	t.Helper()
	table, err := NewTable(HelpEntry(), SceneEntry(),
		Entry{Name: "gmp", Kind: Cell, Usage: "[-p N]", Summary: "run the cell on the simulated scheduler"},
		Entry{Name: "native", Kind: Cell, Usage: "[-race]", Summary: "build and run the cell with Go's own tools"})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// seen is a Call as the tables below write it down.
type seen struct {
	Written      string
	Args         []string
	Line, Column int
	Columns      []int
}

func see(c Call) seen {
	return seen{c.Entry.Written(), c.Args, c.Line, c.Column, c.Columns}
}

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, code string
		lines      []seen
		cell       *seen
		rest       string // "" when the code is returned as it is
	}{
		{name: "empty", code: ""},
		{name: "plain Go", code: "x := 7 % 4\nfmt.Println(x)"},
		{name: "one line", code: "%help\nx := 1",
			lines: []seen{{"%help", nil, 1, 1, nil}}, rest: "     \nx := 1"},
		{name: "no Go at all", code: "%gmp first-steps -seed 7",
			lines: []seen{{"%gmp", []string{"first-steps", "-seed", "7"}, 1, 1, []int{6, 18, 24}}},
			rest:  strings.Repeat(" ", 24)},
		{name: "lines, then the cell", code: "%help\n%gmp\n%%gmp -p 2\ngo f()",
			lines: []seen{{"%help", nil, 1, 1, nil}, {"%gmp", nil, 2, 1, nil}},
			cell:  &seen{"%%gmp", []string{"-p", "2"}, 3, 1, []int{7, 10}},
			rest:  "     \n    \n          \ngo f()"},
		{name: "indented, with tabs", code: "\t %help\tgmp\t\n",
			lines: []seen{{"%help", []string{"gmp"}, 1, 3, []int{9}}}, rest: "\t           \n"},
		{name: "comments and blank lines between", code: "// first\n\n/* a\n%nothing\n*/\n%help\n// and\n%%gmp\nf()",
			lines: []seen{{"%help", nil, 6, 1, nil}}, cell: &seen{"%%gmp", nil, 8, 1, nil},
			rest: "// first\n\n/* a\n%nothing\n*/\n     \n// and\n     \nf()"},
		{name: "carriage returns stay", code: "%help x\r\nf()\r\n",
			lines: []seen{{"%help", []string{"x"}, 1, 1, []int{7}}}, rest: "       \r\nf()\r\n"},
		{name: "byte order mark", code: "\uFEFF%help\nf()",
			lines: []seen{{"%help", nil, 1, 4, nil}}, rest: "\uFEFF     \nf()"},
		{name: "quotes", code: `%gmp 'a b' "c \"d\"" e\ f g'h'"i" ''`,
			lines: []seen{{"%gmp", []string{"a b", `c "d"`, "e f", "ghi", ""}, 1, 1, []int{6, 12, 22, 27, 35}}},
			rest:  strings.Repeat(" ", 36)},
		{name: "letters of several bytes keep offsets", code: "%gmp 고루틴 é\nf()",
			lines: []seen{{"%gmp", []string{"고루틴", "é"}, 1, 1, []int{6, 16}}},
			rest:  strings.Repeat(" ", 17) + "\nf()"},
		{name: "a raw string may hold what looks like one", code: "s := `\n%help\n%%gmp`\n_ = s"},
		{name: "a comment below Go may too", code: "f()\n/*\n%help\n*/\n// %help"},
		{name: "a % that carries on an expression", code: "x := 7 %\n\t4"},
		{name: "a % b at the start of a line is left to Go", code: "x := 7\n% 4"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := testTable(t).Parse(test.code)
			if err != nil {
				t.Fatal(err)
			}
			var lines []seen
			for _, c := range got.Lines {
				lines = append(lines, see(c))
			}
			if diff := cmp.Diff(test.lines, lines); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			var cell *seen
			if got.Cell != nil {
				c := see(*got.Cell)
				cell = &c
			}
			if diff := cmp.Diff(test.cell, cell); diff != "" {
				t.Errorf("cell (-want +got):\n%s", diff)
			}
			want := test.rest
			if want == "" {
				want = test.code
			}
			if got.Code != want {
				t.Errorf("code is %q, want %q", got.Code, want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct {
		name, code string
		want       string // Error(), then a part of Why or Try after " | "
	}{
		{"unknown", "%hlep", "1:1: unknown directive %hlep: the nearest is %help | Write %help [NAME] if you meant that. %help lists"},
		{"unknown on a later line", "%help\n  %%natve", "2:3: unknown directive %%natve: the nearest is %%native | Write %%native [-race]"},
		{"nothing like it", "%x", "1:1: unknown directive %x: the nearest is %gmp | %help lists all"},
		{"beginning of a name", "%he", "1:1: unknown directive %he: the nearest is %help | "},
		{"one sign too many", "%%help", "1:1: unknown directive %%help: the nearest is %help | takes a single line"},
		{"one sign too few", "%native", "1:1: unknown directive %native: the nearest is %%native | takes the whole cell"},
		{"upper case", "%Help", "1:1: unknown directive %Help: the nearest is %help | "},
		{"no name", "%", "1:1: % is not a directive | right after it a name"},
		{"blank before the name", "% help", "1:1: % is not a directive | right after it a name"},
		{"three signs", "%%%gmp", "1:1: %%%gmp is not a directive | % or %%"},
		{"stuck to its arguments", "%gmp(1)", "1:1: %gmp(1) is not a directive | "},
		{"not UTF-8", "%\xff", "1:1: %\uFFFD is not a directive | "},
		{"below Go", "x := 1\n\n%help", "3:1: %help stands below Go code | at the top of a cell"},
		{"below Go, indented", "func f() {\n\t%%gmp -p 2\n}", "2:2: %%gmp stands below Go code | cell of its own"},
		{"below a raw string", "s := `\n`\n%help", "3:1: %help stands below Go code | "},
		{"an unknown one below Go", "f()\n%nope", "2:1: %nope stands below Go code | "},
		{"behind a comment", "/* c */ %help", "1:9: %help does not begin its line | line of its own"},
		{"two for the cell", "%%gmp\n%%native", "2:1: %%native after %%gmp | one at most"},
		{"line below cell", "%%gmp\n%help", "2:1: %help stands below %%gmp | Move the %help line above"},
		{"open quote", `%gmp a "b c`, "1:8: a quote is not closed | come in pairs"},
		{"open single quote", `%gmp 'a\'b'`, "1:11: a quote is not closed | "},
		{"backslash at the end", `%gmp a\`, "1:7: a backslash ends the line | "},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := testTable(t).Parse(test.code)
			if err == nil {
				t.Fatalf("no error, but %+v", got)
			}
			want, part, _ := strings.Cut(test.want, " | ")
			if err.Error() != want {
				t.Errorf("error %q, want %q", err, want)
			}
			if advice := err.Why + " " + err.Try; !strings.Contains(advice, part) {
				t.Errorf("advice %q does not hold %q", advice, part)
			}
			if got.Code != "" || got.Cell != nil || got.Lines != nil {
				t.Errorf("a failed Parse gave %+v", got)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "%help", "%%gmp -p 2\ngo f()", "/*\n*/ %x", "%gmp 'a b' \"c", "s := `\n%help`\n%gmp",
		"\uFEFF%help\r\n\r\n%help\r", "%", "%%%", "a\x00%\xff\n%\xff", "/*\n%help", "`\n%help", "//\\\n%help x\\ y", "'\n%help"} {
		f.Add(seed)
	}
	table := testTable(f)
	f.Fuzz(func(t *testing.T, code string) {
		got, err := table.Parse(code)
		if err != nil {
			lines := strings.Split(code, "\n")
			if err.Line < 1 || err.Line > len(lines) || err.Column < 1 || err.Column > len(lines[err.Line-1])+1 {
				t.Fatalf("%v is outside the cell %q", err, code)
			}
			return
		}
		if len(got.Code) != len(code) {
			t.Fatalf("%d bytes became %d", len(code), len(got.Code))
		}
		calls := got.Lines
		if got.Cell != nil {
			calls = append(calls, *got.Cell)
		}
		taken := map[int]bool{}
		for _, c := range calls {
			taken[c.Line] = true
			if len(c.Args) != len(c.Columns) {
				t.Fatalf("%d arguments, %d columns", len(c.Args), len(c.Columns))
			}
		}
		was, is := strings.Split(code, "\n"), strings.Split(got.Code, "\n")
		for i := range was {
			if !taken[i+1] && was[i] != is[i] {
				t.Fatalf("line %d: %q became %q", i+1, was[i], is[i])
			}
		}
		again, err := table.Parse(got.Code)
		if err != nil || again.Code != got.Code || len(again.Lines) > 0 || again.Cell != nil {
			t.Fatalf("the rest %q parses to %+v, %v", got.Code, again, err)
		}
	})
}
