package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// fill stores one session per list of inputs and returns the last one, open.
func fill(t *testing.T, dir string, sessions ...[]string) *Log {
	t.Helper()
	var l *Log
	for _, inputs := range sessions {
		if l != nil {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
		l = Open(Config{Dir: dir, Report: func(err error) { t.Errorf("reported: %v", err) }})
		for i, in := range inputs {
			l.Input(i+1, in)
		}
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func show(entries []Entry) string {
	var parts []string
	for _, e := range entries {
		s := fmt.Sprintf("%d/%d:%s", e.Session, e.Line, e.Input)
		if e.Valued {
			s += "=" + e.Output
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

func TestQuestions(t *testing.T) {
	l := fill(t, t.TempDir(), []string{"a", "b", "a"}, []string{"x := 1", "y"}, []string{"a", "c", "d"})
	l.Output(2, "two")
	tests := []struct {
		name string
		got  []Entry
		want string
	}{
		{"tail over sessions", l.Tail(5), "2/1:x := 1 2/2:y 3/1:a 3/2:c=two 3/3:d"},
		{"tail longer than all", l.Tail(50), "1/1:a 1/2:b 1/3:a 2/1:x := 1 2/2:y 3/1:a 3/2:c=two 3/3:d"},
		{"tail of none", l.Tail(0), ""},
		{"running session", l.Range(0, 1, nil), "0/1:a 0/2:c=two 0/3:d"},
		{"part of it", l.Range(0, 2, new(3)), "0/2:c=two"},
		{"from its end", l.Range(0, -2, nil), "0/2:c=two 0/3:d"},
		{"to before its end", l.Range(0, 0, new(-1)), "0/1:a 0/2:c=two"},
		{"session before", l.Range(-1, 0, nil), "2/1:x := 1 2/2:y"},
		{"by number", l.Range(1, 2, new(10)), "1/2:b 1/3:a"},
		{"before the first", l.Range(-9, 0, nil), ""},
		{"not there", l.Range(77, 0, nil), ""},
		{"search", l.Search("a", -1, false), "1/1:a 1/3:a 3/1:a"},
		{"search the latest", l.Search("a", 1, false), "3/1:a"},
		{"search unique", l.Search("?", -1, true), "1/2:b 2/2:y 3/1:a 3/2:c=two 3/3:d"},
		{"search by glob", l.Search("*:= [0-9]", -1, false), "2/1:x := 1"},
		{"search nothing", l.Search("zzz", -1, false), ""},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, show(tt.got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestNothingStoredBeforeTheFirstCell(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "history")
	l := Open(Config{Dir: dir})
	if got := l.Tail(3); len(got) != 0 {
		t.Errorf("tail = %v", got)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("directory was made: %v", err)
	}
}

func TestWithoutDirectory(t *testing.T) {
	l := Open(Config{})
	l.Input(1, "a")
	l.Output(1, "1")
	if got := show(l.Tail(9)); got != "1/1:a=1" {
		t.Error(got)
	}
	if got := show(l.Range(-1, 0, nil)); got != "" {
		t.Error(got)
	}
	if got := show(l.Range(1, 1, new(2))); got != "1/1:a=1" { // as Tail has named it
		t.Error(got)
	}
}

// TestManyKernels starts sessions at once: each needs a number of its own.
func TestManyKernels(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for k := range 16 {
		wg.Go(func() {
			l := Open(Config{Dir: dir})
			for line := 1; line <= 10; line++ {
				l.Input(line, fmt.Sprintf("k%d", k))
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	l := Open(Config{Dir: dir})
	for s := 1; s <= 16; s++ {
		got := l.Range(s, 0, nil)
		if len(got) != 10 {
			t.Fatalf("session %d has %d cells, want 10", s, len(got))
		}
		for _, e := range got {
			if e.Input != got[0].Input {
				t.Fatalf("session %d mixes %q and %q", s, got[0].Input, e.Input)
			}
		}
	}
}

func TestBrokenFile(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, []string{"a", "b"}).Close()
	path := (&store{config: Config{Dir: dir}}).path(1)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(f, "\x00\xff garbage\n[1,2]\n{\"line\":3,\"input\":\"c\"}\n{\"line\":4,\"inp")
	f.Close()
	os.WriteFile(filepath.Join(dir, "session-x.jsonl"), nil, 0o600)
	os.WriteFile(filepath.Join(dir, "README"), nil, 0o600)

	var reports []error
	l := Open(Config{Dir: dir, Report: func(err error) { reports = append(reports, err) }})
	l.Input(1, "now")
	for range 3 {
		if got := show(l.Tail(9)); got != "1/1:a 1/2:b 1/3:c 2/1:now" {
			t.Error(got)
		}
	}
	if len(reports) != 1 {
		t.Errorf("reported %v, want one report", reports)
	}
}

// disk is a file on a disk that has room for some bytes only.
type disk struct {
	room    int
	written strings.Builder
}

var errFull = errors.New("no space left on device")

func (d *disk) Write(p []byte) (int, error) {
	n := min(d.room, len(p))
	d.room -= n
	d.written.Write(p[:n])
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func (d *disk) Close() error { return nil }

func TestFullDisk(t *testing.T) {
	d := &disk{room: 30}
	var reports []error
	l := Open(Config{
		Dir:    t.TempDir(),
		Report: func(err error) { reports = append(reports, err) },
		Create: func(string) (File, error) { return d, nil },
	})
	for line := 1; line <= 5; line++ {
		l.Input(line, "cell")
	}
	if len(reports) != 1 || !errors.Is(reports[0], errFull) {
		t.Errorf("reported %v, want the full disk once", reports)
	}
	if got := len(l.Range(0, 0, nil)); got != 5 {
		t.Errorf("%d cells in the running session, want 5", got)
	}
	d.room = 1000 // somebody made room
	l.Input(6, "cell")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	stored, err := parse(strings.NewReader(d.written.String()), 1)
	if err != nil || len(stored) != 6 {
		t.Errorf("stored %d cells (%v), want 6", len(stored), err)
	}
}

func TestUnwritableDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var reports []error
	l := Open(Config{Dir: file, Report: func(err error) { reports = append(reports, err) }})
	l.Input(1, "a")
	l.Input(2, "b")
	if got := show(l.Range(0, 0, nil)); got != "0/1:a 0/2:b" {
		t.Error(got)
	}
	if len(reports) == 0 || len(reports) > 2 {
		t.Errorf("reported %v", reports)
	}
}

func TestGlob(t *testing.T) {
	tests := []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true},
		{"", "", true},
		{"", "a", false},
		{"a*c", "abbbc", true},
		{"a*c", "abbb", false},
		{"*a*b*", "xxaxxbxx", true},
		{"a?c", "a한c", true},
		{"a/*", "a/b/c\nd", true},
		{"[a-c]x", "bx", true},
		{"[^a-c]x", "bx", false},
		{"[^a-c]x", "zx", true},
		{"[]]", "]", true},
		{"[a-]", "-", true},
		{"[abc", "[abc", true},
		{"A", "a", false},
		{"*\xff*", "a\xffb", true},
	}
	for _, tt := range tests {
		if got := compile(tt.pattern).match(tt.text); got != tt.want {
			t.Errorf("match(%q, %q) = %v, want %v", tt.pattern, tt.text, got, tt.want)
		}
	}
}

// TestGlobAgainstRegexp holds the matcher against the same pattern written as
// a regular expression.
func TestGlobAgainstRegexp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringOfN(rapid.RuneFrom([]rune("ab*?")), 0, 8, -1).Draw(t, "pattern")
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab\n")), 0, 12, -1).Draw(t, "text")
		expr := strings.NewReplacer("*", ".*", "?", ".").Replace(pattern)
		want := regexp.MustCompile(`(?s)\A` + expr + `\z`).MatchString(text)
		if got := compile(pattern).match(text); got != want {
			t.Fatalf("match(%q, %q) = %v, want %v", pattern, text, got, want)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("{\"line\":1,\"input\":\"a\"}\n{\"line\":1,\"output\":\"b\"}\n")
	f.Add("{\"line\":1,\"output\":\"b\"}\nnull\n\n[]")
	f.Fuzz(func(t *testing.T, text string) {
		cells, _ := parse(strings.NewReader(text), 7)
		for _, c := range cells {
			if c.Session != 7 {
				t.Errorf("session %d", c.Session)
			}
		}
	})
}
